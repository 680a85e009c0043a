"""The batch as a device sends it, and each operation in it, typed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.sync.reading import (
    LARGEST,
    Reader,
    flag,
    identifier,
    instant,
    on_our_clock,
    optional,
    own_identifier,
    refuse,
    text,
    texts,
    typed_instant,
    whole,
)
from apps.workbench.forms import NOTE_LENGTH
from apps.workbench.models.presses import stamp
from apps.workbench.models.segments import check_span

SCHEMA = 1
MOST_OPERATIONS = 500
MOST_TAGS = 20
TAG_LENGTH = 40
LONGEST_OFFSET_MS = 200 * 366 * 86_400_000
# The kinds that make an entry, where it is not known.
MAKING = ("timer.start", "entry.create")

FACTS: dict[str, Reader] = {
    "note": text(NOTE_LENGTH),
    "project": optional(whole(1)),
    "task": optional(whole(1)),
    "billable": optional(flag),
    "tags": texts(MOST_TAGS, TAG_LENGTH),
}
STARTED: dict[str, Reader] = {"started_at": typed_instant}
ENDED: dict[str, Reader] = {"ended_at": typed_instant}

# What each kind may say in its `data`.
KINDS: dict[str, Mapping[str, Reader]] = {
    "timer.start": FACTS | STARTED,
    "timer.stop": ENDED,
    "timer.pause": {},
    "timer.resume": {},
    "timer.break": {},
    "timer.break_stop": {},
    "timer.discard": {},
    "entry.create": FACTS | STARTED | ENDED,
    "entry.update": FACTS | STARTED | ENDED,
    "entry.delete": {},
    "entry.restore": {},
    "task.complete": {},
    "task.reopen": {},
}


@dataclass(frozen=True)
class Op:
    """One operation. `at` is on the server's clock; `entity` a time entry's UUID, or a task's number as text."""

    op: uuid.UUID
    kind: str
    entity: str
    at: datetime
    seq: int = 0
    base: str | None = None
    data: dict = field(default_factory=dict)

    @property
    def entry(self) -> uuid.UUID | None:
        """The time entry that it is about; None for one about a task."""
        return None if self.kind.startswith("task.") else uuid.UUID(self.entity)

    @property
    def stamp(self) -> str:
        """Its place in the order of all operations."""
        return stamp(self.at, self.op)

    @property
    def second(self) -> datetime:
        """When it was, cut to the whole second."""
        return self.at.replace(microsecond=0)

    def data_as_json(self) -> dict:
        """Its data as it can be kept."""
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in self.data.items()}

    @staticmethod
    def data_from_json(kept: dict) -> dict:
        """What `data_as_json` kept."""
        return {name: datetime.fromisoformat(value) if name.endswith("_at") else value for name, value in kept.items()}


@dataclass(frozen=True)
class Batch:
    """What a device sent at once; the operations still as they came."""

    user: int
    workspace: int | None
    device: str
    cursor: str | None
    offset: timedelta
    received_at: datetime
    items: list


def read_batch(body: dict, received_at: datetime) -> Batch:
    """The envelope. Raises ValidationError for the whole request."""
    schema = whole()("schema", body.get("schema"))
    if schema < SCHEMA:
        raise ValidationError(_("This device runs an old version. Please reload the page."), code="schema_old")
    if schema > SCHEMA:
        raise ValidationError(_("The server does not know this version yet."), code="schema_new")
    items = body.get("ops")
    if not isinstance(items, list):
        refuse("ops", _("a list is expected."), "bad_list")
    if len(items) > MOST_OPERATIONS:
        text_of = _("Send %(most)d operations at most.") % {"most": MOST_OPERATIONS}
        raise ValidationError(text_of, code="too_many_operations")
    sent_at = optional(instant)("sent_at", body.get("sent_at"))
    return Batch(
        user=whole(1)("user", body.get("user")),
        workspace=optional(whole(1))("workspace", body.get("workspace")),
        device=text(64)("device", body.get("device") or ""),
        cursor=optional(text(80))("cursor", body.get("cursor")),
        offset=received_at - sent_at if sent_at else timedelta(0),
        received_at=received_at,
        items=items,
    )


def read_operation(item, batch: Batch) -> Op:
    """One operation. Raises ValidationError for it alone."""
    if not isinstance(item, dict):
        raise ValidationError(_("An object is expected."), code="bad_operation")
    op = own_identifier("op", item.get("op"))
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValidationError(_("This kind of operation is not known."), code="unknown_kind")
    offset_ms = optional(whole(-LONGEST_OFFSET_MS, LONGEST_OFFSET_MS))("offset_ms", item.get("offset_ms"))
    offset = batch.offset if offset_ms is None else timedelta(milliseconds=offset_ms)
    found = Op(
        op=op,
        kind=kind,
        entity=_entity(kind, item.get("entity")),
        at=on_our_clock(instant("at", item.get("at")), offset, batch.received_at),
        seq=whole(0, LARGEST)("seq", item.get("seq", 0)),
        base=optional(text(40))("base", item.get("base")),
        data=read_data(kind, item.get("data")),
    )
    _check_times(found)
    return found


def operation_id(item) -> uuid.UUID | None:
    """The id of an operation that may be wrong otherwise, if it has one."""
    try:
        return own_identifier("op", item.get("op")) if isinstance(item, dict) else None
    except ValidationError:
        return None


def read_data(kind: str, data) -> dict:
    """The fields that the kind may have."""
    if data is None:
        data = {}
    if not isinstance(data, dict):
        refuse("data", _("an object is expected."), "bad_data")
    for name in data:
        if name not in KINDS[kind]:
            raise ValidationError(_("This kind of operation has no such field."), code="unknown_field")
    return {name: KINDS[kind][name](name, value) for name, value in data.items()}


def _entity(kind: str, value) -> str:
    if kind.startswith("task."):
        return str(whole(1)("entity", value))
    return str((own_identifier if kind in MAKING else identifier)("entity", value))


def _check_times(op: Op) -> None:
    """Start and end fit together, as far as can be said without knowing the entry; a timer's are made to fit."""
    started_at, ended_at = op.data.get("started_at"), op.data.get("ended_at")
    if op.kind.startswith("timer."):
        op.data.update({name: min(op.data[name], op.second) for name in ("started_at", "ended_at") if name in op.data})
    elif op.kind == "entry.create" and not (started_at and ended_at):
        raise ValidationError(_("Say when it began and when it ended."), code="missing_time")
    elif ended_at and not started_at:
        raise ValidationError(_("Send the start with the end."), code="missing_time")
    elif started_at and ended_at:
        check_typed_span(started_at, ended_at)
    elif started_at and started_at > op.second:
        raise ValidationError(_("The timer cannot start in the future."), code="future")


def check_typed_span(started_at: datetime, ended_at: datetime) -> None:
    """Raise ValidationError, with a code of its own, for what `check_span` refuses."""
    try:
        check_span(started_at, ended_at)
    except ValidationError as refusal:
        raise ValidationError(" ".join(refusal.messages), code="bad_span") from refusal
