"""Entries out of understood rows, as if each had been logged by hand: terms, place in the day, what is odd."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.core.money import exponent
from apps.workbench.importing.batches import Row
from apps.workbench.importing.calendar import Calendar
from apps.workbench.importing.names import Names, Place
from apps.workbench.importing.rows import Work
from apps.workbench.models import ImportRun, Segment, TimeEntry, live_entry_of


@dataclass
class Made:
    """An entry that is not saved yet, with the row that it comes from, where it belongs, and remarks on it."""

    row: Row
    entry: TimeEntry
    place: Place
    message: str


class EntryMaker:
    """Makes the entries of one batch."""

    def __init__(self, run: ImportRun, names: Names, works: list[Work]):
        self.run, self.names = run, names
        self.zone_name = run.chosen_mapping.zone
        self.zone = ZoneInfo(self.zone_name)
        self.calendar = calendar_of(run, works)

    def make(self, row: Row) -> Made:
        """The stopped entry of one row with its one segment; what it lies over is found in the order of the file."""
        work, place = row.work, self.names.find(row.work)
        start, end = (work.started_at, work.ended_at) if work.started_at else self._free(work)
        entry = TimeEntry(
            workspace=self.run.workspace,
            user=self.run.user,
            project=place.project,
            task=place.task,
            note=work.note,
            timezone=self.zone_name,
            started_at=start,
            ended_at=end,
        )
        entry._take_terms(work.billable)
        message = " ".join(filter(None, [row.message, self._take_rate(entry, work)]))
        owner = {"workspace": self.run.workspace, "user": self.run.user}
        entry.parts = [Segment(entry=entry, started_at=start, ended_at=end, **owner)]
        entry.closed_seconds = work.seconds
        entry.needs_review = self._odd(entry, start, end)
        self.calendar.add((start, end))
        return Made(row, entry, place, message)

    def _free(self, work: Work) -> tuple[datetime, datetime]:
        return self.calendar.place(work.day, work.seconds, self.zone)

    def _take_rate(self, entry: TimeEntry, work: Work) -> str:
        """The file's own rate instead of the house's; a remark where it cannot be, since nothing is converted."""
        if work.rate_minor is None or (entry.project and entry.project.is_fixed_price):
            return ""
        own = self.run.workspace.currency
        same_decimals = exponent(own) == exponent(entry.currency)
        if (work.currency or (entry.currency if same_decimals else own)) == entry.currency:
            entry.rate_minor = work.rate_minor
            return ""
        told = {"theirs": work.currency or own, "ours": entry.currency}
        return _("The rate in %(theirs)s is left out, because the project counts in %(ours)s.") % told

    def _odd(self, entry: TimeEntry, start: datetime, end: datetime) -> str:
        """As `TimeEntry` notes it, but for overlaps the batch's calendar is asked instead of the database."""
        codes = []
        for code, is_odd in TimeEntry.REVIEWS.items():
            found = self.calendar.meets(start, end) if code == TimeEntry.Review.OVERLAP else is_odd(entry)
            if found:
                codes.append(code)
        return ",".join(codes)


def calendar_of(run: ImportRun, works: Iterable[Work]) -> Calendar:
    """What the person did already on the days that these rows are about."""
    touched = {day for work in works for day in _days_of(work)}
    calendar = Calendar()
    if not touched:
        return calendar
    first, last = _midnight(min(touched)), _midnight(max(touched) + timedelta(days=1))
    segments = run.workspace.segments.filter(user=run.user_id, kind=Segment.Kind.WORK, entry__deleted_at=None)
    spans = segments.meeting(first, last).values_list("started_at", "ended_at")
    for start, end in spans.iterator(chunk_size=2000):
        if start.date() in touched or end.date() in touched:
            calendar.add((start, end))
    live = live_entry_of(run.workspace, run.user)
    running = live.current_segment if live else None
    if running and running.kind == Segment.Kind.WORK and running.started_at < last:
        calendar.add((running.started_at, last))
    return calendar


def _days_of(work: Work) -> list[date]:
    """The UTC days that a row may touch: those of its instants, or around a local day that may begin 14 hours off."""
    if work.started_at:
        length = (work.ended_at.date() - work.started_at.date()).days
        return [work.started_at.date() + timedelta(days=number) for number in range(length + 1)]
    return [work.day + timedelta(days=number) for number in (-1, 0, 1)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
