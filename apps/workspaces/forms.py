"""The base of every form in a workspace, which can only choose what belongs to it; and the forms of the workspace."""

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.fields import CurrencyChoiceField, DurationField, MoneyField, ZoneChoiceField
from apps.core.tax_ids import add_check, check_account, check_tax_id
from apps.workspaces.models import Workspace
from apps.workspaces.rates import RateFormMixin
from apps.workspaces.tenancy import WorkspaceOwned


class WorkspaceFormMixin:
    """Narrows every choice of rows to the workspace that the form is made for."""

    def __init__(self, *args, workspace: Workspace, **kwargs):
        self.workspace = workspace
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and issubclass(field.queryset.model, WorkspaceOwned):
                field.queryset = field.queryset.filter(workspace=workspace)
            if isinstance(field, forms.ModelChoiceField) and field.queryset.model._meta.label == "accounts.User":
                field.queryset = field.queryset.filter(memberships__workspace=workspace)


class WorkspaceForm(WorkspaceFormMixin, forms.Form):
    """A form that saves no single row."""


class WorkspaceModelForm(WorkspaceFormMixin, forms.ModelForm):
    """A form for one row of the workspace.

    `currency_for_money()` says in which currency its amounts are read; subclasses narrow it. `told` says, once it is
    saved, what else came of it.
    """

    told = ""

    def __init__(self, *args, workspace: Workspace, **kwargs):
        super().__init__(*args, workspace=workspace, **kwargs)
        if self.instance.workspace_id is None:
            self.instance.workspace = workspace
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = self.currency_for_money()

    def save_by(self, actor):
        """Save the row; `actor` is who does it."""
        return self.save()

    def currency_for_money(self) -> str:
        """The currency in which this form's amounts are typed and shown."""
        return getattr(self.instance, "currency", "") or self.workspace.currency


class WorkspaceSettingsForm(RateFormMixin, forms.ModelForm):
    """The business details and defaults.

    The hourly rate is read in the currency that is chosen beside it. What is written in the old currency without
    saying so stands in the way of another one, since no amount is ever converted or taken for another currency's.
    """

    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    timezone = ZoneChoiceField(label=_("Time zone"), help_text=_("Decides the day of an invoice and its due date."))
    currency = CurrencyChoiceField(
        label=_("Currency"), help_text=_("For new clients, and for projects without one. Nothing is converted.")
    )
    hourly_rate_minor = MoneyField(
        label=_("Hourly rate"),
        required=False,
        help_text=_("For work on tasks, projects and clients without a rate of their own."),
    )
    timer_limit = DurationField(
        label=_("A timer counts as forgotten after"), help_text=_("Between 0:30 and 24:00, for instance 8:00.")
    )

    rate_fields = ("hourly_rate_minor", "currency")

    class Meta:
        model = Workspace
        fields = [
            "name", "address", "country", "email", "phone", "website", "tax_id",
            "bank_name", "iban", "bic", "upi_id",
            "timezone", "week_start", "timer_limit", "idle_limit_minutes",
            "currency", "hourly_rate_minor", "payment_terms_days", "invoice_notes",
        ]  # fmt: skip
        labels = {"payment_terms_days": _("Due after"), "idle_limit_minutes": _("Ask about time away after")}
        help_texts = {
            "upi_id": _("For instance studio@bank. Invoices in rupees then carry a code to pay with."),
            "idle_limit_minutes": _("When nothing is typed or moved for so long while a timer runs. 0: never ask."),
        }
        widgets = {
            "address": forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
            "invoice_notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hourly_rate_minor"].currency = self.data.get("currency") or self.instance.currency
        for name in ("payment_terms_days", "idle_limit_minutes"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.initial["timer_limit"] = self.instance.timer_limit_minutes * 60
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    @property
    def workspace(self) -> Workspace:
        """Whose entries may follow a changed rate."""
        return self.instance

    def clean(self):
        data = super().clean()
        add_check(self, "tax_id", check_tax_id, data.get("country", ""))
        add_check(self, "iban", check_account)
        return data

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"]
        if currency != self.instance.currency and self._has_amounts_without_client():
            raise forms.ValidationError(
                _("Projects without a client have rates, prices or budgets in %(currency)s. Empty those first."),
                code="in_use",
                params={"currency": self.instance.currency},
            )
        return currency

    def clean_hourly_rate_minor(self) -> int:
        return self.cleaned_data["hourly_rate_minor"] or 0

    def clean_timer_limit(self) -> int:
        seconds = self.cleaned_data["timer_limit"]
        self.instance.timer_limit_minutes = seconds // 60
        if not 30 <= self.instance.timer_limit_minutes <= 1440:
            raise forms.ValidationError(_("Choose between 0:30 and 24:00."), code="limit")
        return seconds

    def _has_amounts_without_client(self) -> bool:
        """Such a project is counted in the workspace's currency, without a column of its own that says so."""
        own = self.instance.projects.filter(client=None)
        amounts = Q(hourly_rate_minor__gt=0) | Q(fixed_price_minor__gt=0) | Q(budget_minor__gt=0)
        return own.filter(amounts | Q(tasks__hourly_rate_minor__gt=0)).exists()


class BusinessForm(forms.Form):
    """What a business needs to begin with; the browser guesses time zone and currency, and they can be changed."""

    workspace_name = forms.CharField(
        label=_("Your business"),
        max_length=120,
        required=False,
        help_text=_("As it stands on invoices. Left empty, it is your own name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    timezone = ZoneChoiceField(label=_("Time zone"), initial="UTC")
    currency = CurrencyChoiceField(label=_("Currency"), initial="EUR")

    def open_workspace(self, user) -> Workspace:
        """A new workspace as typed, with `user` as its owner."""
        data = self.cleaned_data
        return Workspace.open_for(
            user,
            name=data["workspace_name"] or str(user),
            timezone=data["timezone"],
            currency=data["currency"],
            email=user.email,
        )
