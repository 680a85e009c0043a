"""The files of an invoice: how far they are, the PDF, the e-invoice, and what keeps it from being one."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import access, days
from apps.core.htmx import notify, render
from apps.invoicing import documents
from apps.invoicing.child_process import ChildError
from apps.invoicing.einvoice import cii
from apps.invoicing.einvoice.checking import findings
from apps.invoicing.einvoice.content import is_usual_for
from apps.invoicing.letters import unprintable
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.views.answers import go

# Until then the page asks again by itself; later it says that something is wrong.
PATIENCE = timedelta(minutes=2)

Kind = InvoiceDocument.Kind
_TYPES = {Kind.PDF: "application/pdf", Kind.CII: "application/xml", Kind.UBL: "application/xml"}
_NAMES = {Kind.PDF: "{}.pdf", Kind.CII: "{}-factur-x.xml", Kind.UBL: "{}-ubl.xml"}


def document_context(invoice: Invoice) -> dict:
    """What the section on documents needs: `documents` as they are stored, and whether the PDF is still awaited."""
    found = list(invoice.documents.defer("content"))
    has_pdf = any(document.kind == Kind.PDF for document in found)
    is_new = bool(invoice.issued_at and days.now() - invoice.issued_at < PATIENCE)
    return {
        "documents": sorted(found, key=lambda document: Kind.values.index(document.kind)),
        "has_pdf": has_pdf,
        "is_awaited": not has_pdf and is_new,
        "is_e_invoice": any(document.kind == Kind.CII for document in found),
        "lacks_e_invoice": has_pdf and len(found) == 1 and _may_be_e_invoice(invoice),
    }


def _may_be_e_invoice(invoice: Invoice) -> bool:
    return not invoice.is_estimate and is_usual_for(invoice.workspace.country)


@access.member
@require_safe
def invoice_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """The section on documents, which the page asks for until the PDF is there."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    if not request.htmx:
        return go(request, invoice)
    return render(request, "invoicing/_documents.html", {"invoice": invoice, **document_context(invoice)})


def _documented(request: HttpRequest):
    """Invoices with as much as their documents need: a stored one is only handed out."""
    return request.workspace.invoices.select_related("workspace", "client", "corrects")


@access.member
@require_safe
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored PDF of an issued invoice; of a draft a preview that is marked as one and not kept."""
    invoice = get_object_or_404(_documented(request), pk=pk)
    try:
        if invoice.is_draft:
            answer = HttpResponse(documents.render(invoice), content_type=_TYPES[Kind.PDF])
            patch_cache_control(answer, private=True, no_store=True)
            return _named(answer, request, f"draft-{invoice.pk}.pdf")
        return _kept(request, invoice, documents.stored_pdf(invoice))
    except ChildError:
        return render(request, "invoicing/not_made.html", {"invoice": invoice}, status=503)


@access.member
@require_safe
def invoice_xml(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The e-invoice alone, as `cii` or `ubl`."""
    invoice = get_object_or_404(_documented(request), pk=pk)
    document = documents.stored(invoice, kind)
    if document is None:
        notify(request, _("There is no electronic invoice of this one. Its page says why."))
        return go(request, invoice)
    return _kept(request, invoice, document)


def _kept(request: HttpRequest, invoice: Invoice, document: InvoiceDocument) -> HttpResponse:
    etag = quote_etag(document.sha256)
    answer = HttpResponse(bytes(document.content), content_type=_TYPES[document.kind], headers={"ETag": etag})
    patch_cache_control(answer, private=True, max_age=0)
    name = _NAMES[document.kind].format(slugify(invoice.number) or "invoice")
    return get_conditional_response(request, etag=etag, response=_named(answer, request, name))


def _named(answer: HttpResponse, request: HttpRequest, filename: str) -> HttpResponse:
    answer.headers["Content-Disposition"] = content_disposition_header("download" in request.GET, filename)
    return answer


@access.member
@require_safe
def invoice_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What to know before issuing: letters that cannot be printed, and what an electronic invoice would lack."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    context = {
        "invoice": invoice,
        "unprintable": unprintable(invoice.paper.facts),
        "asks_for_e_invoice": _may_be_e_invoice(invoice),
    }
    if context["asks_for_e_invoice"]:
        # The rules ask for a number, and a draft gets one when it is issued: any will do.
        xml = cii.write({**invoice.paper.facts, "number": invoice.number or "1"})
        try:
            context["findings"] = findings(xml, Kind.CII)
        except ChildError:
            context["failed"] = True
    return render(request, "invoicing/check.html", context, partial="check")
