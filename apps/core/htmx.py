"""The few ways in which a view answers: a page or a part of it, a toast, the end of a form."""

import json
from collections.abc import Iterable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

DIALOG = "dialog-body"


def render(
    request: HttpRequest, template: str, context: dict | None = None, *, partial: str | None = None, status: int = 200
) -> HttpResponse:
    """The whole page, or for an HTMX request only its named partial; the URL then answers both, so it varies."""
    fragment = bool(partial and request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request)
    name = f"{template}#{partial}" if fragment else template
    answer = TemplateResponse(request, name, context or {}, status=status).render()
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def live_part(request: HttpRequest, form: Form) -> HttpResponse | None:
    """A part of a form that follows what is typed: all its fields are posted with `part`, and nothing is saved.

    `form.live_parts` names each part's template and field; None where the request asks for none of them.
    """
    name = request.POST.get("part")
    template = getattr(form, "live_parts", {}).get(name)
    if not (request.htmx and template):
        return None
    form.is_valid()
    return render(request, template, {"form": form, "field": form[name]})


def notify(request: HttpRequest, text: str, *, undo: str | None = None) -> None:
    """Leave a toast for the answer to this request; `undo` is a URL that a POST takes the change back with."""
    messages.success(request, text, extra_tags=undo or "")


def done(request: HttpRequest, redirect_to: str, *, events: Iterable[str] = ()) -> HttpResponse:
    """The answer to a form that was saved.

    In the dialog, or from a control that only announces a change: no content, the events, and the dialog closes.
    From a page of its own: on to `redirect_to`.
    """
    if not request.htmx:
        return redirect(redirect_to)
    if request.htmx.target == DIALOG or events:
        answer = HttpResponse(status=204)
        add_triggers(answer, {**dict.fromkeys(events, ""), "dialog-close": ""})
        return answer
    return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(redirect_to)})


def add_triggers(response: HttpResponse, events: dict[str, object]) -> None:
    """Add events to those that the answer raises in the browser already."""
    present = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(present | events)
