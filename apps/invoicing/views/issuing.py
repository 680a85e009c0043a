"""Issue an invoice, and its PDF."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import access
from apps.core.htmx import notify, render
from apps.invoicing.models import Invoice
from apps.invoicing.views.answers import go, sent_version


@access.member
@require_http_methods(["GET", "POST"])
def invoice_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what issuing means and which number it takes; then issue."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    problems: list[str] = []
    if request.method == "POST":
        try:
            invoice.issue(actor=request.user, version=sent_version(request))
        except ValidationError as error:
            problems = error.messages
        else:
            notify(request, _("%(number)s is issued.") % {"number": invoice.number})
            return go(request, invoice)
    elif not invoice.is_draft:
        return go(request, invoice)
    else:
        problems = _missing(invoice)
    context = {"invoice": invoice, "problems": problems}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoicing/submit.html", context, partial="form", status=status)


def _missing(invoice: Invoice) -> list[str]:
    try:
        invoice.check_issuable()
    except ValidationError as error:
        return error.messages
    return []


@access.member
@require_safe
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored PDF of an issued invoice; of a draft a preview that is marked as one and not kept."""
    from apps.invoicing.pdf import render as render_pdf
    from apps.invoicing.pdf import stored_pdf

    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    if invoice.is_draft:
        answer = HttpResponse(render_pdf(invoice.paper), content_type="application/pdf")
        patch_cache_control(answer, private=True, no_store=True)
        return _named(answer, request, f"draft-{invoice.pk}")
    document = stored_pdf(invoice)
    etag = quote_etag(document.sha256)
    answer = HttpResponse(bytes(document.content), content_type="application/pdf", headers={"ETag": etag})
    patch_cache_control(answer, private=True, max_age=0)
    return get_conditional_response(request, etag=etag, response=_named(answer, request, invoice.number))


def _named(answer: HttpResponse, request: HttpRequest, name: str) -> HttpResponse:
    as_attachment = "download" in request.GET
    filename = f"{slugify(name) or 'invoice'}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment, filename)
    return answer
