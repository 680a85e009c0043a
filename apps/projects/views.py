"""The pages of projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.clients import editing
from apps.core import access
from apps.core.htmx import add_triggers, done, notify, render
from apps.core.tables import list_page
from apps.projects.forms import ProjectForm, QuickTasksForm
from apps.projects.models import Project
from apps.projects.prepared import CLIENTS_AND_LATENESS
from apps.projects.querysets import attach_tracked
from apps.projects.tables import ProjectFilter, ProjectTable, ProjectTaskFilter, ProjectTaskTable

CHANGED = "projects-changed"
TASKS_CHANGED = "tasks-changed"
NEXT_TASKS = 12


@access.member
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """All projects with their hours, budgets and what is not billed yet."""
    clients = CLIENTS_AND_LATENESS(request.workspace.pk, timezone.localdate())
    return list_page(
        request,
        table_class=ProjectTable,
        filterset_class=ProjectFilter,
        queryset=request.workspace.projects.for_list(),
        template="projects/list.html",
        context={"late": sum(late for _pk, _name, late in clients), "is_empty": not clients},
        filter_options={"clients": [(pk, name) for pk, name, _late in clients if pk]},
    )


@access.member
@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """Add a project; `?client=` names whom it is for."""
    return editing.form_page(
        request,
        ProjectForm(
            editing.posted(request), workspace=request.workspace, initial={"client": request.GET.get("client", "")}
        ),
        title=_("New project"),
        submit=_("Add project"),
        saved=_("%(name)s is added."),
        event=CHANGED,
        back=reverse("projects:list"),
    )


@access.member
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a project."""
    project = _project(request, pk)
    return editing.form_page(
        request,
        ProjectForm(editing.posted(request), instance=project, workspace=request.workspace),
        title=_("Edit project"),
        submit=_("Save project"),
        saved=_("%(name)s is saved."),
        event=CHANGED,
        back=project.get_absolute_url(),
    )


@access.member
@require_safe
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project at a glance: figures, what is to be done next, its terms."""
    project = _project(request, pk)
    tasks = list(project.tasks.open().select_related("project", "assignee")[:NEXT_TASKS])
    attach_tracked(tasks)
    month = project.time_slices.filter(day__gte=timezone.localdate().replace(day=1))
    context = {
        "project": project,
        "tasks": tasks,
        "month_seconds": month.total_seconds(),
        "quick": QuickTasksForm(workspace=request.workspace),
    }
    return render(request, "projects/detail.html", context, partial="overview")


@access.member
@require_POST
def project_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a project away; a timer that runs on it goes on."""
    return editing.archive(request, _project(request, pk), undo=reverse("projects:unarchive", args=[pk]), event=CHANGED)


@access.member
@require_POST
def project_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project back."""
    return editing.unarchive(request, _project(request, pk), event=CHANGED)


@access.member
@require_http_methods(["GET", "POST"])
def project_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a project for good."""
    project = _project(request, pk)
    return editing.delete_page(
        request,
        project,
        text=_("The project will be gone for good."),
        event=CHANGED,
        own_page=project.get_absolute_url(),
        leads_to=reverse("projects:list"),
        archive="" if project.is_archived else reverse("projects:archive", args=[pk]),
    )


@access.member
@require_safe
def project_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's own list of tasks, in its own order."""
    project = _project(request, pk)
    return list_page(
        request,
        table_class=ProjectTaskTable,
        filterset_class=ProjectTaskFilter,
        queryset=project.tasks.for_list(),
        template="projects/tasks.html",
        context={"project": project, "quick": QuickTasksForm(workspace=request.workspace)},
    )


@access.member
@require_POST
def project_tasks_quick(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a task for each line, all of them or none."""
    project = _project(request, pk)
    form = QuickTasksForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        context = {"project": project, "quick": form}
        return render(request, "projects/quick.html", context, partial="quick", status=422)
    added = request.workspace.tasks.add_to(project, form.cleaned_data["lines"])
    message = ngettext("%(count)d task is added.", "%(count)d tasks are added.", len(added))
    notify(request, message % {"count": len(added)})
    if request.htmx:
        context = {"project": project, "quick": QuickTasksForm(workspace=request.workspace)}
        answer = render(request, "projects/quick.html", context, partial="quick")
        add_triggers(answer, {TASKS_CHANGED: ""})
        return answer
    return done(request, reverse("projects:tasks", args=[pk]))


def _project(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(request.workspace.projects.select_related("client", "workspace"), pk=pk)
