"""What is odd about an entry: found when it is written, shown for a look, never a reason to refuse it."""

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from apps.core import days
from apps.workbench.models import prepared
from apps.workbench.models.segments import Segment, overlaps_in

if TYPE_CHECKING:
    from apps.workbench.models.entry import TimeEntry


def overlaps(entry: "TimeEntry") -> bool:
    """Whether some of its work was done while the same person worked on something else."""
    work = entry.work
    if not work:
        return False
    ended = prepared.work_beside(entry, work[0].started_at, work[-1].ended_at)
    others = [*ended, *_running_elsewhere(entry)]
    return any(segment.meets(other) for other in others for segment in work)


def _running_elsewhere(entry: "TimeEntry") -> list[Segment]:
    """The stretch of work that runs now in another entry of the same person."""
    if entry.is_live:
        return []
    live = (
        type(entry)
        .objects.filter(running_for=entry.user_id, workspace_id=entry.workspace_id)
        .select_related("open_segment")
        .first()
    )
    segment = live.current_segment if live else None
    return [segment] if segment and segment.kind == Segment.Kind.WORK else []


def is_long(entry: "TimeEntry") -> bool:
    """Whether it holds more work than the workspace expects of one sitting."""
    return entry.work_seconds > entry.workspace.timer_limit_minutes * 60


def is_archived(entry: "TimeEntry") -> bool:
    """Whether its project or task is put away."""
    return any(item.is_archived for item in (entry.project, entry.task) if item)


def is_future(entry: "TimeEntry") -> bool:
    """Whether it begins later than now; a minute is left to clocks that differ."""
    return entry.started_at > days.now() + timedelta(minutes=1)


def odd_ones(entries: list["TimeEntry"]) -> dict:
    """What is odd about each, as codes by its id. All are of one person, stopped, with `parts` and `closed_seconds`."""
    meeting = _overlapping(entries)
    found = {}
    for entry in entries:
        codes = (
            code
            for code, is_odd in entry.REVIEWS.items()
            if (entry.pk in meeting if is_odd is overlaps else is_odd(entry))
        )
        found[entry.pk] = ",".join(codes)
    return found


def _overlapping(entries: list["TimeEntry"]) -> set:
    """The ids of those that share time with another entry of the same person, in the list or not: in two queries."""
    work = list(chain.from_iterable(entry.work for entry in entries))
    if not work:
        return set()
    others = (
        entries[0]
        .workspace.segments.filter(user_id=entries[0].user_id, kind=Segment.Kind.WORK)
        .meeting(min(part.started_at for part in work), max(part.ended_at for part in work))
        .filter(entry__deleted_at=None)
        .exclude(entry__in=entries)
    )
    pairs = overlaps_in([*work, *others, *_running_elsewhere(entries[0])])
    return {part.entry_id for pair in pairs for part in pair}
