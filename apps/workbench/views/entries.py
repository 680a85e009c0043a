"""Entries one by one: log, look at, change, throw away and take back, continue."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import access
from apps.core.durations import format_words
from apps.core.htmx import done, notify, render
from apps.workbench.choices import PlainChoices
from apps.workbench.forms import EntryForm
from apps.workbench.models import TimeEntry
from apps.workbench.views.lookup import mine, way_back
from apps.workbench.views.timer import seen_timer, show_bar

FORM = "workbench/entry_form.html"
PREFILLED = ("note", "project", "task", "day", "start", "end", "tag_names")


@access.member
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Log work that is done already; `?day=…&start=9:25&end=9:30` fills the form in."""
    given = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    form = EntryForm(request.POST or None, user=request.user, workspace=request.workspace, initial=given)
    if request.method == "POST" and form.is_valid() and (entry := _saved(form)):
        worked = format_words(entry.work_seconds)
        notify(request, _("Logged: %(title)s, %(worked)s.") % {"title": entry.title, "worked": worked})
        return _done(request, entry)
    return _show_form(request, form)


@access.member
@require_safe
def detail(request: HttpRequest, pk) -> HttpResponse:
    """One entry with its stretches."""
    entry = get_object_or_404(mine(request).for_page().with_segments(), pk=pk)
    entry.user = request.user
    return render(request, "workbench/entry.html", {"entry": entry})


@access.member
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk) -> HttpResponse:
    """Change an entry; a billed one says why it cannot be changed."""
    entry = get_object_or_404(mine(request).for_page(), pk=pk)
    form = EntryForm(request.POST or None, user=request.user, workspace=request.workspace, instance=entry)
    if entry.billed:
        status = 422 if request.method == "POST" else 200
        return render(request, FORM, {"entry": entry, "form": form}, partial="locked", status=status)
    if request.method == "POST" and form.is_valid() and _saved(form):
        notify(request, _("Saved."))
        return _done(request, entry)
    return _show_form(request, form, entry)


@access.member
@require_POST
def delete(request: HttpRequest, pk) -> HttpResponse:
    """Throw an entry away; the toast takes it back."""
    entry = get_object_or_404(mine(request).for_page(), pk=pk)
    try:
        entry.trash()
    except ValidationError as refusal:
        notify(request, " ".join(refusal.messages))
    else:
        undo = reverse("workbench:entry_restore", args=[entry.pk])
        notify(request, _("Deleted: %(title)s.") % {"title": entry.title}, undo=undo)
    return _changed(request)


@access.member
@require_POST
def restore(request: HttpRequest, pk) -> HttpResponse:
    """Take an entry back from the trash."""
    entry = get_object_or_404(mine(request, with_trash=True), pk=pk)
    entry.restore()
    notify(request, _("Taken back: %(title)s.") % {"title": entry.title})
    return _changed(request)


@access.member
@require_POST
def go_on(request: HttpRequest, pk) -> HttpResponse:
    """Start the timer anew on the work of this entry."""
    entry = get_object_or_404(mine(request).select_related("project__client", "task", "workspace", "user"), pk=pk)
    live = entry.again(replacing=seen_timer(request))
    if (live.note, live.project_id, live.task_id) != (entry.note, entry.project_id, entry.task_id):
        notify(request, _("“%(title)s” was started in another window and runs on.") % {"title": live.title})
    return show_bar(request)


def _saved(form: EntryForm) -> TimeEntry | None:
    """The entry, or None with the refusal on the form."""
    try:
        return form.save()
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return None


def _show_form(request: HttpRequest, form: EntryForm, entry: TimeEntry | None = None) -> HttpResponse:
    context = {
        "form": form,
        "entry": entry,
        "chosen": _chosen(form),
        "plain": PlainChoices(request.workspace),
        "tags": request.workspace.tags.values_list("name", flat=True),
    }
    return render(request, FORM, context, partial="form", status=422 if form.is_bound else 200)


def _chosen(form: EntryForm) -> dict:
    """The project and task that the picker shows: what was sent or given, while it belongs to the workspace."""
    found = {}
    for name, rows in (("project", form.workspace.projects), ("task", form.workspace.tasks)):
        value = str(form[name].value() or "")
        found[name] = rows.filter(pk=int(value)).first() if value.isdecimal() and len(value) <= 18 else None
    if found["task"] and found["project"] is None:
        found["project"] = found["task"].project
    return found


def _done(request: HttpRequest, entry: TimeEntry) -> HttpResponse:
    back = f"{reverse('workbench:day')}?day={entry.day:%Y-%m-%d}"
    return done(request, back, events=["time-changed"])


def _changed(request: HttpRequest) -> HttpResponse:
    """A plain form goes back to where it was; HTMX hears of it and the regions fetch themselves."""
    return done(request, way_back(request), events=["time-changed"])
