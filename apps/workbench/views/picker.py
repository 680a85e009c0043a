"""What one may work on: recent work, then projects with their open tasks, found by a few letters; and what is missing,
made on the spot."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import access
from apps.core.htmx import render
from apps.workbench.choices import NewWorkForm, WorkChoices, recent_to_start


@access.member
@require_safe
def picker(request: HttpRequest) -> HttpResponse:
    """The list under the combobox; as a page of its own, buttons that start the timer."""
    asked = request.GET
    choices = WorkChoices(request.workspace, request.user, asked.get("q", ""), asked.get("project", ""))
    return render(request, "workbench/picker.html", {"choices": choices}, partial="options")


@access.member
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Make the project, or the task in a project, that the picker did not find; the answer is its line, to choose."""
    form = NewWorkForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render(request, "workbench/picker.html", {"new": form}, partial="refused", status=422)
    made = form.save()
    if not request.htmx:
        return redirect(made.get_absolute_url())
    return render(request, "workbench/picker.html", {"made": made, "new": form}, partial="made")


@access.member
@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """What lies under the empty note of a stopped timer: the last work that differs, filtered by what is typed."""
    if not request.htmx:
        return redirect("workbench:day")
    found = recent_to_start(request.workspace, request.user, request.GET.get("note", ""))
    return render(request, "workbench/recent.html", {"recent": found})
