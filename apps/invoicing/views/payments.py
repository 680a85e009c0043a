"""Payments: record one, book all that is open, take one back."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access, days
from apps.core.htmx import done, notify, render
from apps.core.money import format_money
from apps.invoicing.forms import PaymentForm, new_token
from apps.invoicing.models import Invoice, Payment
from apps.invoicing.views.answers import add_problems

CHANGED = "invoices-changed"


@access.member
@require_http_methods(["GET", "POST"])
def payment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a payment, whole or in part."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    is_post = request.method == "POST"
    form = PaymentForm(
        request.POST if is_post else None,
        workspace=request.workspace,
        currency=invoice.currency,
        initial={
            "amount": invoice.open_minor or None,
            "paid_on": days.local_day(days.now(), request.workspace.zone),
            "token": new_token(),
        },
    )
    if is_post and form.is_valid() and (payment := _book(request, invoice, form)):
        return _told(request, payment)
    context = {"form": form, "invoice": invoice}
    return render(request, "invoicing/payment.html", context, partial="form", status=422 if is_post else 200)


def _book(request: HttpRequest, invoice: Invoice, form: PaymentForm) -> Payment | None:
    data = form.cleaned_data
    try:
        return invoice.pay(
            data["amount"],
            key=data["token"],
            paid_on=data["paid_on"],
            method=data["method"],
            note=data["note"],
            actor=request.user,
        )
    except ValidationError as error:
        if hasattr(error, "error_dict") and "amount_minor" in error.error_dict:
            error = ValidationError({"amount": error.error_dict["amount_minor"]})
        add_problems(form, error)
        return None


@access.member
@require_POST
def invoice_mark_paid(request: HttpRequest, pk: int) -> HttpResponse:
    """Book all that is open, today; the same press twice books once."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    try:
        payment = invoice.mark_paid(key=posted_token(request), actor=request.user)
    except ValidationError as error:
        notify(request, _already(invoice, error))
        return done(request, invoice.get_absolute_url(), events=[CHANGED])
    return _told(request, payment)


def posted_token(request: HttpRequest) -> str:
    """The token of the form that was sent, by which it books once; a new one where it sent none."""
    return request.POST.get("token", "")[:64].replace("\x00", "") or new_token()


def _already(invoice: Invoice, error: ValidationError) -> str:
    if invoice.status == Invoice.Status.ISSUED and invoice.open_minor <= 0:
        return _("This invoice is paid already. Nothing was booked.")
    return error.messages[0]


@access.member
@require_POST
def payment_delete(request: HttpRequest, pk: int, payment_pk: int) -> HttpResponse:
    """Take a payment back."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    payment = get_object_or_404(request.workspace.payments.filter(invoice=invoice), pk=payment_pk)
    payment.delete(actor=request.user)
    notify(request, _("The payment is taken back; the invoice is open again."))
    return done(request, invoice.get_absolute_url(), events=[CHANGED])


def _told(request: HttpRequest, payment: Payment) -> HttpResponse:
    invoice = payment.invoice
    undo = reverse("invoicing:payment_delete", args=[invoice.pk, payment.pk])
    amount = format_money(payment.amount_minor, invoice.currency)
    notify(request, _("%(amount)s is booked for %(invoice)s.") % {"amount": amount, "invoice": invoice}, undo=undo)
    return done(request, invoice.get_absolute_url(), events=[CHANGED])
