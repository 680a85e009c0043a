"""Forms for clients and the people there."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, Contact
from apps.clients.rounding import Rounding
from apps.core.fields import CurrencyChoiceField, MoneyField
from apps.core.money import CURRENCIES
from apps.core.tax_ids import add_check, check_tax_id
from apps.workspaces.forms import WorkspaceModelForm
from apps.workspaces.rates import RATE_QUESTION, RateFormMixin

ROUNDING = ("rounding", "rounding_minutes", "rounding_scope")


class ClientForm(RateFormMixin, WorkspaceModelForm):
    """Who they are, where invoices go, and on what terms."""

    currency = CurrencyChoiceField(label=_("Currency"), help_text=_("What this client is billed in."))
    hourly_rate_minor = MoneyField(label=_("Hourly rate"), required=False)

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")

    live_parts = RateFormMixin.live_parts | {"rounding": "clients/_rounding.html#rounding"}
    rate_fields = ("hourly_rate_minor", "currency")

    class Meta:
        model = Client
        fields = [
            "name", "code", "currency", "hourly_rate_minor", "payment_terms_days",
            "rounding", "rounding_minutes", "rounding_scope",
            "email", "reminders_off", "address", "country", "tax_id", "gst_state", "language", "invoice_theme",
            "phone", "website", "notes",
        ]  # fmt: skip
        help_texts = {
            "gst_state": _("Where the client has no GSTIN: CGST and SGST in your own state, IGST in another."),
            "reminders_off": _("Whatever your ladder of reminders says. You still can, by hand."),
        }
        labels = {"rounding": _("Round"), "rounding_minutes": _("Minutes"), "rounding_scope": _("What is rounded")}
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("currency", self.workspace.currency)
        self.fields["hourly_rate_minor"].help_text = _("Empty means the rate of your business.")
        self.fields["payment_terms_days"].help_text = _("Empty means %(days)d, as for your business.") % {
            "days": self.workspace.payment_terms_days
        }
        for name in ROUNDING:
            self.fields[name].required = False
        as_business = _("As for your business: %(choice)s")
        for name in ("language", "invoice_theme"):
            field, usual = self.fields[name], getattr(self.workspace, f"get_{name}_display")()
            field.choices = [("", as_business % {"choice": usual}), *field.choices[1:]]
        self.is_in_india = self.workspace.country == "IN"
        if not self.is_in_india:
            del self.fields["gst_state"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("name", css_class="col-sm-8"), Column("code", css_class="col-sm-4")),
            Fieldset(
                _("Terms"),
                "currency",
                Row(Column("hourly_rate_minor", css_class="col-sm-6"), Column("payment_terms_days")),
                RATE_QUESTION,
            ),
            Fieldset(
                _("Rounding of billed time"),
                Row(
                    Column("rounding", css_class="col-sm-4"),
                    Column("rounding_minutes", css_class="col-sm-3 rounding-detail"),
                    Column("rounding_scope", css_class="col-sm-5 rounding-detail"),
                ),
                HTML("{% include 'clients/_rounding.html' %}"),
                css_class="rounding",
            ),
            Fieldset(
                _("On invoices"),
                "email",
                "reminders_off",
                "address",
                Row(Column("country", css_class="col-sm-6"), Column("tax_id", css_class="col-sm-6")),
                *(["gst_state"] if self.is_in_india else []),
                Row(Column("language", css_class="col-sm-6"), Column("invoice_theme", css_class="col-sm-6")),
            ),
            Fieldset(
                _("For yourself"),
                Row(Column("phone", css_class="col-sm-6"), Column("website", css_class="col-sm-6")),
                "notes",
            ),
        )

    def clean(self):
        """What a form without these fields does not send stays as it was, as does what is emptied."""
        data = super().clean()
        for name in ROUNDING:
            if name not in self.errors and data.get(name) in (None, ""):
                data[name] = getattr(self.instance, name)
        add_check(self, "tax_id", check_tax_id, data.get("country", ""))
        return data

    @property
    def rule(self) -> Rounding | None:
        """The rounding as it is typed, for its worked example; None while it cannot be read."""
        return None if any(name in self.errors for name in ROUNDING) else self.instance.rounding_rule

    def currency_for_money(self) -> str:
        typed = self.data.get("currency", "")
        return typed if typed in CURRENCIES else super().currency_for_money()


class ContactForm(WorkspaceModelForm):
    """A person at a client."""

    class Meta:
        model = Contact
        fields = ["name", "role", "email", "phone", "is_billing"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_billing"].label = _("Gets the invoices")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(Column("name", css_class="col-sm-7"), Column("role", css_class="col-sm-5")),
            Row(Column("email", css_class="col-sm-7"), Column("phone", css_class="col-sm-5")),
            "is_billing",
        )
