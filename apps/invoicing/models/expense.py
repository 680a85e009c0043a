"""Money that was spent for a client, to be billed on."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client, validate_not_blank
from apps.core import days
from apps.core.days import validate_day
from apps.core.money import CurrencyField, MinorField
from apps.projects.models import Project
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned


class ExpenseQuerySet(OwnedQuerySet):
    """Questions about many expenses."""

    def unbilled(self) -> "ExpenseQuerySet":
        """Those on no invoice."""
        return self.filter(source=None)

    def for_list(self) -> "ExpenseQuerySet":
        """With all that a row of the list shows; newest first."""
        related = self.select_related("client", "project", "source__invoice").defer("source__invoice__snapshot")
        return related.order_by("-spent_on", "-pk")

    def unbilled_amounts(self) -> list[tuple[str, int]]:
        """(currency, minor units) of what is on no invoice."""
        sums = self.unbilled().order_by().values("currency").annotate(total=models.Sum("amount_minor"))
        return list(sums.order_by("currency").values_list("currency", "total"))


class Expense(WorkspaceOwned):
    """What was paid out for a client, in the currency that the client pays in; taxes are chosen where it is billed."""

    workspace = WorkspaceKey("expenses")
    client = models.ForeignKey(Client, models.PROTECT, related_name="expenses", verbose_name=_("client"))
    project = models.ForeignKey(
        Project, models.SET_NULL, null=True, blank=True, related_name="expenses", verbose_name=_("project")
    )
    description = models.CharField(_("what for"), max_length=200, validators=[validate_not_blank])
    spent_on = models.DateField(_("spent on"), validators=[validate_day])
    currency = CurrencyField(_("currency"), editable=False)
    amount_minor = MinorField(_("amount"), validators=[MinValueValidator(1)])
    created_at = models.DateTimeField(default=days.now, editable=False)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("expense")
        base_manager_name = "objects"
        indexes = [models.Index(fields=["workspace", "spent_on"], name="expenses_by_day")]
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="expense_is_money")]

    def __str__(self) -> str:
        return self.description

    @property
    def is_billed(self) -> bool:
        """Whether it is on an invoice, be it a draft: then it is changed no more."""
        return hasattr(self, "source")
