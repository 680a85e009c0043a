"""The versions of a draft: a list, what changed, and the way back."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import access
from apps.core.htmx import notify, render
from apps.invoicing import versions
from apps.invoicing.views.answers import go, sent_version


@access.member
@require_safe
def version_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All states in which a draft was saved, newest first."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    context = {"invoice": invoice, "versions": list(invoice.versions.for_list())}
    return render(request, "invoicing/versions.html", context)


@access.member
@require_safe
def version_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version: what it changed, or with `?with=now` what has changed since."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    version = get_object_or_404(invoice.versions.select_related("actor"), number=number)
    with_now = request.GET.get("with") == "now"
    if with_now:
        head, lines = versions.compare(version, invoice.versions.first())
    else:
        head, lines = versions.compare(invoice.versions.filter(number__lt=number).first(), version)
    context = {"invoice": invoice, "version": version, "with_now": with_now, "head": head, "lines": lines}
    return render(request, "invoicing/version.html", context)


@access.member
@require_POST
def version_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Make the draft say again what it said then."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    version = get_object_or_404(invoice.versions, number=number)
    try:
        notices = versions.restore(invoice, version, seen=sent_version(request), actor=request.user)
    except ValidationError as refusal:
        notify(request, " ".join(refusal.messages))
        return go(request, invoice)
    for notice in [_("The draft says again what it said in version %(number)d.") % {"number": number}, *notices]:
        notify(request, notice)
    return go(request, invoice.edit_url)
