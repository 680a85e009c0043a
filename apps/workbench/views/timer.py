"""The timer bar: one form, on every page, that starts, pauses, breaks, stops, discards and changes the live entry.

Each press names the entry that its tab showed (`replacing`). Where another one is live by now, nothing changes: the
answer is the bar as it truly is, and a sentence about it.
"""

from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import access, days
from apps.core.durations import format_words
from apps.core.htmx import add_triggers, notify, render
from apps.workbench.forms import NoteForm
from apps.workbench.models import TimeEntry, live_entry_of
from apps.workbench.timer_forms import WorkedForm
from apps.workbench.views.lookup import chosen_work, entry_id, mine, way_back

BAR = "workbench/_timer.html"


@access.member
@require_safe
def timer(request: HttpRequest) -> HttpResponse:
    """The bar as it is now."""
    if not request.htmx:
        return redirect("workbench:day")
    return render(request, BAR, {"alone": True})


@access.member
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the timer on what was chosen; the one that ran is stopped."""
    typed = NoteForm(request.POST)
    if not typed.is_valid():
        return _refuse(request, typed)
    project, task = chosen_work(request)
    note = typed.cleaned_data["note"]
    facts = {"user": request.user, "workspace": request.workspace, "project": project, "task": task, "note": note}
    facts["replacing"] = seen_timer(request)
    if made := request.POST.get("entry"):
        facts["pk"] = entry_id(made)
    worked = WorkedForm(request.POST).seconds
    try:
        if worked:
            entry = TimeEntry.start_earlier(at=days.now() - timedelta(seconds=worked), **facts)
        else:
            entry = TimeEntry.start(**facts)
    except TimeEntry.DoesNotExist as stranger:
        raise Http404 from stranger
    asked = (note, project and project.pk, task and task.pk)
    if (entry.note, entry.project_id, entry.task_id) != asked:
        notify(request, _("“%(title)s” was started in another window and runs on.") % {"title": entry.title})
    request.live_entry = entry if entry.is_live else None
    return show_bar(request)


@access.member
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Stop the clock, keep the session."""
    return _press(request, TimeEntry.pause, _("The timer was not running any more."))


@access.member
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Go on after a pause."""
    return _press(request, TimeEntry.resume, _("The timer was not paused any more."))


@access.member
@require_POST
def take_break(request: HttpRequest) -> HttpResponse:
    """Begin a break."""
    return _press(request, TimeEntry.take_break, _("You were on a break already."))


@access.member
@require_POST
def end_break(request: HttpRequest) -> HttpResponse:
    """Back to work."""
    return _press(request, TimeEntry.end_break, _("The break was over already."))


@access.member
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """End the session; it always works."""
    return _press(request, _stop_and_tell(request), _("The timer was stopped already."))


@access.member
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the session away; the toast takes it back."""

    def throw_away(entry: TimeEntry) -> bool:
        worked = entry.elapsed_seconds
        entry.discard()
        undo = reverse("workbench:entry_restore", args=[entry.pk]) if worked else None
        notify(request, _("Thrown away: %(title)s.") % {"title": entry.title}, undo=undo)
        return True

    return _press(request, throw_away, "")


@access.member
@require_POST
def edit(request: HttpRequest) -> HttpResponse:
    """Change note, project, task or the billable mark of the live entry, as soon as they are chosen."""
    typed = NoteForm(request.POST)
    if not typed.is_valid():
        return _refuse(request, typed)
    entry = live_as_seen(request)
    if entry:
        _take_changes(request, entry)
    elif not _keep_note_of_ended(request, typed.cleaned_data["note"]):
        notify(request, _("The timer was changed in another window. This is how it stands."))
    return show_bar(request)


def _press(request: HttpRequest, verb: Callable[[TimeEntry], bool], came_late: str) -> HttpResponse:
    """Do `verb` to the entry that the tab showed; say `came_late` when there was nothing left to do."""
    entry = live_as_seen(request)
    if entry is None:
        notify(request, say_what_is_live(request))
        return show_bar(request)
    if NoteForm(request.POST).is_valid():
        _take_changes(request, entry)
    if verb(entry):
        request.live_entry = entry if entry.is_live else None
    else:
        notify(request, came_late)
    return show_bar(request)


def _stop_and_tell(request: HttpRequest) -> Callable[[TimeEntry], bool]:
    def end(entry: TimeEntry) -> bool:
        if not entry.stop():
            return False
        if entry.deleted_at:
            notify(request, _("Stopped. There was no second of work in it, so nothing was kept."))
        elif entry.needs_review:
            reasons = ", ".join(str(reason) for reason in entry.reviews)
            notify(request, _("Stopped and saved. Look at it once more: %(reasons)s.") % {"reasons": reasons})
        else:
            worked = format_words(entry.work_seconds)
            notify(request, _("Stopped: %(title)s, %(worked)s.") % {"title": entry.title, "worked": worked})
        return True

    return end


def seen_timer(request: HttpRequest):
    """The live entry that the tab showed: its id, None for none, or ... when the request does not say."""
    text = request.POST.get("replacing")
    if text is None:
        return ...
    return entry_id(text) if text else None


def live_as_seen(request: HttpRequest) -> TimeEntry | None:
    """The person's live entry, unless the tab showed another one."""
    seen = seen_timer(request)
    # Bare: whatever is done to it reads it anew under a lock.
    entry = next(iter(mine(request).filter(running_for=request.user)), None)
    return entry if entry and seen in (..., entry.pk) else None


def say_what_is_live(request: HttpRequest) -> str:
    """Why a press on a timer that is not live any more changes nothing."""
    entry = live_entry_of(request.workspace, request.user)
    if entry is None:
        return _("The timer was stopped already.")
    return _("Meanwhile another timer was started: %(title)s.") % {"title": entry.title}


def _take_changes(request: HttpRequest, entry: TimeEntry) -> None:
    """Save what was changed in this tab. Fields that only repeat what the tab was drawn with change nothing, so
    that a stale tab cannot bring an old note back."""
    changes = {}
    note, was = request.POST.get("note"), request.POST.get("note_was", "")
    if note is not None and _words(note) != _words(was):
        changes["note"] = note.strip()
    work = f"{request.POST.get('project', '')}-{request.POST.get('task', '')}"
    if "work_was" in request.POST and work != request.POST["work_was"]:
        changes["project"], changes["task"] = chosen_work(request)
    if request.POST.get("billable") in ("0", "1"):
        changes["billable"] = request.POST["billable"] == "1"
    if changes:
        entry.revise(**changes)
    worked = WorkedForm(request.POST).seconds
    if worked:
        _take_worked(request, entry, worked)


def _take_worked(request: HttpRequest, entry: TimeEntry, seconds: int) -> None:
    """A duration typed over the clock moves the start; one that cannot be says why."""
    try:
        entry.work_so_far(seconds)
    except ValidationError as refusal:
        notify(request, " ".join(refusal.messages))


def _keep_note_of_ended(request: HttpRequest, note: str) -> bool:
    """A note typed while another window stopped the timer is kept with that entry; False when it cannot be."""
    seen = seen_timer(request)
    if seen in (..., None) or _words(note) == _words(request.POST.get("note_was", "")):
        return False
    entry = mine(request).filter(pk=seen, billed=False).first()
    if entry is None:
        return False
    entry.revise(note=note)
    notify(request, _("The timer was stopped in another window. Your note is kept with that entry."))
    return True


def _words(text: str) -> list[str]:
    """The text without its spacing: a one-line field drops the line breaks of a long note."""
    return text.split()


def show_bar(request: HttpRequest) -> HttpResponse:
    """The bar as it now is, telling the other regions; a plain form goes back to where it was."""
    if not request.htmx:
        return redirect(way_back(request))
    answer = render(request, BAR, {"alone": True})
    add_triggers(answer, {"time-changed": ""})
    return answer


def _refuse(request: HttpRequest, typed: NoteForm) -> HttpResponse:
    """The bar with what is wrong with the note; a plain form gets the sentence on the page it came from."""
    if not request.htmx:
        notify(request, " ".join(typed.errors["note"]))
        return redirect(way_back(request))
    return render(request, BAR, {"typed": typed, "alone": True}, status=422)
