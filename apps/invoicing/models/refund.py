"""Money that went back to a client."""

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
from apps.invoicing.models.payment import Method
from apps.invoicing.payment_querysets import BookedQuerySet, refuse_change
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class Refund(WorkspaceOwned):
    """Credit that was paid back. `Account.refund()` and `invoice.refund()` book it; it is only ever taken back."""

    workspace = WorkspaceKey("refunds")
    client = models.ForeignKey(Client, models.PROTECT, related_name="refunds", verbose_name=_("client"))
    # The one that was paid twice or credited, where it was for one.
    invoice = models.ForeignKey("invoicing.Invoice", models.PROTECT, null=True, related_name="refunds")
    currency = CurrencyField(_("currency"))
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(1)])
    paid_on = models.DateField(_("paid back on"), validators=[validate_day])
    method = models.CharField(_("how"), max_length=8, choices=Method, default=Method.TRANSFER)
    note = models.CharField(_("note"), max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = BookedQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["paid_on", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_refund_of_a_form"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_is_money"),
        ]
        indexes = [models.Index(fields=["workspace", "paid_on"], name="refunds_by_day")]

    def __str__(self) -> str:
        return f"{format_money(self.amount_minor, self.currency)}, {self.paid_on}"

    def save(self, *args, **kwargs):
        if self.pk:
            refuse_change()
        super().save(*args, **kwargs)

    def delete(self, *args, actor=None, **kwargs):
        """Take it back: the money is the client's credit again, and the log says who did it."""
        return self._take_back(actor)

    @atomic
    def _take_back(self, actor):
        from apps.invoicing.models.account import Account

        Account(self.client, self.currency).lock()
        if not type(self).objects.filter(pk=self.pk).exists():
            return 0, {}
        removed = super().delete()
        told = {"amount_minor": self.amount_minor, "currency": self.currency, "paid_on": str(self.paid_on)}
        record("refund_removed", self.invoice or self.client, actor=actor, **told)
        return removed
