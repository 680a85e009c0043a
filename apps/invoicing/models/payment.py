"""Money that came in, and the invoices that it pays."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.activity.models import record
from apps.clients.models import Client
from apps.core import days
from apps.core.days import validate_day
from apps.core.money import CurrencyField, MinorField, format_money
from apps.core.transactions import atomic
from apps.invoicing.payment_querysets import AllocationQuerySet, PaymentQuerySet, refuse_change
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Method(models.TextChoices):
    """How money changed hands."""

    TRANSFER = "transfer", _("Bank transfer")
    CARD = "card", _("Card")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Other")


class Payment(WorkspaceOwned):
    """Money of a client that came in. Its allocations say what of it went to which invoice; the rest is credit.

    `Account.receive()` and `invoice.pay()` book it; it is never changed, only taken back as a whole.
    """

    Method = Method

    workspace = WorkspaceKey("payments")
    client = models.ForeignKey(Client, models.PROTECT, related_name="payments", verbose_name=_("client"))
    currency = CurrencyField(_("currency"))
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(1)])
    paid_on = models.DateField(_("paid on"), validators=[validate_day])
    method = models.CharField(_("how"), max_length=8, choices=Method, default=Method.TRANSFER)
    note = models.CharField(_("note"), max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["paid_on", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_payment_of_a_form"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_money"),
        ]
        indexes = [models.Index(fields=["workspace", "paid_on"], name="payments_by_day")]

    def __str__(self) -> str:
        return f"{format_money(self.amount_minor, self.currency)}, {self.paid_on}"

    @property
    def rest_minor(self) -> int:
        """What of it is on no invoice; querysets bring it along as `rest_sum`."""
        return self.rest_sum if hasattr(self, "rest_sum") else self.amount_minor - self.allocations.total_minor()

    def allocate(self, invoice, amount_minor: int, source: str, **facts) -> "Allocation":
        """Move money of it to an invoice, or back (below zero); the caller holds the locks and settles the invoice."""
        allocation = Allocation(
            workspace_id=self.workspace_id, payment=self, invoice=invoice, amount_minor=amount_minor, source=source,
            **{"day": self.paid_on} | facts,
        )  # fmt: skip
        allocation.save(force_insert=True)
        return allocation

    def save(self, *args, **kwargs):
        if self.pk:
            refuse_change()
        super().save(*args, **kwargs)

    def delete(self, *args, actor=None, **kwargs):
        """Take it back, off all invoices; they are open again by what it paid, and the log says who did it.

        Raises ValidationError where what it left as credit was paid back to the client meanwhile.
        """
        return self._take_back(actor)

    @atomic
    def _take_back(self, actor):
        from apps.invoicing.models.account import Account

        account = Account(self.client, self.currency)
        account.lock()
        paid = self.allocations.values_list("invoice", flat=True)
        invoices = {invoice.pk: invoice for invoice in account.lock_invoices(paid)}
        if not type(self).objects.filter(pk=self.pk).exists():
            return 0, {}
        if self.amount_minor - self.allocations.total_minor() > account.credit_minor:
            message = _("Part of this payment was paid back to the client. Take that refund back first.")
            raise ValidationError(message, code="refunded")
        shares = self.allocations.by_invoice()
        removed = super().delete()
        for invoice in invoices.values():
            invoice.settle()
        told = {"currency": self.currency, "paid_on": str(self.paid_on)}
        for pk, amount_minor in shares.items():
            record("payment_removed", invoices[pk], actor=actor, amount_minor=amount_minor, **told)
        if rest := self.amount_minor - sum(shares.values()):
            record("payment_removed", self.client, actor=actor, amount_minor=rest, **told)
        return removed


class Allocation(WorkspaceOwned):
    """What of a payment is on an invoice since `day`. What goes back to the client's credit is below zero."""

    class Source(models.TextChoices):
        PAYMENT = "payment", _("with the payment")
        CREDIT = "credit", _("from credit")
        RELEASE = "release", _("kept as credit")

    workspace = WorkspaceKey("allocations")
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="allocations")
    invoice = models.ForeignKey("invoicing.Invoice", models.PROTECT, related_name="allocations")
    amount_minor = MinorField()
    day = models.DateField(validators=[validate_day])
    source = models.CharField(max_length=7, choices=Source, default=Source.PAYMENT)
    # Of the form that moved it later on than its payment came in.
    idempotency_key = models.CharField(max_length=110, null=True, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_allocation_of_a_form"),
            models.CheckConstraint(
                condition=Q(source="release", amount_minor__lt=0) | (~Q(source="release") & Q(amount_minor__gt=0)),
                name="allocation_moves_money",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "day"], name="allocations_by_day")]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.payment_id} to {self.invoice_id}"

    @property
    def is_from_credit(self) -> bool:
        """Whether it was moved here later, and can be moved back alone."""
        return self.source == self.Source.CREDIT

    def save(self, *args, **kwargs):
        if self.pk:
            refuse_change()
        ours, theirs = self.payment, self.invoice
        if (ours.client_id, ours.currency) != (theirs.client_id, theirs.currency):
            raise ValidationError(_("A payment is for invoices of the same client and currency."), code="other_account")
        super().save(*args, **kwargs)

    def delete(self, *args, actor=None, **kwargs):
        """Of credit that was used: give it back to the client; the invoice is open again by that amount."""
        return self._give_back(actor)

    @atomic
    def _give_back(self, actor):
        from apps.invoicing.models.account import Account

        if not self.is_from_credit:
            raise ValidationError(_("Take the whole payment back."), code="final")
        account = Account(self.payment.client, self.payment.currency)
        account.lock()
        [invoice] = account.lock_invoices([self.invoice_id])
        if not type(self).objects.filter(pk=self.pk).exists():
            return 0, {}
        if invoice.allocations.filter(payment=self.payment).total_minor() < self.amount_minor:
            raise ValidationError(_("Part of it is the client's credit again already."), code="released")
        removed = super().delete()
        invoice.settle()
        record("credit_given_back", invoice, actor=actor, amount_minor=self.amount_minor, currency=account.currency)
        return removed
