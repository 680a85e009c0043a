"""The timeline of a person's timers, told from the set of all presses: whichever is heard first, it is the same.

Plain functions over dataclasses. Starts are in the order of their places; a session ends where somebody pressed stop,
else where the next one starts; so at most the last one runs. Instants are aware UTC, whole seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WORK, BREAK = "work", "break"
# A stop says until when it was worked, even beyond the next start; who throws a session away only ends what still runs.
STOP, DISCARD = ENDS = "stop", "discard"
LONGEST_SPAN = timedelta(hours=25)
# Nobody works for longer without a stop: what is forgotten for years must not become years of rows.
LONGEST_SESSION = timedelta(days=31)


@dataclass(frozen=True, order=True)
class Press:
    """One press: `place` (time and operation as text) gives the order, `at` is the moment that it means."""

    place: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Stretch:
    """Work or a break, half-open; without an end it goes on."""

    kind: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Said:
    """What somebody said of start and end afterwards, which the presses do not decide any more."""

    started: datetime | None = None
    span: tuple[datetime, datetime] | None = None
    # How it stood when somebody changed a live one by hand, and at which place in the order: it goes on from there.
    base: "tuple[str, Course] | None" = None
    # The place at which its end was taken back: an end that was pressed earlier does not count.
    reopened: str = ""


@dataclass(frozen=True)
class Course:
    """How a session went. `is_live`: the timer is on, be it running, paused or on a break."""

    started_at: datetime
    stretches: tuple[Stretch, ...]
    is_live: bool

    def then(self, press: Press) -> "Course":
        """The same with one more press at its end; what has ended stays as it is."""
        if not self.is_live:
            return self
        walk = _Walk(self)
        if press.kind in ENDS:
            return walk.end(press.at)
        walk.take(press)
        return walk.course()

    def since(self, start: datetime) -> "Course":
        """The same from `start` on, earlier or later; where nothing would be left, as it is."""
        inside = [part for part in self.stretches if part.ended_at is None or part.ended_at > start]
        if not inside:
            return self
        inside[0] = replace(inside[0], started_at=start)
        return replace(self, started_at=start, stretches=tuple(inside))

    def spanning(self, start: datetime, end: datetime) -> "Course":
        """The same from `start` to `end`: what lies outside is left out, the outermost stretches reach the edges."""
        inside = [part for part in (_clip(part, start, end) for part in self.stretches) if part]
        if not inside:
            return Course(start, (Stretch(WORK, start, end),), is_live=False)
        inside[0] = replace(inside[0], started_at=start)
        inside[-1] = replace(inside[-1], ended_at=end)
        return Course(start, tuple(inside), is_live=False)


class _Walk:
    """A session that is gone through press by press."""

    def __init__(self, course: Course):
        self.started_at = self.now = course.started_at
        self.done = list(course.stretches)
        self.open: Stretch | None = None
        if self.done:
            self.now = self.done[-1].ended_at or self.done[-1].started_at
            if self.done[-1].ended_at is None:
                self.open = self.done.pop()

    def take(self, press: Press) -> None:
        """Pause, go on, break: what does not fit how things stand changes nothing."""
        kind = self.open.kind if self.open else None
        match press.kind, kind:
            # A pause may mean a moment before the last press: time that was left out afterwards.
            case ("pause", "work" | None):
                self._turn(press.at, None)
            case ("resume", None) | ("break_stop", "break"):
                self._turn(max(press.at, self.now), WORK)
            case ("break", "work" | None):
                self._turn(max(press.at, self.now), BREAK)

    def _turn(self, at: datetime, kind: str | None) -> None:
        self._close(at)
        self.open = Stretch(kind, self.now, None) if kind else None

    def _close(self, at: datetime) -> None:
        """Nothing reaches beyond this moment, and a stretch without a second leaves no trace."""
        self.now = max(at, self.started_at)
        parts = [*self.done, *([self.open] if self.open else [])]
        self.done = [part for part in (_clip(part, self.started_at, self.now) for part in parts) if part]
        self.open = None

    def end(self, at: datetime) -> Course:
        """Over at `at`."""
        self._close(at)
        return Course(self.started_at, tuple(self.done), is_live=False)

    def course(self) -> Course:
        """As it stands."""
        return Course(self.started_at, (*self.done, *([self.open] if self.open else [])), is_live=True)


def first_start(presses: Iterable[Press]) -> Press:
    """The start that counts, of a session's presses."""
    return min(press for press in presses if press.kind in ("start", "again"))


def course(presses: Iterable[Press], following: Press | None = None, said: Said = Said()) -> Course:  # noqa: B008
    """How the session of these presses went, when this start of the next one is `following`."""
    presses = sorted(presses)
    place, base = said.base or ("", _running_since(first_start(presses).at))
    end = _end(presses, following, said.reopened)
    if end:
        end = min(end, base.started_at + LONGEST_SESSION)
    if said.started and not said.span and (end is None or timedelta(0) < end - said.started <= LONGEST_SESSION):
        base = base.since(said.started)
    walk = _Walk(base)
    for press in presses:
        if press.place > place and (end is None or press.at < end):
            walk.take(press)
    told = walk.course() if end is None else walk.end(end)
    if said.span:
        return _ended(told, said.span[1]).spanning(*span_of(said))
    return told


def _running_since(start: datetime) -> Course:
    return Course(start, (Stretch(WORK, start, None),), is_live=True)


def _end(presses: list[Press], following: Press | None, reopened: str) -> datetime | None:
    """When it ended: by the first press that says so, else where the next one started."""
    end = next((press for press in presses if press.kind in ENDS and press.place > reopened), None)
    if end is None or (end.kind == DISCARD and following and following < end):
        return following and following.at
    return end.at


def _ended(told: Course, at: datetime) -> Course:
    return _Walk(told).end(at) if told.is_live else told


def span_of(said: Said) -> tuple[datetime, datetime]:
    """A start that was said later than the whole span moves it, where that leaves a span."""
    start, end = said.span
    if said.started and timedelta(0) < end - said.started <= LONGEST_SPAN:
        start = said.started
    return start, end


def _clip(part: Stretch, start: datetime, end: datetime) -> Stretch | None:
    begins, ends = max(part.started_at, start), min(part.ended_at or end, end)
    return Stretch(part.kind, begins, ends) if begins < ends else None


def timeline(sessions: Mapping[object, tuple[Iterable[Press], Said]]) -> dict[object, Course]:
    """All sessions of a person, by whatever names them."""
    starts = sorted((first_start(presses), name) for name, (presses, _said) in sessions.items())
    following = {name: later for (_start, name), (later, _name) in zip(starts, starts[1:], strict=False)}
    return {name: course(presses, following.get(name), said) for name, (presses, said) in sessions.items()}
