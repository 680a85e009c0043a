"""Bank statements in three steps: the file, its columns, and its lines beside what is open; taking one back."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import access
from apps.core.htmx import done, notify, render
from apps.core.money import format_money
from apps.invoicing.bank import booking
from apps.invoicing.bank.booking import Outcome, Reconciliation
from apps.invoicing.bank.forms import ColumnsForm, LineForm, StatementForm
from apps.invoicing.models import BankStatement
from apps.invoicing.views.bulk import LONGEST_ID
from apps.invoicing.views.payments import CHANGED

STATEMENTS_SHOWN, LINES_SHOWN, PREVIEWED = 50, 50, 6


def _statement(request: HttpRequest, statement_pk: int) -> BankStatement:
    statement = get_object_or_404(request.workspace.bank_statements, pk=statement_pk)
    statement.workspace = request.workspace
    return statement


@access.member
@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest) -> HttpResponse:
    """Choose a file; beneath it all that was imported before."""
    is_post = request.method == "POST"
    form = StatementForm(*((request.POST, request.FILES) if is_post else ()), workspace=request.workspace)
    if form.is_valid():
        return redirect(form.save())
    statements = request.workspace.bank_statements.defer("content", "faults")[:STATEMENTS_SHOWN]
    return render(
        request, "invoicing/bank.html", {"form": form, "statements": statements}, status=422 if is_post else 200
    )


@access.member
@require_http_methods(["GET", "POST"])
def bank_columns(request: HttpRequest, statement_pk: int) -> HttpResponse:
    """Say which column is what; `then=preview` only shows how the first lines are understood."""
    statement = _statement(request, statement_pk)
    if statement.is_read:
        return redirect(statement)
    form = ColumnsForm(request.POST or None, statement=statement, workspace=request.workspace)
    only_looks = request.POST.get("then") == "preview"
    if form.is_bound and form.is_valid() and not only_looks:
        statement.read(form.mapping())
        return redirect(statement)
    status = 422 if form.is_bound and not only_looks else 200
    form.is_valid()
    lines = list(form.file.lines(form.mapping(), request.workspace.currency))[:PREVIEWED]
    context = {"statement": statement, "form": form, "lines": lines}
    return render(request, "invoicing/bank_columns.html", context, partial="columns", status=status)


@access.member
@require_safe
def bank_statement(request: HttpRequest, statement_pk: int) -> HttpResponse:
    """The lines of a statement, each with what it most likely pays."""
    statement = _statement(request, statement_pk)
    if not statement.is_read:
        return redirect("invoicing:bank_columns", statement_pk)
    reconciliation = Reconciliation(statement)
    tab = "booked" if request.GET.get("tab") == "booked" else "waiting"
    rows = reconciliation.waiting if tab == "waiting" else reconciliation.booked
    page = Paginator(rows, LINES_SHOWN).get_page(request.GET.get("page"))
    context = {"statement": statement, "reconciliation": reconciliation, "tab": tab, "page": page}
    return render(request, "invoicing/bank_statement.html", context, partial="lines")


@access.member
@require_POST
def bank_book(request: HttpRequest, statement_pk: int) -> HttpResponse:
    """Book what is suggested: for the line whose button was pressed (`line`), or for all that are sure (`all`)."""
    statement = _statement(request, statement_pk)
    sent = request.POST.getlist("line")
    named = {int(text) for text in sent if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID}
    outcome = booking.book_suggested(statement, None if "all" in request.POST else named, actor=request.user)
    notify(request, _told(outcome))
    return done(request, statement.get_absolute_url(), events=[CHANGED])


def _told(outcome: Outcome) -> str:
    count = len(outcome.payments)
    booked = ngettext("%(count)d payment is booked.", "%(count)d payments are booked.", count) % {"count": count}
    sentences = [booked if count else _("Nothing was booked.")]
    if outcome.left:
        sentences.append(_("%(count)d more are sure: press again for those.") % {"count": outcome.left})
    return " ".join([*sentences, *dict.fromkeys(outcome.refused)])


@access.member
@require_http_methods(["GET", "POST"])
def bank_line(request: HttpRequest, statement_pk: int, line_pk: int) -> HttpResponse:
    """Choose by hand what a line pays."""
    statement = _statement(request, statement_pk)
    line = get_object_or_404(statement.lines.with_booked(), pk=line_pk)
    line.statement = statement
    if line.booked_as:
        notify(request, _("This line is booked already."))
        return done(request, statement.get_absolute_url(), events=[CHANGED])
    is_post = request.method == "POST"
    suggestion = None if is_post else Reconciliation(statement).suggestion_for(line)
    form = LineForm(request.POST if is_post else None, line=line, suggestion=suggestion, workspace=request.workspace)
    if form.is_valid():
        try:
            payment = booking.book(line, **form.booking, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            told = {"amount": format_money(payment.amount_minor, payment.currency), "client": payment.client}
            undo = reverse("invoicing:payment_take_back", args=[payment.pk])
            notify(request, _("%(amount)s of %(client)s is booked.") % told, undo=undo)
            return done(request, statement.get_absolute_url(), events=[CHANGED])
    context = {"form": form, "line": line, "statement": statement}
    return render(request, "invoicing/bank_line.html", context, partial="form", status=422 if is_post else 200)


@access.member
@require_http_methods(["GET", "POST"])
def bank_undo(request: HttpRequest, statement_pk: int) -> HttpResponse:
    """Take back all that a statement booked; asks first."""
    statement = _statement(request, statement_pk)
    if request.method == "POST":
        outcome = booking.take_back(statement, actor=request.user)
        notify(request, _taken_back(outcome))
        return done(request, statement.get_absolute_url(), events=[CHANGED])
    count = statement.lines.exclude(payment=None).count()
    return render(request, "invoicing/bank_undo.html", {"statement": statement, "count": count}, partial="form")


def _taken_back(outcome: Outcome) -> str:
    count = len(outcome.payments)
    told = ngettext("%(count)d payment is taken back.", "%(count)d payments are taken back.", count) % {"count": count}
    sentences = [told if count else _("Nothing was taken back.")]
    if outcome.left:
        sentences.append(_("%(count)d more are there: press again for those.") % {"count": outcome.left})
    return " ".join([*sentences, *dict.fromkeys(outcome.refused)])


@access.member
@require_POST
def bank_delete(request: HttpRequest, statement_pk: int) -> HttpResponse:
    """Throw a statement away that booked nothing."""
    statement = _statement(request, statement_pk)
    if statement.lines.exclude(payment=None).exists():
        notify(request, _("It booked payments: take them back first."))
        return done(request, statement.get_absolute_url())
    statement.delete()
    notify(request, _("Thrown away: %(name)s.") % {"name": statement.file_name})
    return done(request, reverse("invoicing:bank"))
