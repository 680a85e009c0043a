"""What a batch deals with of a person's time, read once for all its operations and kept in step with what they write.

Between two transactions the person may press a button on a page, or another device may tell something. So each asks
first whether anybody else has written since the last one; if so, everything is read anew.
"""

import uuid
from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from apps.accounts.models import User
from apps.core.transactions import lock_rows
from apps.sync.facts import Work
from apps.sync.models import Operation
from apps.sync.operations import MAKING
from apps.sync.timeline import Press
from apps.workbench.models import Segment, TimeEntry, TimeSlice
from apps.workbench.models.presses import TimerPress

Kind = TimerPress.Kind
Start = tuple[str, datetime, uuid.UUID]


class Book:
    """Entries, presses and starts of one person, and the operations that wait."""

    def __init__(self, user, workspace, ids: Iterable[uuid.UUID], earliest: str):
        """`ids` are the entries that are dealt with, `earliest` the first place in the order that is."""
        self.user, self.workspace, self.ids, self.earliest = user, workspace, set(ids), earliest
        self.work = Work(workspace)
        self._entries: dict[uuid.UUID, TimeEntry] = {}
        self._is_torn, self._is_begun, self._version = True, False, None

    # ── One operation after the other ─────────────────────────────────────────────────────────────────────────────────

    def begin(self, entities: list[uuid.UUID]) -> None:
        """Be alone with the person's timers and these entries until the transaction ends; what the last one rolled back
        is forgotten."""
        lock_rows(User.objects.filter(pk=self.user.pk))
        version, is_fresh = _version(), self._are_fresh(entities)
        self._is_torn = self._is_torn or self._is_begun or version != self._version or not is_fresh
        self._is_begun, self._version = True, version

    def end(self) -> None:
        """What was written so far is ours; still inside the transaction."""
        self._version = _version()

    def committed(self) -> None:
        """The transaction went through."""
        self._is_begun = False

    def open(self) -> None:
        """Know how things stand before an operation; if that fails, what is known here is not true any more."""
        if self._is_torn:
            self._read()
        self._is_torn = True

    def close(self) -> None:
        """The operation went through: what is known here is how it stands."""
        self._is_torn = False

    def read_again(self, entity: uuid.UUID | None) -> None:
        """An operation was refused that would have changed nothing but this entry."""
        entries = self.workspace.time_entries(manager="with_trash").of(self.user).filter(pk=entity)
        self._take_in(list(entries) if entity else [])
        self.close()

    def _are_fresh(self, entities: list[uuid.UUID]) -> bool:
        """Whether nobody changed these entries; locks them where locks are kept by row."""
        if not connection.features.has_select_for_update or not entities:
            return True
        known = {pk: self._entries[pk].changed_at for pk in entities if pk in self._entries}
        return _changed_at(entities) == known

    def _read(self) -> None:
        self.work.forget()
        self._presses: dict[uuid.UUID, list[Press]] = {}
        entries = self.workspace.time_entries(manager="with_trash").of(self.user).filter(pk__in=self.ids)
        self._entries = {}
        self._take_in(list(entries))
        self._gone = self._read_gone(self.ids - set(self._entries))
        starts = TimerPress.objects.filter(user=self.user, kind=Kind.START)
        before = starts.filter(place__lt=self.earliest).order_by("-place").values_list("place", flat=True).first()
        self._since = before or ""
        found = starts.filter(place__gte=self._since).values_list("place", "at", "entry")
        self._starts: list[Start] = sorted(found)
        waiting = Operation.objects.filter(user=self.user, workspace=self.workspace, status=Operation.Status.DEFERRED)
        self._waiting = set(waiting.exclude(waiting_data=None).values_list("entity", flat=True))

    def _read_gone(self, missing: set[uuid.UUID]) -> set[uuid.UUID]:
        """Of entries that are not there, those that were: presses and the ledger outlive what is deleted for good."""
        if not missing:
            return set()
        own = {"user": self.user, "workspace": self.workspace}
        pressed = TimerPress.objects.filter(**own, entry_id__in=missing).values_list("entry_id", flat=True)
        made = Operation.objects.filter(
            **own, entity__in=map(str, missing), kind__in=MAKING, status__in=Operation.TAKEN
        ).values_list("entity", flat=True)
        return {*pressed, *map(uuid.UUID, made)}

    def _take_in(self, entries: list[TimeEntry]) -> None:
        """Know these entries with their segments and presses."""
        by_id = {entry.pk: entry for entry in entries}
        if not by_id:
            return
        for entry in entries:
            entry.user, entry.parts, entry.known_slices = self.user, [], []
            if entry.workspace_id == self.workspace.pk:
                self.work.attach(entry)
            self._presses[entry.pk] = []
        for part in Segment.objects.filter(entry__in=by_id).order_by("started_at"):
            part.entry = by_id[part.entry_id]
            part.entry.parts.append(part)
        for part in TimeSlice.objects.filter(entry__in=by_id):
            by_id[part.entry_id].known_slices.append(part)
        rows = TimerPress.objects.filter(entry__in=by_id).values_list("entry", "place", "kind", "at")
        for pk, place, kind, at in rows:
            self._presses[pk].append(Press(place, kind, at))
        self._entries |= by_id

    # ── What it knows ─────────────────────────────────────────────────────────────────────────────────────────────────

    def entry(self, pk: uuid.UUID) -> TimeEntry | None:
        """The person's own entry in the workspace, in the trash or not; None where there is none."""
        found = self._entries.get(pk)
        return found if found and found.workspace_id == self.workspace.pk else None

    def is_gone(self, pk: uuid.UUID) -> bool:
        """Whether there was such an entry, and it has been deleted for good."""
        return pk in self._gone

    def add(self, entry: TimeEntry) -> None:
        """A new entry."""
        self._entries[entry.pk] = entry
        self._presses.setdefault(entry.pk, [])

    def presses(self, entry: TimeEntry) -> list[Press]:
        """All that was pressed on it."""
        return self._presses.get(entry.pk, [])

    def next_start(self, entry: TimeEntry, place: str) -> Press | None:
        """The person's next start of another session, in any workspace."""
        if place < self._since:
            starts = TimerPress.objects.filter(user=self.user, kind=Kind.START, place__gt=place).exclude(entry=entry.pk)
            found = starts.order_by("place").values_list("place", "kind", "at").first()
            return found and Press(*found)
        later = self._starts[bisect_left(self._starts, (place,)) :]
        return next((Press(other, Kind.START, at) for other, at, pk in later if other > place and pk != entry.pk), None)

    def start_before(self, entry: TimeEntry, place: str) -> TimeEntry | None:
        """The session of the person that started last before this place."""
        earlier = self._starts[: bisect_left(self._starts, (place,))]
        pk = next((pk for _place, _at, pk in reversed(earlier) if pk != entry.pk), None)
        if pk is None and self._since:
            starts = TimerPress.objects.filter(user=self.user, kind=Kind.START, place__lt=min(place, self._since))
            pk = starts.exclude(entry=entry.pk).order_by("-place").values_list("entry", flat=True).first()
        if pk is None:
            return None
        if pk not in self._entries or not self._are_fresh([pk]):
            rows = TimeEntry.with_trash.filter(pk=pk)
            lock_rows(rows)
            self._take_in(list(rows))
        # It may have been deleted for good.
        return self._entries.get(pk)

    def waits_for(self, entry: TimeEntry) -> bool:
        """Whether an operation waits for this entry."""
        return str(entry.pk) in self._waiting

    def wait_for(self, entity: str) -> None:
        """An operation waits for this entry from now on."""
        self._waiting.add(entity)

    # ── What it writes ────────────────────────────────────────────────────────────────────────────────────────────────

    def keep(self, entry: TimeEntry, press: Press, op: uuid.UUID, pressed_at: datetime) -> TimerPress:
        """Write a press down."""
        row = entry.press(press.kind, press.at, op=op, pressed_at=pressed_at)
        self._presses.setdefault(entry.pk, []).append(press)
        if press.kind == Kind.START:
            insort(self._starts, (press.place, press.at, entry.pk))
        return row

    def start_again(self, entry: TimeEntry) -> None:
        """The start that counted so far counts no more."""
        entry.presses.filter(kind=Kind.START).update(kind=Kind.AGAIN)
        old = self._presses[entry.pk]
        self._presses[entry.pk] = [
            Press(press.place, Kind.AGAIN if press.kind == Kind.START else press.kind, press.at) for press in old
        ]
        self._starts = [start for start in self._starts if start[2] != entry.pk]


def _version() -> tuple:
    """Differs from the last time when others have written since: anybody on SQLite, else devices and timers, of whom
    ever, since that is one look at an index (an entry itself is looked at when it is dealt with)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA data_version")
        else:
            told, pressed = Operation._meta.db_table, TimerPress._meta.db_table
            cursor.execute(f"SELECT (SELECT MAX(id) FROM {told}), (SELECT MAX(id) FROM {pressed})")
        return cursor.fetchone()


def _changed_at(entities: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of these entries was changed last, locked in the order of ids."""
    rows = TimeEntry.with_trash.select_for_update().filter(pk__in=entities).order_by("pk")
    return dict(rows.values_list("pk", "changed_at"))
