"""Expenses: what was spent for clients, to be billed on."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.activity.models import record
from apps.clients import editing
from apps.core import access
from apps.core.htmx import done, notify, render
from apps.invoicing.expense_forms import ExpenseForm
from apps.invoicing.models import Expense

CHANGED = "expenses-changed"
SHOWN = 50


@access.member
@require_safe
def expense_list(request: HttpRequest) -> HttpResponse:
    """All expenses, newest first, and what of them is on no invoice."""
    expenses = request.workspace.expenses
    page = Paginator(expenses.for_list(), SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "unbilled": expenses.unbilled_amounts()}
    return render(request, "invoicing/expenses.html", context, partial="expenses")


@access.member
@require_http_methods(["GET", "POST"])
def expense_new(request: HttpRequest) -> HttpResponse:
    """Add an expense; `?client=` names whom it was for."""
    initial = {"client": request.GET.get("client", "")}
    form = ExpenseForm(editing.posted(request), workspace=request.workspace, initial=initial)
    return _form_page(request, form, title=_("New expense"), submit=_("Add expense"), saved=_("%(name)s is added."))


@access.member
@require_http_methods(["GET", "POST"])
def expense_edit(request: HttpRequest, expense_pk: int) -> HttpResponse:
    """Change one that is on no invoice."""
    expense = _find(request, expense_pk)
    if expense.is_billed:
        notify(request, _("%(name)s is on an invoice and stays as it is.") % {"name": expense})
        return done(request, "invoicing:expenses", events=[CHANGED])
    form = ExpenseForm(editing.posted(request), instance=expense, workspace=request.workspace)
    return _form_page(request, form, title=_("Expense"), submit=_("Save"), saved=_("%(name)s is saved."))


def _form_page(request: HttpRequest, form: ExpenseForm, **words) -> HttpResponse:
    back = reverse("invoicing:expenses")
    return editing.form_page(request, form, event=CHANGED, back=back, leads_to=back, **words)


@access.member
@require_POST
def expense_delete(request: HttpRequest, expense_pk: int) -> HttpResponse:
    """Delete one that is on no invoice."""
    expense = _find(request, expense_pk)
    if expense.is_billed:
        notify(request, _("%(name)s is on an invoice and stays as it is.") % {"name": expense})
    else:
        record("deleted", expense, actor=request.user, amount_minor=expense.amount_minor)
        expense.delete()
        notify(request, _("%(name)s is deleted.") % {"name": expense})
    return done(request, "invoicing:expenses", events=[CHANGED])


def _find(request: HttpRequest, pk: int) -> Expense:
    return get_object_or_404(request.workspace.expenses.select_related("client", "source"), pk=pk)
