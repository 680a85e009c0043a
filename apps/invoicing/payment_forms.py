"""What people type when money comes in or goes back."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.fields import DayField, MoneyField
from apps.core.money import MAX_MINOR, format_money
from apps.invoicing.forms import dress, new_token
from apps.invoicing.models import Account, Invoice, Payment
from apps.invoicing.models.account import split
from apps.workspaces.forms import WorkspaceForm

# A client with more open invoices is paid in several goes, the oldest first.
MOST_INVOICES = 200
SHARE = "share_"


class MoneyForm(WorkspaceForm):
    """An amount that changes hands; the token makes the same form, sent twice, book once."""

    amount = MoneyField(label=_("Amount"))
    paid_on = DayField(label=_("Received on"))
    method = forms.ChoiceField(label=_("How"), choices=Payment.Method.choices, initial=Payment.Method.TRANSFER)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, workspace, currency: str, initial=None, **kwargs):
        usual = {"paid_on": days.local_day(days.now(), workspace.zone), "token": new_token()}
        super().__init__(*args, workspace=workspace, initial=usual | (initial or {}), **kwargs)
        self.fields["amount"].currency = currency
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if not 0 < amount <= MAX_MINOR:
            raise ValidationError(_("A payment is more than zero."), code="zero")
        return amount

    @property
    def booking(self) -> dict:
        """What is booked beside the amount."""
        names = {"paid_on": "paid_on", "method": "method", "note": "note", "key": "token"}
        return {name: self.cleaned_data[field] for name, field in names.items()}


class PaymentForm(MoneyForm):
    """A payment of one invoice. Where it is more than is open, it asks whether the rest is to be kept as credit."""

    keeps_rest = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, invoice: Invoice, **kwargs):
        self.invoice, self.open_minor = invoice, max(invoice.open_minor, 0)
        super().__init__(*args, currency=invoice.currency, initial={"amount": self.open_minor or None}, **kwargs)

    def clean(self):
        """More than is open needs a yes."""
        cleaned = super().clean()
        rest = cleaned.get("amount", 0) - self.open_minor
        if rest > 0 and self.open_minor:
            told = {"rest": format_money(rest, self.invoice.currency), "client": self.invoice.client}
            self.fields["keeps_rest"].widget = forms.CheckboxInput()
            self["keeps_rest"].label = _("Keep the rest, %(rest)s, as credit of %(client)s") % told
            if not cleaned.get("keeps_rest"):
                self.add_error("amount", _("That is %(rest)s more than is open.") % told)
        return cleaned


class RefundForm(MoneyForm):
    """Money that goes back; `most_minor` is how much there is."""

    def __init__(self, *args, most_minor: int, **kwargs):
        super().__init__(*args, initial={"amount": most_minor or None}, **kwargs)
        self.fields["paid_on"].label = _("Paid back on")


class ReceiveForm(MoneyForm):
    """Money of a client for several invoices: a share for each that is open, proposed oldest due first."""

    def __init__(self, data: QueryDict | None = None, *, account: Account, chosen: set[int] = frozenset(), **kwargs):
        self.account = account
        found = list(account.open_invoices[:MOST_INVOICES])
        # Those that somebody ticked are paid first; the order is otherwise kept.
        self.invoices = sorted(found, key=lambda invoice: invoice.pk not in chosen)
        amount = sum(invoice.open_minor for invoice in found if invoice.pk in chosen)
        initial = {"amount": amount or None, **self._texts(amount)}
        super().__init__(data, currency=account.currency, initial=initial, **kwargs)
        for invoice in self.invoices:
            label = _("For %(invoice)s") % {"invoice": invoice}
            self.fields[_share(invoice)] = MoneyField(label=label, currency=account.currency, required=False)
        dress(self)

    def _texts(self, amount_minor: int) -> dict[str, int | None]:
        shares = split(amount_minor, self.invoices)
        return {_share(invoice): shares[invoice.pk] or None for invoice in self.invoices}

    def propose(self) -> None:
        """Put the proposed shares of the amount that was typed in place of those that were sent."""
        data = self.data.copy()
        for name, minor in self._texts(self._typed("amount")).items():
            data[name] = self.fields[name].prepare_value(minor) or ""
        self.data = data

    # ── As it stands ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def rows(self) -> list[tuple[Invoice, forms.BoundField]]:
        """Each open invoice with its field."""
        return [(invoice, self[_share(invoice)]) for invoice in self.invoices]

    @property
    def rest_minor(self) -> int:
        """What of the amount is on no invoice; below zero where more is shared out than came in."""
        return self._typed("amount") - sum(self._typed(_share(invoice)) for invoice in self.invoices)

    @property
    def kept_minor(self) -> int:
        """What becomes credit of the client."""
        return max(self.rest_minor, 0)

    @property
    def excess_minor(self) -> int:
        """How much more is shared out than came in."""
        return max(-self.rest_minor, 0)

    def _typed(self, name: str) -> int:
        """The amount in a field, 0 where there is none that can be read."""
        if not self.is_bound:
            return self.initial.get(name) or 0
        try:
            return self.fields[name].clean(self.data.get(name, "")) or 0
        except ValidationError:
            return 0

    # ── As it was sent ────────────────────────────────────────────────────────────────────────────────────────────────

    def clean(self):
        """No invoice gets more than is open, and all of them no more than came in."""
        cleaned = super().clean()
        if any(self.data.get(name) for name in self.data if name.startswith(SHARE) and name not in self.fields):
            self.add_error(None, _("An invoice was paid meanwhile. Look at the shares again, and send the form anew."))
        for invoice in self.invoices:
            if (cleaned.get(_share(invoice)) or 0) > invoice.open_minor:
                told = _("Only %(open)s is open.") % {"open": format_money(invoice.open_minor, invoice.currency)}
                self.add_error(_share(invoice), told)
        if not self.errors and self.excess_minor:
            told = {"excess": format_money(self.excess_minor, self.account.currency)}
            self.add_error("amount", _("You share out %(excess)s more than came in.") % told)
        dress(self)
        return cleaned

    @property
    def shares(self) -> dict[Invoice, int]:
        """What each invoice gets, those left out that get nothing."""
        found = {invoice: self.cleaned_data.get(_share(invoice)) for invoice in self.invoices}
        return {invoice: minor for invoice, minor in found.items() if minor}


def _share(invoice: Invoice) -> str:
    return f"{SHARE}{invoice.pk}"
