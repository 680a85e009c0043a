"""A draft that saves itself while somebody writes on it."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core import access, days
from apps.core.htmx import notify, render
from apps.invoicing import services
from apps.invoicing.models import Invoice
from apps.invoicing.views.answers import go, is_stale
from apps.invoicing.views.editing import draft_forms


@access.member
@require_POST
def invoice_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the draft as it stands on the screen, and tell how that went, without touching what is being typed.

    What cannot be saved yet, a line without a rate for instance, stays where it is until it can.
    """
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    form, formset = draft_forms(request.POST, invoice)
    if not (form.is_valid() & formset.is_valid()):
        # Nothing was asked for, so nothing is refused: it is the usual state of a line that is being typed.
        return _state(request, invoice, problem=_unfinished(formset))
    try:
        notices = services.save_draft(
            invoice,
            fields=form.head(),
            lines=formset.lines(form.cleaned_data["currency"]),
            version=form.cleaned_data["version"],
            actor=request.user,
            is_autosave=True,
        )
    except ValidationError as error:
        return _state(request, invoice, problem=" ".join(error.messages), status=422, is_stale=is_stale(error))
    if notices:
        # Lines have gone: the page has to show that.
        for notice in notices:
            notify(request, notice)
        return go(request, invoice.edit_url)
    rows = [row for row in formset.ordered_forms if row.cleaned_data.get("description")]
    keys = zip(rows, invoice.lines.values_list("pk", flat=True), strict=True)
    new_keys = [(row, key) for row, key in keys if not row.cleaned_data["pk"]]
    return _state(request, invoice, new_keys=new_keys, saved_at=days.now())


def _unfinished(formset) -> str:
    """Which lines keep the draft from being saved."""
    rows = [row for row in formset.forms if row not in formset.deleted_forms]
    numbers = [str(place) for place, row in enumerate(rows, 1) if row.errors]
    if not numbers:
        return _("Not saved yet: something above the lines is missing or wrong.")
    told = ngettext(
        "Not saved yet: line %(lines)s is not finished.",
        "Not saved yet: lines %(lines)s are not finished.",
        len(numbers),
    )
    return told % {"lines": ", ".join(numbers)}


def _state(request: HttpRequest, invoice: Invoice, *, status: int = 200, **context) -> HttpResponse:
    """The line that says how the draft is kept; after saving also the new version and the keys of new lines."""
    context = {"invoice": invoice, **context}
    return render(request, "invoicing/_draft_state.html", context, status=status)
