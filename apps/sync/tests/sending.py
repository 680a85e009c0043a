"""Devices that send, and the state of everything that they may have changed, for comparing."""

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.test import Client

from apps.core.identifiers import uuid7
from apps.projects.models import Task
from apps.workbench.models import ProjectTotal, TimeEntry, TimeSlice

BATCH = "/api/v1/sync/batch"
SESSION = "/api/v1/sync/session"


def new_id() -> str:
    """An id as a device makes it."""
    return str(uuid7())


def iso(at: datetime) -> str:
    """As JavaScript writes an instant."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass(frozen=True)
class Said:
    """An operation as it truly happened: `at` by the true clock."""

    kind: str
    entity: str | int
    at: datetime
    data: dict = field(default_factory=dict)
    op: str = field(default_factory=new_id)


@dataclass
class Device:
    """A device of somebody, whose clock is `fast` by so much, and which knows that (`measured`)."""

    client: Client
    user: int
    fast: timedelta = timedelta(0)
    measured: bool = True
    seq: int = 0
    cursor: str | None = None

    def body(self, *said: Said, **more) -> dict:
        """A batch of these."""
        self.seq += len(said)
        ops = [
            {
                "op": one.op, "seq": self.seq + number, "kind": one.kind, "entity": one.entity, "base": None,
                "at": iso(one.at + self.fast), "data": one.data,
                "offset_ms": -round(self.fast / timedelta(milliseconds=1)) if self.measured else 0,
            }
            for number, one in enumerate(said)
        ]  # fmt: skip
        return {"schema": 1, "user": self.user, "device": "test", "cursor": self.cursor, "ops": ops} | more

    def post(self, body, **more):
        """The answer to a body, which may be anything."""
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(BATCH, text, content_type=more.pop("content_type", "application/json"), **more)

    def send(self, *said: Said) -> list[dict]:
        """The results."""
        answer = self.post(self.body(*said))
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def statuses(self, *said: Said) -> list[str]:
        """The statuses alone."""
        return [result["status"] for result in self.send(*said)]


def state_of(workspace) -> dict:
    """All that operations may have changed, without what differs each time."""
    entries = TimeEntry.with_trash.filter(workspace=workspace).order_by("started_at", "note", "pk")
    slices = TimeSlice.objects.filter(workspace=workspace).order_by("entry", "day")
    totals = ProjectTotal.objects.filter(workspace=workspace, seconds__gt=0).order_by("project", "currency")
    return {
        "entries": {
            str(entry.pk): (
                entry.note, entry.project_id, entry.task_id, entry.billable, entry.rate_minor, entry.needs_review,
                entry.started_at, entry.ended_at, entry.deleted_at is not None, entry.running_for_id,
                tuple(sorted(tag.name for tag in entry.tags.all())),
                tuple((part.kind, part.started_at, part.ended_at) for part in entry.segments.order_by("started_at")),
            )
            for entry in entries
        },
        "slices": {(str(one.entry_id), one.day): (one.seconds, one.amount_minor, one.project_id) for one in slices},
        "totals": {(row.project_id, row.currency): (row.seconds, row.unbilled_minor) for row in totals},
        "tasks": {task.pk: (task.status, task.completed_at) for task in Task.objects.filter(workspace=workspace)},
    }  # fmt: skip


def uuid_from(chance: random.Random) -> str:
    """A UUIDv7 from a seed."""
    value = chance.getrandbits(128)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return str(uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62)))
