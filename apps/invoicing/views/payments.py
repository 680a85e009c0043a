"""Payments of one invoice: record one, book all that is open, use credit, pay back, take back."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access
from apps.core.htmx import done, notify, render
from apps.core.money import format_money
from apps.invoicing.forms import new_token
from apps.invoicing.models import Account, Invoice, Payment
from apps.invoicing.payment_forms import PaymentForm, RefundForm
from apps.invoicing.views.answers import add_problems

CHANGED = "invoices-changed"


def _invoice(request: HttpRequest, pk: int) -> Invoice:
    return get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)


def _back(request: HttpRequest, invoice: Invoice, told: str, *, undo: str | None = None) -> HttpResponse:
    notify(request, told, undo=undo)
    return done(request, invoice.get_absolute_url(), events=[CHANGED])


@access.member
@require_http_methods(["GET", "POST"])
def payment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a payment, whole or in part; what is too much can be kept as credit."""
    invoice = _invoice(request, pk)
    is_post = request.method == "POST"
    if is_post and (payment := booked_before(request, invoice.account)):
        return _told(request, invoice, payment)
    form = PaymentForm(request.POST if is_post else None, workspace=request.workspace, invoice=invoice)
    if is_post and form.is_valid() and (payment := _book(request, invoice, form)):
        return _told(request, invoice, payment)
    credit = invoice.account.credit_minor
    usable = min(credit, invoice.open_minor)
    context = {"form": form, "invoice": invoice, "credit": credit, "usable": usable, "token": new_token()}
    return render(request, "invoicing/payment.html", context, partial="form", status=422 if is_post else 200)


def booked_before(request: HttpRequest, account: Account) -> Payment | None:
    """What the same form booked when it was first sent: what it says fits what is open no more, and need not."""
    return account.payments.filter(idempotency_key=posted_token(request)).first()


def _book(request: HttpRequest, invoice: Invoice, form: PaymentForm) -> Payment | None:
    data = form.cleaned_data
    try:
        return invoice.pay(data["amount"], keeps_rest=data["keeps_rest"], actor=request.user, **form.booking)
    except ValidationError as error:
        add_problems(form, named_for_form(error))
        return None


def named_for_form(error: ValidationError) -> ValidationError:
    """The same refusal with the amount called as the forms call it."""
    if hasattr(error, "error_dict") and "amount_minor" in error.error_dict:
        return ValidationError({"amount": error.error_dict["amount_minor"]})
    return error


@access.member
@require_POST
def invoice_mark_paid(request: HttpRequest, pk: int) -> HttpResponse:
    """Book all that is open, today; the same press twice books once."""
    invoice = _invoice(request, pk)
    try:
        payment = invoice.mark_paid(key=posted_token(request), actor=request.user)
    except ValidationError as error:
        return _back(request, invoice, _already(invoice, error))
    return _told(request, invoice, payment)


def posted_token(request: HttpRequest) -> str:
    """The token of the form that was sent, by which it books once; a new one where it sent none."""
    return request.POST.get("token", "")[:64].replace("\x00", "") or new_token()


def _already(invoice: Invoice, error: ValidationError) -> str:
    if invoice.status == Invoice.Status.ISSUED and invoice.open_minor <= 0:
        return _("This invoice is paid already. Nothing was booked.")
    return error.messages[0]


@access.member
@require_POST
def invoice_use_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay with the client's credit, as far as it goes; the same press twice moves it once."""
    invoice = _invoice(request, pk)
    usable = min(invoice.account.credit_minor, invoice.open_minor)
    try:
        moved = invoice.use_credit(usable, key=posted_token(request), actor=request.user)
    except ValidationError as error:
        return _back(request, invoice, error.messages[0])
    amount = format_money(sum(each.amount_minor for each in moved), invoice.currency)
    undo = reverse("invoicing:credit_back", args=[invoice.pk, moved[0].pk]) if len(moved) == 1 else None
    told = _("%(amount)s of the credit is used for %(invoice)s.") % {"amount": amount, "invoice": invoice}
    return _back(request, invoice, told, undo=undo)


@access.member
@require_POST
def credit_back(request: HttpRequest, pk: int, allocation_pk: int) -> HttpResponse:
    """Give credit that was used on an invoice back to the client."""
    invoice = _invoice(request, pk)
    allocation = get_object_or_404(request.workspace.allocations.filter(invoice=invoice), pk=allocation_pk)
    try:
        allocation.delete(actor=request.user)
    except ValidationError as error:
        return _back(request, invoice, error.messages[0])
    return _back(request, invoice, _("The credit is the client's again; the invoice is open by as much."))


@access.member
@require_POST
def invoice_keep_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Make what was paid too much the client's credit."""
    invoice = _invoice(request, pk)
    try:
        kept = invoice.keep_as_credit(actor=request.user)
    except ValidationError as error:
        return _back(request, invoice, error.messages[0])
    told = {"amount": format_money(kept, invoice.currency), "client": invoice.client}
    return _back(request, invoice, _("%(amount)s is credit of %(client)s now.") % told)


@access.member
@require_http_methods(["GET", "POST"])
def invoice_refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Book that what was paid too much went back."""
    invoice = _invoice(request, pk)
    is_post, most = request.method == "POST", max(-invoice.open_minor, 0)
    data = request.POST if is_post else None
    form = RefundForm(data, workspace=request.workspace, currency=invoice.currency, most_minor=most)
    if form.is_valid():
        try:
            refund = invoice.refund(form.cleaned_data["amount"], actor=request.user, **form.booking)
        except ValidationError as error:
            add_problems(form, named_for_form(error))
        else:
            told = {"amount": format_money(refund.amount_minor, refund.currency), "client": invoice.client}
            return _back(request, invoice, _("%(amount)s is booked as paid back to %(client)s.") % told)
    context = {"form": form, "client": invoice.client, "most": most, "currency": invoice.currency, "back": invoice}
    return render(request, "invoicing/refund.html", context, partial="form", status=422 if is_post else 200)


@access.member
@require_POST
def payment_delete(request: HttpRequest, pk: int, payment_pk: int) -> HttpResponse:
    """Take a payment back, off all its invoices."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    payments = request.workspace.payments.filter(allocations__invoice=invoice).distinct()
    return _back(request, invoice, taken_back(request, get_object_or_404(payments, pk=payment_pk)))


def taken_back(request: HttpRequest, payment: Payment) -> str:
    """Take a payment back; says in words what came of it."""
    count = payment.allocations.order_by().values("invoice").distinct().count()
    try:
        payment.delete(actor=request.user)
    except ValidationError as error:
        return error.messages[0]
    if not count:
        return _("The payment is taken back.")
    return ngettext(
        "The payment is taken back; the invoice is open again.",
        "The payment is taken back; its %(count)d invoices are open again.",
        count,
    ) % {"count": count}


def _told(request: HttpRequest, invoice: Invoice, payment: Payment) -> HttpResponse:
    undo = reverse("invoicing:payment_delete", args=[invoice.pk, payment.pk])
    told = {"amount": format_money(payment.amount_minor, payment.currency), "invoice": invoice}
    sentences = [_("%(amount)s is booked for %(invoice)s.") % told]
    if rest := payment.rest_minor:
        told = {"rest": format_money(rest, payment.currency), "client": invoice.client}
        sentences.append(_("%(rest)s of it is credit of %(client)s.") % told)
    return _back(request, invoice, " ".join(sentences), undo=undo)
