"""A duration typed into a cell of the week becomes entries: made longer, made shorter, made, or thrown away.

All that is written goes through the entry's own verbs, so slices, marks for review and totals follow.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median_low

from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils.translation import gettext as _

from apps.core import days
from apps.core.durations import format_duration, format_words, parse_duration
from apps.core.transactions import atomic, lock_rows
from apps.workbench.daybook import LiveTime
from apps.workbench.models import Segment, TimeEntry, live_entry_of
from apps.workbench.week.placing import Change, Piece, Plan, Span, plan
from apps.workbench.week.work import RowWork
from apps.workspaces.models import Workspace

NINE = time(9)
# A usual start is told from so many days before, if work was done on enough of them; in quarters of an hour.
LOOK_BACK, ENOUGH_DAYS, QUARTER = timedelta(days=28), 5, 15


@dataclass(frozen=True)
class Was:
    """What a cell was drawn with: seconds kept, and seconds that ran then. Nonsense is never the truth."""

    kept: int = 0
    running: int = 0

    @classmethod
    def read(cls, text: str) -> "Was":
        """From `5400` or `5400+313`; nothing means an empty cell."""
        match = re.fullmatch(r"(\d{1,9})(?:\+(\d{1,9}))?", text or "0", re.ASCII)
        return cls(int(match[1]), int(match[2] or 0)) if match else cls(-1)

    def is_shown_as(self, text: str) -> bool:
        """Whether the text is what the cell showed: then nothing was typed."""
        seconds = self.kept + self.running
        return text.strip() == (format_duration(seconds) if seconds else "")


def read_typed(text: str) -> int:
    """Seconds of what was typed into a cell; nothing is 0. Raises ValidationError for what is no duration."""
    return parse_duration(text) if text.strip() else 0


def is_stale(refusal: ValidationError) -> bool:
    """Whether it was refused because the cell was changed elsewhere meanwhile."""
    return getattr(refusal, "code", None) == "stale"


@dataclass
class CellTime:
    """The time of one person's work on one day: read under a lock, then set. `load` it inside a transaction."""

    workspace: Workspace
    user: object
    work: RowWork
    day: date
    live: LiveTime
    entries: dict = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    kept: int = 0

    @classmethod
    def load(cls, workspace: Workspace, user, work: RowWork, day: date) -> "CellTime":
        """As it is now. Two tabs of one person take turns here."""
        lock_rows(workspace.memberships.filter(user=user))
        live = LiveTime(live_entry_of(workspace, user))
        found = cls(workspace, user, work, day, live)
        found._read_entries()
        return found

    def _read_entries(self) -> None:
        slices = self.workspace.time_slices.of(self.user).between(self.day, self.day)
        project, task = self.work
        slices = slices.filter(project=project, task=task).select_related("entry")
        parts = list(slices.prefetch_related("entry__segments"))
        self.kept = sum(part.seconds for part in parts)
        found = {part.entry_id: part.entry for part in parts}
        live = self.live.entry
        if live and self.day in self.live.seconds_of_day and self._is_of_this_work(live):
            found.setdefault(live.pk, live)
        for entry in found.values():
            entry.workspace, entry.user = self.workspace, self.user
            if work := _stretches(entry):
                self.entries[entry.pk] = entry
                self.pieces.append(_piece(entry, work, self.day))

    def _is_of_this_work(self, entry: TimeEntry) -> bool:
        return (entry.project, entry.task) == self.work

    @property
    def seconds(self) -> int:
        """With what runs now."""
        return sum(piece.seconds for piece in self.pieces)

    @property
    def bounds(self) -> Span:
        """The day on the person's own wall clock."""
        return Span(*days.day_bounds(self.day, self.user.zone))

    def _taken(self) -> list[Span]:
        """All that the person has recorded around this day, breaks too; what runs takes all that comes."""
        bounds = self.bounds
        found = (
            self.workspace.segments.filter(user=self.user)
            .meeting(bounds.start, bounds.end)
            .filter(entry__deleted_at=None)
            .values_list("started_at", "ended_at")
        )
        taken = [Span(start, end) for start, end in found]
        open_segment = self.live.entry.current_segment if self.live.entry else None
        if open_segment:
            taken.append(Span(open_segment.started_at, max(bounds.end, days.now())))
        return taken

    # ── Set ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def set(self, wanted: int, begin: time | None = None) -> list[TimeEntry]:
        """Make it so many seconds; the entries that were thrown away for it.

        New time goes behind the last work of the day, at the person's usual start or at `begin`, wherever there is
        room. Raises ValidationError with the reason in words, having written nothing.
        """
        self._refuse_what_is_fixed(wanted)
        if wanted > self.seconds:
            self._refuse_what_is_put_away()
        steps = self._plan(wanted, begin)
        gone = [self.entries[key] for key in steps.gone]
        for entry in gone:
            entry.trash()
        for change in steps.changed:
            self._change(change)
        for span in steps.made:
            self._log(span)
        return gone

    def _log(self, span: Span) -> None:
        project, task = self.work
        TimeEntry.log(
            user=self.user, workspace=self.workspace, project=project, task=task,
            started_at=span.start, ended_at=span.end,
        )  # fmt: skip

    def take_out(self, first: date, last: date) -> list[TimeEntry]:
        """Empty it as part of the days from `first` to `last`: an entry that has no work on others goes whole."""
        self._refuse_what_is_fixed(0)
        inside = [entry for entry in self.entries.values() if _lies_within(entry, first, last)]
        for entry in inside:
            entry.trash()
        self.pieces = [piece for piece in self.pieces if self.entries[piece.key] not in inside]
        return inside + self.set(0)

    def _plan(self, wanted: int, begin: time | None) -> Plan:
        bounds, taken = self.bounds, self._taken()
        zone = self.user.zone
        usual = _at(self.day, begin or usual_start(self.workspace, self.user, self.day), zone)
        last = max((span.end for span in taken if span.start < bounds.end), default=usual)
        wanted_from = usual if begin else max(usual, last)
        try:
            return plan(self.pieces, taken, bounds, wanted, usual=usual, begin=min(wanted_from, bounds.end))
        except ValidationError as refusal:
            if refusal.code == "no_room" and self._runs_until(bounds.end):
                raise ValidationError(_runs_text(), code="no_room") from refusal
            raise

    def _runs_until(self, end: datetime) -> bool:
        """Whether the timer runs and so takes the rest of the day."""
        segment = self.live.entry.current_segment if self.live.entry else None
        return bool(segment and segment.started_at < end)

    def _change(self, change: Change) -> None:
        edges = {"started_at": change.started_at, "ended_at": change.ended_at}
        self.entries[change.key].revise(**{name: at for name, at in edges.items() if at})

    def _refuse_what_is_fixed(self, wanted: int) -> None:
        """Time on an invoice and time that runs cannot become less."""
        fixed = [piece for piece in self.pieces if piece.is_fixed]
        least = sum(piece.seconds for piece in fixed)
        if wanted >= least:
            return
        if all(self.entries[piece.key].billed for piece in fixed):
            text = _("%(words)s of this is on an invoice: it cannot become less than that.")
        elif any(self.entries[piece.key].billed for piece in fixed):
            text = _("%(words)s of this is on an invoice or running now: it cannot become less than that.")
        else:
            text = _("The timer has %(words)s here. Stop it before you make this less.")
        raise ValidationError(text, code="fixed", params={"words": format_words(least)})

    def _refuse_what_is_put_away(self) -> None:
        for item in filter(None, self.work):
            if item.is_archived:
                raise ValidationError(
                    _("%(name)s is archived. Choose another project."), code="archived", params={"name": item}
                )


@dataclass(frozen=True)
class CellToSave:
    """A cell of the form with what was typed into it; `name` is where a refusal is told."""

    name: str
    work: RowWork
    day: date
    text: str
    was: Was


@atomic
def save_cell(*, workspace: Workspace, user, work: RowWork, day: date, text: str, was: Was) -> list[TimeEntry]:
    """Set a cell to what was typed; the entries that were thrown away for it.

    Raises ValidationError: for what is no duration, for what cannot be, and with the code `stale` where the cell is not
    any more what it `was` when it was drawn.
    """
    days.validate_day(day)
    wanted = read_typed(text)
    cell = CellTime.load(workspace, user, work, day)
    # Typing what is there already is nothing to save; seconds are not shown, so they must not get lost.
    if was.is_shown_as(text) or _looks_the_same(wanted, cell.seconds):
        return []
    if cell.kept != was.kept:
        raise ValidationError(
            _("This was changed elsewhere and is %(now)s now. Nothing was overwritten."),
            code="stale",
            params={"now": format_duration(cell.seconds)},
        )
    return cell.set(wanted)


@atomic
def save_cells(*, workspace: Workspace, user, cells: Iterable[CellToSave]) -> list[TimeEntry]:
    """Set many cells, or none: the entries that were thrown away.

    Raises ValidationError with the reasons by the names of the cells.
    """
    gone, refused = [], {}
    for cell in cells:
        facts = {"work": cell.work, "day": cell.day, "text": cell.text, "was": cell.was}
        try:
            gone += save_cell(workspace=workspace, user=user, **facts)
        except ValidationError as refusal:
            code = getattr(refusal, "code", None)
            refused[cell.name] = [ValidationError(text, code=code) for text in refusal.messages]
    if refused:
        raise ValidationError(refused)
    return gone


def usual_start(workspace: Workspace, user, day: date) -> time:
    """When the person began on most days before this one, in quarters of an hour; 9:00 where too few are known."""
    firsts = (
        workspace.time_slices.of(user)
        .between(day - LOOK_BACK, day - timedelta(days=1))
        .order_by()
        .values_list("day")
        .annotate(first=Min("entry__started_at"))
    )
    local = [(known, first.astimezone(user.zone)) for known, first in firsts]
    # What began on the evening before says nothing about this day.
    minutes = [first.hour * 60 + first.minute for known, first in local if first.date() == known]
    if len(minutes) < ENOUGH_DAYS:
        return NINE
    quarters = median_low(minutes) // QUARTER * QUARTER
    return time(quarters // 60, quarters % 60)


def _lies_within(entry: TimeEntry, first: date, last: date) -> bool:
    return first <= entry.day and days.local_day(entry.ended_at - timedelta(seconds=1), entry.zone) <= last


def _at(day: date, clock: time, zone) -> datetime:
    """The instant of a wall-clock time; where the clocks skip it, the one that they show instead."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _looks_the_same(wanted: int, present: int) -> bool:
    """Whether a cell with `present` shows just what was typed, in whole minutes."""
    return bool(wanted) == bool(present) and wanted == present // 60 * 60


def _stretches(entry: TimeEntry) -> tuple[Span, ...]:
    """Its work in order of time; what runs reaches up to now."""
    work = sorted(
        (part for part in entry.segments.all() if part.kind == Segment.Kind.WORK), key=lambda part: part.started_at
    )
    spans = [Span(part.started_at, part.ended_at or days.now()) for part in work]
    return tuple(span for span in spans if span.seconds > 0)


def _piece(entry: TimeEntry, work: tuple[Span, ...], day: date) -> Piece:
    own_day = Span(*days.day_bounds(day, entry.zone))
    is_fixed = entry.billed or entry.is_live
    return Piece(entry.pk, work, own_day, is_fixed, ends_in_work=work[-1].end == entry.ended_at)


def _runs_text() -> str:
    return _("The timer is on and takes the rest of this day. Stop it, then there is room.")
