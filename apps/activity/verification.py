"""Walks a workspace's chain of events from its beginning and finds the first one that is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Subquery

from apps.activity.chain import GENESIS
from apps.activity.models import AuditEvent, AuditHead

PAGE = 1000

CHANGED = "was changed"
MISSING = "is missing"
PUT_IN = "was put in"
CUT_OFF = "is missing: the end of the chain was cut off"
NO_HEAD = "has no head of the chain after it"


@dataclass(frozen=True)
class Fault:
    """The position of the first wrong event, and what is wrong with it."""

    position: int
    what: str

    def __str__(self) -> str:
        return f"event {self.position} {self.what}"


@dataclass(frozen=True)
class Finding:
    """How many events the chain should have, the hash of its head, and its first fault."""

    events: int
    hash: str
    fault: Fault | None


def verify(workspace_id: int) -> Finding:
    """Check the chain, in flat memory, while others may add to it."""
    head = AuditHead.objects.filter(workspace=workspace_id).first() or AuditHead(workspace_id=workspace_id)
    fault = _first_fault(_events(workspace_id, until=head.position), head) or _beyond(workspace_id)
    return Finding(head.position, head.hash, fault)


def _events(workspace_id: int, until: int) -> Iterator[AuditEvent]:
    """The chain's events in their order. Page by page: MariaDB's driver would bring all of them at once."""
    ordered = AuditEvent.objects.filter(workspace=workspace_id, position__lte=until).order_by("position")
    page = list(ordered[:PAGE])
    while page:
        yield from page
        page = list(ordered.filter(position__gt=page[-1].position)[:PAGE])


def _first_fault(events: Iterator[AuditEvent], head: AuditHead) -> Fault | None:
    expected, last_hash = 1, GENESIS
    for event in events:
        if fault := _fault(event, expected, last_hash):
            return fault
        expected, last_hash = expected + 1, event.hash
    if expected <= head.position:
        return Fault(expected, CUT_OFF)
    return None if last_hash == head.hash else Fault(head.position, CHANGED)


def _fault(event: AuditEvent, expected: int, last_hash: str) -> Fault | None:
    """What is wrong with the event that should stand at `expected` and follow `last_hash`."""
    if event.position != expected:
        return Fault(expected, MISSING) if event.position > expected else Fault(event.position, PUT_IN)
    if event.digest() == event.hash:
        # Whole in itself: if it does not follow, the one before it was changed and given a hash that fits.
        return None if event.previous_hash == last_hash else Fault(max(1, expected - 1), CHANGED)
    # It may be whole at the position that it had before others were renumbered.
    if event.digest(position=expected + 1) == event.hash:
        return Fault(expected, MISSING)
    if event.digest(position=expected - 1) == event.hash:
        return Fault(expected - 1, PUT_IN)
    return Fault(expected, CHANGED)


def _beyond(workspace_id: int) -> Fault | None:
    """What stands after the head, asked for together with it: somebody may be adding an event just now."""
    heads = AuditHead.objects.filter(workspace=workspace_id)
    events = AuditEvent.objects.filter(workspace=workspace_id)
    if not heads.exists():
        last = events.order_by("-position").first()
        return Fault(last.position, NO_HEAD) if last else None
    beyond = events.filter(position__gt=Subquery(heads.values("position"))).order_by("position").first()
    return Fault(beyond.position, PUT_IN) if beyond else None
