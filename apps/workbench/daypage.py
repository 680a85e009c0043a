"""The page of one day: its week, its ribbon, its ledger, what to continue and what is blank."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Prefetch, prefetch_related_objects

from apps.core import days
from apps.workbench.daybook import Line, LiveTime, latest_first, lines_from
from apps.workbench.models import Segment, TimeEntry, TimeSlice
from apps.workbench.overview import Overview
from apps.workbench.ribbon import Gap, Ribbon
from apps.workspaces.models import Workspace

CONTINUE = 5


@dataclass(frozen=True)
class WeekDay:
    """A day in the strip; `percent` of the working hours, at most 100."""

    day: date
    seconds: int
    percent: int
    is_chosen: bool
    is_today: bool


@dataclass(frozen=True)
class Rest:
    """A break, told as a thin row of the ledger."""

    segment: Segment

    is_break = True

    @property
    def started_at(self) -> datetime:
        return self.segment.started_at

    @property
    def starts(self) -> str:
        """When it began on the entry's wall clock."""
        return f"{self.segment.started_at.astimezone(self.segment.entry.zone):%H:%M}"

    @property
    def ends(self) -> str:
        """When it ended; empty while it goes on."""
        ended = self.segment.ended_at
        return f"{ended.astimezone(self.segment.entry.zone):%H:%M}" if ended else ""

    @property
    def day(self) -> date:
        return days.local_day(self.segment.started_at, self.segment.entry.zone)


@dataclass(frozen=True)
class Again:
    """Earlier work that one key starts anew, with when it was last done and for how long."""

    entry: TimeEntry
    day: date
    seconds: int


class DayPage:
    """All that is shown of `day`, for one person in one workspace; each question is asked once.

    `live` is the person's live entry, as `for_timer` brings it.
    """

    def __init__(self, workspace: Workspace, user, day: date, live: TimeEntry | None):
        self.workspace = workspace
        self.user = user
        self.day = day
        self.today = days.local_day(days.now(), user.zone)
        self.slices = workspace.time_slices.of(user)
        self.live = LiveTime(live)

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def is_future(self) -> bool:
        return self.day > self.today

    @property
    def previous_day(self) -> date | None:
        return self.day - timedelta(days=1) if self.day > days.FIRST_DAY else None

    @property
    def next_day(self) -> date | None:
        return self.day + timedelta(days=1) if self.day < days.LAST_DAY else None

    # ── What was done ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def lines(self) -> list[Line]:
        """What was worked, newest first, the running one on top."""
        lines = lines_from(self.slices.between(self.day, self.day), self.live, self.user)
        if self.live.entry:
            self.live.entry.user = self.user
        self.live.add_to(lines, [self.day])
        self._add_waiting(lines)
        return latest_first(lines)

    def _add_waiting(self, lines: list[Line]) -> None:
        """The session that is paused or on a break before a second of work was kept still has its line today."""
        entry = self.live.entry
        if entry and not any(line.entry.pk == entry.pk for line in lines) and self.day in (entry.day, self.today):
            lines.append(Line(entry, self.day, 0, 0))

    @cached_property
    def segments(self) -> list[Segment]:
        """The stretches of those entries, in order of time, each with its entry."""
        entries = list({line.entry.pk: line.entry for line in self.lines}.values())
        # By way of the entries: asked for by workspace, some databases read all segments that it has.
        prefetch_related_objects(entries, "segments")
        found = [segment for entry in entries for segment in entry.segments.all()]
        return sorted(found, key=lambda segment: (segment.started_at, segment.pk))

    @cached_property
    def ledger(self) -> list[Line | Rest]:
        """Work and breaks of the day, newest first, the live entry on top."""
        rests = [Rest(segment) for segment in self.segments if segment.kind == Segment.Kind.BREAK]
        rests = [rest for rest in rests if rest.day == self.day]
        work = [line for line in self.lines if not line.entry.is_live]
        mixed = sorted([*work, *rests], key=lambda row: row.started_at, reverse=True)
        return [line for line in self.lines if line.entry.is_live] + mixed

    @property
    def seconds(self) -> int:
        """Worked on this day, with what runs now."""
        return sum(line.seconds for line in self.lines)

    @property
    def billable_seconds(self) -> int:
        return sum(line.seconds for line in self.lines if line.entry.billable)

    @property
    def amounts(self) -> list[tuple[str, int]]:
        """What billable work is worth, by currency: currencies are never added up."""
        found: dict[str, int] = {}
        for line in self.lines:
            if line.entry.billable and line.amount_minor:
                found[line.entry.currency] = found.get(line.entry.currency, 0) + line.amount_minor
        return sorted(found.items())

    @property
    def runs_since(self):
        """From when the total ticks; None while nothing runs on this day."""
        return self.live.runs_since(self.day)

    @property
    def standing_seconds(self) -> int:
        """The total without what ticks since `runs_since`."""
        if self.runs_since is None:
            return self.seconds
        return self.seconds - max(0, int((days.now() - self.runs_since).total_seconds()))

    @property
    def live_line(self) -> Line | None:
        """The line that ticks on this day."""
        return next((line for line in self.lines if line.runs_since), None)

    @property
    def to_review(self) -> list[Line]:
        """Those that something is odd about."""
        return [line for line in self.lines if line.entry.needs_review]

    # ── Ribbon and gaps ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def ribbon(self) -> Ribbon:
        return Ribbon(self.day, self.user.zone, self.segments)

    @cached_property
    def gaps(self) -> list[Gap]:
        return self.ribbon.gaps

    @property
    def blank_seconds(self) -> int:
        """How much lies blank between the first and the last stretch."""
        return sum(gap.seconds for gap in self.gaps)

    # ── The week ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def first_day(self) -> date:
        return days.week_start(self.day, self.workspace.week_start)

    @property
    def week_number(self) -> int:
        """The ISO week that most of these days are in."""
        return (self.first_day + timedelta(days=3)).isocalendar().week

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=6)

    @cached_property
    def _week_sums(self) -> list[tuple]:
        """(day, currency, billable, seconds, minor units) of the week: the strip and the overview read the same."""
        return list(self.slices.between(self.first_day, self.last_day).per_day_and_terms())

    @cached_property
    def overview(self) -> Overview:
        """The figures of the day and of its week, with what runs now."""
        earned, week_earned, billable = Counter(), Counter(), 0
        for day, currency, is_billable, seconds, minor in self._week_sums:
            if is_billable:
                billable += seconds
                week_earned[currency] += minor
                earned[currency] += minor if day == self.day else 0
        if self.live.entry and self.live.entry.billable:
            billable += self.live.seconds(self.first_day, self.last_day)
            for day in filter(self._is_in_week, self.live.seconds_of_day):
                week_earned[self.live.entry.currency] += self.live.amount(day)
                earned[self.live.entry.currency] += self.live.amount(day) if day == self.day else 0
        return Overview(self.seconds, self.week_seconds, billable, self._available_seconds, earned, week_earned)

    def _is_in_week(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def _available_seconds(self) -> int:
        """The working hours of the days of this week that have come."""
        days_come = min(7, (self.today - self.first_day).days + 1)
        return sum(
            self.workspace.working_seconds((self.first_day + timedelta(days=count)).weekday())
            for count in range(days_come)
        )

    @cached_property
    def week(self) -> list[WeekDay]:
        """The seven days around this one, with what was worked and what was meant to be."""
        sums = Counter()
        for day, _currency, _billable, seconds, _minor in self._week_sums:
            sums[day] += seconds
        return [self._week_day(self.first_day + timedelta(days=count), sums) for count in range(7)]

    def _week_day(self, day: date, sums: Counter) -> WeekDay:
        seconds = sums[day] + self.live.seconds(day, day)
        percent = _percent(seconds, self.workspace.working_seconds(day.weekday()))
        return WeekDay(day, seconds, percent, day == self.day, day == self.today)

    @property
    def week_seconds(self) -> int:
        return sum(part.seconds for part in self.week)

    @property
    def week_target_seconds(self) -> int:
        return sum(self.workspace.working_seconds(weekday) for weekday in range(7))

    @property
    def week_percent(self) -> int:
        return _percent(self.week_seconds, self.week_target_seconds)

    # ── What to continue ──────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def again(self) -> list[Again]:
        """The last entries that differ, each with the day it was last worked on and how long."""
        entries = self.workspace.time_entries.of(self.user).recent_distinct(CONTINUE)
        prefetch_related_objects(entries, Prefetch("slices", TimeSlice.objects.only("entry", "day", "seconds")))
        return [_last_done(entry) for entry in entries]

    @cached_property
    def is_new(self) -> bool:
        """Whether there is nothing at all to work on yet."""
        return not (self.lines or self.again or self.live.entry or self.workspace.projects.exists())


def _last_done(entry: TimeEntry) -> Again:
    last = max(entry.slices.all(), key=lambda part: part.day, default=None)
    return Again(entry, last.day, last.seconds) if last else Again(entry, entry.day, 0)


def _percent(part: int, whole: int) -> int:
    if not whole:
        return 100 if part else 0
    return min(100, round(100 * part / whole))
