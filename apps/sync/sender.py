"""The operations of one device, taken one by one: each is all done or not at all, and done once."""

import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.transactions import atomic
from apps.sync import entries, ticks, timers
from apps.sync.book import Book
from apps.sync.facts import save_tags
from apps.sync.models import Operation
from apps.sync.operations import MAKING, Batch, Op, operation_id, read_operation
from apps.workbench.models import TimeEntry
from apps.workspaces.models import Workspace

Status = Operation.Status
logger = logging.getLogger(__name__)
ATTEMPTS = 3
# So many operations, each a transaction of its own inside, are made to last by one commit: it takes longer than they.
TOGETHER = 20


@dataclass(frozen=True)
class Outcome:
    """What came of an operation; `first` is what came of it the first time, where it was told before."""

    status: str
    code: str = ""
    message: str = ""
    first: str = ""


APPLIED = Outcome(Status.APPLIED)
DEFERRED = Outcome(Status.DEFERRED, "waiting", "")


def newer() -> Outcome:
    """Something that was said later stands."""
    return Outcome(Status.MERGED, "newer", _("It was changed again since; the later change stands."))


def gone() -> ValidationError:
    """The entry has been deleted for good, and what is told of it does not bring it back."""
    return ValidationError(_("This entry is not there any more."), code="gone")


def rejected(refusal: ValidationError) -> Outcome:
    """What a refusal says, as an outcome."""
    code = next(iter(refusal.error_list)).code if hasattr(refusal, "error_list") else "invalid"
    return Outcome(Status.REJECTED, code or "invalid", " ".join(refusal.messages)[:300])


# Why a press changed nothing, for people.
KEPT = {
    "billed": gettext_lazy("This time is on an invoice and stays as it is."),
    "by_hand": gettext_lazy("Its times were changed by hand since; they stand."),
}


class Sender:
    """Takes what one device of a member sends."""

    def __init__(self, user, workspace: Workspace, batch: Batch):
        self.user, self.workspace, self.batch = user, workspace, batch
        self.changed: dict[uuid.UUID, list[tuple[datetime, datetime | None]]] = {}
        self.known: dict[uuid.UUID, Operation] = {}

    def take_all(self) -> list[tuple[object, Outcome]]:
        """Each item with its outcome, in the order in which they came."""
        items = self.batch.items
        read = [self._read(item) for item in items]
        self.book = self._open_book([op for op in read if isinstance(op, Op)])
        outcomes: list[Outcome] = []
        for first in range(0, len(items), TOGETHER):
            some = slice(first, first + TOGETHER)
            outcomes += self._take_some(items[some], read[some])
        return list(zip(items, outcomes, strict=True))

    def _take_some(self, items: list, read: list[Op | Outcome]) -> list[Outcome]:
        outcomes = self._in_one_commit(items, read)
        self.book.committed()
        return outcomes

    @atomic
    def _in_one_commit(self, items: list, read: list[Op | Outcome]) -> list[Outcome]:
        """Some operations, each a transaction of its own inside this one; may be run again from its beginning."""
        self.book.begin([op.entry for op in read if isinstance(op, Op) and op.entry])
        # Asked when no other sender of this person can write: each operation is in the ledger by now, or new.
        ids = [op for op in map(operation_id, items) if op]
        self.known = {told.op: told for told in Operation.objects.filter(user=self.user, op__in=ids)}
        self.written: list[Operation] = []
        outcomes = [self._take_item(item, op) for item, op in zip(items, read, strict=True)]
        Operation.objects.bulk_create(self.written)
        self.book.end()
        return outcomes

    def _read(self, item) -> Op | Outcome:
        try:
            return read_operation(item, self.batch)
        except ValidationError as refusal:
            return rejected(refusal)

    def _open_book(self, operations: list[Op]) -> Book:
        entities = [op.entry for op in operations if op.entry]
        book = Book(self.user, self.workspace, entities, min((op.stamp for op in operations), default=""))
        book.work.want(operations)
        return book

    def _take_item(self, item, op: Op | Outcome) -> Outcome:
        told = self.known.get(operation_id(item))
        if told:
            return Outcome("duplicate", told.code, told.message, told.status)
        if isinstance(op, Outcome):
            return op
        try:
            return self._take(op)
        except OperationalError:
            raise
        except Exception:
            # Whatever is wrong with one must not hold up the others; it is not written down, so it may be tried again.
            logger.exception("operation %s (%s) failed", op.op, op.kind)
            return Outcome(Status.REJECTED, "internal", _("The server could not do this. It has been noted."))

    def _take(self, op: Op) -> Outcome:
        for attempt in range(ATTEMPTS):
            try:
                outcome = self._in_one_transaction(op, attempt)
            except ValidationError as refusal:
                outcome = rejected(refusal)
                if op.kind not in MAKING:
                    self.book.read_again(op.entry)
            except IntegrityError:
                # A page has made it meanwhile, or a timer runs that is not known here.
                continue
            self._write(op, outcome)
            return outcome
        return rejected(ValidationError(_("This id is taken. Make a new one."), code="bad_id"))

    def _in_one_transaction(self, op: Op, attempt: int) -> Outcome:
        """All that one operation does, or nothing of it."""
        with transaction.atomic():
            self.book.open()
            if attempt and op.kind == "timer.start":
                timers.stop_the_live_one(self.user, op.second)
            outcome = self._do(op)
        self.book.close()
        return outcome

    def _write(self, op: Op, outcome: Outcome) -> None:
        """Its line in the ledger, which is written in the commit that makes the operation last."""
        row = Operation(
            workspace=self.workspace, user=self.user, op=op.op, device=self.batch.device, seq=op.seq, kind=op.kind,
            entity=op.entity, at=op.at, status=outcome.status, code=outcome.code, message=outcome.message,
            waiting_data=op.data_as_json() if outcome.status == Status.DEFERRED else None,
            received_at=self.batch.received_at,
        )  # fmt: skip
        self.known[op.op] = row
        if outcome.status == Status.DEFERRED or op.entry is None:
            # The next one may be what it waits for, or a tick of the same task, which looks for later ones.
            row.insert()
        else:
            self.written.append(row)

    # ── By kind ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, op: Op) -> Outcome:
        if op.entry is None:
            return APPLIED if ticks.tick(self.workspace, op) else newer()
        entry = self.book.entry(op.entry)
        if entry is None:
            return self._make(op) if op.kind in MAKING else self._wait(op)
        self._note(entry)
        if self.book.waits_for(entry):
            # A page has made it meanwhile.
            self._go_on_with_those_that_waited(entry)
        outcome = self._make_again(op, entry) if op.kind in MAKING else self._change(entry, op)
        self._note(entry)
        return outcome

    def _wait(self, op: Op) -> Outcome:
        if op.base or self.book.is_gone(op.entry):
            raise gone()
        self.book.wait_for(op.entity)
        return DEFERRED

    def _make_again(self, op: Op, entry: TimeEntry) -> Outcome:
        """It is there already: what is told of it counts."""
        op, outcome = self._without_lost_work(op)
        if op.kind == "timer.start":
            for changed in timers.start(entry, op, self.book):
                self._note(changed)
        return outcome if entries.update(entry, op, self.book) else newer()

    def _make(self, op: Op) -> Outcome:
        if self.book.is_gone(op.entry):
            raise gone()
        op, outcome = self._without_lost_work(op)
        entry = entries.draft(op, self.book)
        if op.kind == "entry.create":
            entries.create(entry, op, self.book)
            self._note(entry)
        else:
            for changed in timers.start(entry, op, self.book):
                self._note(changed)
            if op.data.get("tags"):
                save_tags(entry, op.data["tags"])
        if self.book.waits_for(entry):
            self._go_on_with_those_that_waited(entry)
        return outcome

    def _without_lost_work(self, op: Op) -> tuple[Op, Outcome]:
        """A timer starts, also on a project that is gone: without it then."""
        if op.kind != "timer.start":
            return op, APPLIED
        try:
            self.book.work.find(op.data)
        except ValidationError as refusal:
            data = op.data | {"project": None, "task": None}
            return replace(op, data=data), replace(rejected(refusal), status=Status.MERGED)
        return op, APPLIED

    def _change(self, entry: TimeEntry, op: Op) -> Outcome:
        if op.kind == "entry.update":
            changed = entries.update(entry, op, self.book)
        elif op.kind in ("entry.delete", "timer.discard"):
            changed = entries.throw_away(entry, op, self.book)
        elif op.kind == "entry.restore":
            changed = entries.take_back(entry, op)
        else:
            kept = timers.press(entry, op, self.book)
            return Outcome(Status.MERGED, kept, str(KEPT[kept])) if kept else APPLIED
        return APPLIED if changed else newer()

    def _go_on_with_those_that_waited(self, entry: TimeEntry) -> None:
        """What was told of the entry before it was made."""
        waiting = Operation.objects.filter(
            workspace=self.workspace, user=self.user, entity=str(entry.pk), status=Status.DEFERRED
        ).exclude(waiting_data=None)
        for row in sorted(waiting, key=lambda row: (row.at, row.op.hex)):
            op = Op(row.op, row.kind, row.entity, row.at, row.seq, data=Op.data_from_json(row.waiting_data))
            try:
                self._change(entry, op)
            except ValidationError as refusal:
                logger.info("operation %s waited in vain: %s", op.op, refusal)
            Operation.objects.filter(pk=row.pk).update(waiting_data=None)
        self._note(entry)

    def _note(self, entry: TimeEntry) -> None:
        """Remember where this entry lies, and lay, to look at what is odd afterwards."""
        extents = self.changed.setdefault(entry.pk, [])
        extents.append((entry.started_at, entry.ended_at))
        if hasattr(entry, "extent_before"):
            extents.append(entry.extent_before)
