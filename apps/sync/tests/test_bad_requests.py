"""Whatever is sent, it is refused with a code, or its one operation is: never an error of the server, never a page."""

import json

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from apps.sync.models import Operation
from apps.sync.tests.conftest import NOON
from apps.sync.tests.sending import BATCH, SESSION, Device, Said, iso, new_id, state_of
from apps.workbench.models import TimeEntry

pytestmark = pytest.mark.usefixtures("clock")


def refused(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content[:300]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["message"]
    assert "Location" not in answer.headers


# ── The whole request ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_is_told_to_sign_in_without_being_sent_there(client, db):
    for answer in (client.get(SESSION), client.post(BATCH, "{}", content_type="application/json")):
        refused(answer, 401, "sign_in")


def test_a_session_needs_its_csrf_token_and_a_token_does_not(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice.owner)
    device = Device(browser, alice.owner.pk)
    refused(device.post(device.body()), 403, "csrf")
    token = browser.get(SESSION).json()["csrf_token"]
    assert device.post(device.body(), headers={"X-CSRFToken": token}).status_code == 200
    made = browser.post("/api/v1/token/", {"email": "alice@example.com", "password": "correct horse"},
                        content_type="application/json").json()  # fmt: skip
    other = Device(Client(enforce_csrf_checks=True), alice.owner.pk)
    bearer = {"Authorization": f"Bearer {made['access']}"}
    assert other.post(other.body(), headers=bearer).status_code == 200


def test_without_a_workspace_there_is_nothing_to_bring_in_line(client, db):
    from apps.accounts.models import User

    client.force_login(User.objects.create_user("dora@example.com", name="Dora"))
    refused(client.get(SESSION), 403, "no_workspace")


@pytest.mark.parametrize(
    ("method", "path"), [("get", BATCH), ("put", BATCH), ("post", SESSION), ("delete", "/api/v1/health")]
)
def test_another_method_is_refused_in_json(as_alice, method, path):
    answer = getattr(as_alice, method)(path)
    refused(answer, 405, "method")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/api/v1/sync/batch/", "/api/v1/token", "/api/v1/%00"])
def test_an_address_that_is_none_is_refused_in_json(as_alice, path):
    refused(as_alice.get(path), 404, "not_found")


def test_somebody_elses_queue_is_not_taken(device, bob, charlie):
    for user in (bob.pk, charlie.owner.pk, 10**12):
        body = device.body(Said("timer.start", new_id(), NOON), user=user)
        refused(device.post(body), 409, "other_user")
    assert not TimeEntry.objects.exists()


def test_the_queue_of_another_workspace_is_not_taken(device, charlie):
    body = device.body(Said("timer.start", new_id(), NOON), workspace=charlie.workspace.pk)
    refused(device.post(body), 409, "other_workspace")


def test_an_old_device_is_told_to_renew_itself_and_a_newer_one_that_we_are_old(device):
    refused(device.post(device.body(schema=0)), 426, "schema_old")
    refused(device.post(device.body(schema=2)), 400, "schema_new")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b" ", "bad_json"),
        (b"{", "bad_json"),
        (b"[]", "bad_json"),
        (b"null", "bad_json"),
        (b'"x"', "bad_json"),
        (b"\xff\xfe", "not_utf8"),
        ('{"device": "é"}'.encode()[:-3], "not_utf8"),
        (b"\x00", "bad_json"),
        (b'{"schema": NaN}', "bad_json"),
        (b'{"schema": Infinity}', "bad_json"),
        (b'{"schema": -Infinity}', "bad_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"ops":' * 100_000, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"schema": 1e400}', "bad_number"),
        (b'{"schema": ' + b"9" * 5000 + b"}", "bad_number"),
        (b'{"schema": true}', "bad_number"),
        (b'{"schema": "1"}', "bad_number"),
        (b"{}", "bad_number"),
        (b'{"schema": 1}', "bad_list"),
        (b'{"schema": 1, "ops": {}}', "bad_list"),
        (b'{"schema": 1, "ops": []}', "bad_number"),
        (b'{"schema": 1, "ops": [], "user": -1}', "bad_number"),
        (b'{"schema": 1, "ops": [], "user": 1.5}', "bad_number"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_code(device, body, code):
    refused(device.post(body), 400, code)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"device": 7}, "bad_text"),
        ({"device": "x" * 65}, "too_long"),
        ({"device": "\ud800"}, "bad_text"),
        ({"cursor": 7}, "bad_text"),
        ({"cursor": "2.7"}, "bad_cursor"),
        ({"cursor": "1." + "9" * 17}, None),
        ({"cursor": "1.-5"}, "bad_cursor"),
        ({"cursor": "1.5.00000000000000000000000000000000"}, None),
        ({"sent_at": "yesterday"}, "bad_time"),
        ({"sent_at": 7}, "bad_time"),
        ({"sent_at": "2026-02-30T00:00:00Z"}, "bad_time"),
        ({"workspace": "x"}, "bad_number"),
        ({"user": None}, "bad_number"),
        ({"more": {"than": ["asked"]}}, None),
    ],
)
def test_an_envelope_that_is_wrong_is_refused_with_a_code(device, more, code):
    answer = device.post(device.body(**more))
    if code:
        refused(answer, 400, code)
    else:
        assert answer.status_code == 200


def test_more_than_a_mebibyte_or_five_hundred_operations_is_too_much(device):
    refused(device.post(b" " * (2 * 2**20)), 413, "too_large")
    refused(device.post(device.body() | {"ops": [{}] * 501}), 413, "too_many_operations")
    assert device.post(device.body() | {"ops": [{}] * 500}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_is_not_sent_as_json_is_refused(device, kind):
    refused(device.post(device.body(), content_type=kind), 415, "not_json")


def test_too_many_batches_in_a_minute_have_to_wait(device, monkeypatch):
    cache.clear()
    monkeypatch.setattr("apps.sync.views.sync.BATCHES_A_MINUTE", 3)
    assert [device.post(device.body()).status_code for _ in range(3)] == [200] * 3
    answer = device.post(device.body())
    refused(answer, 429, "too_often")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_database_that_does_not_come_to_it_says_when_to_try_again(device, monkeypatch):
    def locked(*_arguments, **_more):
        raise OperationalError("database is locked")

    monkeypatch.setattr("apps.sync.sender.Sender._do", locked)
    answer = device.post(device.body(Said("timer.start", new_id(), NOON)))
    refused(answer, 503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


# ── One operation ─────────────────────────────────────────────────────────────────────────────────────────────────────

ENTITY = "01a2094b-32bd-7e0a-942d-2f63a0a288fe"
SPAN = {"started_at": "2026-05-04T08:00:00Z", "ended_at": "2026-05-04T09:00:00Z"}


def operation(**more) -> dict:
    good = {
        "op": new_id(),
        "seq": 1,
        "kind": "entry.create",
        "entity": ENTITY,
        "base": None,
        "at": iso(NOON),
        "offset_ms": 0,
        "data": SPAN,
    }
    return good | more


def result_of(device, item) -> dict:
    text = json.dumps(device.body() | {"ops": ["HERE"]}).replace(
        '"HERE"', item if isinstance(item, str) else json.dumps(item)
    )
    answer = device.post(text)
    assert answer.status_code == 200, answer.content
    [result] = answer.json()["results"]
    return result


BAD = [
    ({"op": None}, "bad_id"),
    ({"op": 7}, "bad_id"),
    ({"op": "x"}, "bad_id"),
    ({"op": {}}, "bad_id"),
    ({"op": "00000000-0000-0000-0000-000000000000"}, "bad_id"),
    ({"op": "ffffffff-ffff-ffff-ffff-ffffffffffff"}, "bad_id"),
    ({"op": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}, "bad_id"),
    ({"op": "{" + ENTITY + "}"}, "bad_id"),
    ({"entity": "not-a-uuid"}, "bad_id"),
    ({"entity": None}, "bad_id"),
    ({"entity": 5}, "bad_id"),
    ({"entity": []}, "bad_id"),
    ({"entity": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}, "bad_id"),
    ({"kind": "task.complete", "entity": ENTITY, "data": {}}, "bad_number"),
    ({"kind": "task.complete", "entity": -1, "data": {}}, "bad_number"),
    ({"kind": "task.complete", "entity": True, "data": {}}, "bad_number"),
    ({"kind": None}, "unknown_kind"),
    ({"kind": "timer.explode"}, "unknown_kind"),
    ({"kind": []}, "unknown_kind"),
    ({"kind": {}}, "unknown_kind"),
    ({"kind": "entry"}, "unknown_kind"),
    ({"kind": "\ud800"}, "unknown_kind"),
    ({"at": None}, "bad_time"),
    ({"at": 7}, "bad_time"),
    ({"at": "2026-02-30T09:00:00Z"}, "bad_time"),
    ({"at": "2026-05-04T25:00:00Z"}, "bad_time"),
    ({"at": "2026-05-04T09:00:00"}, "bad_time"),
    ({"at": "٢٠٢٦-05-04T09:00:00Z"}, "bad_time"),
    ({"at": "0001-01-01T00:00:00+23:59"}, "bad_time"),
    ({"at": "9999-12-31T23:59:59-23:59"}, "bad_time"),
    ({"at": "1970-01-01T00:00:00Z"}, "bad_time"),
    ({"at": "2026-05-04T09:00:00+99:00"}, "bad_time"),
    ({"at": "x" * 10_000}, "bad_time"),
    ({"offset_ms": "0"}, "bad_number"),
    ({"offset_ms": 1.5}, "bad_number"),
    ({"offset_ms": 10**15}, "bad_number"),
    ({"offset_ms": True}, "bad_number"),
    ({"seq": -1}, "bad_number"),
    ({"seq": "1"}, "bad_number"),
    ({"seq": 2**63}, "bad_number"),
    ({"base": 7}, "bad_text"),
    ({"base": "x" * 41}, "too_long"),
    ({"data": []}, "bad_data"),
    ({"data": "x"}, "bad_data"),
    ({"data": 7}, "bad_data"),
    ({"data": SPAN | {"user": 7}}, "unknown_field"),
    ({"data": {}}, "missing_time"),
    ({"data": None}, "missing_time"),
    ({"data": {"started_at": SPAN["started_at"]}}, "missing_time"),
    ({"data": SPAN | {"note": None}}, "bad_text"),
    ({"data": SPAN | {"note": 7}}, "bad_text"),
    ({"data": SPAN | {"note": ["x"]}}, "bad_text"),
    ({"data": SPAN | {"note": "\ud800"}}, "bad_text"),
    ({"data": SPAN | {"note": "a\udfffb"}}, "bad_text"),
    ({"data": SPAN | {"note": "a\x00b"}}, "bad_text"),
    ({"data": SPAN | {"project": "1"}}, "bad_number"),
    ({"data": SPAN | {"project": 0}}, "bad_number"),
    ({"data": SPAN | {"project": 2**63}}, "bad_number"),
    ({"data": SPAN | {"project": 10**18}}, "unknown_work"),
    ({"data": SPAN | {"task": 10**18}}, "unknown_work"),
    ({"data": SPAN | {"task": False}}, "bad_number"),
    ({"data": SPAN | {"billable": "yes"}}, "bad_flag"),
    ({"data": SPAN | {"billable": 1}}, "bad_flag"),
    ({"data": SPAN | {"tags": "deep"}}, "bad_list"),
    ({"data": SPAN | {"tags": ["x"] * 21}}, "bad_list"),
    ({"data": SPAN | {"tags": [""]}}, "bad_text"),
    ({"data": SPAN | {"tags": ["x" * 41]}}, "too_long"),
    ({"data": SPAN | {"tags": [None]}}, "bad_text"),
    ({"data": SPAN | {"tags": None}}, "bad_list"),
    ({"data": SPAN | {"started_at": None}}, "bad_time"),
    ({"data": SPAN | {"ended_at": "2026-05-04T07:00:00Z"}}, "bad_span"),
    ({"data": SPAN | {"ended_at": SPAN["started_at"]}}, "bad_span"),
    ({"data": SPAN | {"ended_at": "2026-05-05T09:00:01Z"}}, "bad_span"),
    ({"data": SPAN | {"ended_at": "2101-01-01T00:00:00Z"}}, "bad_time"),
    ({"data": SPAN | {"started_at": "1999-12-31T00:00:00Z"}}, "bad_time"),
    ({"kind": "timer.pause"}, "unknown_field"),
    ({"kind": "entry.update", "data": {"ended_at": SPAN["ended_at"]}}, "missing_time"),
    ({"kind": "entry.update", "data": {"started_at": "2026-05-04T13:00:00Z"}}, "future"),
]


@pytest.mark.parametrize(("more", "code"), BAD, ids=lambda value: str(value)[:60].encode("ascii", "replace").decode())
def test_an_operation_that_is_wrong_is_refused_with_a_code_and_changes_nothing(device, alice, more, code):
    before = state_of(alice.workspace)
    result = result_of(device, operation(**more))
    assert (result["status"], result["code"]) == ("rejected", code)
    assert result["message"]
    assert state_of(alice.workspace) == before


@pytest.mark.parametrize(
    "item", ["null", "7", '"x"', "[]", "true", "{}", "1e999", "9" * 5000, "[[[[[[]]]]]]", '{"op": ' + "9" * 5000 + "}"]
)
def test_what_is_no_operation_is_refused_by_itself(device, item):
    assert result_of(device, item)["status"] == "rejected"


@pytest.mark.parametrize("value", ["9" * 5000, "-" + "9" * 5000, "1e400", "-1e400", "0.1"])
@pytest.mark.parametrize("name", ["seq", "offset_ms", "at", "entity", "base"])
def test_a_number_beyond_reason_spoils_only_its_operation(device, name, value):
    text = json.dumps(operation(**{name: "HERE"})).replace('"HERE"', value)
    assert result_of(device, text)["status"] == "rejected"


def test_a_note_may_be_as_long_as_the_field_and_no_longer(device):
    fits = operation(data=SPAN | {"note": "ä" * 10_000})
    assert result_of(device, fits)["status"] == "applied"
    assert len(TimeEntry.objects.get().note) == 10_000
    long = operation(entity=new_id(), data=SPAN | {"note": "ä" * 10_001})
    assert (result_of(device, long)["status"], result_of(device, long)["code"]) == ("rejected", "too_long")
    mended = long | {"op": new_id(), "data": SPAN | {"note": "ä" * 10_000 + "  "}}
    assert result_of(device, mended)["status"] == "applied"


def test_a_device_name_and_a_tag_may_be_as_long_as_their_fields(device):
    assert device.post(device.body(device="x" * 64)).status_code == 200
    assert result_of(device, operation(data=SPAN | {"tags": ["x" * 40]}))["status"] == "applied"


def test_an_error_of_ours_in_one_operation_is_noted_and_may_be_tried_again(device, monkeypatch):
    from apps.sync import entries

    good, bad = operation(entity=new_id()), operation(kind="entry.delete", entity=ENTITY, data={})
    device.post(device.body() | {"ops": [operation()]})

    def break_down(*_arguments):
        raise RuntimeError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(entries, "throw_away", break_down)
        results = device.post(device.body() | {"ops": [bad, good]}).json()["results"]
    assert [(one["status"], one.get("code")) for one in results] == [("rejected", "internal"), ("applied", None)]
    assert not Operation.objects.filter(op=bad["op"]).exists()
    assert result_of(device, bad)["status"] == "applied"
