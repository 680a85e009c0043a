"""What the pages read from a request in the same way: whose rows, which ids, where to go back to."""

import re
import uuid

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry, live_entry_of, task_of


def mine(request: HttpRequest, *, with_trash: bool = False) -> QuerySet:
    """The person's own entries in the workspace."""
    entries = request.workspace.time_entries(manager="with_trash") if with_trash else request.workspace.time_entries
    return entries.filter(user=request.user)


def live_entry(request: HttpRequest) -> TimeEntry | None:
    """The person's live entry, for a page that changes nothing; the bar of the same page then need not ask again."""
    request.live_entry = live_entry_of(request.workspace, request.user)
    return request.live_entry


def row_id(text: str) -> int:
    """A row's number from a form; anything that cannot be one is not found."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)


class EntryIdConverter:
    """An entry's id in an address. MariaDB refuses what is no UUID of RFC 9562, so it never gets that far."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

    def to_python(self, text: str) -> uuid.UUID:
        return uuid.UUID(text)

    def to_url(self, value: uuid.UUID) -> str:
        return str(value)


def is_entry_id(text: str) -> bool:
    """Whether it can be the id of an entry."""
    return bool(re.fullmatch(EntryIdConverter.regex, text))


def entry_id(text: str) -> uuid.UUID:
    """An entry's id from a form; anything that cannot be one is not found."""
    if not is_entry_id(text):
        raise Http404
    return uuid.UUID(text)


def chosen_work(request: HttpRequest) -> tuple[Project | None, Task | None]:
    """The project and the task that the request names (`project`, `task`); a stranger's is not found."""
    project_text, task_text = request.POST.get("project", ""), request.POST.get("task", "")
    if task_text:
        task = task_of(request.workspace, row_id(task_text))
        if task is None:
            raise Http404
        return task.project, task
    if project_text:
        projects = request.workspace.projects.select_related("client")
        return get_object_or_404(projects, pk=row_id(project_text)), None
    return None, None


def way_back(request: HttpRequest) -> str:
    """Where the button was pressed: `next`, else the referring page, else the workbench; never another site."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        # A word without a slash would be taken for the name of a view.
        if "/" in address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return reverse("workbench:day")
