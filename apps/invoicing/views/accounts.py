"""What a client has with the business: payments over several invoices, credit, refunds."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.clients.models import Client
from apps.core import access
from apps.core.htmx import done, notify, render
from apps.core.money import CURRENCIES, format_money
from apps.invoicing.ledger import ledger
from apps.invoicing.models import Account, Payment
from apps.invoicing.payment_forms import ReceiveForm, RefundForm
from apps.invoicing.views.answers import add_problems
from apps.invoicing.views.bulk import LONGEST_ID, InvoiceSelection
from apps.invoicing.views.payments import CHANGED, booked_before, named_for_form, taken_back


def _account(request: HttpRequest, client_pk: int) -> Account:
    """The client's in the currency that is asked for, else in its own."""
    client = get_object_or_404(request.workspace.clients, pk=client_pk)
    client.workspace = request.workspace
    asked = request.GET.get("currency")
    return Account(client, asked if asked in CURRENCIES else client.currency)


def account_url(client: Client) -> str:
    """Where a client's payments are."""
    return reverse("invoicing:account", args=[client.pk])


@access.member
@require_safe
def account(request: HttpRequest, client_pk: int) -> HttpResponse:
    """All payments of a client, and what is open and credit; `?part=summary` is for the client's own page."""
    client = _account(request, client_pk).client
    partial = "summary" if request.GET.get("part") == "summary" else "account"
    return render(request, "invoicing/account.html", {"client": client, "ledger": ledger(client)}, partial=partial)


@access.member
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Record a payment over several invoices; `part=shares` and `part=rest` follow what is typed and book nothing."""
    account = _account(request, client_pk)
    is_post = request.method == "POST"
    data = request.POST if is_post else None
    form = ReceiveForm(data, workspace=request.workspace, account=account, chosen=_chosen(request))
    part = request.POST.get("part")
    if is_post and part in ("shares", "rest"):
        if part == "shares":
            form.propose()
        return render(request, "invoicing/receive.html", {"form": form, "account": account}, partial=part)
    payment = booked_before(request, account) if is_post else None
    if payment is None and form.is_valid():
        payment = _received(request, account, form)
    if payment:
        _tell(request, payment)
        return done(request, account_url(account.client), events=[CHANGED, "selection-done"])
    context = {"form": form, "account": account}
    return render(request, "invoicing/receive.html", context, partial="form", status=422 if is_post else 200)


def _chosen(request: HttpRequest) -> set[int]:
    sent = request.GET.getlist("invoices")
    return {int(text) for text in sent if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID}


def _received(request: HttpRequest, account: Account, form: ReceiveForm) -> Payment | None:
    try:
        return account.receive(form.cleaned_data["amount"], shares=form.shares, actor=request.user, **form.booking)
    except ValidationError as error:
        add_problems(form, named_for_form(error))
        return None


def _tell(request: HttpRequest, payment: Payment) -> None:
    count = payment.allocations.count()
    told = {"amount": format_money(payment.amount_minor, payment.currency), "client": payment.client, "count": count}
    sentences = [_("%(amount)s of %(client)s is booked.") % told]
    if count:
        booked = ngettext(
            "%(amount)s of %(client)s is booked for %(count)d invoice.",
            "%(amount)s of %(client)s is booked for %(count)d invoices.",
            count,
        )
        sentences = [booked % told]
    if rest := payment.rest_minor:
        sentences.append(_("%(rest)s of it is credit.") % {"rest": format_money(rest, payment.currency)})
    notify(request, " ".join(sentences), undo=reverse("invoicing:payment_take_back", args=[payment.pk]))


@access.member
@require_POST
def receive_for_selected(request: HttpRequest) -> HttpResponse:
    """On to the form for what is ticked in the list, where it is of one client in one currency."""
    selection = InvoiceSelection(request)
    rows = list(selection.rows.open().values_list("pk", "client", "currency")[: selection.most + 1])
    accounts = {row[1:] for row in rows}
    refusal = selection.refusal
    if not refusal and not rows:
        refusal = _("Nothing is open on what you ticked.")
    elif not refusal and len(accounts) > 1:
        refusal = _("One payment is from one client in one currency. Tick invoices of one client only.")
    if refusal:
        notify(request, refusal)
        return done(request, reverse("invoicing:list"), events=["selection-refused"])
    [(client, currency)] = accounts
    query = urlencode({"currency": currency, "invoices": [pk for pk, *_account in rows]}, doseq=True)
    return redirect(f"{reverse('invoicing:receive', args=[client])}?{query}")


@access.member
@require_POST
def payment_take_back(request: HttpRequest, payment_pk: int) -> HttpResponse:
    """Take a payment back, off all its invoices."""
    payment = get_object_or_404(request.workspace.payments.select_related("client"), pk=payment_pk)
    notify(request, taken_back(request, payment))
    return done(request, account_url(payment.client), events=[CHANGED])


@access.member
@require_http_methods(["GET", "POST"])
def refund_new(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Book that credit was paid back to the client."""
    account = _account(request, client_pk)
    client, currency = account.client, account.currency
    is_post, most = request.method == "POST", max(account.credit_minor, 0)
    data = request.POST if is_post else None
    form = RefundForm(data, workspace=request.workspace, currency=currency, most_minor=most)
    if form.is_valid():
        try:
            refund = account.refund(form.cleaned_data["amount"], actor=request.user, **form.booking)
        except ValidationError as error:
            add_problems(form, named_for_form(error))
        else:
            told = {"amount": format_money(refund.amount_minor, currency), "client": client}
            undo = reverse("invoicing:refund_delete", args=[refund.pk])
            notify(request, _("%(amount)s is booked as paid back to %(client)s.") % told, undo=undo)
            return done(request, account_url(client), events=[CHANGED])
    context = {"form": form, "client": client, "most": most, "currency": currency, "back": account_url(client)}
    return render(request, "invoicing/refund.html", context, partial="form", status=422 if is_post else 200)


@access.member
@require_POST
def refund_delete(request: HttpRequest, refund_pk: int) -> HttpResponse:
    """Take a refund back: the money is the client's credit again."""
    refund = get_object_or_404(request.workspace.refunds.select_related("client"), pk=refund_pk)
    refund.delete(actor=request.user)
    notify(request, _("The refund is taken back; the money is credit of the client again."))
    return done(request, account_url(refund.client), events=[CHANGED])
