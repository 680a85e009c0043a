"""Time cut by local day, the one source of every total, and the totals that are kept for projects."""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.core.money import CurrencyField, MinorField
from apps.core.rows import add_to_row
from apps.projects.models import Project, Task
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned


class TimeSliceQuerySet(OwnedQuerySet):
    """Sums of time and money."""

    def of(self, user) -> Self:
        """One person's."""
        return self.filter(user=user)

    def between(self, first, last) -> Self:
        """On the local days from `first` to `last`, both included."""
        return self.filter(day__gte=first, day__lte=last)

    def per_day(self) -> Self:
        """`day`, `total_seconds`, `billable_seconds`, in order of days; days without time are missing."""
        return (
            self.values("day")
            .annotate(
                total_seconds=Sum("seconds"), billable_seconds=Coalesce(Sum("seconds", filter=Q(billable=True)), 0)
            )
            .order_by("day")
        )

    def per_day_and_terms(self) -> Self:
        """(day, currency, billable, seconds, minor units), one for each combination that there is."""
        rows = self.order_by().values_list("day", "currency", "billable")
        return rows.annotate(Sum("seconds"), Sum("amount_minor"))

    def total_seconds(self) -> int:
        """All of it."""
        return self.aggregate(total=Coalesce(Sum("seconds"), 0))["total"]

    def amounts(self) -> dict[str, int]:
        """What billable time is worth, in minor units by currency: currencies are never added up."""
        rows = self.filter(billable=True).values("currency").annotate(total=Sum("amount_minor")).order_by("currency")
        return {row["currency"]: row["total"] for row in rows}


class TimeSlice(WorkspaceOwned):
    """The part of an entry that falls on one local day, in the entry's own time zone.

    Written only by the entry that it is cut from. Project, task and flags are copied so that sums need no join.
    """

    workspace = WorkspaceKey("time_slices")
    entry = models.ForeignKey("workbench.TimeEntry", models.CASCADE, related_name="slices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="time_slices", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="time_slices", db_index=False)
    day = models.DateField()
    seconds = models.PositiveIntegerField()
    billable = models.BooleanField()
    billed = models.BooleanField(default=False)
    amount_minor = MinorField()
    currency = CurrencyField()

    objects = TimeSliceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "day"], name="one_slice_of_a_day"),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="slice_has_time"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "user", "day", "currency", "billable", "billed", "seconds", "amount_minor"],
                name="slices_by_day",
            ),
            models.Index(
                fields=["project", "day", "billable", "billed", "currency", "seconds", "amount_minor"],
                name="slices_by_project",
            ),
            models.Index(fields=["task", "seconds"], name="slices_by_task"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.seconds} s"


class ProjectTotalQuerySet(OwnedQuerySet):
    """Upkeep of the kept totals."""

    def shift(self, *, remove: Iterable[TimeSlice], add: Iterable[TimeSlice]) -> None:
        """Bring the totals up to date with slices that went and slices that came, in the caller's transaction."""
        changes: dict[tuple, Counter] = {}
        for sign, slices in ((-1, remove), (1, add)):
            for part in slices:
                if part.project_id is None:
                    continue
                change = changes.setdefault((part.workspace_id, part.project_id, part.currency), Counter())
                for name, value in part_of_total(part).items():
                    change[name] += sign * value
        for (workspace_id, project_id, currency), change in sorted(changes.items()):
            if any(change.values()):
                self.add(workspace_id, project_id, currency, change)

    def add(self, workspace_id: int, project_id: int, currency: str, change: dict[str, int]) -> None:
        """Add `change` (field → difference) to one total, which comes to be where there is none."""
        key = {"workspace_id": workspace_id, "project_id": project_id, "currency": currency}
        change = {name: value for name, value in change.items() if value}
        if not add_to_row(self.model, key, change):
            self.get_or_create(**key)
            add_to_row(self.model, key, change)


class ProjectTotal(WorkspaceOwned):
    """A project's time and unbilled money, kept so that lists need not sum years of slices; equal to their sum."""

    workspace = WorkspaceKey("project_totals")
    project = models.ForeignKey(Project, models.CASCADE, related_name="totals")
    currency = CurrencyField()
    seconds = models.BigIntegerField(default=0)
    billable_seconds = models.BigIntegerField(default=0)
    unbilled_seconds = models.BigIntegerField(default=0)
    unbilled_minor = MinorField(default=0)
    value_minor = MinorField(default=0)

    objects = ProjectTotalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "currency"], name="one_total_of_a_project"),
            models.CheckConstraint(
                condition=Q(seconds__gte=0, billable_seconds__gte=0, unbilled_seconds__gte=0),
                name="project_total_not_negative",
                violation_error_message=_("A total of time cannot be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.seconds} s"


def part_of_total(part: TimeSlice) -> dict[str, int]:
    """What one slice adds to the total of its project."""
    unbilled = part.billable and not part.billed
    return {
        "seconds": part.seconds,
        "billable_seconds": part.seconds if part.billable else 0,
        "unbilled_seconds": part.seconds if unbilled else 0,
        "unbilled_minor": part.amount_minor if unbilled else 0,
        "value_minor": part.amount_minor if part.billable else 0,
    }
