"""A timer put right: started earlier, forgotten, or left alone for a while."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access, days
from apps.core.durations import format_words
from apps.core.htmx import done, notify, render
from apps.workbench import presence
from apps.workbench.choices import last_end
from apps.workbench.fields import format_time_of_day
from apps.workbench.models import TimeEntry
from apps.workbench.timer_forms import EarlierForm, IdleForm, RepairForm
from apps.workbench.views.lookup import chosen_work, mine, way_back
from apps.workbench.views.timer import live_as_seen, say_what_is_live, seen_timer, show_bar

EARLIER = "workbench/earlier.html"
PROMPT = "workbench/_prompt.html"


@access.member
@require_http_methods(["GET", "POST"])
def earlier(request: HttpRequest) -> HttpResponse:
    """Start the timer as of an earlier time: of the end of the last entry today, unless another is typed."""
    form = EarlierForm(request.POST or None, zone=request.user.zone, initial=_earlier_initial(request))
    if request.method == "POST" and form.is_valid():
        project, task = chosen_work(request)
        entry = TimeEntry.start_earlier(
            user=request.user,
            workspace=request.workspace,
            at=form.cleaned_data["at"],
            project=project,
            task=task,
            note=form.cleaned_data["note"],
            replacing=seen_timer(request),
        )
        _tell_start(request, entry)
        return done(request, reverse("workbench:day"), events=["time-changed"])
    context = {"form": form, "now": days.now(), "work": _offered_work(request)}
    return render(request, EARLIER, context, partial="form", status=422 if form.is_bound else 200)


def _earlier_initial(request: HttpRequest) -> dict:
    now = days.now()
    start = last_end(request.workspace, request.user, days.local_day(now, request.user.zone))
    local = (start or now - timedelta(hours=1)).astimezone(request.user.zone)
    at = format_time_of_day(local.hour * 60 + local.minute)
    return {"at": at, "note": request.GET.get("note", "")[:10_000], "after": bool(start)}


def _offered_work(request: HttpRequest) -> dict:
    """The project and task that were chosen in the bar, as far as they are the workspace's."""
    sent = request.POST if request.method == "POST" else request.GET
    task = _row(request.workspace.tasks.select_related("project"), sent.get("task", ""))
    project = task.project if task else _row(request.workspace.projects, sent.get("project", ""))
    return {"task": task, "project": project}


def _row(rows, text: str):
    """The row with this number; None for nonsense, and for a stranger's."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 18
    return rows.filter(pk=int(text)).first() if is_number else None


def _tell_start(request: HttpRequest, entry: TimeEntry) -> None:
    if entry.needs_review:
        reasons = ", ".join(str(reason) for reason in entry.reviews)
        notify(request, _("Started. Look at it once more: %(reasons)s.") % {"reasons": reasons})


@access.member
@require_POST
def repair(request: HttpRequest) -> HttpResponse:
    """One answer to the question whether the timer was forgotten."""
    entry = live_as_seen(request)
    if entry is None:
        notify(request, say_what_is_live(request))
        return show_bar(request)
    form = RepairForm(request.POST, entry=entry)
    if not form.is_valid():
        return _refuse(request, form)
    try:
        _REPAIRS[form.cleaned_data["how"]](request, entry, form.cleaned_data.get("moment"))
    except ValidationError as refusal:
        form.add_error("time", refusal.messages)
        return _refuse(request, form)
    return show_bar(request)


def _stop_at(request: HttpRequest, entry: TimeEntry, moment: datetime | None) -> None:
    if entry.stop(at=moment):
        _tell_stop(request, entry)


def _stop_at_last_activity(request: HttpRequest, entry: TimeEntry, _moment) -> None:
    asked = presence.forgotten(entry, request.workspace.timer_limit_minutes)
    if asked is None or asked.last_activity is None:
        raise ValidationError(_("It is not known when you were last here. Say until when you worked."))
    _stop_at(request, entry, asked.last_activity)


def _split(request: HttpRequest, entry: TimeEntry, moment: datetime) -> None:
    first = entry.split(moment)
    words = {"worked": format_words(first.work_seconds)}
    notify(request, _("%(worked)s are kept as an entry of their own; the timer goes on with the rest.") % words)


def _keep(request: HttpRequest, entry: TimeEntry, _moment) -> None:
    presence.keep(entry)
    notify(request, _("The timer runs on, and you are not asked about it again."))


_REPAIRS = {
    RepairForm.SEEN: _stop_at_last_activity,
    RepairForm.AT: _stop_at,
    RepairForm.SPLIT: _split,
    RepairForm.KEEP: _keep,
}


@access.member
@require_POST
def idle(request: HttpRequest) -> HttpResponse:
    """What becomes of the time in which nobody touched anything. Pressed twice, it counts once."""
    form = IdleForm(request.POST)
    entry = live_as_seen(request)
    if entry is None or not form.is_valid():
        notify(request, say_what_is_live(request) if entry is None else _("That time is not known any more."))
        return show_bar(request)
    since, until = form.span()
    _IDLE[form.cleaned_data["how"]](request, entry, since, until)
    return show_bar(request)


def _discard(request: HttpRequest, entry: TimeEntry, since: datetime, until: datetime) -> None:
    if taken := entry.leave_out(since, until):
        notify(request, _("%(words)s are left out, the timer goes on.") % {"words": _length(*taken)})


def _stop_idle(request: HttpRequest, entry: TimeEntry, since: datetime, _until: datetime) -> None:
    if entry.stop(at=since):
        _tell_stop(request, entry)


def _set_aside(request: HttpRequest, entry: TimeEntry, since: datetime, until: datetime) -> None:
    if aside := entry.set_aside(since, until):
        words = {"words": _length(aside.started_at, aside.ended_at)}
        notify(request, _("%(words)s are an entry of their own now: say there what it was.") % words)


_IDLE = {IdleForm.DISCARD: _discard, IdleForm.STOP: _stop_idle, IdleForm.ASIDE: _set_aside}


@access.member
@require_POST
def reopen(request: HttpRequest, pk) -> HttpResponse:
    """Take a stop back."""
    entry = get_object_or_404(mine(request).select_related("user", "workspace"), pk=pk)
    try:
        entry.reopen()
    except ValidationError as refusal:
        notify(request, " ".join(refusal.messages))
    else:
        notify(request, _("The timer runs on: %(title)s.") % {"title": entry.title})
    return done(request, way_back(request), events=["time-changed"])


def _tell_stop(request: HttpRequest, entry: TimeEntry) -> None:
    ended = entry.ended_at.astimezone(entry.zone)
    words = {"title": entry.title, "time": f"{ended:%H:%M}", "worked": format_words(entry.work_seconds)}
    undo = None if entry.deleted_at else reverse("workbench:entry_reopen", args=[entry.pk])
    notify(request, _("Stopped at %(time)s: %(title)s, %(worked)s.") % words, undo=undo)


def _length(since: datetime, until: datetime) -> str:
    return format_words(int((until - since).total_seconds()))


def _refuse(request: HttpRequest, form: RepairForm) -> HttpResponse:
    """The question again, with what is wrong at its field; a plain form gets the sentence where it came from."""
    if not request.htmx:
        notify(request, " ".join(text for errors in form.errors.values() for text in errors))
        return redirect(way_back(request))
    answer = render(request, PROMPT, {"form": form}, status=422)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#timer-prompt", "outerHTML"
    return answer
