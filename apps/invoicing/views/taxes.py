"""The taxes that a business charges: looked after in one place, chosen by name on each line."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.clients import editing
from apps.core import access
from apps.core.htmx import done, render
from apps.invoicing.forms import TaxForm
from apps.invoicing.models import TaxRate

CHANGED = "taxes-changed"


@access.member
@require_safe
def taxes(request: HttpRequest) -> HttpResponse:
    """All of them, those in use first."""
    found = TaxRate.of(request.workspace)
    context = {
        "taxes": [tax for tax in found if not tax.is_archived],
        "archived": [tax for tax in found if tax.is_archived],
    }
    return render(request, "invoicing/taxes.html", context, partial="taxes")


@access.admin
@require_http_methods(["GET", "POST"])
def tax_new(request: HttpRequest) -> HttpResponse:
    """Add one. The usual ones of the country are kept beside it."""
    if request.method == "POST":
        TaxRate.keep_usual(request.workspace)
    form = TaxForm(editing.posted(request), workspace=request.workspace)
    return _form_page(request, form, title=_("New tax"), submit=_("Add the tax"))


@access.admin
@require_http_methods(["GET", "POST"])
def tax_edit(request: HttpRequest, tax_pk: int) -> HttpResponse:
    """Change one. Lines that have it keep what they say."""
    tax = get_object_or_404(request.workspace.tax_rates, pk=tax_pk)
    form = TaxForm(editing.posted(request), instance=tax, workspace=request.workspace)
    return _form_page(request, form, title=_("Edit tax"), submit=_("Save tax"))


def _form_page(request: HttpRequest, form: TaxForm, *, title: str, submit: str) -> HttpResponse:
    return editing.form_page(
        request,
        form,
        title=title,
        submit=submit,
        saved=_("%(name)s is saved."),
        event=CHANGED,
        back=reverse("invoicing:taxes"),
    )


@access.admin
@require_POST
def tax_archive(request: HttpRequest, tax_pk: int) -> HttpResponse:
    """Put one away: it is not offered any more."""
    tax = get_object_or_404(request.workspace.tax_rates, pk=tax_pk)
    undo = reverse("invoicing:tax_unarchive", args=[tax_pk])
    return editing.archive(request, tax, undo=undo, event=CHANGED)


@access.admin
@require_POST
def tax_unarchive(request: HttpRequest, tax_pk: int) -> HttpResponse:
    """Take one back."""
    tax = get_object_or_404(request.workspace.tax_rates, pk=tax_pk)
    return editing.unarchive(request, tax, event=CHANGED)


@access.admin
@require_POST
def taxes_keep(request: HttpRequest) -> HttpResponse:
    """Keep the usual ones, to change them."""
    TaxRate.keep_usual(request.workspace)
    return done(request, reverse("invoicing:taxes"), events=[CHANGED])
