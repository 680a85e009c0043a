"""Issue an invoice."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

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
