"""What people type into invoices."""

import uuid
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.clients.querysets import ClientQuerySet
from apps.core.fields import CurrencyChoiceField, DayField, MoneyField
from apps.core.money import MAX_MINOR
from apps.invoicing.billing import Grouping, parse_ids
from apps.invoicing.fields import FigureField
from apps.invoicing.models import Invoice, InvoiceLine, Payment
from apps.invoicing.models.line import MAX_LINES
from apps.invoicing.totals import trim
from apps.invoicing.widgets import QuickHidden, QuickSelect, QuickTextarea
from apps.workspaces.forms import WorkspaceForm, WorkspaceModelForm


def dress(form: forms.BaseForm) -> None:
    """Give the fields of a form that no crispy layout draws the classes that it would give them."""
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            wrong = " is-invalid" if form.is_bound and name in form.errors else ""
            field.widget.attrs["class"] = kind + wrong


# Empty rows that may be sent along with a full invoice.
SPARE_ROWS = 20


class ClientChoice(forms.ModelChoiceField):
    """One of the clients that are in use; the form sets which."""

    def __init__(self, **kwargs):
        super().__init__(
            queryset=ClientQuerySet(Client).none(), label=_("Client"), empty_label=_("Choose a client"), **kwargs
        )


class StartForm(WorkspaceForm):
    """For whom the new invoice is."""

    client = forms.ModelChoiceField(
        label=_("Client"), queryset=ClientQuerySet(Client).none(), empty_label=_("Choose a client")
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["client"].queryset = workspace.clients.active()
        self.helper = FormHelper()
        self.helper.form_tag = False


class PlainSelect(forms.Select):
    """A select that does not ask for all its choices once more only to learn whether the first one is empty."""

    def use_required_attribute(self, initial) -> bool:
        return False


class InvoiceForm(WorkspaceModelForm):
    """The head of a draft."""

    currency = CurrencyChoiceField(label=_("Currency"))
    issue_date = DayField(label=_("Issue date"))
    due_date = DayField(label=_("Due"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)

    class Meta:
        model = Invoice
        fields = ["client", "currency", "issue_date", "due_date", "reference", "notes"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3}), "client": PlainSelect()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        clients = self.fields["client"].queryset
        self.fields["client"].queryset = clients.active() | clients.filter(pk=self.instance.client_id)
        self.fields["client"].empty_label = None
        dress(self)

    def clean(self):
        data = super().clean()
        issue, due = data.get("issue_date"), data.get("due_date")
        if issue and due and due < issue:
            self.add_error("due_date", _("The due date lies before the issue date."))
        return data

    def head(self) -> dict:
        """The cleaned fields of the invoice itself."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LineForm(forms.Form):
    """One line in the editor; the page adds what it is worth and the stored line that it shows."""

    net_minor: int | None = None
    line: InvoiceLine | None = None

    pk = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=QuickHidden)
    description = forms.CharField(
        label=_("Description"),
        max_length=2000,
        widget=QuickTextarea(attrs={"rows": 1, "class": "cell-input", "placeholder": _("What it is for")}),
    )
    quantity = FigureField(label=_("Quantity"), max_digits=12, decimal_places=4, initial="1")
    unit = forms.ChoiceField(
        label=_("Unit"), choices=InvoiceLine.Unit.choices, initial=InvoiceLine.Unit.HOUR, widget=QuickSelect
    )
    unit_price = FigureField(label=_("Rate"), max_digits=15, decimal_places=4)
    tax_rate = FigureField(label=_("Tax %"), max_digits=6, decimal_places=3, max_value=100, initial="0")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("quantity", "unit_price", "tax_rate"):
            self.fields[name].widget.attrs["class"] = "cell-input num"
        self.fields["unit"].widget.attrs["class"] = "cell-input"

    def has_changed(self) -> bool:
        """A row that nobody wrote in counts as not there, whatever its defaults are."""
        return any(self[name].value() for name in ("description", "unit_price", "pk"))


class BaseLineFormSet(forms.BaseFormSet):
    """All lines; their order is that of the hidden ORDER fields."""

    ordering_widget = QuickHidden
    deletion_widget = QuickHidden

    def clean(self):
        if self.management_form.cleaned_data["TOTAL_FORMS"] < 0:
            raise ValidationError(_("The lines did not arrive. Load the draft again."), code="lines")

    def lines(self) -> list[dict]:
        """The cleaned lines that are kept, in order, as `services.save_draft` takes them."""
        kept = [form for form in self.ordered_forms if form.cleaned_data.get("description")]
        return [{"pk": form.cleaned_data["pk"], **form.cleaned_data} for form in kept]

    def figures(self) -> list:
        """For live totals: each form with its figures where they can be read, else None."""
        return [(form, _figures(form)) for form in self.forms]


def _figures(form: LineForm) -> dict | None:
    form.is_valid()
    data = form.cleaned_data if form.is_bound else form.initial
    names = ("quantity", "unit_price", "tax_rate")
    if data.get("DELETE") or any(data.get(name) in (None, "") for name in names):
        return None
    return {name: Decimal(data[name]) for name in names}


LineFormSet = forms.formset_factory(
    LineForm,
    formset=BaseLineFormSet,
    extra=1,
    can_order=True,
    can_delete=True,
    max_num=MAX_LINES + SPARE_ROWS,
    absolute_max=MAX_LINES + SPARE_ROWS,
    validate_max=True,
)


def line_initial(line: InvoiceLine) -> dict:
    """A stored line as the editor shows it."""
    return {
        "pk": line.pk,
        "description": line.description,
        "quantity": trim(line.quantity, 2 if line.unit == InvoiceLine.Unit.HOUR else 0),
        "unit": line.unit,
        "unit_price": trim(line.unit_price, 2),
        "tax_rate": trim(line.tax_rate),
    }


class TimeForm(WorkspaceForm):
    """Which time becomes an invoice, and how."""

    client = forms.ModelChoiceField(
        label=_("Client"), queryset=ClientQuerySet(Client).none(), empty_label=_("Choose a client")
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    grouping = forms.ChoiceField(label=_("Lines"), choices=Grouping.choices, initial=Grouping.TASK, required=False)
    tax_rate = FigureField(label=_("Tax %"), max_digits=6, decimal_places=3, max_value=100, required=False, initial="0")

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["client"].queryset = workspace.clients.active()
        dress(self)

    def clean_grouping(self):
        return self.cleaned_data["grouping"] or Grouping.TASK

    def clean_tax_rate(self):
        return self.cleaned_data["tax_rate"] or Decimal(0)

    def clean(self):
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data


class EntriesForm(WorkspaceForm):
    """Ticked time entries; they are checked again, under lock, when they are billed."""

    grouping = forms.ChoiceField(choices=Grouping.choices, required=False)

    def entries(self) -> list[uuid.UUID]:
        """Ids of what was ticked; raises ValidationError for what is no id."""
        return parse_ids(self.data.getlist("entry"))


class PaymentForm(WorkspaceForm):
    """A payment of one invoice; the token makes the same form, sent twice, book once."""

    amount = MoneyField(label=_("Amount"))
    paid_on = DayField(label=_("Received on"))
    method = forms.ChoiceField(label=_("How"), choices=Payment.Method.choices, initial=Payment.Method.TRANSFER)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if not 0 < amount <= MAX_MINOR:
            raise ValidationError(_("A payment is more than zero."), code="zero")
        return amount


def new_token() -> str:
    """A token for one drawing of a form."""
    return uuid.uuid4().hex
