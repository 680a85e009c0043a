"""The address at which a client reads an invoice: made, renewed, revoked."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core import access
from apps.core.htmx import done, notify
from apps.invoicing.views.payments import CHANGED


@access.member
@require_POST
def link_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the address; where there is one already it stays."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    try:
        invoice.make_link()
    except ValidationError as error:
        notify(request, error.messages[0])
    else:
        notify(request, _("Whoever has the address can read the invoice."))
    return done(request, invoice.get_absolute_url(), events=[CHANGED])


@access.member
@require_POST
def link_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address; the one before leads nowhere."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    get_object_or_404(request.workspace.public_links, invoice=invoice).renew(actor=request.user)
    notify(request, _("The address is a new one. The one before leads nowhere now."))
    return done(request, invoice.get_absolute_url(), events=[CHANGED])


@access.member
@require_POST
def link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The address leads nowhere from now on."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    get_object_or_404(request.workspace.public_links, invoice=invoice).revoke(actor=request.user)
    notify(request, _("The address leads nowhere now."))
    return done(request, invoice.get_absolute_url(), events=[CHANGED])
