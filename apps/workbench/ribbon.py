"""The ribbon of a day: where its stretches of work lie between morning and evening, in percent of its width.

Places are counted in elapsed time since local midnight, so the day on which the clocks change is as long as it is.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.core import days
from apps.workbench.models import Segment

HOUR = timedelta(hours=1)
MORNING, EVENING = 8, 20
HEIGHT, TOP = 44, 26
NARROW = 5.0

# From, to (cut to the day), and the segment itself.
Stretch = tuple[datetime, datetime, Segment]


@dataclass(frozen=True)
class Block:
    """One stretch; `left` and `width` in percent, `top` and `height` in pixels."""

    kind: str
    left: float
    width: float
    top: float
    height: float
    segment: Segment
    seconds: int

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for words."""
        return self.width < NARROW or self.height < HEIGHT

    @property
    def room(self) -> int:
        """How many letters fit."""
        return max(3, int(self.width * 1.05))


@dataclass(frozen=True)
class Tick:
    """A full hour."""

    at: float
    label: str


@dataclass(frozen=True)
class Gap:
    """Time between two stretches of which nothing is known."""

    started_at: datetime
    ended_at: datetime
    before: Segment
    left: float = 0
    width: float = 0

    @property
    def seconds(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds())


class Ribbon:
    """The ribbon of `day` in `zone` for segments with their entries, in order of time."""

    def __init__(self, day: date, zone: ZoneInfo, segments: list[Segment]):
        self.day = day
        self.starts, self.ends = days.day_bounds(day, zone)
        self.zone = zone
        clipped = filter(None, map(self._clip, segments))
        self.stretches = sorted(clipped, key=lambda stretch: stretch[:2])
        first = min([start for start, _end, _s in self.stretches], default=self.ends)
        last = max([end for _start, end, _s in self.stretches], default=self.starts)
        self.left = min(self._hour(MORNING), self.starts + _whole_hours(first - self.starts))
        self.right = max(self._hour(EVENING), min(self.ends, self.starts + _whole_hours(last - self.starts, up=True)))

    def _hour(self, hour: int) -> datetime:
        """The instant of a full hour on the wall clock."""
        return datetime(self.day.year, self.day.month, self.day.day, hour, tzinfo=self.zone).astimezone(UTC)

    def _clip(self, segment: Segment) -> Stretch | None:
        """Its part of the day. One recorded in another zone lies where its own wall clock says."""
        shift = self.starts - days.day_start(self.day, segment.entry.zone)
        start = max(self.starts, segment.started_at + shift)
        end = min(self.ends, (segment.ended_at or days.now()) + shift)
        return (start, end, segment) if end > start or segment.ended_at is None and start < self.ends else None

    def _percent(self, instant: datetime) -> float:
        return round(100 * ((instant - self.left) / (self.right - self.left)), 3)

    @property
    def ticks(self) -> list[Tick]:
        """Full hours; every second one when the window is long."""
        hours = round((self.right - self.left) / HOUR)
        step = 1 if hours <= 14 else 2
        instants = [self.left + HOUR * count for count in range(0, hours, step)]
        return [Tick(self._percent(at), f"{at.astimezone(self.zone):%-H:%M}") for at in instants]

    @property
    def now_at(self) -> float | None:
        """Where the needle stands; None on another day."""
        now = days.now()
        return self._percent(now) if self.left <= now <= self.right else None

    @property
    def blocks(self) -> list[Block]:
        """Work, side by side where it overlaps; breaks in outline."""
        work = [stretch for stretch in self.stretches if stretch[2].kind == Segment.Kind.WORK]
        breaks = [stretch for stretch in self.stretches if stretch[2].kind == Segment.Kind.BREAK]
        found = [self._block(*stretch, 0, 1) for stretch in breaks]
        for cluster in _clusters(work):
            lanes = _lanes(cluster)
            found += [self._block(*stretch, lane, max(lanes) + 1) for stretch, lane in zip(cluster, lanes, strict=True)]
        return found

    def _block(self, start: datetime, end: datetime, segment: Segment, lane: int, lanes: int) -> Block:
        left = self._percent(start)
        width = max(0.2, round(self._percent(end) - left - 0.03, 3))
        kind = "break" if segment.kind == Segment.Kind.BREAK else "live" if segment.ended_at is None else "work"
        height = HEIGHT / lanes
        top = TOP + lane * height
        return Block(kind, left, width, round(top, 2), round(height, 2), segment, int((end - start).total_seconds()))

    @property
    def gaps(self) -> list[Gap]:
        """The holes of at least a minute between the first and the last stretch of the day."""
        found: list[Gap] = []
        known_until = None
        for start, end, segment in self.stretches:
            if known_until and start - known_until >= timedelta(minutes=1):
                left = self._percent(known_until)
                found.append(Gap(known_until, start, segment, left, round(self._percent(start) - left, 3)))
            known_until = max(known_until or end, end)
        return found


def _clusters(stretches: list[Stretch]) -> list[list[Stretch]]:
    """Stretches in order of time, parted wherever a moment belongs to none of them."""
    clusters: list[list[Stretch]] = []
    until = None
    for stretch in stretches:
        if until is None or stretch[0] >= until:
            clusters.append([])
        clusters[-1].append(stretch)
        until = max(until or stretch[1], stretch[1])
    return clusters


def _lanes(cluster: list[Stretch]) -> list[int]:
    """The lane of each stretch: the first that is free when it begins."""
    free_from: list[datetime] = []
    lanes = []
    for start, end, _segment in cluster:
        lane = next((index for index, free in enumerate(free_from) if free <= start), len(free_from))
        free_from[lane : lane + 1] = [end]
        lanes.append(lane)
    return lanes


def _whole_hours(length: timedelta, *, up: bool = False) -> timedelta:
    """Cut to whole hours, or filled up to the next."""
    return HOUR * (-(-length // HOUR) if up else length // HOUR)
