"""What a client has with the business in one currency: open invoices, payments, credit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.clients.models import Client
from apps.core import days
from apps.core.money import format_money
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.models.payment import Allocation, Payment
from apps.invoicing.models.refund import Refund
from apps.invoicing.payment_querysets import BookedQuerySet, PaymentQuerySet


@dataclass(frozen=True)
class Account:
    """A client in one currency. Nothing of it is stored: credit = Σ payments − Σ allocations − Σ refunds."""

    client: Client
    currency: str

    # ── What is there ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def payments(self) -> PaymentQuerySet:
        """All that came in."""
        return self.client.payments.filter(currency=self.currency)

    @property
    def refunds(self) -> BookedQuerySet:
        """All that went back."""
        return self.client.refunds.filter(currency=self.currency)

    @property
    def credit_minor(self) -> int:
        """What came in and is neither on an invoice nor paid back."""
        return self.payments.rest_minor() - self.refunds.total_minor()

    @property
    def open_invoices(self):
        """Those to pay, the oldest due first."""
        invoices = self.client.invoices.open().filter(currency=self.currency)
        return invoices.select_related("client", "workspace").with_balance().order_by("due_date", "issue_date", "pk")

    # ── Locks: the client before invoices, invoices by their ids ──────────────────────────────────────────────────────

    def lock(self) -> None:
        """Be alone with the client's money until the transaction ends."""
        lock_rows(Client.objects.filter(pk=self.client.pk))

    def lock_invoices(self, ids: Iterable[int]) -> list:
        """Be alone with these invoices too, and read them."""
        chosen = self.client.invoices.filter(pk__in=sorted(set(ids)))
        lock_rows(chosen)
        return list(chosen.select_related("client", "workspace").order_by("pk"))

    # ── What happens ──────────────────────────────────────────────────────────────────────────────────────────────────

    @atomic
    def receive(
        self,
        amount_minor: int,
        *,
        shares: Mapping,
        key: str,
        paid_on: date | None = None,
        actor=None,
        at: datetime | None = None,
        **fields,
    ) -> Payment:
        """Book money that came in; `shares` is how much of it goes to which invoice, and the rest becomes credit.

        The same `key` again returns the first payment and books nothing. Amounts are minor units. Raises
        ValidationError for nothing, for a share that is more than is open, and for shares of more than came in.
        """
        self.lock()
        invoices = sorted(shares, key=lambda invoice: invoice.pk)
        for invoice in invoices:
            invoice.lock_for_money()
        if earlier := self._earlier(key, invoices):
            return earlier
        for invoice in invoices:
            invoice.check_payable()
        _refuse_nothing(amount_minor)
        for invoice in invoices:
            invoice.check_share(shares[invoice])
        if sum(shares.values()) > amount_minor:
            raise ValidationError({"amount_minor": _("You share out more than came in.")}, code="too_much_shared")
        payment = Payment(
            workspace_id=self.client.workspace_id, client=self.client, currency=self.currency,
            amount_minor=amount_minor, paid_on=paid_on or self._today(), idempotency_key=key,
            created_at=at or days.now(), **fields,
        )  # fmt: skip
        payment.full_clean(exclude=["client", "workspace"])
        payment.save(force_insert=True)
        for invoice in invoices:
            payment.allocate(invoice, shares[invoice], Allocation.Source.PAYMENT, created_at=payment.created_at)
            invoice.settle()
        told = {"actor": actor, "at": at, "paid_on": str(payment.paid_on)}
        for invoice in invoices:
            record("paid", invoice, amount_minor=shares[invoice], **told)
        if rest := amount_minor - sum(shares.values()):
            record("credit_received", self.client, amount_minor=rest, currency=self.currency, **told)
        return payment

    @atomic
    def refund(
        self, amount_minor: int, *, key: str, invoice=None, paid_on: date | None = None, actor=None, **fields
    ) -> Refund:
        """Book credit that was paid back; never more than there is. The same `key` again books nothing."""
        self.lock()
        if earlier := self.earlier_refund(key, invoice=invoice):
            return earlier
        _refuse_nothing(amount_minor)
        if amount_minor > self.credit_minor:
            told = _("Only %(credit)s can be paid back.") % {"credit": format_money(self.credit_minor, self.currency)}
            raise ValidationError({"amount_minor": told}, code="too_much")
        refund = Refund(
            workspace_id=self.client.workspace_id, client=self.client, currency=self.currency, invoice=invoice,
            amount_minor=amount_minor, paid_on=paid_on or self._today(), idempotency_key=key, **fields,
        )  # fmt: skip
        refund.full_clean(exclude=["client", "workspace", "invoice"])
        refund.save(force_insert=True)
        told = {"amount_minor": amount_minor, "currency": self.currency, "paid_on": str(refund.paid_on)}
        record("refunded", invoice or self.client, actor=actor, **told)
        return refund

    def _today(self) -> date:
        return days.local_day(days.now(), self.client.workspace.zone)

    def _earlier(self, key: str, invoices: Iterable) -> Payment | None:
        """What the same form booked before. Raises ValidationError where it booked something else."""
        found = Payment.objects.filter(workspace=self.client.workspace_id, idempotency_key=key).first()
        if found is None:
            return None
        paid = set(found.allocations.values_list("invoice", flat=True))
        if not self._owns(found) or not {invoice.pk for invoice in invoices} <= paid:
            raise _sent_before()
        return found

    def earlier_refund(self, key: str, *, invoice=None) -> Refund | None:
        """What the same form paid back before. Raises ValidationError where it was for something else."""
        found = Refund.objects.filter(workspace=self.client.workspace_id, idempotency_key=key).first()
        if found and (not self._owns(found) or found.invoice != invoice):
            raise _sent_before()
        return found

    def _owns(self, row: Payment | Refund) -> bool:
        return (row.client_id, row.currency) == (self.client.pk, self.currency)


def _sent_before() -> ValidationError:
    return ValidationError(_("This form was sent before, for something else. Open it anew."), code="stale")


def split(amount_minor: int, invoices: Iterable) -> dict[int, int]:
    """How an amount goes to open invoices in their order, each in full before the next: minor units by id."""
    shares = {}
    for invoice in invoices:
        shares[invoice.pk] = min(max(amount_minor, 0), invoice.open_minor)
        amount_minor -= shares[invoice.pk]
    return shares


def credits_of(client: Client) -> dict[str, int]:
    """The client's credit in each currency in which there is any, in minor units."""
    refunds = client.refunds.order_by().values_list("currency").annotate(total=Sum("amount_minor"))
    found = defaultdict(int, client.payments.rests_by_currency())
    for currency, total in refunds:
        found[currency] -= total
    return {currency: minor for currency, minor in sorted(found.items()) if minor}


def _refuse_nothing(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise ValidationError({"amount_minor": _("A payment is more than zero.")}, code="zero")
