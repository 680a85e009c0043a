"""Importing time from other trackers, in four steps: the file, its columns, a check, the import; and taking it back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import access
from apps.core.export import Export, csv_answer
from apps.core.htmx import done, notify, render
from apps.workbench.importing.forms import ColumnsForm, FileForm
from apps.workbench.importing.preview import preview
from apps.workbench.importing.sources import SOURCES
from apps.workbench.importing.undo import question
from apps.workbench.models import ImportRun

RUNS_SHOWN, PROBLEMS_SHOWN = 50, 20
CHANGED = "imports-changed"


def _runs(request: HttpRequest):
    """The person's own imports in the workspace."""
    return request.workspace.import_runs.of(request.user)


def _run(request: HttpRequest, run_pk: int) -> ImportRun:
    """One of them; the workspace is at hand already."""
    run = get_object_or_404(_runs(request), pk=run_pk)
    run.workspace, run.user = request.workspace, request.user
    return run


@access.member
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Choose a file; beneath it all that was imported before."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        run = form.save(workspace=request.workspace, user=request.user)
        return done(request, reverse("workbench:import_columns", args=[run.pk]))
    context = {"form": form, "runs": _runs(request).for_list()[:RUNS_SHOWN], "sources": SOURCES}
    return render(request, "workbench/imports.html", context, partial="runs", status=422 if form.is_bound else 200)


@access.member
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Say which column is what; `then=preview` only shows how the first rows are understood."""
    run = _run(request, run_pk)
    if not run.can_be_mapped:
        return redirect(run)
    form = ColumnsForm(request.POST or None, run=run)
    only_looks = request.POST.get("then") == "preview"
    if form.is_bound and form.is_valid() and not only_looks:
        run.check_with(form.mapping())
        return done(request, run.get_absolute_url())
    mapping = form.mapping() if form.is_bound else run.chosen_mapping
    lines = preview(run.file_survey, mapping, request.workspace.currency)
    status = 422 if form.is_bound and not form.is_valid() and not only_looks else 200
    context = {"run": run, "form": form, "lines": lines}
    return render(request, "workbench/import_columns.html", context, partial="columns", status=status)


@access.member
@require_safe
def show(request: HttpRequest, run_pk: int) -> HttpResponse:
    """How an import stands; while a job works on it, the page asks again by itself."""
    run = _run(request, run_pk)
    if run.state == run.State.CHOSEN and run.can_be_mapped:
        return redirect("workbench:import_columns", run_pk)
    problems = run.rows.exclude(message="").order_by("-is_error", "number")[: PROBLEMS_SHOWN + 1]
    context = {"run": run, "problems": [] if run.is_busy else list(problems), "most": PROBLEMS_SHOWN}
    return render(request, "workbench/import.html", context, partial="standing")


@access.member
@require_POST
def start(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Import what was checked."""
    run = _run(request, run_pk)
    if run.can_be_imported:
        run.begin_import()
    return done(request, run.get_absolute_url())


@access.member
@require_POST
def go_on(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Give the work to a new job where the last one stopped or was never heard of again."""
    run = _run(request, run_pk)
    run.go_on()
    return done(request, run.get_absolute_url())


@access.member
@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Take a whole import back; the question says how much of it goes and what stays."""
    run = _run(request, run_pk)
    if request.method == "POST" and run.can_be_undone:
        run.begin_undo()
    if request.method == "POST" or not run.can_be_undone:
        return done(request, run.get_absolute_url(), events=[CHANGED])
    return render(request, "workbench/import_undo.html", {"run": run, "question": question(run)}, partial="form")


@access.member
@require_POST
def delete(request: HttpRequest, run_pk: int) -> HttpResponse:
    """Throw an import away that brought nothing, with its file."""
    run = _run(request, run_pk)
    if not run.can_be_deleted:
        notify(request, _("It brought entries: take it back first."))
        return done(request, run.get_absolute_url())
    run.delete()
    notify(request, _("Thrown away: %(name)s.") % {"name": run.file_name})
    return done(request, reverse("workbench:imports"))


@access.member
@require_safe
def problems(request: HttpRequest, run_pk: int) -> HttpResponse:
    """The rows with an error or a remark as CSV: what was odd, and the row itself, to be mended and imported again."""
    run = _run(request, run_pk)
    titles = [_("Row"), _("Kind"), _("Message"), *(column.name for column in run.file_survey.columns)]
    rows = run.rows.exclude(message="").order_by("number", "pk")
    told = (
        [row.number, _("Error") if row.is_error else _("Remark"), row.message, *(row.cells or [])]
        for row in rows.iterator(chunk_size=500)
    )
    return csv_answer(Export(f"{run.file_name.rpartition('.')[0] or run.file_name}-problems", titles, told))
