"""What a device asks that was offline: who is there, and please take this."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import access
from apps.core.limits import take_place
from apps.sync.answers import entry_json, person_json, project_json, task_json, with_all, workspace_json
from apps.sync.changes import changes, read_cursor
from apps.sync.operations import MOST_OPERATIONS, SCHEMA, Batch, read_batch
from apps.sync.reading import MOST_BYTES, believable, read_json
from apps.sync.second_look import look_again
from apps.sync.sender import Outcome, Sender

BATCHES_A_MINUTE = 120
MOST_PROJECTS, MOST_TASKS = 1000, 3000


@access.program
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Take a device's operations, and tell what has changed since its cursor."""
    take_place("batch", request.user.pk, BATCHES_A_MINUTE)
    sent = read_batch(read_json(request), timezone.now())
    _check_sender(request, sent)
    cursor = read_cursor(sent.cursor)
    sender = Sender(request.user, request.workspace, sent)
    results = sender.take_all()
    look_again(request.user, sender.changed)
    answer = {"schema": SCHEMA, "results": _results(request, results)}
    return JsonResponse(answer | changes(request.user, request.workspace, cursor))


@access.program
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in and what they may choose from: what a page needs that is there without the server."""
    workspace = request.workspace
    projects = workspace.projects.active().to_work_on().select_related("client")[:MOST_PROJECTS]
    tasks = workspace.tasks.open().order_by("project", "position", "pk")[:MOST_TASKS]
    answer = {
        "schema": SCHEMA,
        "limits": {"operations": MOST_OPERATIONS, "bytes": MOST_BYTES},
        "user": person_json(request.user),
        "role": request.membership.role,
        "workspace": workspace_json(workspace),
        "csrf_token": None if getattr(request, "token", None) else get_token(request),
        "projects": [project_json(project) for project in projects],
        "tasks": [task_json(task) for task in tasks],
        "tags": list(workspace.tags.order_by("name").values_list("name", flat=True)[:MOST_PROJECTS]),
    }
    return JsonResponse(answer | changes(request.user, workspace, None))


def _check_sender(request: HttpRequest, sent: Batch) -> None:
    """The queue of one person must not go into another's time, nor into another workspace."""
    if sent.user != request.user.pk:
        raise ValidationError(_("Somebody else is signed in here now."), code="other_user")
    if sent.workspace not in (None, request.workspace.pk):
        raise ValidationError(_("Another workspace is open here now."), code="other_workspace")


def _results(request: HttpRequest, results: list[tuple[object, Outcome]]) -> list[dict]:
    """One for each operation, in their order; of those that did not go through as they were meant, how it is now."""
    wanted = {
        item["entity"]
        for item, outcome in results
        if "merged" in (outcome.status, outcome.first) or "rejected" in (outcome.status, outcome.first)
        if isinstance(item, dict) and isinstance(item.get("entity"), str | int)
    }
    now = _current(request, wanted)
    return [_result(item, outcome, now) for item, outcome in results]


def _result(item, outcome: Outcome, now: dict) -> dict:
    op = item.get("op") if isinstance(item, dict) else None
    result = {"op": op if isinstance(op, str) and len(op) <= 40 else None, "status": str(outcome.status)}
    if outcome.first:
        result["outcome"] = str(outcome.first)
    if outcome.code:
        result |= {"code": outcome.code, "message": str(outcome.message)}
    if {"merged", "rejected"} & {outcome.status, outcome.first}:
        entity = item.get("entity") if isinstance(item, dict) else None
        result["current"] = now.get(entity) if isinstance(entity, str | int) else None
    return result


def _current(request: HttpRequest, wanted: set) -> dict:
    """The entries and tasks of these ids as they are now."""
    entries, tasks = believable(wanted)
    found = {}
    if entries:
        own = request.workspace.time_entries(manager="with_trash").of(request.user).filter(pk__in=entries)
        for entry in with_all(own):
            found[str(entry.pk)] = entry_json(entry)
    if tasks:
        for task in request.workspace.tasks.filter(pk__in=tasks).select_related("project"):
            found[task.pk] = task_json(task)
    return found
