"""From unbilled time to a draft: choose, see the lines that it would become, and make them."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.core import access
from apps.core.htmx import DIALOG, notify, render
from apps.invoicing import services
from apps.invoicing.billing import Grouping, TimeOffer, group, parse_ids, recorded_and_billed
from apps.invoicing.forms import TimeForm
from apps.invoicing.totals import Item, calculate
from apps.invoicing.views.answers import add_problems, go

PREVIEW = "preview"


@access.member
@require_http_methods(["GET", "POST"])
def from_time(request: HttpRequest) -> HttpResponse:
    """GET shows what can be billed to a client. POST with `then=preview` shows the lines; otherwise makes the draft."""
    if request.htmx.target == DIALOG:
        return go(request, request.get_full_path())
    if request.method == "GET":
        return _choose(request)
    form = TimeForm(request.POST, workspace=request.workspace)
    ticked = request.POST.getlist("entry")
    if not form.is_valid():
        return _page(request, form, _offer(request, form), set(ticked), status=422)
    if request.POST.get("then") == PREVIEW:
        return _page(request, form, _offer(request, form), set(ticked))
    return _make(request, form, ticked)


def _choose(request: HttpRequest) -> HttpResponse:
    if not request.GET.get("client"):
        return _page(request, TimeForm(workspace=request.workspace), None, set())
    form = TimeForm(request.GET, workspace=request.workspace)
    if not form.is_valid():
        return _page(request, form, _offer(request, form), set(), status=422)
    offer = _offer(request, form)
    return _page(request, form, offer, {str(entry.pk) for entry in offer.entries})


def _make(request: HttpRequest, form: TimeForm, ticked: list[str]) -> HttpResponse:
    data = form.cleaned_data
    try:
        invoice = services.draft_from_time(
            workspace=request.workspace,
            client=data["client"],
            entries=parse_ids(ticked),
            grouping=data["grouping"],
            tax=_tax(form),
            actor=request.user,
        )
    except ValidationError as error:
        add_problems(form, error)
        return _page(request, form, _offer(request, form), set(ticked), status=422)
    notify(request, _("The draft is made. Look it over, then issue it."))
    return go(request, invoice.edit_url)


def _offer(request: HttpRequest, form: TimeForm) -> TimeOffer | None:
    """What is offered, as far as the form can be read; nothing without a client."""
    data = form.cleaned_data
    if not data.get("client"):
        return None
    return TimeOffer(request.workspace, data["client"], first=data.get("first"), last=data.get("last"))


def _page(request, form: TimeForm, offer: TimeOffer | None, ticked: set[str], *, status: int = 200) -> HttpResponse:
    context = {"form": form, "offer": offer}
    if offer:
        for entry in offer.entries:
            entry.is_ticked = str(entry.pk) in ticked
        context |= _preview(form, offer)
    return render(request, "invoicing/from_time.html", context, partial="choice", status=status)


def _tax(form: TimeForm) -> services.LineTax:
    """The chosen tax; none as long as none can be read."""
    code = form.cleaned_data.get("tax")
    if not code:
        return services.NO_TAX
    columns = form.taxes.columns(code)
    return services.LineTax(columns["tax_rate"], columns["tax_category"], columns["tax_name"])


def _preview(form: TimeForm, offer: TimeOffer) -> dict:
    """The lines as they would be, by the same grouping and the same calculation as the draft itself."""
    grouping, tax = form.cleaned_data.get("grouping", Grouping.TASK), _tax(form)
    ticked = [entry for entry in offer.entries if entry.is_ticked]
    lines = group(ticked, grouping, offer.currency, offer.client.rounding_rule)
    items = [Item(line.quantity, line.unit_price, tax.rate, tax.columns()["tax_category"]) for line in lines]
    sums = calculate(items, offer.currency)
    for line, amount in zip(lines, sums.line_amounts, strict=True):
        line.amount_minor = amount
    recorded, billed = sum(line.recorded_seconds for line in lines), sum(line.seconds for line in lines)
    return {
        "lines": lines,
        "sums": sums,
        "tax_label": form.taxes.label(form.cleaned_data["tax"]) if form.cleaned_data.get("tax") else "",
        "ticked_count": len(ticked),
        "rounded": recorded_and_billed(recorded, billed),
    }
