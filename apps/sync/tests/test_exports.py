"""Exports: what stands in them, who gets what, that nothing in them is a formula, and that memory stays flat."""

import csv
import json
import tracemalloc
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.models import Client
from apps.core import days
from apps.projects.models import Tag
from apps.sync import datasets
from apps.sync.datasets import DATASETS
from apps.sync.tests.conftest import NOON
from apps.workbench.models import TimeEntry
from workhub.tests.worlds import fill

pytestmark = pytest.mark.usefixtures("clock")


def content(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def url(name: str, kind: str) -> str:
    return f"/api/v1/exports/{name}.{kind}"


def objects(client, name: str) -> list[dict]:
    return json.loads(content(client.get(url(name, "json"))))


def table(client, name: str) -> list[dict]:
    text = content(client.get(url(name, "csv"))).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def log(world, start, end, **more) -> TimeEntry:
    return TimeEntry.log(user=world.owner, workspace=world.workspace, started_at=start, ended_at=end, **more)


def test_time_says_when_what_for_and_what_it_is_worth(as_alice, alice):
    entry = log(alice, NOON, NOON + timedelta(minutes=50), task=alice.task, note="Draft", billable=True)
    entry.tags.set(Tag.objects.named(alice.workspace, ["deep", "call"]))
    log(alice, NOON + timedelta(hours=2), NOON + timedelta(hours=3))
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="live")
    first, second = objects(as_alice, "time")
    assert first == {
        "id": str(entry.pk), "person": "Alice", "start": "2026-05-04T14:00:00+02:00",
        "end": "2026-05-04T14:50:00+02:00", "duration": 3000, "hours": "0.833333", "client": "alice client",
        "project": "alice project", "task": "alice task", "note": "Draft", "tags": "call, deep", "billable": True,
        "billed": False, "rate": "80.00", "amount": "66.67", "currency": "EUR", "timezone": "Europe/Berlin",
    }  # fmt: skip
    assert (second["project"], second["rate"], second["amount"]) == ("", None, None)
    assert table(as_alice, "time")[0]["Duration"] == "0:50:00"


def test_time_is_in_order_person_by_person_whenever_it_was_written_down(as_alice, alice, bob, monkeypatch):
    monkeypatch.setattr(datasets, "PAGE", 2)
    for hour in (3, 0, 2, 2, 1):
        log(alice, NOON + timedelta(hours=hour), NOON + timedelta(hours=hour, minutes=30), note=str(hour))
    TimeEntry.log(user=bob, workspace=alice.workspace, started_at=NOON, ended_at=NOON + timedelta(hours=1), note="bob")
    assert [row["note"] for row in objects(as_alice, "time")] == ["0", "1", "2", "2", "3", "bob"]


def test_every_set_of_data_is_there_in_every_kind(as_alice, alice, clock):
    fill(alice)
    for name, dataset in DATASETS.items():
        clock.shift(timedelta(minutes=1))
        found = objects(as_alice, name)
        assert found, name
        assert list(found[0]) == [column.name for column in dataset.columns]
        assert len(table(as_alice, name)) == len(found)
        assert content(as_alice.get(url(name, "xlsx")))[:2] == b"PK"


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_everything_is_a_zip_with_a_file_of_each(as_alice, alice, kind):
    fill(alice)
    archive = zipfile.ZipFile(BytesIO(content(as_alice.get(url("everything", kind)))))
    assert archive.testzip() is None
    assert archive.namelist() == [f"{name}.{kind}" for name in DATASETS]
    if kind == "json":
        assert json.loads(archive.read("clients.json"))[0]["name"] == "alice client"


def test_a_member_gets_their_own_time_and_the_owner_everybodys(as_alice, client, alice, bob):
    log(alice, NOON, NOON + timedelta(hours=1), note="alice's")
    TimeEntry.log(
        user=bob, workspace=alice.workspace, started_at=NOON, ended_at=NOON + timedelta(hours=1), note="bob's"
    )
    assert {row["note"] for row in objects(as_alice, "time")} == {"alice's", "bob's"}
    client.force_login(bob)
    assert {row["note"] for row in objects(client, "time")} == {"bob's"}


def test_nothing_of_a_stranger_is_in_an_export(as_alice, alice, charlie):
    fill(alice)
    fill(charlie)
    for name in DATASETS:
        assert b"charlie" not in content(as_alice.get(url(name, "json"))).lower()


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_no_text_becomes_a_formula(as_alice, alice, text):
    Client.objects.filter(pk=alice.client.pk).update(name=text, notes=text)
    [row] = table(as_alice, "clients")
    assert row["Name"].startswith("'")
    assert row["Notes"].startswith("'")
    assert objects(as_alice, "clients")[0]["name"] == text


def test_what_is_thrown_away_is_not_exported(as_alice, alice):
    log(alice, NOON, NOON + timedelta(hours=1)).trash()
    assert objects(as_alice, "time") == []
    assert table(as_alice, "time") == []


@pytest.mark.parametrize("path", [url("secrets", "csv"), url("time", "pdf"), url("time", ""), "/api/v1/exports/time"])
def test_what_is_not_there_is_refused_in_json(as_alice, path):
    answer = as_alice.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_too_many_exports_have_to_wait(as_alice, monkeypatch):
    monkeypatch.setattr("apps.sync.views.exports.EXPORTS_A_MINUTE", 2)
    assert [as_alice.get(url("tasks", "csv")).status_code for _ in range(3)] == [200, 200, 429]


def grow(world, count: int) -> None:
    """So many entries of an hour, in bulk."""
    entries = [
        TimeEntry(
            workspace=world.workspace, user=world.owner, project=world.project, note=f"work {number}" * 8,
            currency="EUR", timezone="UTC", started_at=days.now(), ended_at=days.now(),
        )
        for number in range(count)
    ]  # fmt: skip
    TimeEntry.objects.bulk_create(entries, batch_size=500)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_five_times_the_rows_take_the_same_memory_and_as_many_questions_a_page(as_alice, alice, monkeypatch, kind):
    monkeypatch.setattr(datasets, "PAGE", 200)

    def cost() -> tuple[int, int, int]:
        answer = as_alice.get(url("time", kind))
        tracemalloc.start()
        with CaptureQueriesContext(connection) as captured:
            rows = sum(piece.count(b"work") for piece in answer.streaming_content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return rows // 8, len(captured), peak

    grow(alice, 600)
    cost()
    few = cost()
    grow(alice, 2400)
    many = cost()
    assert (few[0], many[0]) == (600, 3000)
    assert many[1] - few[1] <= 12 * 7
    assert many[2] < few[2] * 1.5 + 200_000
