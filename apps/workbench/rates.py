"""A changed rate and the time that is recorded already: which entries take theirs from it, and how they follow.

An entry keeps the rate that applied when it was recorded. When somebody wants a changed rate for unbilled time too, all
that take theirs from the changed row follow at once, in a dozen statements whatever their number; only of those over
midnight, whose amount is shared over their days, some are written by hundreds. Billed entries never change. Nobody sets
a rate by hand on an entry; one that an import brought along is not marked as such, and follows like any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from apps.activity.models import record
from apps.clients.models import Client
from apps.core.money import amount_for_time, split_by_largest_remainder
from apps.core.transactions import atomic, lock_rows
from apps.projects.models import Project, Task
from apps.projects.querysets import at_a_price
from apps.workbench.models import ProjectTotal, TimeSlice
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workspaces.models import Workspace

# Rows in one statement: three parameters each, and SQLite may be built to take no more than a thousand.
BATCH = 300


@dataclass(frozen=True)
class Figures:
    """What a changed rate touches: entries, their finished work, and what that is worth before and after."""

    entries: int
    seconds: int
    before_minor: int
    after_minor: int


class Repricing:
    """The unbilled time that takes its rate from `row` (a workspace, client, project or task) and has another one.

    `row` carries its new values, saved or not. All the time is in the currency of the rate: what was recorded in
    another one, before the workspace changed its own, stays as it is, since nothing is ever converted. `entries` are
    all that the workspace has.
    """

    def __init__(self, entries: TimeEntryQuerySet, row: Workspace | Client | Project | Task):
        self.all_entries, self.row = entries, row
        self.rate_minor = row.rate_minor
        self.currency = row.project.currency if isinstance(row, Task) else row.currency

    @cached_property
    def project_ids(self) -> list[int]:
        """The projects whose time may follow, as plain numbers: MariaDB finds no index through a subquery in UPDATE."""
        row = self.row
        if isinstance(row, Task):
            return [row.project_id]
        if isinstance(row, Project):
            return [row.pk]
        inheriting = Q(hourly_rate_minor=None) & ~at_a_price()
        if isinstance(row, Workspace):
            inheriting &= Q(client=None) | Q(client__hourly_rate_minor=None, client__currency=row.currency)
        return list(row.projects.filter(inheriting).order_by("pk").values_list("pk", flat=True))

    @property
    def _following(self):
        """The unbilled entries to which the new rate is news, also those that are worth nothing: it is theirs too."""
        found = self.all_entries.filter(project__in=self.project_ids, billed=False, currency=self.currency)
        if isinstance(self.row, Task):
            found = found.filter(task=self.row)
        else:
            own_rate = Task.objects.filter(project__in=self.project_ids, hourly_rate_minor__isnull=False)
            found = found.exclude(task__in=own_rate.values("pk"))
        return found.exclude(rate_minor=self.rate_minor)

    @property
    def entries(self):
        """Those that are worth something; also one whose timer runs."""
        return self._following.filter(billable=True)

    @property
    def _slices(self):
        return TimeSlice.objects.filter(project__in=self.project_ids, entry__in=self.entries.values("pk")).order_by()

    @cached_property
    def figures(self) -> Figures:
        """What would change, as of now; two queries."""
        worked = self._slices.values("entry").annotate(worked=Sum("seconds"), before=Sum("amount_minor"))
        sums = worked.annotate(after=price(F("worked"), self.rate_minor)).aggregate(
            total=Coalesce(Sum("worked"), 0),
            total_before=Coalesce(Sum("before"), 0),
            total_after=Coalesce(Sum("after"), 0),
        )
        return Figures(self.entries.count(), sums["total"], sums["total_before"], int(sums["total_after"]))

    @atomic
    def settle(self, *, follow: bool, was_minor: int, actor) -> Figures:
        """Let the time follow, or leave it; puts the change of the rate on record either way.

        Returns what followed, or would have followed. The entries are found anew: the form may be an old one.
        """
        self._forget()
        if follow:
            self._lock()
        figures = self.figures
        if follow and figures.entries:
            self._reprice()
        if follow:
            self._following.update(rate_minor=self.rate_minor)
        record(
            "rate_changed", self.row, actor=actor, currency=self.currency, rate_before=was_minor,
            rate_after=self.rate_minor, entries=figures.entries if follow else 0,
            entries_left=0 if follow else figures.entries,
            seconds=figures.seconds if follow else 0,
            amount_before=figures.before_minor, amount_after=figures.after_minor if follow else figures.before_minor,
        )  # fmt: skip
        return figures

    def _forget(self) -> None:
        for name in ("project_ids", "figures"):
            self.__dict__.pop(name, None)

    def _lock(self) -> None:
        """Be alone with this time: a locked project also lets no time in, since that asks for the project's row.

        Entries come before projects, as for everybody who writes time; then those that came in between.
        """
        lock_rows(self._following)
        lock_rows(Project.objects.filter(pk__in=self.project_ids))
        lock_rows(self._following)

    def _reprice(self) -> None:
        before = self._amounts()
        self._slices.update(amount_minor=price(F("seconds"), self.rate_minor))
        self._share_over_days()
        after = self._amounts()
        self._shift_totals({project: after[project] - before[project] for project in before})

    def _amounts(self) -> dict[int, int]:
        """Minor units by project."""
        return dict(self._slices.values_list("project").annotate(Sum("amount_minor")))

    def _share_over_days(self) -> None:
        """An entry of several days is rounded once, as a whole, and shared as `TimeEntry` does it."""
        several = self._slices.values("entry").annotate(parts=Count("pk")).filter(parts__gt=1).values("entry")
        parts = self._slices.filter(entry__in=several).order_by("entry", "day")
        changed = list(_shared(parts.only("entry_id", "seconds", "amount_minor"), self.rate_minor))
        TimeSlice.objects.bulk_update(changed, ["amount_minor"], batch_size=BATCH)

    def _shift_totals(self, differences: dict[int, int]) -> None:
        totals = list(ProjectTotal.objects.filter(project__in=differences, currency=self.currency))
        for total in totals:
            for name in ("unbilled_minor", "value_minor"):
                setattr(total, name, F(name) + differences[total.project_id])
        ProjectTotal.objects.bulk_update(totals, ["unbilled_minor", "value_minor"], batch_size=BATCH // 2)


def price(seconds: F, rate_minor: int):
    """`amount_for_time` for the database: half-up in whole numbers, which no product here can be too large for."""
    whole, rest = divmod(rate_minor, 3600)
    numerator = seconds * rest + 1800
    return seconds * whole + (numerator - numerator % 3600) / 3600


def _shared(parts: Iterable[TimeSlice], rate_minor: int) -> Iterable[TimeSlice]:
    """The slices, in order of entry and day, whose amount is another one once their entry is shared over its days."""
    for _entry, group in groupby(parts, key=lambda part: part.entry_id):
        of_entry = list(group)
        seconds = [part.seconds for part in of_entry]
        amounts = split_by_largest_remainder(amount_for_time(sum(seconds), rate_minor), seconds)
        for part, amount in zip(of_entry, amounts, strict=True):
            if part.amount_minor != amount:
                part.amount_minor = amount
                yield part
