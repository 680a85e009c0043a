"""An invoice on its way to the client: send it, remind of it, say that it was sent, try again."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access
from apps.core.htmx import done, notify, render
from apps.invoicing.forms import new_token
from apps.invoicing.mail_forms import MailForm
from apps.invoicing.mail_texts import MailKind
from apps.invoicing.models import Delivery, Invoice, MailTemplate
from apps.invoicing.placeholders import fill_mail, values_of
from apps.invoicing.views.answers import add_problems
from apps.invoicing.views.payments import CHANGED


@access.member
@require_http_methods(["GET", "POST"])
def invoice_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the mail that brings the document to the client, then send it."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    return _mail_page(request, invoice, invoice.mail_kind, title=_("Send %(number)s"), submit=_("Send"))


@access.member
@require_http_methods(["GET", "POST"])
def invoice_remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the reminder that fits now, then send it."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    kind = invoice.next_reminder
    return _mail_page(request, invoice, kind, title=_("Remind of %(number)s"), submit=_("Send the reminder"))


def _mail_page(request: HttpRequest, invoice: Invoice, kind: MailKind, *, title: str, submit: str) -> HttpResponse:
    is_post = request.method == "POST"
    refused = _refusal(invoice, kind)
    form = None if refused else _form(request, invoice, kind)
    if is_post and form and form.is_valid() and _queue(request, invoice, kind, form):
        notify(request, _("The mail to %(to)s is on its way.") % {"to": ", ".join(form.cleaned_data["to"])})
        return done(request, invoice.get_absolute_url(), events=[CHANGED])
    context = {
        "invoice": invoice,
        "form": form,
        "kind": kind,
        "refused": refused,
        "title": title % {"number": invoice.number or invoice.heading},
        "submit": submit,
    }
    return render(request, "invoicing/mail.html", context, partial="form", status=422 if is_post else 200)


def _refusal(invoice: Invoice, kind: MailKind) -> str:
    try:
        invoice.check_mail(kind)
    except ValidationError as error:
        return error.messages[0]
    return ""


def _form(request: HttpRequest, invoice: Invoice, kind: MailKind) -> MailForm:
    if request.method == "POST":
        return MailForm(request.POST, workspace=request.workspace)
    text = fill_mail(MailTemplate.of(request.workspace, kind).text, values_of(invoice))
    initial = {"to": invoice.recipients(), "subject": text.subject, "body": text.body, "token": new_token()}
    return MailForm(workspace=request.workspace, initial=initial)


def _queue(request: HttpRequest, invoice: Invoice, kind: MailKind, form: MailForm) -> Delivery | None:
    data = form.cleaned_data
    try:
        return Delivery.queue(
            invoice, kind=kind, text=form.text, to=data["to"], cc=data["cc"], key=data["token"], actor=request.user
        )
    except ValidationError as error:
        add_problems(form, error)
        return None


@access.member
@require_POST
def invoice_mark_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it was sent without WorkHub."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    try:
        invoice.mark_sent(actor=request.user)
    except ValidationError as error:
        notify(request, error.messages[0])
    else:
        notify(request, _("%(number)s is marked as sent.") % {"number": invoice.number})
    return done(request, invoice.get_absolute_url(), events=[CHANGED])


@access.member
@require_POST
def delivery_again(request: HttpRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """Send a mail once more that did not go out, or of which nobody knows whether it did."""
    invoice = get_object_or_404(request.workspace.invoices, pk=pk)
    delivery = get_object_or_404(request.workspace.deliveries.filter(invoice=invoice), pk=delivery_pk)
    try:
        delivery.send_again(actor=request.user)
    except ValidationError as error:
        notify(request, error.messages[0])
    else:
        notify(request, _("The mail to %(to)s is on its way again.") % {"to": delivery.to})
    return done(request, invoice.get_absolute_url(), events=[CHANGED])
