"""The list of invoices, and one invoice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.htmx import render
from apps.core.tables import list_page
from apps.invoicing.forms import new_token
from apps.invoicing.tables import InvoiceFilter, InvoiceTable
from apps.invoicing.timeline import timeline

STATES = {"drafts": _("Drafts"), "open": _("Open"), "overdue": _("Overdue"), "paid": _("Paid")}


@access.member
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    """All invoices, or those in one state."""
    invoices = request.workspace.invoices
    state = request.GET.get("state", "")
    chosen = getattr(invoices, state)() if state in STATES else invoices.all()
    amounts = invoices.open_amounts()
    clients = list(request.workspace.clients.filter(invoices__isnull=False).distinct().values_list("pk", "name"))
    return list_page(
        request,
        table_class=InvoiceTable,
        filterset_class=InvoiceFilter,
        queryset=chosen.for_list(),
        template="invoicing/list.html",
        context={
            "tabs": _tabs(state, amounts),
            "state": state if state in STATES else "",
            "amounts": amounts,
            "late_sums": [row for row in amounts if row["late"]],
            "late": sum(row["late"] for row in amounts),
            "is_empty": not clients,
        },
        filter_options={"clients": clients},
    )


def _tabs(state: str, amounts: list[dict]) -> list[dict]:
    counts = {"open": sum(row["invoices"] for row in amounts), "overdue": sum(row["late"] for row in amounts)}
    tabs = [("", _("All")), *STATES.items()]
    return [
        {"state": name, "label": label, "count": counts.get(name), "is_current": name == state} for name, label in tabs
    ]


@access.member
@require_safe
def invoice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One invoice: how it stands, the paper as issued, what happened to it."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    context = {
        "invoice": invoice,
        "paper": invoice.paper,
        "payments": list(invoice.payments.all()),
        "credit_notes": list(invoice.credit_notes.order_by("pk")),
        "moments": timeline(invoice),
        "token": new_token(),
    }
    return render(request, "invoicing/detail.html", context, partial="invoice")
