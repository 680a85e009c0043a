"""The quick-entry line: what is understood of it while it is typed, and saving it."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import access
from apps.core.durations import format_words
from apps.core.htmx import done, notify, render
from apps.workbench.models import TimeEntry
from apps.workbench.quick_form import QuickForm


@access.member
@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """GET says what would be saved; POST saves it."""
    sent = request.POST if request.method == "POST" else request.GET
    form = QuickForm(sent, user=request.user, workspace=request.workspace)
    if request.method == "POST" and not form.problems and (entry := _saved(form)):
        worked = format_words(entry.work_seconds)
        notify(request, _("Logged: %(title)s, %(worked)s.") % {"title": entry.title, "worked": worked})
        return done(request, f"{reverse('workbench:day')}?day={entry.day:%Y-%m-%d}", events=["time-changed"])
    return _show(request, form)


def _saved(form: QuickForm) -> TimeEntry | None:
    """The entry, or None with the refusal among the problems."""
    try:
        return form.save()
    except ValidationError as refusal:
        form.problems.extend(refusal.messages)
        return None


def _show(request: HttpRequest, form: QuickForm) -> HttpResponse:
    is_refused = request.method == "POST"
    shown = is_refused or not form.is_blank
    all_fields = f"{reverse('workbench:entry_new')}?{urlencode(form.prefill)}" if shown and not form.errors else ""
    context = {"form": form, "shown": shown, "is_refused": is_refused, "all_fields": all_fields}
    return render(request, "workbench/quick.html", context, partial="preview", status=422 if is_refused else 200)
