"""The list of invoices, and one invoice."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.export import ANSWERS
from apps.core.htmx import render
from apps.core.tables import show_list
from apps.invoicing.forms import new_token
from apps.invoicing.listing import Listing
from apps.invoicing.listing_export import export_of
from apps.invoicing.tables import InvoiceTable
from apps.invoicing.timeline import timeline
from apps.invoicing.views.documents import document_context


@access.member
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    """All invoices, or those in one state, with what they come to and how old what is open is."""
    listing = Listing(request.workspace, request.GET)
    # The frame of the same page then need not ask again.
    request.late_invoices = listing.late
    return show_list(
        request,
        table_class=InvoiceTable,
        filterset=listing.filterset,
        template="invoicing/list.html",
        context={"listing": listing, "token": new_token()},
        count=sum(row["rows"] for row in listing.sums),
    )


@access.member
@require_safe
def invoice_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All that the list shows for the same address, on all its pages, as `csv` or `xlsx`."""
    return ANSWERS[kind](export_of(Listing(request.workspace, request.GET)))


@access.member
@require_safe
def invoice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One invoice: how it stands, the paper as issued, what happened to it."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    context = {
        "invoice": invoice,
        "paper": invoice.paper,
        "allocations": list(invoice.allocations.select_related("payment")),
        "credit_notes": list(invoice.credit_notes.order_by("pk")),
        "deliveries": list(invoice.deliveries.for_page()),
        "moments": timeline(invoice),
        "token": new_token(),
        **document_context(invoice),
    }
    return render(request, "invoicing/detail.html", context, partial="invoice")
