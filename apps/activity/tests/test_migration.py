"""Events from before there was a chain are chained when the installation is brought up to date."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.activity.models import AuditEvent, record
from apps.activity.verification import verify

BEFORE = ("activity", "0002_alter_auditevent_at")


@pytest.mark.django_db(transaction=True)
def test_what_was_recorded_before_is_chained_in_its_order(alice, charlie):
    call_command("migrate", *BEFORE, verbosity=0)
    old = MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model("activity", "AuditEvent")
    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    old.objects.bulk_create(
        old(
            workspace_id=world.workspace.pk, actor_id=world.owner.pk if number % 2 else None, verb="noted",
            kind="clients.client", row=str(number), facts={"text": "🧾", "number": number}, at=at,
        )
        for number in range(1200)
        for world in (alice, charlie)
    )  # fmt: skip
    call_command("migrate", "activity", verbosity=0)
    for world in (alice, charlie):
        events = world.workspace.audit_events.order_by("pk")
        assert list(events.values_list("position", flat=True)) == list(range(1, 1201))
        assert [event.acted_by for event in events[:2]] == ["", f"{world.owner.pk} {world.owner.email}"]
        assert verify(world.workspace.pk).fault is None
        assert record("noted", world.client).position == 1201
    assert AuditEvent.objects.count() == 2402
