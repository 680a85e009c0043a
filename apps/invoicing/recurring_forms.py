"""What people type into schedules of recurring invoices."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.fields import DayField
from apps.invoicing.models import Invoice, RecurringInvoice
from apps.workspaces.forms import WorkspaceModelForm

# Of a client's invoices so many are offered as what the next ones are like.
MOST_MODELS = 20


class ModelChoice(forms.ModelChoiceField):
    """One of a client's last invoices."""

    def label_from_instance(self, invoice: Invoice) -> str:
        """`INV-2026-012, 4 May 2026`."""
        return f"{invoice.number or _('Draft')}, {date_format(invoice.issue_date, 'j M Y')}"


class RecurringForm(WorkspaceModelForm):
    """How often, from when, until when, and like which invoice."""

    model_invoice = ModelChoice(
        label=_("Like"),
        queryset=Invoice.objects.none(),
        empty_label=None,
        help_text=_("Its lines, note and reference come again. Choose a newer one to change what is billed."),
    )
    anchor_on = DayField(label=_("First on"))
    ends_on = DayField(label=_("Last on"), required=False, help_text=_("Empty: until you end it."))

    class Meta:
        model = RecurringInvoice
        fields = ["steps", "unit", "anchor_on", "ends_on", "issues", "model_invoice"]
        help_texts = {
            "issues": _("Otherwise it waits as a draft for you to look at."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        model = self.instance.model_invoice
        alike = self.workspace.invoices.invoices().filter(client=model.client_id, currency=model.currency)
        keys = list(alike.order_by("-issue_date", "-pk").values_list("pk", flat=True)[:MOST_MODELS])
        self.fields["model_invoice"].queryset = alike.filter(pk__in=[*keys, model.pk]).order_by("-issue_date", "-pk")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div(Div("steps", css_class="col-4"), Div("unit", css_class="col-8"), css_class="row"),
            Div(Div("anchor_on", css_class="col-sm-6"), Div("ends_on", css_class="col-sm-6"), css_class="row"),
            "issues",
            "model_invoice",
        )

    @property
    def today(self):
        """Where the business is."""
        return days.local_day(days.now(), self.workspace.zone)

    def clean_anchor_on(self):
        first = self.cleaned_data["anchor_on"]
        if self.instance.pk is None and first < self.today:
            raise ValidationError(_("The first one is today or later."), code="past")
        return first

    def save_by(self, actor) -> RecurringInvoice:
        """Keep the schedule; see `RecurringInvoice.keep`."""
        self.instance.keep(today=self.today, actor=actor)
        self.told = _("Next on %(day)s.") % {"day": date_format(self.instance.next_on, "j F Y")}
        return self.instance
