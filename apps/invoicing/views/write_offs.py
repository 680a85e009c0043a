"""Give up the open rest of an invoice, or take it up again."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access, days
from apps.core.htmx import done, notify, render
from apps.core.money import format_money
from apps.invoicing.mail_forms import WriteOffForm
from apps.invoicing.models import Invoice
from apps.invoicing.views.answers import add_problems
from apps.invoicing.views.payments import CHANGED


@access.member
@require_http_methods(["GET", "POST"])
def invoice_write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask as of when and why; then nothing is open any more."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    is_post = request.method == "POST"
    today = days.local_day(days.now(), request.workspace.zone)
    form = WriteOffForm(
        request.POST if is_post else None, workspace=request.workspace, initial={"written_off_on": today}
    )
    if form.is_valid() and _write_off(request, invoice, form):
        return done(request, invoice.get_absolute_url(), events=[CHANGED])
    context = {"form": form, "invoice": invoice}
    return render(request, "invoicing/write_off.html", context, partial="form", status=422 if is_post else 200)


def _write_off(request: HttpRequest, invoice: Invoice, form: WriteOffForm) -> bool:
    data = form.cleaned_data
    try:
        lost = invoice.write_off(on=data["written_off_on"], reason=data["reason"], actor=request.user)
    except ValidationError as error:
        add_problems(form, error)
        return False
    amount = format_money(lost.amount_minor, invoice.currency)
    undo = reverse("invoicing:write_off_undo", args=[invoice.pk])
    told = _("%(amount)s of %(number)s is written off.") % {"amount": amount, "number": invoice.number}
    notify(request, told, undo=undo)
    return True


@access.member
@require_POST
def write_off_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the write-off back."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    if invoice.take_up_again(actor=request.user):
        notify(request, _("The write-off is taken back; the rest is open again."))
    else:
        notify(request, _("Nothing of this invoice is written off."))
    return done(request, invoice.get_absolute_url(), events=[CHANGED])
