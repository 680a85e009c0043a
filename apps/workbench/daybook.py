"""What was done on which day: the lines of the day page and of the list of entries.

A line is what one entry did on one local day. Finished work comes from slices; the stretch that runs now is added to
the day it runs on, so that a total on the page and the clock in the bar say the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from apps.core import days
from apps.core.money import amount_for_time
from apps.workbench.models import Segment, TimeEntry
from apps.workbench.models.slices import TimeSliceQuerySet

TITLE_LENGTH = 160

# What a line reads of its slice, entry, project and task: a page has many of each.
NEEDED = [
    "workspace", "day", "seconds", "amount_minor",
    "entry__workspace", "entry__user", "entry__project", "entry__task", "entry__note", "entry__billable",
    "entry__billed", "entry__timezone", "entry__started_at", "entry__ended_at", "entry__rate_minor",
    "entry__currency", "entry__needs_review", "entry__deleted_at",
    "entry__project__workspace", "entry__project__name", "entry__project__colour",
    "entry__task__workspace", "entry__task__title",
]  # fmt: skip

# And its client, for those who tell it.
CLIENT = ["entry__project__client__workspace", "entry__project__client__name"]


@dataclass
class Line:
    """What `entry` did on `day`, in the entry's own time zone.

    `runs_since` is set where its clock ticks; a line that is not sliced has only the stretch that runs now.
    """

    entry: TimeEntry
    day: date
    seconds: int
    amount_minor: int
    runs_since: datetime | None = None
    is_sliced: bool = True
    tags: list[str] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return self.entry.started_at

    @cached_property
    def comes_from_before(self) -> bool:
        """Whether it began on an earlier day."""
        return self.entry.day < self.day

    @property
    def starts(self) -> str:
        """When the entry began on its wall clock, be it on an earlier day."""
        return f"{self.entry.started_at.astimezone(self.entry.zone):%H:%M}"

    @property
    def ends(self) -> str:
        """When the entry ended on its wall clock, be it on a later day; empty while it is live."""
        return f"{self.entry.ended_at.astimezone(self.entry.zone):%H:%M}" if self.entry.ended_at else ""

    @cached_property
    def days_on(self) -> int:
        """On how many later days it went on: 1 for an end on the day after this one."""
        ended = self.entry.ended_at
        if ended is None:
            return 0
        # An end at midnight belongs to the day that it closes.
        last = days.local_day(ended - timedelta(seconds=1), self.entry.zone)
        return max(0, (last - self.day).days)

    @property
    def closed_seconds(self) -> int:
        """Its finished part, which the running clock counts on from."""
        if self.runs_since is None:
            return self.seconds
        return self.seconds - max(0, int((days.now() - self.runs_since).total_seconds()))

    @property
    def is_part(self) -> bool:
        """Whether the entry has time on other days as well."""
        return self.comes_from_before or self.days_on > 0

    @cached_property
    def title(self) -> str:
        """The entry's title, as long as a row has use for."""
        title = self.entry.title
        return title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"

    @cached_property
    def address(self) -> str:
        """The entry's own page; what can be done with it lies beneath."""
        return self.entry.get_absolute_url()

    @property
    def state_in_words(self) -> str:
        """Running, paused, on a break or stopped."""
        return TimeEntry.State(self.entry.state).label

    @property
    def foreign_zone(self) -> str:
        """The zone its times are told in, when it was recorded elsewhere than the person is now."""
        return self.entry.timezone if self.entry.timezone != self.entry.user.timezone else ""


class LiveTime:
    """The stretch that runs now, cut by local day: what slices do not have yet."""

    def __init__(self, entry: TimeEntry | None):
        self.entry = entry
        segment = entry.current_segment if entry else None
        self.segment = segment if segment and segment.kind == Segment.Kind.WORK else None

    @cached_property
    def seconds_of_day(self) -> dict[date, int]:
        """Seconds by day; the day it runs on is there even with none, since its clock ticks."""
        if self.segment is None:
            return {}
        now = days.now()
        parts = dict(days.split_by_day(self.segment.started_at, now, self.entry.zone))
        parts.setdefault(days.local_day(max(now, self.segment.started_at), self.entry.zone), 0)
        return parts

    def seconds(self, first: date, last: date) -> int:
        """What runs on the days from `first` to `last`, both included."""
        return sum(seconds for day, seconds in self.seconds_of_day.items() if first <= day <= last)

    def amount(self, day: date) -> int:
        """What it is worth so far, in minor units of the entry's currency; slices will round it once at the end."""
        if not self.entry.billable:
            return 0
        return amount_for_time(self.seconds_of_day.get(day, 0), self.entry.rate_minor)

    def runs_since(self, day: date) -> datetime | None:
        """From when the clock of that day ticks; None on days over which it ran already."""
        if not self.seconds_of_day or day != max(self.seconds_of_day):
            return None
        return max(self.segment.started_at, days.day_start(day, self.entry.zone))

    def add_to(self, lines: list[Line], wanted: Iterable[date]) -> None:
        """Bring the lines of the live entry up to now, and add one on each wanted day that has none."""
        have = {line.day: line for line in lines if self.entry and line.entry.pk == self.entry.pk}
        for day in wanted:
            if day not in self.seconds_of_day:
                continue
            line = have.get(day)
            if line is None:
                line = Line(self.entry, day, 0, 0, is_sliced=False)
                lines.append(line)
            line.seconds += self.seconds_of_day[day]
            line.amount_minor += self.amount(day)
            line.runs_since = self.runs_since(day)


def lines_from(slices: TimeSliceQuerySet, live: LiveTime, user, also: Sequence[str] = ()) -> list[Line]:
    """Lines of one person's `slices`; the live entry is the one that is known already. `also` reads more, as `CLIENT`.

    The entries come along by a join: asked for by workspace and ids, SQLite would read all that the workspace has.
    """
    lines = []
    joined = ["entry__project__client" if also else "entry__project", "entry__task"]
    for part in slices.select_related(*joined).only(*NEEDED, *also):
        is_live = live.entry and part.entry_id == live.entry.pk
        entry = live.entry if is_live else part.entry
        entry.user = user
        lines.append(Line(entry, part.day, part.seconds, part.amount_minor))
    return lines


def attach_tags(lines: list[Line]) -> None:
    """Give each line the names of its entry's tags, in one query."""
    by_entry: dict = {}
    for line in lines:
        by_entry.setdefault(line.entry.pk, []).append(line)
    links = TimeEntry.tags.through.objects.filter(timeentry__in=by_entry).order_by("tag__name")
    for entry_id, name in links.values_list("timeentry_id", "tag__name"):
        for line in by_entry[entry_id]:
            line.tags.append(name)


def latest_first(lines: list[Line]) -> list[Line]:
    """The running one first, then by day and time, newest first."""
    return sorted(
        lines, key=lambda line: (line.day, line.entry.is_live, line.entry.started_at, line.entry.pk), reverse=True
    )
