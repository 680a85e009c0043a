"""What was paid for an invoice, and what is still open."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.money import format_money
from apps.core.transactions import atomic
from apps.invoicing.models.account import Account
from apps.invoicing.models.payment import Allocation, Payment
from apps.invoicing.models.refund import Refund
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Settled:
    """How money comes in for an `Invoice`, and goes back."""

    @property
    def account(self) -> Account:
        """The client's, in its currency."""
        return Account(self.client, self.currency)

    @atomic
    def pay(
        self,
        amount_minor: int,
        *,
        key: str,
        paid_on: date | None = None,
        actor=None,
        at: datetime | None = None,
        keeps_rest: bool = False,
        **fields,
    ) -> Payment:
        """Book a payment and return it; the same `key` again returns the first one and books nothing.

        Raises ValidationError for a draft, for nothing, and for more than is open, unless the rest is to be kept as
        the client's credit.
        """
        shares = {self: amount_minor}
        if keeps_rest:
            self.account.lock()
            self.lock_for_money()
            self.check_payable()
            shares = {self: min(amount_minor, self.open_minor)} if self.open_minor > 0 else {}
        return self.account.receive(amount_minor, shares=shares, key=key, paid_on=paid_on, actor=actor, at=at, **fields)

    @atomic
    def mark_paid(self, *, key: str, paid_on: date | None = None, actor=None) -> Payment:
        """Book all that is open."""
        self.account.lock()
        self.lock_for_money()
        return self.pay(self.open_minor, key=key, paid_on=paid_on, actor=actor)

    @atomic
    def use_credit(self, amount_minor: int, *, key: str, actor=None) -> list[Allocation]:
        """Pay with the client's credit, from the oldest payment on; the same `key` again moves nothing.

        Raises ValidationError for more than is open, and for more than there is.
        """
        self.account.lock()
        self.lock_for_money()
        if earlier := list(self.allocations.filter(idempotency_key__startswith=f"{key}-{self.pk}-")):
            return earlier
        self.check_payable()
        if amount_minor <= 0 or amount_minor > self.account.credit_minor:
            raise ValidationError({"amount_minor": self._no_credit()}, code="no_credit")
        self.check_share(amount_minor)
        moved = self._take_from_payments(amount_minor, key)
        self.settle()
        record("credit_used", self, actor=actor, amount_minor=amount_minor)
        return moved

    def _take_from_payments(self, amount_minor: int, key: str) -> list[Allocation]:
        today = days.local_day(days.now(), self.workspace.zone)
        moved = []
        for payment in self.account.payments.with_rest().filter(rest_sum__gt=0).order_by("paid_on", "pk"):
            part = min(payment.rest_sum, amount_minor)
            facts = {"day": today, "idempotency_key": f"{key}-{self.pk}-{payment.pk}"}
            moved.append(payment.allocate(self, part, Allocation.Source.CREDIT, **facts))
            amount_minor -= part
            if not amount_minor:
                break
        return moved

    @atomic
    def keep_as_credit(self, *, actor=None) -> int:
        """Make what was paid too much the client's credit, off the newest payments first; returns how much.

        Raises ValidationError where nothing is too much.
        """
        self.account.lock()
        self.lock_for_money()
        amount_minor = self._release()
        record("kept_as_credit", self, actor=actor, amount_minor=amount_minor)
        return amount_minor

    @atomic
    def refund(self, amount_minor: int, *, key: str, actor=None, **fields) -> Refund:
        """Book that what was paid too much went back to the client, whole or in part; the part that did not is credit.

        Raises ValidationError for more than is too much. The same `key` again books nothing.
        """
        self.account.lock()
        self.lock_for_money()
        if earlier := self.account.earlier_refund(key, invoice=self):
            return earlier
        if amount_minor > max(-self.open_minor, 0):
            told = _("Only %(rest)s of this invoice can be paid back.")
            rest = format_money(max(-self.open_minor, 0), self.currency)
            raise ValidationError({"amount_minor": told % {"rest": rest}}, code="too_much")
        self._release()
        return self.account.refund(amount_minor, key=key, invoice=self, actor=actor, **fields)

    def _release(self) -> int:
        amount_minor = rest = -self.open_minor
        if amount_minor <= 0:
            raise ValidationError(_("Nothing is paid too much on this invoice."), code="nothing_over")
        today = days.local_day(days.now(), self.workspace.zone)
        paid = self.allocations.by_payment()
        for payment in self.account.payments.filter(pk__in=paid).order_by("-paid_on", "-pk"):
            part = min(paid[payment.pk], rest)
            if part > 0:
                payment.allocate(self, -part, Allocation.Source.RELEASE, day=today)
                rest -= part
        self.settle()
        return amount_minor

    # ── Whether it can be paid ────────────────────────────────────────────────────────────────────────────────────────

    def lock_for_money(self) -> None:
        """Be alone with it until the transaction ends, after its account, and read it again."""
        self._lock()

    def check_payable(self) -> None:
        """Raise ValidationError unless it asks for money."""
        if self.is_credit_note:
            raise ValidationError(_("A credit note is not paid: it takes an invoice back."), code="credit_note")
        if self.is_estimate:
            raise ValidationError(_("An estimate is not paid: make an invoice of it first."), code="estimate")
        if self.status != self.Status.ISSUED:
            raise ValidationError(_("Issue the invoice first; a draft cannot be paid."), code="draft")
        self.refuse_written_off()

    def check_share(self, amount_minor: int) -> None:
        """Raise ValidationError for nothing, and for more than is open."""
        if amount_minor <= 0:
            raise ValidationError({"amount_minor": _("A payment is more than zero.")}, code="zero")
        if amount_minor > self.open_minor:
            raise ValidationError({"amount_minor": self._too_much()}, code="too_much")

    def _too_much(self) -> str:
        if self.open_minor <= 0:
            return _("This invoice is paid already.")
        return _("Only %(open)s is open.") % {"open": format_money(self.open_minor, self.currency)}

    def _no_credit(self) -> str:
        credit = format_money(self.account.credit_minor, self.currency)
        return _("The client has a credit of %(credit)s.") % {"credit": credit}

    def settle(self) -> None:
        """Keep the mark of an open invoice in step with what was paid; called wherever they change."""
        self.__dict__.pop("paid_sum", None)
        self.__dict__.pop("credited_sum", None)
        self.__dict__.pop("written_off_sum", None)
        if self.open_minor > 0:
            Receivable.objects.get_or_create(
                workspace_id=self.workspace_id, invoice=self, defaults={"due_date": self.due_date}
            )
        else:
            Receivable.objects.filter(invoice=self).delete()


class Receivable(WorkspaceOwned):
    """Says that an issued invoice is still open. It carries no amount: that is always total less payments.

    It is there so that what is late can be counted from an index on every page, however many invoices are paid.
    """

    workspace = WorkspaceKey("receivables")
    invoice = models.OneToOneField("invoicing.Invoice", models.CASCADE, related_name="receivable")
    due_date = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "due_date", "invoice"], name="receivables_by_due_date")]

    def __str__(self) -> str:
        return f"{self.invoice_id} due {self.due_date}"
