"""Whole rows of a week: copied from the week before, with or without their time, and taken out."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core import days
from apps.core.durations import format_words
from apps.core.transactions import atomic
from apps.workbench.models import TimeEntry
from apps.workbench.week.grid import WEEK
from apps.workbench.week.saving import CellTime
from apps.workbench.week.work import RowWork, Work, work_of_keys
from apps.workspaces.models import Workspace


@dataclass
class Copied:
    """What came of copying: cells and seconds that were filled, cells that had time already, and those that refused."""

    keys: list[str] = field(default_factory=list)
    cells: int = 0
    seconds: int = 0
    present: int = 0
    refused: int = 0
    with_time: bool = False

    @property
    def in_words(self) -> str:
        """A sentence or two for the toast."""
        if not self.keys:
            return _("There was nothing to copy: last week has no rows that are still in use.")
        if not self.with_time:
            rows = ngettext(
                "%(count)d row of last week is here.", "%(count)d rows of last week are here.", len(self.keys)
            )
            return rows % {"count": len(self.keys)}
        told = [_("Copied from last week: %(words)s.") % {"words": format_words(self.seconds)}]
        if self.present:
            told.append(_("What had time already stays as it is."))
        if self.refused:
            cells = ngettext("%(count)d cell found no room.", "%(count)d cells found no room.", self.refused)
            told.append(cells % {"count": self.refused})
        return " ".join(told)


@dataclass
class _Source:
    """A cell of the week before: its seconds, and when its work began on the wall clock."""

    key: str
    day: date
    begin: time
    seconds: int = 0


def rows_of_week(workspace: Workspace, user, first: date) -> dict[str, RowWork]:
    """Project and task of what has time in the week that begins on `first`, without what is archived; by key."""
    slices = workspace.time_slices.of(user).between(first, first + WEEK - timedelta(days=1))
    pairs = slices.order_by().values_list("project", "task").distinct()
    found = work_of_keys(workspace, [Work(*pair).key for pair in pairs])
    return {key: work for key, work in found.items() if not any(item.is_archived for item in work if item)}


@atomic
def copy_week(*, workspace: Workspace, user, first: date, with_time: bool) -> Copied:
    """Bring the rows of the week before to the week that begins on `first`, and their time where it is asked for.

    A cell that has time already keeps it, so that copying twice is copying once. Time goes to the same hours of the
    day where they are free.
    """
    work = rows_of_week(workspace, user, first - WEEK)
    found = Copied(list(work), with_time=with_time)
    for source in _sources(workspace, user, first - WEEK) if with_time else ():
        if source.key in work:
            _copy_cell(workspace, user, work[source.key], source, found)
    return found


def _sources(workspace: Workspace, user, first: date) -> list[_Source]:
    """The cells of a week in the order in which their work began."""
    slices = workspace.time_slices.of(user).between(first, first + WEEK - timedelta(days=1))
    found: dict[tuple, _Source] = {}
    for part in slices.select_related("entry").order_by("day", "entry__started_at"):
        key = Work(part.project_id, part.task_id).key
        source = found.get((key, part.day))
        if source is None:
            began = part.entry.started_at.astimezone(part.entry.zone)
            begin = began.time() if began.date() == part.day else time()
            source = found[key, part.day] = _Source(key, part.day, begin.replace(second=0))
        source.seconds += part.seconds
    return list(found.values())


def _copy_cell(workspace: Workspace, user, work: RowWork, source: _Source, found: Copied) -> None:
    day = source.day + WEEK
    cell = CellTime.load(workspace, user, work, day)
    if cell.seconds:
        found.present += 1
        return
    try:
        days.validate_day(day)
        cell.set(source.seconds, source.begin)
    except ValidationError:
        found.refused += 1
    else:
        found.cells += 1
        found.seconds += source.seconds


@atomic
def empty_row(*, workspace: Workspace, user, work: RowWork, first: date) -> list[TimeEntry]:
    """Throw away the time of a row in the week that begins on `first`; the entries that went to the trash.

    An entry that reaches into another week keeps what it has there. Raises ValidationError where some of the time is on
    an invoice or runs, having changed nothing.
    """
    gone: dict = {}
    project, task = work
    last = first + WEEK - timedelta(days=1)
    slices = workspace.time_slices.of(user).between(first, last).filter(project=project, task=task)
    for day in sorted(set(slices.values_list("day", flat=True))):
        for entry in CellTime.load(workspace, user, work, day).take_out(first, last):
            gone[entry.pk] = entry
    return list(gone.values())
