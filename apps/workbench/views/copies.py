"""One entry made into two: once more on another day, or cut at a moment."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.clients.editing import posted
from apps.core import access
from apps.core.durations import format_words
from apps.core.htmx import done, notify, render
from apps.core.templatetags.workhub import local_date
from apps.workbench.copy_forms import DuplicateForm, SplitForm
from apps.workbench.models import TimeEntry
from apps.workbench.views.lookup import mine


@access.member
@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, pk) -> HttpResponse:
    """The same work once more, on a chosen day or today; what it overlaps is told."""
    entry = get_object_or_404(mine(request).for_page(), pk=pk)
    form = DuplicateForm(posted(request), entry=entry, user=request.user)
    if form.is_bound and form.is_valid() and (copy := _saved(form)):
        started = copy.started_at.astimezone(copy.zone)
        said = _("Copied to %(day)s, %(time)s.") % {"day": local_date(copy.day), "time": f"{started:%H:%M}"}
        sentences = [said, *(f"{review}." for review in copy.reviews)]
        notify(request, " ".join(sentences), undo=reverse("workbench:entry_delete", args=[copy.pk]))
        return _done(request, copy)
    return _show(request, form, entry, _("Duplicate entry"), _("Duplicate"))


@access.member
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, pk) -> HttpResponse:
    """Cut an entry in two; a billed one says why it cannot be."""
    entry = get_object_or_404(mine(request).for_page(), pk=pk)
    if entry.billed:
        status = 422 if request.method == "POST" else 200
        return render(request, "workbench/entry_form.html", {"entry": entry}, partial="locked", status=status)
    form = SplitForm(posted(request), entry=entry)
    if form.is_bound and form.is_valid() and (new := _saved(form)):
        halves = sorted((entry, new), key=lambda half: half.started_at)
        first, second = (format_words(half.elapsed_seconds) for half in halves)
        undo = reverse("workbench:entry_rejoin", args=[entry.pk, new.pk])
        notify(request, _("Split into %(first)s and %(second)s.") % {"first": first, "second": second}, undo=undo)
        return _done(request, entry)
    return _show(request, form, entry, _("Split entry"), _("Split"))


@access.member
@require_POST
def rejoin(request: HttpRequest, pk, half_pk) -> HttpResponse:
    """Take a split back; the half is the entry that it made."""
    entry = get_object_or_404(mine(request), pk=pk)
    half = get_object_or_404(mine(request), pk=half_pk)
    try:
        entry.rejoin(half)
    except ValidationError as refusal:
        notify(request, " ".join(refusal.messages))
    else:
        notify(request, _("In one again: %(worked)s.") % {"worked": format_words(entry.elapsed_seconds)})
    return _done(request, entry)


def _saved(form: DuplicateForm | SplitForm) -> TimeEntry | None:
    """The new entry, or None with the refusal on the form."""
    try:
        return form.save()
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return None


def _show(request: HttpRequest, form, entry: TimeEntry, title: str, submit: str) -> HttpResponse:
    about = f"{Truncator(entry.title).chars(80)}, {local_date(entry.day)}, {format_words(entry.elapsed_seconds)}"
    context = {"form": form, "title": title, "text": about, "submit": submit, "back": entry.get_absolute_url()}
    status = 422 if form.is_bound else 200
    return render(request, "workbench/entry_copy.html", context, partial="form", status=status)


def _done(request: HttpRequest, entry: TimeEntry) -> HttpResponse:
    back = f"{reverse('workbench:day')}?day={entry.day:%Y-%m-%d}"
    return done(request, back, events=["time-changed"])
