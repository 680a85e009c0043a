"""What the processes of the chain's races do; each function returns something that JSON can carry."""

from django.db import DatabaseError

from apps.activity.models import AuditEvent, AuditHead, record
from apps.activity.verification import verify
from apps.clients.models import Client
from apps.core.transactions import atomic


def prepare(names: list[str]) -> dict[str, int]:
    """Workspaces without any event; the id of the client of each."""
    from conftest import make_world

    return {name: make_world(name).client.pk for name in names}


def add(client: int, events: int) -> int:
    """So many events, each in a transaction of its own; how many stand."""
    row = Client.objects.get(pk=client)
    return sum(_stands(lambda: record("noted", row, amount_minor=7)) for _each in range(events))


def add_without_lock(client: int, events: int) -> int:
    """The control: read where the chain ends, then write, as if nobody else were there."""
    row = Client.objects.get(pk=client)
    AuditHead.lock = classmethod(lambda cls, workspace: cls.objects.get_or_create(workspace_id=workspace)[0])
    chained = record.__wrapped__
    return sum(_stands(lambda: chained("noted", row, amount_minor=7)) for _each in range(events))


def _stands(write) -> bool:
    try:
        write()
    except DatabaseError:
        return False
    return True


@atomic
def facts(client: int) -> dict:
    """How the chain stands afterwards."""
    workspace = Client.objects.get(pk=client).workspace
    finding = verify(workspace.pk)
    positions = workspace.audit_events.order_by("position").values_list("position", flat=True)
    return {
        "events": finding.events,
        "fault": str(finding.fault),
        "positions": list(positions),
        "links": AuditEvent.objects.filter(workspace=workspace).values("previous_hash").distinct().count(),
    }
