"""The log of events only grows."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.activity.models import AuditEvent, record
from apps.core import days


@pytest.fixture
def event(alice):
    return record("client.created", alice.client, actor=alice.owner, name="alice client")


def test_an_event_says_who_did_what_to_which_row(alice, event):
    found = alice.workspace.audit_events.about(alice.client).get()
    assert (found.verb, found.actor, found.facts) == ("client.created", alice.owner, {"name": "alice client"})
    assert (found.kind, found.row) == ("clients.client", str(alice.client.pk))


def test_an_event_happens_now_unless_it_is_written_down_later(alice, event):
    past = days.now() - timedelta(days=40)
    assert record("client.met", alice.client, at=past).at == past
    assert abs(event.at - days.now()) < timedelta(minutes=5)


def test_an_event_cannot_be_changed(event):
    event.verb = "client.deleted"
    with pytest.raises(ValidationError):
        event.save()
    with pytest.raises(ValidationError):
        AuditEvent.objects.filter(pk=event.pk).update(verb="client.deleted")
    with pytest.raises(ValidationError):
        AuditEvent.objects.bulk_update([event], ["verb"])
    assert AuditEvent.objects.get().verb == "client.created"


def test_an_event_cannot_be_deleted(event):
    with pytest.raises(ValidationError):
        event.delete()
    with pytest.raises(ValidationError):
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == 1


def test_an_event_goes_with_the_change_that_it_tells_of(alice):
    with transaction.atomic():
        record("client.created", alice.client)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


def test_events_of_another_row_are_not_told(alice, event):
    assert not alice.workspace.audit_events.about(alice.project).exists()
