"""What was thrown away: kept for thirty days, then gone for good."""

from datetime import timedelta
from uuid import UUID

from apps.core import days
from apps.core.jobs import once_a_day, task
from apps.core.transactions import atomic, lock_rows
from apps.workbench.models import TimeEntry
from apps.workbench.querysets import TimeEntryQuerySet

KEPT = timedelta(days=30)
BATCH = 500


def in_trash(entries: TimeEntryQuerySet) -> TimeEntryQuerySet:
    """Those of `entries` that can still be taken back, the last thrown away first."""
    return entries.filter(deleted_at__gt=days.now() - KEPT).order_by("-deleted_at", "-started_at", "-pk")


def days_left(entry: TimeEntry) -> int:
    """In how many days it goes for good; 1 on its last day."""
    return max(1, -((days.now() - entry.deleted_at - KEPT) // timedelta(days=1)))


def delete_for_good(entries: TimeEntryQuerySet) -> int:
    """Delete those of `entries` that are in the trash, with all that hangs on them; returns how many."""
    ids = list(entries.filter(deleted_at__isnull=False, billed=False).order_by("pk").values_list("pk", flat=True))
    return sum(_delete(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


@atomic
def _delete(ids: list[UUID]) -> int:
    """Alone with these, and asked again: somebody may have taken one back meanwhile."""
    lock_rows(TimeEntry.with_trash.filter(pk__in=ids))
    rows = TimeEntry.with_trash.filter(pk__in=ids, deleted_at__isnull=False)
    return rows.delete()[1].get(TimeEntry._meta.label, 0)


def purge() -> int:
    """Delete what has been in anybody's trash for thirty days; returns how many entries."""
    return delete_for_good(TimeEntry.with_trash.filter(deleted_at__lte=days.now() - KEPT))


@task
def purge_each_day() -> int:
    """`purge`, and again tomorrow."""
    once_a_day(purge_each_day)
    return purge()
