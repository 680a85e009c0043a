"""Questions about time entries."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.transactions import atomic
from apps.workspaces.tenancy import OwnedQuerySet

if TYPE_CHECKING:
    from apps.workbench.models.slices import TimeSliceQuerySet

# What is read of work that one may continue, to name it and to tell whether it is still open.
TO_CONTINUE = [
    "workspace", "note", "started_at", "timezone",
    "project__workspace", "project__name", "project__colour", "project__archived_at",
    "project__client__workspace", "project__client__name",
    "task__workspace", "task__title", "task__archived_at",
]  # fmt: skip


class TimeEntryQuerySet(OwnedQuerySet):
    """Questions about many entries, and what is done to many at once."""

    def update(self, **kwargs) -> int:
        """As ever, and dated: a device asks what has changed since it last heard."""
        return super().update(**{"changed_at": timezone.now()} | kwargs)

    def of(self, user) -> Self:
        """One person's."""
        return self.filter(user=user)

    def live(self) -> Self:
        """Those whose timer runs, is paused or on a break."""
        return self.filter(ended_at=None)

    def stopped(self) -> Self:
        """Those that are finished."""
        return self.filter(ended_at__isnull=False)

    def having(self, slices: "TimeSliceQuerySet") -> Self:
        """Those that some of `slices` are cut from: `entries.having(workspace.time_slices.of(user).between(a, b))`."""
        return self.filter(pk__in=slices.order_by().values("entry"))

    def unbilled(self) -> Self:
        """Finished billable time that is on no invoice."""
        return self.stopped().filter(billable=True, billed=False)

    def for_timer(self) -> Self:
        """With all that the timer bar shows but the time itself, which `work_seconds` asks for."""
        return self.select_related("project__client", "task", "open_segment")

    def for_page(self) -> Self:
        """With all that the page of an entry shows."""
        return self.for_timer().with_seconds().annotate(amount_minor=_sum_of_slices("amount_minor"))

    def latest_first(self) -> Self:
        """Newest first."""
        return self.order_by("-started_at", "-pk")

    def with_segments(self) -> Self:
        """With their segments in order of time, as `entry.segments.all()`."""
        from apps.workbench.models import Segment

        return self.prefetch_related(Prefetch("segments", Segment.objects.order_by("started_at")))

    def with_seconds(self) -> Self:
        """Adds `closed_seconds`: work done, without what runs now, from the slices."""
        return self.annotate(closed_seconds=_sum_of_slices("seconds"))

    def search(self, text: str) -> Self:
        """Those with `text` in the note, task, project or client."""
        if not text:
            return self
        return self.filter(
            Q(note__icontains=text)
            | Q(task__title__icontains=text)
            | Q(project__name__icontains=text)
            | Q(project__client__name__icontains=text)
        )

    @atomic
    def bill(self) -> list:
        """Lock these entries as billed and return them; refuses when one of them already is, or still runs.

        The caller writes the invoice's own unique rows in the same transaction.
        """
        entries = self._locked()
        if any(entry.billed for entry in entries):
            raise ValidationError(_("Some of this time is on another invoice already."), code="billed")
        if any(entry.ended_at is None for entry in entries):
            raise ValidationError(_("Stop the timer first: running time cannot be billed."), code="running")
        self._set_billed(entries, True)
        return entries

    @atomic
    def release(self) -> None:
        """Make these entries billable again, because their invoice is gone or credited."""
        self._set_billed([entry for entry in self._locked() if entry.billed], False)

    def _locked(self) -> list:
        """These entries as they are now, alone with them, without locking the rows that the question joins."""
        ids = list(self.order_by().values_list("pk", flat=True))
        return list(self.model.with_trash.select_for_update().filter(pk__in=ids).order_by("pk"))

    def _set_billed(self, entries: Iterable, billed: bool) -> None:
        from apps.workbench.models import ProjectTotal, TimeSlice

        ids = [entry.pk for entry in entries]
        before = list(TimeSlice.objects.filter(entry__in=ids))
        self.model.with_trash.filter(pk__in=ids).update(billed=billed)
        TimeSlice.objects.filter(entry__in=ids).update(billed=billed)
        ProjectTotal.objects.shift(remove=before, add=list(TimeSlice.objects.filter(entry__in=ids)))

    def repricing(self, row):
        """Those, unbilled, that take their rate from `row` (workspace, client, project, task) and have another one."""
        from apps.workbench.rates import Repricing

        return Repricing(self, row)

    def recent_distinct(self, limit: int = 5) -> list:
        """The last entries that differ in text, project or task, newest first: what one would like to continue."""
        latest = self.stopped().order_by("-started_at").values_list("note", "project", "task", "pk")[: limit * 12]
        # Of each, the first one met; whole rows are read only of those that are shown.
        newest_of: dict[tuple, object] = {}
        for note, project, task, pk in latest:
            if note or project:
                newest_of.setdefault((note, project, task), pk)
        wanted = list(newest_of.values())[:limit]
        rows = self.model.objects.select_related("project__client", "task").only(*TO_CONTINUE).in_bulk(wanted)
        return [rows[pk] for pk in wanted if pk in rows]

    def needing_review(self) -> Self:
        """Those that something is odd about."""
        return self.exclude(needs_review="")


def _sum_of_slices(field: str) -> Coalesce:
    """The sum of a field over the slices of an entry."""
    from apps.workbench.models import TimeSlice

    slices = TimeSlice.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    return Coalesce(Subquery(slices.annotate(total=Sum(field)).values("total")), 0)


def slices_with_text(slices: "TimeSliceQuerySet", text: str) -> "TimeSliceQuerySet":
    """Those of `slices` whose entry has `text` in the note, task, project or client."""
    if not text:
        return slices
    return slices.filter(
        Q(entry__note__icontains=text)
        | Q(task__title__icontains=text)
        | Q(project__name__icontains=text)
        | Q(project__client__name__icontains=text)
    )
