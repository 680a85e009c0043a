"""The lines of an invoice, and which recorded time is on them."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.money import MinorField
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.percent import PercentField
from apps.invoicing.models.tax import TaxCategory
from apps.invoicing.querysets import BilledTimeQuerySet, FrozenQuerySet, LineQuerySet, refuse_issued
from apps.invoicing.totals import Discount, Item, trim
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned

MAX_LINES = 500


class FrozenWithInvoice(WorkspaceOwned):
    """A row that is part of an invoice and final with it."""

    objects = FrozenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._refuse_if_issued()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._refuse_if_issued()
        return super().delete(*args, **kwargs)

    def _refuse_if_issued(self) -> None:
        if Invoice.objects.filter(pk=self.invoice_id).exclude(status=Invoice.Status.DRAFT).exists():
            refuse_issued()


class InvoiceLine(FrozenWithInvoice):
    """So many units at a price; `amount_minor` is written by the invoice together with its totals."""

    class Unit(models.TextChoices):
        HOUR = "h", _("h")
        DAY = "day", _("day")
        ITEM = "item", _("item")
        MONTH = "month", _("month")
        KILOMETRE = "km", _("km")
        WORD = "word", _("word")
        PAGE = "page", _("page")

    workspace = WorkspaceKey("invoice_lines")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(default=0)
    description = models.TextField(_("description"), max_length=2000)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=4, default=Decimal(1))
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.ITEM)
    unit_price = models.DecimalField(_("price"), max_digits=15, decimal_places=4, default=Decimal(0))
    discount_percent = PercentField(_("discount in %"))
    discount_minor = MinorField(_("discount"), default=0, validators=[MinValueValidator(0)])
    tax_category = models.CharField(max_length=2, choices=TaxCategory, default=TaxCategory.STANDARD)
    tax_rate = PercentField(_("tax %"))
    tax_name = models.CharField(max_length=40, blank=True)
    # As the price is: with tax where the invoice's prices include it.
    amount_minor = MinorField(default=0, editable=False)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=Q(discount_percent=0) | Q(discount_minor=0), name="line_has_one_discount"),
        ]

    def __str__(self) -> str:
        return self.description[:80]

    @property
    def item(self) -> Item:
        """What the calculation needs of it."""
        discount = Discount(self.discount_percent, self.discount_minor)
        return Item(self.quantity, self.unit_price, self.tax_rate, self.tax_category, discount)

    def as_facts(self) -> dict:
        """For the snapshot: texts and integers, in which no decimal can get lost."""
        return {
            "description": self.description,
            "quantity": trim(self.quantity),
            "unit": self.unit,
            "unit_price": trim(self.unit_price),
            "discount_percent": trim(self.discount_percent),
            "discount_minor": self.discount_minor,
            "tax_category": self.tax_category,
            "tax_rate": trim(self.tax_rate),
            "tax_name": self.tax_name,
            "amount_minor": self.amount_minor,
        }


class BilledTime(FrozenWithInvoice):
    """One time entry on one line. The unique entry is what keeps time from being billed twice."""

    workspace = WorkspaceKey("billed_times")
    entry = models.OneToOneField("workbench.TimeEntry", models.PROTECT, related_name="billed_time")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="billed_times")
    line = models.ForeignKey(InvoiceLine, models.CASCADE, related_name="billed_times")

    objects = BilledTimeQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.entry_id} on {self.invoice_id}"
