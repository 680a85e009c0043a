"""Take an issued invoice back with a credit note."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import access
from apps.core.htmx import notify, render
from apps.invoicing.forms import CreditForm
from apps.invoicing.views.answers import add_problems, go


@access.member
@require_http_methods(["GET", "POST"])
def invoice_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what becomes of the time on it; then begin the credit note, over all of it, in the editor."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    form = CreditForm(request.POST if request.method == "POST" else None, workspace=request.workspace)
    if form.is_valid():
        try:
            note = invoice.credit(actor=request.user, releases_time=form.cleaned_data["releases_time"])
        except ValidationError as error:
            add_problems(form, error)
        else:
            notify(request, _("The credit note is begun. Shorten it to what is taken back, then issue it."))
            return go(request, note.edit_url)
    context = {"form": form, "invoice": invoice}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoicing/credit.html", context, partial="form", status=status)
