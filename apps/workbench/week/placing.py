"""Where the hours go that somebody typed into the grid: plain functions over instants, without a database.

A cell is what one row of the grid has on one local day. `plan` says how its entries have to change, and which ones have
to be made, so that the cell comes to the seconds that were asked for: nothing overlaps what else was recorded, and
nothing leaves the day. All instants are aware UTC, so a day on which the clocks change is as long as it is.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.durations import format_words

# Shorter gaps are left alone, unless less than that is wanted: nobody means to work in them.
SHORTEST_GAP = 60


@dataclass(frozen=True)
class Span:
    """A half-open interval of instants."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())

    def within(self, other: "Span") -> "Span | None":
        """Its part inside the other one, if there is any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def split_at(self, instants: Iterable[datetime]) -> "list[Span]":
        """Itself, cut at those of the instants that lie inside."""
        edges = sorted({self.start, self.end, *(at for at in instants if self.start < at < self.end)})
        return [Span(start, end) for start, end in zip(edges, edges[1:], strict=False)]


@dataclass(frozen=True)
class Piece:
    """An entry with time in the cell: its stretches of work in order, those on other days included.

    `day` is the cell's day on the entry's own wall clock. A fixed one is on an invoice, or runs. One that does not end
    in work, but in a break, cannot be made longer.
    """

    key: Hashable
    work: tuple[Span, ...]
    day: Span
    is_fixed: bool = False
    ends_in_work: bool = True

    @property
    def seconds(self) -> int:
        """Its work on the day of the cell."""
        return sum(part.seconds for span in self.work if (part := span.within(self.day)))

    @property
    def goes_on(self) -> bool:
        """Whether it has work on a later day."""
        return self.work[-1].end > self.day.end

    @property
    def is_stuck(self) -> bool:
        """Whether nothing can be taken from it: neither its start nor its end lies on this day."""
        return self.is_fixed or (self.goes_on and self.work[0].start < self.day.start)

    def shortened(self, seconds: int) -> "Change | None":
        """What takes so much of its work on the day away; None when no work is left at all.

        One that goes on after midnight begins later, any other ends sooner. The new edge lies inside a stretch of work
        or at its outer end, never in a pause.
        """
        if self.goes_on:
            for span in self.work:
                if seconds < span.seconds:
                    return Change(self.key, started_at=span.start + timedelta(seconds=seconds))
                seconds -= span.seconds
        for span in reversed(self.work):
            if seconds < span.seconds:
                return Change(self.key, ended_at=span.end - timedelta(seconds=seconds))
            seconds -= span.seconds
        return None


@dataclass(frozen=True)
class Change:
    """A new start or a new end of an entry; the other one stays."""

    key: Hashable
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass
class Plan:
    """What has to happen to the entries of a cell: changed, thrown away, made."""

    changed: list[Change] = field(default_factory=list)
    gone: list[Hashable] = field(default_factory=list)
    made: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class Slot:
    """Free time, filled from its start, or from its end; `grows` is the entry that reaches up to it."""

    span: Span
    from_end: bool = False
    grows: Hashable = None

    def taken(self, seconds: int) -> Span:
        """So much of it."""
        length = timedelta(seconds=seconds)
        if self.from_end:
            return Span(self.span.end - length, self.span.end)
        return Span(self.span.start, self.span.start + length)


def plan(
    pieces: Sequence[Piece], taken: Iterable[Span], day: Span, wanted: int, *, usual: datetime, begin: datetime
) -> Plan:
    """How the cell comes to `wanted` seconds.

    `taken` is all that the person has recorded around the day, the pieces themselves included. More time makes the
    last piece longer where there is room behind it; else it goes, in one if possible, to the free time from `begin` on,
    then from the `usual` start of work, then before that. Less is taken from the last pieces.
    Raises ValidationError, with the seconds in its params, when there is no room (`no_room`) or when too much is fixed.
    """
    pieces = sorted(pieces, key=lambda piece: piece.work[0].start)
    missing = wanted - sum(piece.seconds for piece in pieces)
    if missing < 0:
        return _shorten(pieces, -missing)
    return _fill(_slots(pieces, free_gaps(day, taken), day, usual, begin), missing)


def free_gaps(day: Span, taken: Iterable[Span]) -> list[Span]:
    """The parts of the day in which nothing was recorded, in order of time."""
    gaps, at = [], day.start
    for span in sorted(taken, key=lambda span: span.start):
        if gap := Span(at, span.start).within(day):
            gaps.append(gap)
        at = max(at, span.end)
    if rest := Span(at, day.end).within(day):
        gaps.append(rest)
    return gaps


def _shorten(pieces: list[Piece], excess: int) -> Plan:
    """Take seconds away, from the last piece first."""
    found = Plan()
    for piece in reversed(pieces):
        if piece.is_stuck or not excess:
            continue
        part = min(excess, piece.seconds)
        excess -= part
        if change := piece.shortened(part):
            found.changed.append(change)
        else:
            found.gone.append(piece.key)
    if excess:
        raise ValidationError(
            _("Part of this time cannot be changed here. Open the entry to change it."),
            code="fixed",
            params={"seconds": excess},
        )
    return found


def _slots(pieces: list[Piece], gaps: list[Span], day: Span, usual: datetime, begin: datetime) -> list[Slot]:
    """Free time in the order in which it is filled; gaps around the start of work are two slots each."""
    slots = []
    last = max(pieces, key=lambda piece: piece.work[-1].end, default=None)
    if last and last.ends_in_work and not last.is_fixed and last.day == day:
        behind = next((gap for gap in gaps if gap.start == last.work[-1].end), None)
        if behind:
            slots.append(Slot(behind, grows=last.key))
            gaps = [gap for gap in gaps if gap is not behind]
    parts = [part for gap in gaps for part in gap.split_at([usual, begin])]
    slots += [Slot(part) for part in parts if part.start >= begin]
    slots += [Slot(part) for part in parts if usual <= part.start < begin]
    slots += [Slot(part, from_end=True) for part in reversed(parts) if part.start < min(usual, begin)]
    return slots


def _fill(slots: list[Slot], missing: int) -> Plan:
    """Put the seconds into one slot that holds them all, else into one after the other."""
    usable = [slot for slot in slots if slot.span.seconds >= min(missing, SHORTEST_GAP)]
    free = sum(slot.span.seconds for slot in usable)
    if free < missing:
        raise ValidationError(
            _("This does not fit: %(words)s more would be needed, and %(free)s of this day are still free."),
            code="no_room",
            params={"seconds": free, "words": format_words(missing), "free": format_words(free)},
        )
    whole = next((slot for slot in _whole_first(usable) if slot.span.seconds >= missing), None)
    found, made = Plan(), []
    for slot in [whole] if whole else usable:
        part = slot.taken(min(missing, slot.span.seconds))
        missing -= part.seconds
        if part.seconds and slot.grows is not None:
            found.changed.append(Change(slot.grows, ended_at=part.end))
        elif part.seconds:
            made.append(part)
    found.made = _joined(made)
    return found


def _whole_first(slots: list[Slot]) -> list[Slot]:
    """Where to look for one place that holds all: before the time that lies before the start of work is taken for
    itself, it is joined with the free time behind it, so that work begins only as early as it must."""
    ahead = {slot.span.end: slot.span.start for slot in slots if slot.from_end}
    behind = [slot for slot in slots if not slot.from_end]
    joined = [
        Slot(Span(ahead[slot.span.start], slot.span.end), from_end=True)
        for slot in behind
        if slot.span.start in ahead and slot.grows is None
    ]
    return [*behind, *joined, *(slot for slot in slots if slot.from_end)]


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that touch become one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and found[-1].end == span.start:
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found
