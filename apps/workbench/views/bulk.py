"""Many entries at once: changed, thrown away, and both taken back."""

from uuid import uuid4

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core import access
from apps.core.htmx import done, notify, render
from apps.workbench.bulk_form import BulkForm
from apps.workbench.choices import PlainChoices
from apps.workbench.together import Outcome, Together
from apps.workbench.views.lookup import mine, way_back
from apps.workbench.views.selection import Selection, tell

FORM = "workbench/bulk_form.html"
UNDO_SECONDS = 3600


@access.member
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change what is ticked; without `save` it asks how."""
    selection = Selection(request)
    if selection.refusal:
        return _refuse(request, selection)
    form = BulkForm(request.POST if "save" in request.POST else None, workspace=request.workspace)
    if not (form.is_bound and form.is_valid()):
        return _ask(request, selection, form)
    outcome = form.save(selection.entries)
    changed = len(outcome.changed)
    sentence = ngettext("%(count)d entry changed.", "%(count)d entries changed.", changed) % {"count": changed}
    tell(request, sentence, outcome, undo=_remember(request, outcome))
    return _done(request)


@access.member
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Throw away what is ticked; the toast takes all of it back."""
    selection = Selection(request)
    if selection.refusal:
        return _refuse(request, selection)
    outcome = Together(selection.entries).trash()
    deleted = len(outcome.changed)
    sentence = ngettext("%(count)d entry deleted.", "%(count)d entries deleted.", deleted) % {"count": deleted}
    undo = f"{reverse('workbench:entries_restore')}?{urlencode({'at': outcome.at.isoformat()})}"
    tell(request, sentence, outcome, undo=undo)
    return _done(request)


@access.member
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take a change of many back, for an hour (`?of=…`)."""
    before = cache.get(_key(request, request.GET.get("of", "")))
    try:
        outcome = Together(mine(request)).put_back(before or [])
    except ValidationError:
        outcome = Outcome()
    if before and outcome.changed:
        changed = len(outcome.changed)
        sentence = ngettext("%(count)d entry is as it was.", "%(count)d entries are as they were.", changed)
        tell(request, sentence % {"count": changed}, outcome)
    else:
        notify(request, _("This cannot be taken back any more."))
    return _done(request)


def _remember(request: HttpRequest, outcome: Outcome) -> str:
    """Keep what the entries said before; returns the address that brings it back."""
    token = uuid4().hex
    cache.set(_key(request, token), outcome.before, UNDO_SECONDS)
    return f"{reverse('workbench:entries_undo')}?{urlencode({'of': token})}"


def _key(request: HttpRequest, token: str) -> str:
    # Of the person and the workspace: somebody else's token finds nothing.
    plain = "".join(letter for letter in token if letter in "0123456789abcdef")[:32]
    return f"entries-before:{request.workspace.pk}:{request.user.pk}:{plain}"


def _ask(request: HttpRequest, selection: Selection, form: BulkForm) -> HttpResponse:
    context = {
        "selection": selection,
        "form": form,
        "plain": PlainChoices(request.workspace),
        "tags": request.workspace.tags.values_list("name", flat=True),
        "back": way_back(request),
    }
    return render(request, FORM, context, partial="form", status=422 if form.is_bound else 200)


def _refuse(request: HttpRequest, selection: Selection) -> HttpResponse:
    notify(request, selection.refusal)
    return done(request, way_back(request), events=["selection-refused"])


def _done(request: HttpRequest) -> HttpResponse:
    return done(request, way_back(request), events=["selection-done", "time-changed"])
