"""The pages of tasks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.clients import editing
from apps.core import access
from apps.core.htmx import done, notify, render
from apps.core.tables import list_page
from apps.projects.forms import TaskForm
from apps.projects.models import Task
from apps.projects.tables import TaskFilter, TaskTable

CHANGED = "tasks-changed"


@access.member
@require_safe
def task_list(request: HttpRequest) -> HttpResponse:
    """The tasks of all projects, open ones first of all."""
    projects = request.workspace.projects.task_counts()
    return list_page(
        request,
        table_class=TaskTable,
        filterset_class=TaskFilter,
        queryset=request.workspace.tasks.for_list(),
        template="tasks/list.html",
        context={
            "open_count": sum(project.open_count for project in projects),
            "late_count": sum(project.late_count for project in projects),
            "has_projects": bool(projects),
            "is_empty": not any(project.task_count for project in projects),
        },
        filter_options={"projects": projects},
    )


@access.member
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest) -> HttpResponse:
    """Add a task; `?project=` names where."""
    form = TaskForm(
        editing.posted(request), workspace=request.workspace, initial={"project": request.GET.get("project", "")}
    )
    return editing.form_page(
        request,
        form,
        title=_("New task"),
        submit=_("Add task"),
        saved=_("%(name)s is added."),
        event=CHANGED,
        back=reverse("tasks:list"),
    )


@access.member
@require_http_methods(["GET", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a task."""
    task = _task(request, pk)
    return editing.form_page(
        request,
        TaskForm(editing.posted(request), instance=task, workspace=request.workspace),
        title=_("Edit task"),
        submit=_("Save task"),
        saved=_("%(name)s is saved."),
        event=CHANGED,
        back=task.get_absolute_url(),
    )


@access.member
@require_safe
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A task: what it says, recorded time beside the estimate, and the timer."""
    return render(request, "tasks/detail.html", {"task": _task(request, pk)}, partial="overview")


@access.member
@require_POST
def task_complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a task."""
    task = _task(request, pk)
    task.complete()
    notify(request, _("%(name)s is done.") % {"name": task}, undo=reverse("tasks:reopen", args=[pk]))
    return done(request, task.get_absolute_url(), events=[CHANGED])


@access.member
@require_POST
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the tick off."""
    task = _task(request, pk)
    task.reopen()
    notify(request, _("%(name)s is open again.") % {"name": task})
    return done(request, task.get_absolute_url(), events=[CHANGED])


@access.member
@require_POST
def task_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a task away."""
    return editing.archive(request, _task(request, pk), undo=reverse("tasks:unarchive", args=[pk]), event=CHANGED)


@access.member
@require_POST
def task_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task back."""
    return editing.unarchive(request, _task(request, pk), event=CHANGED)


@access.member
@require_http_methods(["GET", "POST"])
def task_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a task for good; one with recorded time stays."""
    task = _task(request, pk)
    return editing.delete_page(
        request,
        task,
        text=_("The task will be gone for good."),
        event=CHANGED,
        own_page=task.get_absolute_url(),
        leads_to=reverse("tasks:list"),
        archive="" if task.is_archived else reverse("tasks:archive", args=[pk]),
    )


def _task(request: HttpRequest, pk: int) -> Task:
    tasks = request.workspace.tasks.select_related("project__client", "project__workspace", "assignee")
    return get_object_or_404(tasks, pk=pk)
