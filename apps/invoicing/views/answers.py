"""Answers that the pages of invoices share."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect


def go(request: HttpRequest, to) -> HttpResponse:
    """On to another page, out of a dialog too: what was done made this page another one."""
    url = resolve_url(to)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def add_problems(form, error: ValidationError) -> None:
    """Show a refusal of the model at the fields that it names, else above the form."""
    problems = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for name, messages in problems.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


def is_stale(error: ValidationError) -> bool:
    """Whether a draft was refused because somebody else saved it meanwhile."""
    return getattr(error, "code", None) == "stale"


def sent_version(request: HttpRequest) -> int:
    """The version of a draft that the page showed; 0, which is none, where it says nothing that can be read."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
