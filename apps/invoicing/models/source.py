"""What a line bills besides recorded time, so that nothing of it is billed twice."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.invoicing.models.expense import Expense
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.line import FrozenWithInvoice, InvoiceLine
from apps.invoicing.querysets import FrozenQuerySet
from apps.projects.models import Project
from apps.workspaces.tenancy import WorkspaceKey


class SourceQuerySet(FrozenQuerySet):
    """What is billed already."""

    def give_up(self) -> None:
        """Forget it, also of an issued invoice: a credit note gives back what was billed."""
        models.QuerySet.delete(self)

    def billed_of_fixed_prices(self) -> dict[int, int]:
        """By project (id): how much of its fixed price is on invoices, in minor units as the lines say it."""
        parts = self.filter(project__isnull=False, month=None).order_by().values("project")
        return dict(parts.annotate(total=models.Sum("line__amount_minor")).values_list("project", "total"))


class LineSource(FrozenWithInvoice):
    """One line rests on one expense, on one tax of a deposit that it takes off, or on a project's price.

    It goes with its line: what was on a draft that is thrown away can be billed again. A fixed price may be billed in
    parts; a retainer once for each month.
    """

    workspace = WorkspaceKey("line_sources")
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="sources")
    line = models.OneToOneField(InvoiceLine, models.CASCADE, related_name="source")
    expense = models.OneToOneField(Expense, models.PROTECT, null=True, related_name="source")
    deposit = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="deductions")
    # Which of the deposit's taxes, from 0 on.
    part = models.PositiveSmallIntegerField(null=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="fee_sources")
    # Of a retainer the first day of the month.
    month = models.DateField(null=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["deposit", "part"], name="deposit_is_deducted_once"),
            models.UniqueConstraint(fields=["project", "month"], name="retainer_is_billed_once_a_month"),
            models.CheckConstraint(
                condition=Q(expense__isnull=False, deposit=None, project=None)
                | Q(expense=None, deposit__isnull=False, part__isnull=False, project=None)
                | Q(expense=None, deposit=None, project__isnull=False),
                name="line_has_one_source",
            ),
            models.CheckConstraint(condition=Q(deposit=None) | ~Q(deposit=F("invoice")), name="deposit_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} of {self.as_facts()}"

    def as_facts(self) -> dict:
        """For a version of the draft: texts and numbers from which it can be made again."""
        keys = {name: getattr(self, f"{name}_id") for name in ("expense", "deposit", "project")}
        facts = {name: key for name, key in keys.items() if key is not None}
        if self.part is not None:
            facts["part"] = self.part
        return facts | ({"month": self.month.isoformat()} if self.month else {})

    @classmethod
    def of_facts(cls, facts: dict) -> Self:
        """The opposite of `as_facts`, on no line yet and not saved."""
        found = {f"{name}_id": facts[name] for name in ("expense", "deposit", "project") if name in facts}
        month = date.fromisoformat(facts["month"]) if "month" in facts else None
        return cls(**found, part=facts.get("part"), month=month)

    @property
    def label(self) -> str:
        """What the line rests on, for its place in the editor."""
        if self.expense_id:
            return _("Expense")
        if self.deposit_id:
            return _("Deposit")
        return _("Retainer") if self.month else _("Fixed price")
