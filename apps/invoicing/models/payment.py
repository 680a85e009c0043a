"""Money that came in."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.days import validate_day
from apps.core.money import MinorField
from apps.core.transactions import atomic
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.querysets import PaymentQuerySet
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Payment(WorkspaceOwned):
    """Money for an issued invoice, in its currency. `invoice.pay()` books it; it is never changed, only taken back."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        OTHER = "other", _("Other")

    workspace = WorkspaceKey("payments")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(1)])
    paid_on = models.DateField(_("paid on"), validators=[validate_day])
    method = models.CharField(_("how"), max_length=8, choices=Method, default=Method.TRANSFER)
    note = models.CharField(_("note"), max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["paid_on", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_payment_of_a_form"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_money"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.paid_on}"

    def save(self, *args, **kwargs):
        if self.pk:
            raise ValidationError(_("A payment is not changed: take it back and book it anew."), code="final")
        super().save(*args, **kwargs)

    def delete(self, *args, actor=None, **kwargs):
        """Take it back; the invoice is open again by that amount, and the log says who did it."""
        return self._take_back(actor)

    @atomic
    def _take_back(self, actor):
        from apps.activity.models import record

        invoice = Invoice.objects.select_for_update().get(pk=self.invoice_id)
        removed = super().delete()
        invoice.settle()
        record("payment_removed", invoice, actor=actor, amount_minor=self.amount_minor, paid_on=str(self.paid_on))
        return removed
