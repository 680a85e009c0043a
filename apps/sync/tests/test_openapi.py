"""The description of the API holds: each address is in it, answers are as it says, what it allows breaks nothing."""

import json
import re

import pytest
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.sync.openapi import description
from apps.sync.reference import schemas
from apps.sync.tests.conftest import NOON
from apps.sync.tests.sending import SESSION, Said, new_id

DESCRIPTION = description()
SCHEMAS = DESCRIPTION["components"]["schemas"]
# What is not JSON, or describes itself.
BESIDE = {"/api/v1/docs", "/api/v1/openapi.json"}


def paths() -> set[str]:
    """The addresses below /api/v1/ that the project answers."""
    api = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    return {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{entry.pattern}") for entry in api.url_patterns}


def test_every_address_is_described_and_every_described_one_is_there():
    assert paths() - BESIDE == set(DESCRIPTION["paths"])


@pytest.mark.django_db
def test_the_described_methods_are_those_that_answer(as_alice):
    for path, methods in DESCRIPTION["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            status = getattr(as_alice, method)(path.format(dataset="time", kind="csv")).status_code
            assert (status == 405) == (method not in methods), f"{method} {path}: {status}"


def test_every_schema_that_is_named_is_there_and_shown():
    text = json.dumps(DESCRIPTION)
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(SCHEMAS)
    assert {schema.name for schema in schemas()} == set(SCHEMAS)


# ── Answers are as described ──────────────────────────────────────────────────────────────────────────────────────────

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}


def misfit(value, schema: dict, at: str = "") -> str:
    """Where `value` is not what the schema says; empty where it is. An object has no fields that are not described."""
    if "$ref" in schema:
        return misfit(value, SCHEMAS[schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema:
        found = [misfit(value, part, at) for part in schema["anyOf"]]
        return "" if "" in found else found[0]
    if "enum" in schema:
        return "" if value in schema["enum"] else f"{at}: {value!r}"
    if not isinstance(value, TYPES[schema["type"]]) or (schema["type"] == "integer" and isinstance(value, bool)):
        return f"{at}: {value!r} is no {schema['type']}"
    if isinstance(value, list):
        return next(filter(None, (misfit(item, schema["items"], f"{at}[]") for item in value)), "")
    if isinstance(value, dict):
        known = schema["properties"]
        if set(value) - set(known) or set(schema.get("required", ())) - set(value):
            return f"{at}: has {sorted(value)}, described are {sorted(known)}"
        return next(filter(None, (misfit(value[name], known[name], f"{at}.{name}") for name in value)), "")
    return ""


def assert_described(answer, path: str, method: str = "post") -> None:
    responses = DESCRIPTION["paths"][path][method]["responses"]
    assert str(answer.status_code) in responses, f"{method} {path} answered {answer.status_code}"
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    assert misfit(answer.json(), schema) == ""


@pytest.mark.usefixtures("clock")
def test_answers_are_what_the_description_says(device, as_alice, alice, client):
    entity, span = new_id(), {"started_at": "2026-05-04T08:00:00Z", "ended_at": "2026-05-04T09:00:00Z"}
    told = [
        Said("timer.start", entity, NOON, {"task": alice.task.pk, "tags": ["deep"]}),
        Said("timer.break", entity, NOON),
        Said("entry.create", new_id(), NOON, span),
        Said("timer.start", new_id(), NOON, {"project": 10**9}),
        Said("task.complete", alice.task.pk, NOON),
        Said("entry.update", entity, NOON, {"note": 7}),
        Said("timer.stop", new_id(), NOON),
    ]
    for _twice in range(2):
        assert_described(device.post(device.body(*told)), "/api/v1/sync/batch")
    assert_described(as_alice.get(SESSION), SESSION, "get")
    for path in ("/api/v1/health", "/health/"):
        assert_described(as_alice.get(path), "/api/v1/health", "get")
    sent = {"email": "alice@example.com", "password": "correct horse"}
    tokens = client.post("/api/v1/token/", sent, content_type="application/json")
    assert_described(tokens, "/api/v1/token/")
    refreshed = client.post(
        "/api/v1/token/refresh/", {"refresh": tokens.json()["refresh"]}, content_type="application/json"
    )
    assert_described(refreshed, "/api/v1/token/refresh/")


# ── What the description allows, and what it does not ─────────────────────────────────────────────────────────────────

texts = st.text(max_size=30) | st.sampled_from(["\ud800", "\x00", "x" * 10_001, "2026-02-30T00:00:00Z", "", "1.5"])
numbers = (
    st.integers() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.sampled_from([0, -1, 2**63, 10**40])
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def values(schema: dict) -> st.SearchStrategy:
    """Values by the schema, one in a few of them wrong."""
    return st.one_of(right(schema), right(schema), right(schema), anything)


def right(schema: dict) -> st.SearchStrategy:
    """Values that the schema allows."""
    if "$ref" in schema:
        return st.deferred(lambda: right(SCHEMAS[schema["$ref"].rpartition("/")[2]]))
    if "anyOf" in schema:
        return st.one_of(*map(right, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"], schema.get("format"):
        case "string", "uuid":
            return st.sampled_from([new_id() for _ in range(6)])
        case "string", "date-time":
            return st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "Z")
        case "string", _:
            return st.text(schema_characters, max_size=min(40, schema.get("maxLength", 40)))
        case "integer", _:
            return st.integers(schema.get("minimum"), schema.get("maximum")) | st.integers(1, 3)
        case "boolean", _:
            return st.booleans()
        case "null", _:
            return st.none()
        case "array", _:
            return st.lists(values(schema["items"]), max_size=4)
    required = {
        name: values(inner) for name, inner in schema["properties"].items() if name in schema.get("required", ())
    }
    optional = {name: values(inner) for name, inner in schema["properties"].items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


schema_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
BODIES = {
    path: told["post"]["requestBody"]["content"]["application/json"]["schema"]
    for path, told in DESCRIPTION["paths"].items()
    if "post" in told
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_that_is_sent_by_or_against_the_description_breaks_anything(alice, data):
    client = Client(raise_request_exception=False)
    client.force_login(alice.owner)
    path = data.draw(st.sampled_from(sorted(BODIES)))
    body = data.draw(values(BODIES[path]))
    if isinstance(body, dict) and path.endswith("batch") and data.draw(st.integers(0, 9)):
        # Past the envelope, to the operations.
        body = {
            **body,
            "schema": 1,
            "user": alice.owner.pk,
            "workspace": None,
            "cursor": None,
            "device": "",
            "sent_at": None,
        }
    text = json.dumps(body)
    answer = client.post(path, text, content_type="application/json")
    assert_described(answer, path)
    if answer.status_code == 200 and path.endswith("batch"):
        assert len(answer.json()["results"]) == len(body["ops"])
        again = client.post(path, text, content_type="application/json").json()["results"]
        for first, second in zip(answer.json()["results"], again, strict=True):
            assert second["status"] == ("duplicate" if first["status"] not in ("rejected",) else second["status"])


@pytest.mark.django_db
def test_the_page_shows_every_address_and_object(client):
    page = client.get("/api/v1/docs").text
    for path in DESCRIPTION["paths"]:
        assert path in page
    for name in SCHEMAS:
        assert f'id="{name}"' in page
