"""The trash: what was thrown away in the last thirty days, taken back or deleted for good."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.core import access, days
from apps.core.htmx import done, notify, render
from apps.core.tables import PAGE_SIZE, LenientPaginator
from apps.workbench.together import Together
from apps.workbench.trash import delete_for_good, in_trash
from apps.workbench.views.lookup import mine, way_back
from apps.workbench.views.selection import Selection, tell


@access.member
@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """What the person threw away, the latest first, with when it goes."""
    entries = in_trash(mine(request, with_trash=True)).select_related("project", "task").with_segments()
    page = LenientPaginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "workbench/trash.html", {"page": page}, partial="list")


@access.member
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Take back what was chosen, or all that was deleted at one moment (`?at=…`)."""
    entries = mine(request, with_trash=True)
    if moment := request.GET.get("at"):
        entries = entries.filter(deleted_at=_instant(moment))
    else:
        entries = Selection(request, with_trash=True).entries
    outcome = Together(entries).restore()
    if not outcome.changed:
        notify(request, _("There is nothing left in the trash to take back."))
        return _done(request)
    count = len(outcome.changed)
    sentence = ngettext("%(count)d entry taken back.", "%(count)d entries taken back.", count) % {"count": count}
    tell(request, sentence, outcome)
    return _done(request)


@access.member
@require_POST
def purge(request: HttpRequest) -> HttpResponse:
    """Delete what was chosen for good; without `sure` it asks first."""
    selection = Selection(request, with_trash=True)
    entries = in_trash(selection.entries)
    if "sure" not in request.POST and entries:
        context = {"selection": selection, "count": len(entries)}
        return render(request, "workbench/trash_confirm.html", context, partial="form")
    count = delete_for_good(entries)
    sentence = ngettext("%(count)d entry deleted for good.", "%(count)d entries deleted for good.", count)
    notify(request, sentence % {"count": count})
    return _done(request)


def _instant(text: str) -> datetime:
    """A moment as the undo of a deletion names it; anything else is not found."""
    try:
        moment = datetime.fromisoformat(text)
        days.validate_instant(moment)
    except (ValueError, ValidationError):
        raise Http404 from None
    if moment.tzinfo is None:
        raise Http404
    return moment


def _done(request: HttpRequest) -> HttpResponse:
    return done(request, way_back(request), events=["selection-done", "time-changed"])
