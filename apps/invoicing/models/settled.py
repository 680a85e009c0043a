"""What was paid for an invoice, and what is still open."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.core import days
from apps.core.money import format_money
from apps.core.transactions import atomic
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Settled:
    """How money comes in for an `Invoice`."""

    @atomic
    def pay(
        self,
        amount_minor: int,
        *,
        key: str,
        paid_on: date | None = None,
        actor=None,
        at: datetime | None = None,
        **fields,
    ):
        """Book a payment and return it; the same `key` again returns the first one and books nothing.

        Raises ValidationError for a draft, for nothing, and for more than is open.
        """
        self._lock()
        if earlier := self.workspace.payments.filter(idempotency_key=key, invoice=self).first():
            return earlier
        if self.is_credit_note:
            raise ValidationError(_("A credit note is not paid: it takes an invoice back."), code="credit_note")
        if self.status != self.Status.ISSUED:
            raise ValidationError(_("Issue the invoice first; a draft cannot be paid."), code="draft")
        self.refuse_written_off()
        if amount_minor <= 0:
            raise ValidationError({"amount_minor": _("A payment is more than zero.")}, code="zero")
        if amount_minor > self.open_minor:
            raise ValidationError({"amount_minor": self._too_much()}, code="too_much")
        payment = self.payments.model(
            workspace=self.workspace, invoice=self, amount_minor=amount_minor, idempotency_key=key,
            paid_on=paid_on or days.local_day(days.now(), self.workspace.zone),
            created_at=at or days.now(), **fields,
        )  # fmt: skip
        payment.full_clean(exclude=["invoice"])
        payment.save(force_insert=True)
        self.settle()
        record("paid", self, actor=actor, at=at, amount_minor=amount_minor, paid_on=str(payment.paid_on))
        return payment

    @atomic
    def mark_paid(self, *, key: str, paid_on: date | None = None, actor=None):
        """Book all that is open."""
        self._lock()
        return self.pay(self.open_minor, key=key, paid_on=paid_on, actor=actor)

    def settle(self) -> None:
        """Keep the mark of an open invoice in step with its payments; called wherever they change."""
        self.__dict__.pop("paid_sum", None)
        self.__dict__.pop("credited_sum", None)
        self.__dict__.pop("written_off_sum", None)
        if self.open_minor > 0:
            Receivable.objects.get_or_create(
                workspace_id=self.workspace_id, invoice=self, defaults={"due_date": self.due_date}
            )
        else:
            Receivable.objects.filter(invoice=self).delete()

    def _too_much(self) -> str:
        if self.open_minor <= 0:
            return _("This invoice is paid already.")
        return _("Only %(open)s is open.") % {"open": format_money(self.open_minor, self.currency)}


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
