"""How invoices and other documents are numbered: everybody may look, those who run the business change it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.core import access
from apps.core.htmx import done, live_part, notify, render
from apps.invoicing.models import NumberSeries
from apps.invoicing.models.pattern import Pattern
from apps.invoicing.numbering_forms import NumberSeriesForm
from apps.invoicing.views.answers import add_problems

# In examples, where no client has a code yet.
SAMPLE_CODE = "ACME"


@access.member
@require_safe
def numbering(request: HttpRequest) -> HttpResponse:
    """All series with their next numbers."""
    return _page(request, _forms(request))


@access.admin
@require_POST
def numbering_change(request: HttpRequest, kind: str) -> HttpResponse:
    """Count one kind of document otherwise from now on; a preview meanwhile reserves nothing."""
    forms = _forms(request, changed=kind)
    form = forms[kind]
    if part := live_part(request, form):
        return part
    if form.is_valid() and (series := _saved(form, request.user)):
        outlook = series.outlook(form.today, client_code=form.client_code)
        notify(request, _("Saved. The next number is %(number)s.") % {"number": outlook.first})
        return done(request, "invoicing:numbering")
    return _page(request, forms, status=422)


def _saved(form: NumberSeriesForm, actor) -> NumberSeries | None:
    try:
        return form.save_by(actor)
    except ValidationError as refusal:
        add_problems(form, refusal)
        return None


def _forms(request: HttpRequest, changed: str = "") -> dict[str, NumberSeriesForm]:
    """A form for each kind of document; that of `changed` with what was posted. Raises Http404 for an unknown kind."""
    if changed and changed not in NumberSeries.Kind.values:
        raise Http404
    code = _example_code(request.workspace)
    return {
        series.kind: NumberSeriesForm(
            request.POST if series.kind == changed else None,
            instance=series,
            workspace=request.workspace,
            client_code=code,
        )
        for series in NumberSeries.all_of(request.workspace)
    }


def _example_code(workspace) -> str:
    """The longest code of its clients: what fits with that one fits with all."""
    longest = workspace.clients.exclude(code="").order_by(Length("code").desc(), "code").values_list("code", flat=True)
    return longest.first() or SAMPLE_CODE


def _parts(today: date, code: str) -> list[tuple[str, str, str]]:
    """What a pattern is made of: each part, what it means, and what it prints today."""
    parts = [
        ("{prefix}", _("the prefix")),
        ("{seq:3}", _("the number that counts up, with at least 3 digits")),
        ("{year}", _("the year")),
        ("{yy}", _("the year, short")),
        ("{month}", _("the month")),
        ("{fy}", _("the fiscal year, here from April")),
        ("{fyy}", _("the fiscal year, short")),
        ("{client}", _("the client's short code; without one it is left out")),
    ]
    return [(part, words, Pattern(part, "INV", fiscal_start=4).number(7, today, code)) for part, words in parts]


def _page(request: HttpRequest, forms: dict[str, NumberSeriesForm], status: int = 200) -> HttpResponse:
    shown = list(forms.values())
    context = {
        "forms": shown,
        "parts": _parts(shown[0].today, shown[0].client_code),
        "may_change": access.may(request, "admin"),
    }
    return render(request, "invoicing/numbering.html", context, status=status)
