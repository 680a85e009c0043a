"""What people type into invoices."""

import uuid
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.clients.querysets import ClientQuerySet
from apps.core.fields import CurrencyChoiceField, DayField
from apps.invoicing.billing import Grouping, parse_ids
from apps.invoicing.fields import DiscountField, FigureField, TypedDiscount, discount_text
from apps.invoicing.models import Invoice, InvoiceLine, TaxRate
from apps.invoicing.models.line import MAX_LINES
from apps.invoicing.models.tax import code_of, split_code
from apps.invoicing.tax_choices import TaxChoices
from apps.invoicing.totals import Discount, Item, trim
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
    """For whom the new invoice, or estimate, is."""

    client = forms.ModelChoiceField(
        label=_("Client"), queryset=ClientQuerySet(Client).none(), empty_label=_("Choose a client")
    )
    kind = forms.ChoiceField(
        choices=[(Invoice.Kind.INVOICE, ""), (Invoice.Kind.ESTIMATE, "")], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["client"].queryset = workspace.clients.active()
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def is_estimate(self) -> bool:
        """Whether an estimate begins, and not an invoice."""
        return self["kind"].value() == Invoice.Kind.ESTIMATE

    def clean_kind(self):
        return self.cleaned_data["kind"] or Invoice.Kind.INVOICE


class PlainSelect(forms.Select):
    """A select that does not ask for all its choices once more only to learn whether the first one is empty."""

    def use_required_attribute(self, initial) -> bool:
        return False


class InvoiceForm(WorkspaceModelForm):
    """The head of a draft."""

    currency = CurrencyChoiceField(label=_("Currency"))
    issue_date = DayField(label=_("Issue date"))
    due_date = DayField(label=_("Due"))
    discount = DiscountField(label=_("Discount"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31)

    class Meta:
        model = Invoice
        fields = [
            "client",
            "currency",
            "issue_date",
            "due_date",
            "reference",
            "notes",
            "prices_include_tax",
            "is_deposit",
        ]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3}), "client": PlainSelect()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        clients = self.fields["client"].queryset
        self.fields["client"].queryset = clients.active() | clients.filter(pk=self.instance.client_id)
        self.fields["client"].empty_label = None
        self.initial["discount"] = discount_text(self.instance.discount, self.instance.currency)
        dress(self)
        for name in ("prices_include_tax", "is_deposit"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    def clean(self):
        data = super().clean()
        issue, due = data.get("issue_date"), data.get("due_date")
        if issue and due and due < issue:
            self.add_error("due_date", _("The due date lies before the issue date."))
        return data

    def head(self) -> dict:
        """The cleaned fields of the invoice itself."""
        discount = self.cleaned_data["discount"].of(self.cleaned_data["currency"])
        return {name: self.cleaned_data[name] for name in self.Meta.fields} | discount_columns(discount)


class TermsForm(forms.Form):
    """What of the head of a draft goes into its sums, for totals while somebody types."""

    discount = DiscountField()
    prices_include_tax = forms.BooleanField(required=False)

    def terms(self, currency: str) -> dict:
        """As `totals.calculate` takes them; a discount that cannot be read counts nothing."""
        self.is_valid()
        typed = self.cleaned_data.get("discount", TypedDiscount())
        return {"discount": typed.of(currency), "includes_tax": self.cleaned_data["prices_include_tax"]}


def discount_columns(discount: Discount) -> dict:
    """As invoices and lines keep it."""
    return {"discount_percent": discount.percent, "discount_minor": discount.amount_minor}


class LineForm(forms.Form):
    """One line in the editor; the page adds what it is worth and the stored line that it shows."""

    amount_minor: int | None = None
    line: InvoiceLine | None = None

    pk = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=QuickHidden)
    description = forms.CharField(
        label=_("Description"),
        max_length=2000,
        widget=QuickTextarea(attrs={"rows": 1, "class": "cell-input", "placeholder": _("What it is for")}),
    )
    quantity = FigureField(label=_("Quantity"), max_digits=12, decimal_places=4, initial="1", may_be_negative=True)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=InvoiceLine.Unit.choices, initial=InvoiceLine.Unit.HOUR, widget=QuickSelect
    )
    unit_price = FigureField(label=_("Rate"), max_digits=15, decimal_places=4)
    discount = DiscountField(label=_("Discount"))
    tax = forms.ChoiceField(label=_("Tax"), widget=QuickSelect)

    def __init__(self, *args, taxes: TaxChoices, **kwargs):
        super().__init__(*args, **kwargs)
        self.taxes = taxes
        self.fields["tax"].choices = taxes.choices
        for name in ("quantity", "unit_price", "discount"):
            self.fields[name].widget.attrs["class"] = "cell-input num"
        for name in ("unit", "tax"):
            self.fields[name].widget.attrs["class"] = "cell-input"

    def facts(self, currency: str) -> dict:
        """The cleaned line as `services.save_draft` takes it."""
        data = self.cleaned_data
        columns = discount_columns(data["discount"].of(currency)) | self.taxes.columns(data["tax"])
        plain = {name: data[name] for name in ("pk", "description", "quantity", "unit", "unit_price")}
        return plain | columns

    def item(self, currency: str) -> Item | None:
        """What it is worth, where its figures can be read."""
        self.is_valid()
        data = self.cleaned_data if self.is_bound else self._as_drawn()
        names = ("quantity", "unit_price", "tax", "discount")
        if data.get("DELETE") or any(data.get(name) in (None, "") for name in names):
            return None
        category, rate = split_code(data["tax"])
        return Item(data["quantity"], data["unit_price"], rate, category, data["discount"].of(currency))

    def _as_drawn(self) -> dict:
        if "unit_price" not in self.initial:
            return {}
        figures = {name: Decimal(self.initial[name]) for name in ("quantity", "unit_price")}
        return figures | {
            "tax": self.initial["tax"],
            "discount": self.fields["discount"].clean(self.initial["discount"]),
        }

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

    def lines(self, currency: str) -> list[dict]:
        """The cleaned lines that are kept, in order, as `services.save_draft` takes them."""
        return [form.facts(currency) for form in self.ordered_forms if form.cleaned_data.get("description")]

    def items(self, currency: str) -> list[tuple[LineForm, Item | None]]:
        """For live totals: each form with what it is worth, where that can be read."""
        return [(form, form.item(currency)) for form in self.forms]


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


def line_initial(line: InvoiceLine, currency: str) -> dict:
    """A stored line of an invoice in `currency` as the editor shows it."""
    return {
        "pk": line.pk,
        "description": line.description,
        "quantity": trim(line.quantity, 2 if line.unit == InvoiceLine.Unit.HOUR else 0),
        "unit": line.unit,
        "unit_price": trim(line.unit_price, 2),
        "discount": discount_text(Discount(line.discount_percent, line.discount_minor), currency),
        "tax": code_of(line.tax_category, line.tax_rate),
    }


class TimeForm(WorkspaceForm):
    """Which time becomes an invoice, and how."""

    client = forms.ModelChoiceField(
        label=_("Client"), queryset=ClientQuerySet(Client).none(), empty_label=_("Choose a client")
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    grouping = forms.ChoiceField(label=_("Lines"), choices=Grouping.choices, initial=Grouping.TASK, required=False)
    tax = forms.ChoiceField(label=_("Tax"), required=False)

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["client"].queryset = workspace.clients.active()
        self.taxes = TaxChoices(TaxRate.of(workspace))
        self.fields["tax"].choices = self.taxes.choices
        dress(self)

    def clean_grouping(self):
        return self.cleaned_data["grouping"] or Grouping.TASK

    def clean_tax(self):
        return self.cleaned_data["tax"] or self.taxes.choices[0][0]

    def clean(self):
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data


class TaxForm(WorkspaceModelForm):
    """A tax: what it is called, how high it is, and why."""

    class Meta:
        model = TaxRate
        fields = ["name", "category", "rate", "reason", "service_code"]
        help_texts = {"name": _("As it stands on the invoice, for instance VAT 20 %.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rate"].required = False
        if self.workspace.country != "IN":
            del self.fields["service_code"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_rate(self):
        return self.cleaned_data["rate"] or Decimal(0)


class CreditForm(WorkspaceForm):
    """How an invoice is taken back."""

    releases_time = forms.BooleanField(
        label=_("Free its time to be billed again"),
        required=False,
        help_text=_("When you issue the credit note. Leave it off where the work was paid for or is given away."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class EntriesForm(WorkspaceForm):
    """Ticked time entries; they are checked again, under lock, when they are billed."""

    grouping = forms.ChoiceField(choices=Grouping.choices, required=False)

    def entries(self) -> list[uuid.UUID]:
        """Ids of what was ticked; raises ValidationError for what is no id."""
        return parse_ids(self.data.getlist("entry"))


def new_token() -> str:
    """A token for one drawing of a form."""
    return uuid.uuid4().hex
