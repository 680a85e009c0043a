"""A prepared question answers what its queryset answers, and puts its statement together once."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext

from apps.clients.models import Client
from apps.core import days
from apps.core.prepared import Prepared
from apps.workbench.models import TimeEntry

pytestmark = pytest.mark.django_db

ID, UUID, TIME, TEXT = models.BigIntegerField(), models.UUIDField(), models.DateTimeField(), models.TextField()


def entries(world, *notes: str) -> list[TimeEntry]:
    now = days.now()
    made = [
        TimeEntry(
            workspace=world.workspace, user=world.owner, note=note, timezone="UTC", currency="EUR",
            started_at=now - timedelta(hours=hours), ended_at=now - timedelta(hours=hours - 1),
        )
        for hours, note in enumerate(notes, start=1)
    ]  # fmt: skip
    for entry in made:
        entry.insert()
    return made


def test_it_answers_what_the_queryset_answers(alice):
    first, second = entries(alice, "50% off ünï", "second")

    def build(pk, note, since, person):
        joined = TimeEntry.objects.filter(user=person).select_related("user").order_by("started_at")
        return joined.filter(note=note, started_at__gte=since).exclude(pk=pk)

    prepared = Prepared(build, UUID, TEXT, TIME, ID)
    for values in [
        (second.pk, first.note, first.started_at, alice.owner.pk),
        (first.pk, first.note, first.started_at, alice.owner.pk),
        (first.pk, "second", second.started_at, alice.owner.pk),
        (first.pk, "second", days.now(), alice.owner.pk),
        (first.pk, "second", second.started_at, alice.owner.pk + 1000),
    ]:
        expected = list(build(*values))
        assert prepared(*values) == expected
        assert prepared.first(*values) == (expected[0] if expected else None)


def test_rows_come_with_what_was_joined_and_worked_out(alice):
    (entry,) = entries(alice, "one")
    prepared = Prepared(
        lambda pk: TimeEntry.objects.filter(pk=pk).select_related("user").annotate(copy=models.F("note")), UUID
    )
    (found,) = prepared(entry.pk)
    with CaptureQueriesContext(connection) as asked:
        assert (found.user.email, found.copy) == (alice.owner.email, "one")
    assert not asked.captured_queries


def test_values_come_as_the_queryset_gives_them(alice):
    entries(alice, "a", "b")
    rows = Prepared(lambda user: TimeEntry.objects.filter(user=user).order_by("note").values_list("note", "pk"), ID)
    assert [note for note, _pk in rows(alice.owner.pk)] == ["a", "b"]
    flat = Prepared(
        lambda user: TimeEntry.objects.filter(user=user).order_by("-note").values_list("note", flat=True), ID
    )
    assert flat(alice.owner.pk) == ["b", "a"]


def test_each_question_is_asked_anew(alice):
    prepared = Prepared(lambda workspace: Client.objects.filter(workspace=workspace), ID)
    before = prepared(alice.workspace.pk)
    added = Client.objects.create(workspace=alice.workspace, name="New")
    assert set(prepared(alice.workspace.pk)) == {*before, added}


def test_the_queryset_is_built_once(alice):
    built = []

    def build(pk):
        built.append(pk)
        return Client.objects.filter(pk=pk)

    prepared = Prepared(build, ID)
    for number in range(3):
        prepared(number)
    assert len(built) == 1


def test_a_thread_has_its_own(alice):
    prepared = Prepared(lambda pk: Client.objects.filter(pk=pk), ID)
    prepared(1)
    found: list = []

    def ask():
        try:
            found.append(prepared._prepared()[1].connection)
        finally:
            connections.close_all()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert prepared._prepared()[1].connection is connections["default"]
    assert found
    assert found[0] is not connections["default"]


def test_what_cannot_be_prepared_is_refused(alice):
    prepared = Prepared(lambda pk: Client.objects.filter(pk=pk), ID)
    with pytest.raises(ValueError, match="None"):
        prepared(None)
    with pytest.raises(TypeError, match="1 values"):
        prepared(1, 2)
    with pytest.raises(TypeError, match="prefetch"):
        Prepared(lambda pk: Client.objects.filter(pk=pk).prefetch_related("projects"), ID)(1)
