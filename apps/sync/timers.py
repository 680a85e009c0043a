"""Presses on timers, brought into the timeline: the rows become what the set of all presses says.

Called inside the transaction of one operation, alone with the person's timers.
"""

from dataclasses import dataclass
from datetime import datetime

from apps.sync.book import Book
from apps.sync.facts import rows_of, said_of
from apps.sync.operations import Op
from apps.sync.timeline import Course, Press, course, first_start
from apps.workbench.models import TimeEntry
from apps.workbench.models.presses import TimerPress

Kind = TimerPress.Kind
KIND_OF = {
    "timer.pause": Kind.PAUSE,
    "timer.resume": Kind.RESUME,
    "timer.break": Kind.BREAK,
    "timer.break_stop": Kind.BREAK_STOP,
    "timer.stop": Kind.STOP,
    "timer.discard": Kind.DISCARD,
    "entry.delete": Kind.DISCARD,
}


def has_start(presses: list[Press]) -> bool:
    """Whether a timer made it, rather than somebody who recorded it by hand."""
    return any(press.kind == Kind.START for press in presses)


@dataclass
class Session:
    """A session as it stands, what its presses say of it, and the start of the next one."""

    entry: TimeEntry
    presses: list[Press]
    following: Press | None

    @classmethod
    def of(cls, entry: TimeEntry, book: Book) -> "Session":
        """With its presses and the start that cuts it."""
        presses = list(book.presses(entry))
        following = book.next_start(entry, first_start(presses).place) if has_start(presses) else None
        return cls(entry, presses, following)

    @property
    def is_told(self) -> bool:
        """Whether its rows are what its presses say; otherwise somebody changed its times by hand, and they stand."""
        return has_start(self.presses) and self.told() == rows_of(self.entry)

    def told(self) -> Course:
        """What its presses say."""
        return course(self.presses, self.following, said_of(self.entry))

    def stands_since(self, press: Press) -> bool:
        """Whether its times were changed by hand after this was pressed."""
        base = said_of(self.entry).base
        return base is not None and press.place < base[0]

    def press(self, press: Press) -> bool:
        """One more press on it; False where it changes nothing."""
        if not self.is_told:
            return self.become(rows_of(self.entry).then(press))
        self.presses.append(press)
        return self.become(self.told())

    def cut(self, following: Press) -> bool:
        """Another start now follows it."""
        if not self.is_told:
            return self.become(rows_of(self.entry).then(Press(following.place, Kind.STOP, following.at)))
        self.following = following
        return self.become(self.told())

    def become(self, told: Course) -> bool:
        """Bring the rows to this; a billed entry stays as it is, and one that was thrown away does not run again."""
        before = rows_of(self.entry)
        if self.entry.billed or told == before or (told.is_live and self._is_thrown_away):
            return False
        self.entry.extent_before = (before.started_at, self.entry.ended_at)
        self.entry.follow(told)
        return True

    @property
    def _is_thrown_away(self) -> bool:
        """By somebody: one that was empty comes back when it turns out that it is not."""
        return self.entry.deleted_at is not None and "deleted" in self.entry.stamps


def start(entry: TimeEntry, op: Op, book: Book) -> list[TimeEntry]:
    """A start of `entry`, which is new and unsaved, or known already; returns the entries that changed."""
    press = Press(op.stamp, Kind.START, op.data.get("started_at", op.second))
    if not entry._state.adding:
        return _start_again(entry, op, press, book)
    before = book.start_before(entry, press.place)
    was_cut = before and Session.of(before, book).cut(press)
    entry.follow(course([press], book.next_start(entry, press.place), said_of(entry)))
    book.add(entry)
    book.keep(entry, press, op.op, op.at)
    return [entry, before] if was_cut else [entry]


def stop_the_live_one(user, at: datetime) -> None:
    """End a timer whose presses nobody wrote down: it cannot be found in the order of starts."""
    live = TimeEntry.objects.filter(running_for=user).first()
    if live and not live.presses.filter(kind=Kind.START).exists():
        Session(live, [], None).cut(Press("", Kind.START, at))


def _start_again(entry: TimeEntry, op: Op, press: Press, book: Book) -> list[TimeEntry]:
    """Of several starts of a session the earliest counts; the sessions around both places may change.

    An entry that somebody recorded by hand is not started by a device.
    """
    presses = book.presses(entry)
    first = first_start(presses) if has_start(presses) else None
    if (first and first < press) or (first is None and said_of(entry).span is None):
        book.keep(entry, Press(press.place, Kind.AGAIN, press.at), op.op, op.at)
        return []
    around = {entry.pk: entry}
    for place in [press.place, *([first.place] if first else [])]:
        if before := book.start_before(entry, place):
            around.setdefault(before.pk, before)
    told = [one for one in around.values() if (one is entry and first is None) or Session.of(one, book).is_told]
    book.start_again(entry)
    book.keep(entry, press, op.op, op.at)
    # What ends comes first: there is one live entry at most.
    sessions = sorted((Session.of(one, book) for one in told), key=lambda session: session.told().is_live)
    return [session.entry for session in sessions if session.become(session.told())]


def press(entry: TimeEntry, op: Op, book: Book) -> str:
    """Any other press on a session. Returns "" or why it stays as it is: `billed`, `by_hand`."""
    pressed = Press(op.stamp, KIND_OF[op.kind], op.data.get("ended_at", op.second))
    session = Session.of(entry, book)
    is_told = session.is_told
    book.keep(entry, pressed, op.op, op.at)
    changed = session.press(pressed)
    if changed or (is_told and session.told() == rows_of(entry) and not session.stands_since(pressed)):
        return ""
    return "billed" if entry.billed else "by_hand"
