"""A person's days as they fill up: where time without a clock finds its place, and what lies over something else."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.core import days

WORK_BEGINS = time(9)

Span = tuple[datetime, datetime]


class Calendar:
    """Half-open spans of work, found by the UTC days that they touch; it only knows the days that it was given."""

    def __init__(self, spans: Iterable[Span] = ()):
        self._spans: dict[date, list[Span]] = defaultdict(list)
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """One more stretch of work."""
        for day in _utc_days(*span):
            self._spans[day].append(span)

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether something else was done in that time."""
        return any(begins < end and start < ends for begins, ends in self._around(start, end))

    def place(self, day: date, seconds: int, zone: ZoneInfo) -> Span:
        """A span of that length on the local day: the first gap from nine o'clock on, else the first of the day.

        Where the day has no gap of that length, it lies over other work, and ends with the day at the latest.
        """
        midnight, next_midnight = days.day_bounds(day, zone)
        length = timedelta(seconds=seconds)
        morning = datetime.combine(day, WORK_BEGINS, zone).astimezone(UTC)
        for first in (morning, midnight):
            if start := self._gap(first, next_midnight, length):
                return start, start + length
        start = max(midnight, min(morning, next_midnight - length))
        return start, start + length

    def _gap(self, first: datetime, last: datetime, length: timedelta) -> datetime | None:
        start = first
        for begins, ends in sorted(self._around(first, last)):
            if begins - start >= length:
                break
            start = max(start, ends)
        return start if last - start >= length else None

    def _around(self, start: datetime, end: datetime) -> set[Span]:
        return {span for day in _utc_days(start, end) for span in self._spans.get(day, ())}


def _utc_days(start: datetime, end: datetime) -> Iterable[date]:
    day, last = start.date(), end.date()
    while day <= last:
        yield day
        day += timedelta(days=1)
