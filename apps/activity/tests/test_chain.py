"""Each event carries the hash of the one before it, over a form that every database gives back as it got it."""

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from apps.activity.chain import GENESIS, digest
from apps.activity.models import AuditEvent, AuditHead, record
from apps.activity.verification import verify
from apps.clients.models import Client


def test_events_of_a_workspace_are_numbered_and_linked(alice, charlie):
    for verb in ("first", "second", "third"):
        record(verb, alice.client)
        record(verb, charlie.client)
    for world in (alice, charlie):
        events = list(world.workspace.audit_events.order_by("pk"))
        assert [event.position for event in events] == [1, 2, 3]
        assert [event.previous_hash for event in events] == [GENESIS, events[0].hash, events[1].hash]
        head = AuditHead.objects.get(workspace=world.workspace)
        assert (head.position, head.hash) == (3, events[2].hash)
    assert not set(alice.workspace.audit_events.values_list("hash")) & set(
        charlie.workspace.audit_events.values_list("hash")
    )


def test_the_hash_is_what_the_form_says(alice):
    """Worked out here from the words of `chain` alone: whoever holds a copy of the log can do the same."""
    at = datetime(2026, 5, 4, 11, 30, 0, 120, tzinfo=timezone(timedelta(hours=2)))
    event = record("paid", alice.client, actor=alice.owner, at=at, note="café", amount_minor=5)
    written = (
        f'{{"acted_by":"{alice.owner.pk} alice@example.com","at":"2026-05-04T09:30:00.000120+00:00",'
        f'"facts":{{"amount_minor":5,"note":"caf\\u00e9"}},"form":1,"kind":"clients.client","position":1,'
        f'"previous_hash":"{"0" * 64}","row":"{alice.client.pk}","verb":"paid","workspace":{alice.workspace.pk}}}'
    )
    assert event.hash == hashlib.sha256(written.encode("ascii")).hexdigest()


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "🧾 paid, 日本語, مرحبا, e\u0301"},
        {"text": "a\x00b\tc \\ \" ' \u2028 \u202e", "": "no name"},
        {"zero": 0, "greatest": 2**63 - 1, "least": 1 - 2**63, "flag": True, "nothing": None},
        {"b": 1, "a": {"z": [], "y": {}}, "10": 1, "9": [{"q": 2, "p": 1}, "x"]},
        {"number_as_text": "1.10", "day": "2026-05-04", "long": "ä" * 10_000},
        {},
    ],
    ids=["scripts", "odd signs", "numbers", "order of names", "texts", "nothing"],
)
def test_an_event_comes_back_from_the_database_with_the_same_hash(alice, facts):
    record("noted", alice.client, actor=alice.owner, **facts)
    event = AuditEvent.objects.get()
    assert event.facts == facts
    assert event.digest() == event.hash
    assert verify(alice.workspace.pk).fault is None


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 5, 4, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 5, 4, 9, 30, 0, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
    ids=str,
)
def test_the_instant_is_kept_to_the_microsecond(alice, at):
    record("noted", alice.client, at=at)
    event = AuditEvent.objects.get()
    assert event.at == at
    assert event.digest() == event.hash


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        Decimal("1.5"),
        date(2026, 5, 4),
        datetime(2026, 5, 4, tzinfo=UTC),
        2**63,
        {"deep": [0.1]},
        {1: "a number as a name"},
        b"bytes",
    ],
    ids=repr,
)
def test_what_a_database_might_give_back_otherwise_is_refused(alice, value):
    with pytest.raises(TypeError, match="facts.value"):
        record("noted", alice.client, value=value)
    assert not AuditEvent.objects.exists()


def test_who_did_it_is_known_after_the_person_is_deleted(alice, bob):
    record("noted", alice.client, actor=bob)
    key = bob.pk
    bob.delete()
    event = AuditEvent.objects.get()
    assert (event.actor, event.acted_by) == (None, f"{key} bob@example.com")
    assert verify(alice.workspace.pk).fault is None


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda fields: AuditEvent(**fields).save(), id="save"),
        pytest.param(lambda fields: AuditEvent.objects.create(**fields), id="create"),
        pytest.param(lambda fields: AuditEvent.objects.get_or_create(**fields), id="get or create"),
        pytest.param(lambda fields: AuditEvent.objects.bulk_create([AuditEvent(**fields)]), id="bulk create"),
        pytest.param(lambda fields: fields["workspace"].audit_events.bulk_create([AuditEvent(**fields)]), id="related"),
    ],
)
def test_nothing_but_record_adds_an_event(alice, write):
    with pytest.raises(ValidationError):
        write({"workspace": alice.workspace, "verb": "noted", "kind": "clients.client", "row": "1", "position": 1})
    assert not AuditEvent.objects.exists()


def test_an_event_costs_the_same_few_statements_whatever_was_before(alice, django_assert_num_queries):
    """A savepoint and its release, the head, the event, the head again."""
    client = Client.objects.get(pk=alice.client.pk)
    for _each in range(3):
        record("noted", client)
    with django_assert_num_queries(5):
        record("noted", client)


def test_the_form_of_old_events_stands():
    """Whoever changes form 1 breaks every chain that is there."""
    event = {"workspace": 7, "position": 3, "acted_by": "1 ada@example.com", "verb": "issued", "row": "9"}
    event |= {"kind": "invoicing.invoice", "facts": {"number": "INV-2026-001", "total_minor": 8000}}
    event |= {"at": datetime(2026, 5, 4, 9, 30, tzinfo=UTC), "previous_hash": GENESIS}
    assert digest(**event) == "2e648ba949490410b0669708f4869ff64d2cea5ea4c8312a645e8882d4f2a991"
