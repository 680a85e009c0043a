"""The description of the API, for programs (OpenAPI 3.1) and for the page that shows it to people.

Kept by hand beside the code that reads and answers; a test holds it and the addresses together.
"""

from collections.abc import Iterable

from apps.core.limits import WINDOW_SECONDS
from apps.core.version import version
from apps.sync.datasets import DATASETS, EVERYTHING
from apps.sync.exports import KINDS as EXPORT_KINDS
from apps.sync.operations import KINDS, MOST_OPERATIONS, MOST_TAGS, SCHEMA, TAG_LENGTH
from apps.workbench.forms import NOTE_LENGTH

UUID = {"type": "string", "format": "uuid"}
INSTANT = {"type": "string", "format": "date-time"}
NUMBER = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}


def nullable(schema: dict) -> dict:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def array(items: dict, **more) -> dict:
    """A list of these."""
    return {"type": "array", "items": items, **more}


def record(required: str = "", /, **properties) -> dict:
    """An object; `required` names the fields that are always there."""
    return {"type": "object", "properties": properties} | ({"required": required.split()} if required else {})


def ref(name: str) -> dict:
    """One of the schemas below."""
    return {"$ref": f"#/components/schemas/{name}"}


DATA = record(
    note={"type": "string", "maxLength": NOTE_LENGTH},
    project=nullable(NUMBER),
    task=nullable(NUMBER),
    billable=nullable(FLAG),
    tags=array({"type": "string", "maxLength": TAG_LENGTH, "minLength": 1}, maxItems=MOST_TAGS),
    started_at=INSTANT,
    ended_at=INSTANT,
)
CHANGES = {
    "server_time": INSTANT, "cursor": TEXT, "more": FLAG, "reset": FLAG, "live": nullable(ref("Entry")),
    "entries": array(ref("Entry")), "deleted": array(UUID),
}  # fmt: skip
ALWAYS = " ".join(CHANGES)

SCHEMAS = {
    "Problem": record("code message", code=TEXT, message=TEXT),
    "Operation": record(
        "op kind entity at",
        op=UUID | {"description": "UUIDv7, made by the device"},
        seq={"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        kind={"type": "string", "enum": list(KINDS)},
        entity={"anyOf": [UUID, NUMBER], "description": "a time entry's UUID, or a task's number"},
        base=nullable({"type": "string", "maxLength": 40}),
        at=INSTANT,
        offset_ms=nullable({"type": "integer", "description": "server clock less device clock"}),
        data=DATA,
    ),
    "Batch": record(
        "schema user ops",
        schema={"type": "integer", "enum": [SCHEMA]},
        user=NUMBER,
        workspace=nullable(NUMBER),
        device={"type": "string", "maxLength": 64},
        sent_at=nullable(INSTANT),
        cursor=nullable({"type": "string", "maxLength": 80}),
        ops=array(ref("Operation"), maxItems=MOST_OPERATIONS),
    ),
    "Result": record(
        "op status",
        op=nullable(UUID),
        status={"type": "string", "enum": ["applied", "duplicate", "merged", "rejected", "deferred"]},
        outcome={"type": "string", "description": "of a duplicate: the status of the first time"},
        code=TEXT,
        message=TEXT,
        current=nullable({"anyOf": [ref("Entry"), ref("Task")]}),
    ),
    "Answer": record(f"schema results {ALWAYS}", schema=NUMBER, results=array(ref("Result")), **CHANGES),
    "Session": record(
        f"schema limits user role workspace csrf_token projects tasks tags {ALWAYS}",
        schema=NUMBER,
        limits=record("operations bytes", operations=NUMBER, bytes=NUMBER),
        user=record("id name email timezone", id=NUMBER, name=TEXT, email=TEXT, timezone=TEXT),
        role={"type": "string", "enum": ["owner", "admin", "member"]},
        workspace=record(
            "id name timezone currency week_start timer_limit_minutes",
            id=NUMBER,
            name=TEXT,
            timezone=TEXT,
            currency=TEXT,
            week_start={"type": "integer"},
            timer_limit_minutes={"type": "integer"},
        ),  # fmt: skip
        csrf_token=nullable(TEXT),
        projects=array(ref("Project")),
        tasks=array(ref("Task")),
        tags=array(TEXT),
        **CHANGES,
    ),
    "Entry": record(
        "id version project task note tags billable billed timezone state started_at ended_at work_seconds segments "
        "needs_review deleted",
        id=UUID,
        version=TEXT,
        project=nullable(NUMBER),
        task=nullable(NUMBER),
        note=TEXT,
        tags=array(TEXT),
        billable=FLAG,
        billed=FLAG,
        timezone=TEXT,
        state={"type": "string", "enum": ["running", "paused", "on_break", "stopped"]},
        started_at=INSTANT,
        ended_at=nullable(INSTANT),
        work_seconds={"type": "integer"},
        segments=array(
            record(
                "kind started_at ended_at",
                kind={"type": "string", "enum": ["work", "break"]},
                started_at=INSTANT,
                ended_at=nullable(INSTANT),
            )
        ),
        needs_review=array(TEXT),
        deleted=FLAG,
    ),  # fmt: skip
    "Project": record(
        "id name client colour billable",
        id=NUMBER,
        name=TEXT,
        client=nullable(TEXT),
        colour={"type": "integer"},
        billable=FLAG,
    ),  # fmt: skip
    "Task": record("id project title done billable", id=NUMBER, project=NUMBER, title=TEXT, done=FLAG, billable=FLAG),
    "SignIn": record("email password", email=TEXT, password=TEXT, workspace=nullable(NUMBER), name=TEXT),
    "Refresh": record("refresh", refresh=TEXT),
    "Tokens": record(
        "access refresh token_type expires_in", access=TEXT, refresh=TEXT, token_type=TEXT, expires_in=NUMBER
    ),
    "Health": record(
        "status version server_time database jobs",
        status={"type": "string", "enum": ["ok", "degraded"]},
        version=TEXT,
        server_time=INSTANT,
        database=record("status engine", status=TEXT, engine=TEXT),
        jobs=record(
            "status waiting oldest_waits_seconds worker_heard_seconds_ago",
            status=TEXT,
            waiting={"type": "integer"},
            oldest_waits_seconds={"type": "integer"},
            worker_heard_seconds_ago=nullable({"type": "integer"}),
        ),
    ),  # fmt: skip
}
REFUSALS = {
    400: "The request cannot be read",
    401: "Nobody is signed in, or the token is not valid",
    403: "The CSRF token is missing, or the role is too small",
    404: "There is nothing here",
    405: "Another method is expected",
    409: "Somebody else is signed in, or another workspace is open",
    413: "Too much at once",
    415: "No JSON was sent",
    426: "The device runs an old version",
    429: "Too often; see Retry-After",
    503: "The server is busy; see Retry-After",
}


EXAMPLES = {
    "Batch": {"schema": SCHEMA, "user": 1, "device": "a-name-of-yours", "cursor": None, "ops": []},
    "SignIn": {"email": "ada@example.com", "password": "…", "name": "Backup script"},
    "Refresh": {"refresh": "…"},
}


def operation(summary: str, answer: str, *, body: str = "", refusals: str, status: int = 200, is_open=False) -> dict:
    """One address with one method; `refusals` are the statuses that it may answer besides."""
    found = {
        "summary": summary,
        "responses": {str(status): _answer("As asked", ref(answer)) if answer else {"description": "The file"}}
        | {code: _answer(REFUSALS[int(code)], ref("Problem")) for code in refusals.split()},
    }
    if body:
        content = {"schema": ref(body), "example": EXAMPLES[body]}
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    if is_open:
        found["security"] = []
    return found


def _choice(name: str, values: Iterable[str]) -> dict:
    """A part of the address that is one of these."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "enum": list(values)}}


def _answer(text: str, schema: dict) -> dict:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


PATHS = {
    "/api/v1/sync/session": {
        "get": operation("Who is there, and what they may choose from", "Session", refusals="401 403 405 503")
    },
    "/api/v1/sync/batch": {
        "post": operation(
            "What a device has to tell, and what has changed for it", "Answer", body="Batch",
            refusals="400 401 403 405 409 413 415 426 429 503",
        )
    },
    "/api/v1/exports/{dataset}.{kind}": {
        "get": operation("A set of data as a file, or everything in a ZIP", "", refusals="401 403 404 405 429 503")
        | {"parameters": [_choice("dataset", [*DATASETS, EVERYTHING]), _choice("kind", EXPORT_KINDS)]}
    },
    "/api/v1/token/": {
        "post": operation(
            "Tokens for e-mail and password", "Tokens", body="SignIn", status=201, is_open=True,
            refusals="400 401 403 405 413 415 429 503",
        )
    },
    "/api/v1/token/refresh/": {
        "post": operation(
            "New tokens for a refresh token", "Tokens", body="Refresh", is_open=True,
            refusals="400 401 405 413 415 429 503",
        )
    },
    "/api/v1/health": {"get": operation("Whether it is well", "Health", is_open=True, refusals="405 503")},
}  # fmt: skip


def description() -> dict:
    """The whole of it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "WorkHub",
            "version": version(),
            "description": f"Limits count by {WINDOW_SECONDS} seconds. docs/api.md tells how it comes together.",
        },
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
            },
        },
    }
