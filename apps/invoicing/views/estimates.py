"""Estimates: note what the client said, and make the invoice."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core import access
from apps.core.htmx import notify
from apps.invoicing.models import Invoice
from apps.invoicing.views.answers import go

ACCEPTED, DECLINED = "accepted", "declined"


@access.member
@require_POST
def estimate_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the client accepted or declined; the pressed button says which."""
    estimate = _find(request, pk)
    said = request.POST.get("answer")
    if said not in (ACCEPTED, DECLINED):
        notify(request, _("Say whether the client accepted or declined."))
        return go(request, estimate)
    try:
        estimate.give_answer(is_accepted=said == ACCEPTED, actor=request.user)
    except ValidationError as error:
        notify(request, error.messages[0])
    else:
        told = _("%(number)s is accepted.") if said == ACCEPTED else _("%(number)s is declined.")
        notify(request, told % {"number": estimate.number})
    return go(request, estimate)


@access.member
@require_POST
def estimate_bill(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the invoice of an estimate, or go to the one that there is."""
    estimate = _find(request, pk)
    try:
        invoice = estimate.to_invoice(actor=request.user)
    except ValidationError as error:
        notify(request, error.messages[0])
        return go(request, estimate)
    return go(request, invoice.edit_url if invoice.is_draft else invoice)


def _find(request: HttpRequest, pk: int) -> Invoice:
    return get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
