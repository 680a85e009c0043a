"""What every page and every press of the timer asks about time, prepared (see `apps.core.prepared`)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models

from apps.core.prepared import Prepared
from apps.projects.models import Task
from apps.workbench.models.segments import LONGEST_STRETCH, Segment

if TYPE_CHECKING:
    from apps.workbench.models.entry import TimeEntry

# Later than any moment that can be written down.
_FOR_EVER = datetime(2200, 1, 1, tzinfo=UTC)
_ID, _UUID, _TIME = models.BigIntegerField(), models.UUIDField(), models.DateTimeField()


def _entries():
    from apps.workbench.models.entry import TimeEntry

    return TimeEntry


def _ended(workspace, user, start, end, latest):
    """Stretches that have ended, of entries that are not thrown away, sharing time with `start` to `end`."""
    owned = Segment.objects.filter(workspace=workspace, user=user)
    return owned.meeting(start, end, latest).filter(entry__deleted_at=None)


ENTRY = Prepared(lambda pk: _entries().with_trash.filter(pk=pk).select_related("project", "task"), _UUID)
ENTRY_WITH_CLIENTS = Prepared(
    lambda pk: _entries().with_trash.filter(pk=pk).select_related("project__client", "task__project__client"), _UUID
)
_LIVE = Prepared(
    lambda workspace, user: _entries().objects.filter(workspace=workspace, running_for=user).for_timer(), _ID, _ID
)
_LIVE_ANYWHERE = Prepared(lambda user: _entries().objects.select_for_update().filter(running_for=user), _ID)
_LOCK = Prepared(lambda pk: _entries().with_trash.select_for_update().filter(pk=pk).values_list("pk", flat=True), _UUID)
_PARTS = Prepared(lambda entry: Segment.objects.filter(entry=entry).order_by("started_at"), _UUID)
_WORK_BESIDE = Prepared(
    lambda entry, *when_and_whose: _ended(*when_and_whose).filter(kind=Segment.Kind.WORK).exclude(entry=entry),
    *(_UUID, _ID, _ID, _TIME, _TIME, _TIME),
)
_DAY_LINE = Prepared(
    lambda *when_and_whose: (
        _ended(*when_and_whose).order_by("started_at").values_list("kind", "started_at", "ended_at", "entry__billable")
    ),
    *(_ID, _ID, _TIME, _TIME, _TIME),
)


_TASK = Prepared(
    lambda workspace, pk: Task.objects.filter(workspace=workspace, pk=pk).select_related("project__client"), _ID, _ID
)


def task_of(workspace, pk: int) -> Task | None:
    """A task of the workspace, with what an entry takes of its project and client."""
    task = _TASK.first(workspace.pk, pk)
    if task:
        task.project.workspace = workspace
    return task


def live_entry_of(workspace, user) -> "TimeEntry | None":
    """The person's live entry in the workspace with all that the timer bar shows; every page asks this."""
    entry = _LIVE.first(workspace.pk, user.pk)
    if entry:
        entry.workspace = workspace
    return entry


def lock_live_of(user) -> "TimeEntry | None":
    """The person's live entry in whichever workspace, alone with it until the transaction ends."""
    return _LIVE_ANYWHERE.first(user.pk)


def lock_entry(pk: UUID) -> None:
    """Be alone with its row until the transaction ends. SQLite has one writer at a time anyway."""
    if connection.features.has_select_for_update:
        _LOCK(pk)


def parts_of(entry: "TimeEntry") -> list[Segment]:
    """Its segments in order of time."""
    parts = _PARTS(entry.pk)
    for part in parts:
        part.entry = entry
    return parts


def work_beside(entry: "TimeEntry", start: datetime, end: datetime | None) -> list[Segment]:
    """What the same person has finished in other entries between the two; no end reaches for ever."""
    end = end or _FOR_EVER
    return _WORK_BESIDE(entry.pk, entry.workspace_id, entry.user_id, start, end, end + LONGEST_STRETCH)


def day_line(workspace, user, start: datetime, end: datetime) -> list[tuple]:
    """(kind, start, end, billable) of all that the person finished between the two, in order of time."""
    return _DAY_LINE(workspace.pk, user.pk, start, end, end + LONGEST_STRETCH)
