"""How documents look: theme, language, logo, and a sample of each theme."""

from copy import copy

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import access
from apps.core.htmx import notify, render
from apps.invoicing import pdf
from apps.invoicing.child_process import ChildError
from apps.invoicing.documents import logo_of
from apps.invoicing.look_forms import LookForm
from apps.invoicing.models import Invoice
from apps.invoicing.paper import Paper
from apps.workspaces.documents import Theme


@access.admin
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Choose how documents look from now on."""
    # The form writes into what it is given even when it is refused, and the frame around it shows the workspace.
    form = LookForm(request.POST or None, request.FILES or None, instance=copy(request.workspace))
    if form.is_valid():
        form.save()
        notify(request, _("Saved. Documents that you issue from now on look like this."))
        return redirect("invoicing:look")
    context = {"form": form, "has_sample": _newest(request) is not None}
    return render(request, "invoicing/look.html", context, status=422 if form.is_bound else 200)


@access.member
@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The present logo."""
    found = get_object_or_404(request.workspace.logos, sha256=request.workspace.logo)
    return HttpResponse(bytes(found.content), content_type="image/png")


@access.member
@require_safe
def look_sample(request: HttpRequest, theme: str) -> HttpResponse:
    """The newest invoice in one of the themes, marked as a draft and not kept."""
    invoice = _newest(request)
    if theme not in Theme.values or invoice is None:
        raise Http404
    own = invoice.paper.facts | {"logo": request.workspace.logo}
    paper = Paper(own | {"theme": theme, "language": request.workspace.language, "number": None, "issued_at": None})
    try:
        return HttpResponse(pdf.render(paper, logo=logo_of(request.workspace, paper)), content_type="application/pdf")
    except ChildError:
        return render(request, "invoicing/not_made.html", {"invoice": invoice}, status=503)


def _newest(request: HttpRequest) -> Invoice | None:
    return request.workspace.invoices.invoices().for_detail().order_by("-pk").first()
