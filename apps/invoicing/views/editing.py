"""Drafts: begin one, write its lines with live totals, delete it."""

import re

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access
from apps.core.htmx import notify, render
from apps.core.money import CURRENCIES, MAX_MINOR
from apps.core.transactions import atomic
from apps.invoicing import services
from apps.invoicing.billing import Grouping, TimeOffer
from apps.invoicing.forms import EntriesForm, InvoiceForm, LineFormSet, StartForm, TermsForm, line_initial
from apps.invoicing.models import Invoice, InvoiceLine, TaxRate
from apps.invoicing.models.tax import code_of
from apps.invoicing.sources import SourceOffer, add_sources
from apps.invoicing.tax_choices import TaxChoices, usual_tax
from apps.invoicing.totals import calculate, trim
from apps.invoicing.versions import changes_since
from apps.invoicing.views.answers import add_problems, go, is_stale

_PLACE = re.compile(r"[0-9]{1,9}")

SAVE, ISSUE, ADD_TIME = "save", "issue", "add_time"


@access.member
@require_http_methods(["GET", "POST"])
def invoice_new(request: HttpRequest) -> HttpResponse:
    """Choose the client; the draft of an invoice, or of an estimate, begins at once."""
    is_post = request.method == "POST"
    initial = {name: request.GET.get(name) for name in ("client", "kind")}
    form = StartForm(request.POST if is_post else None, workspace=request.workspace, initial=initial)
    if is_post and form.is_valid():
        invoice = Invoice.start(workspace=request.workspace, actor=request.user, **form.cleaned_data)
        return go(request, invoice.edit_url)
    return render(request, "invoicing/new.html", {"form": form}, partial="form", status=422 if is_post else 200)


@access.member
@require_http_methods(["GET", "POST"])
def invoice_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet that a draft is written on. POST saves it whole, and then does what the pressed button says."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    if not invoice.is_draft:
        notify(request, _("%(invoice)s is issued and cannot be changed any more.") % {"invoice": invoice})
        return go(request, invoice)
    if request.method == "GET":
        return _editor(request, invoice)
    return _save(request, invoice)


def _save(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    data, then = _pressed(request.POST)
    form, formset = draft_forms(data, invoice)
    if not (form.is_valid() & formset.is_valid()):
        return _editor(request, invoice, form, formset, status=422)
    try:
        notices = _write(request, invoice, form, formset, then)
    except ValidationError as error:
        add_problems(form, error)
        changes = changes_since(invoice, form.cleaned_data["version"]) if is_stale(error) else None
        return _editor(request, invoice, form, formset, status=422, changes=changes)
    for notice in notices or ([] if then == ISSUE else [_("The draft is saved.")]):
        notify(request, notice)
    if not request.htmx:
        return go(request, invoice.submit_url if then == ISSUE else invoice.edit_url)
    return _editor(request, invoice, ask=then == ISSUE)


def draft_forms(data: QueryDict, invoice: Invoice) -> tuple:
    """The head of a draft and its lines, as they were sent."""
    form = InvoiceForm(data, instance=invoice, workspace=invoice.workspace)
    return form, LineFormSet(data, prefix="lines", form_kwargs={"taxes": _taxes(invoice)})


def _write(request: HttpRequest, invoice: Invoice, form: InvoiceForm, formset, then: str) -> list[str]:
    version = form.cleaned_data["version"]
    notices = services.save_draft(
        invoice,
        fields=form.head(),
        lines=formset.lines(form.cleaned_data["currency"]),
        version=version,
        actor=request.user,
    )
    if then == ADD_TIME:
        count = _add_ticked(request, invoice)
        told = ngettext("One line was added.", "%(count)d lines were added.", count)
        notices.append(told % {"count": count})
    return notices


@atomic
def _add_ticked(request: HttpRequest, invoice: Invoice) -> int:
    """Add the time and the other things that are ticked beside the sheet; how many lines that became."""
    ticked, others = EntriesForm(request.POST, workspace=request.workspace), request.POST.getlist("source")
    terms = {"tax": _usual_tax(invoice), "actor": request.user}
    count = add_sources(invoice, others, **terms) if others else 0
    if others and not ticked.data.getlist("entry"):
        return count
    grouping = request.POST.get("grouping")
    grouping = grouping if grouping in Grouping else Grouping.TASK
    return count + services.add_time(invoice, entries=ticked.entries(), grouping=grouping, **terms)


def _pressed(data: QueryDict) -> tuple[QueryDict, str]:
    """What was sent, with the press of a row's own button worked in: `remove-3`, `up-3`, `down-3`."""
    then = data.get("then", SAVE)
    action, _dash, row = then.partition("-")
    if action not in ("remove", "up", "down") or not row.isdecimal():
        return data, then
    data = data.copy()
    if action == "remove":
        data[f"lines-{row}-DELETE"] = "on"
    else:
        _move(data, row, -1 if action == "up" else 1)
    return data, SAVE


def _move(data: QueryDict, row: str, step: int) -> None:
    """Swap a row's place with its neighbour's."""
    places = {name: place for name, place in data.items() if name.endswith("-ORDER") and _PLACE.fullmatch(place)}
    ordered = sorted(places, key=lambda name: int(places[name]))
    mine = f"lines-{row}-ORDER"
    if mine not in places or not 0 <= (place := ordered.index(mine) + step) < len(ordered):
        return
    data[mine], data[ordered[place]] = data[ordered[place]], data[mine]


def _editor(
    request: HttpRequest, invoice: Invoice, form=None, formset=None, *, ask=False, status=200, changes=None
) -> HttpResponse:
    lines = list(invoice.lines.with_time_count())
    if form is None:
        form = InvoiceForm(instance=invoice, workspace=request.workspace, initial={"version": invoice.version})
        formset = _line_forms(invoice, lines)
    currency = form["currency"].value() or invoice.currency
    if form.is_bound:
        terms = TermsForm(form.data).terms(currency)
    else:
        terms = {"discount": invoice.discount, "includes_tax": invoice.prices_include_tax}
    stored = {str(line.pk): line for line in lines}
    for each in formset.forms:
        each.line = stored.get(str(each["pk"].value()))
    context = {
        "invoice": invoice,
        "form": form,
        "formset": formset,
        "offer": TimeOffer(request.workspace, invoice.client, currency=invoice.currency),
        "others": SourceOffer(invoice).all if invoice.is_bill else [],
        "groupings": Grouping.choices,
        "totals": _live(formset, currency, terms),
        "has_line_discounts": any(each["discount"].value() for each in formset.forms),
        "ask": ask,
        "changes": changes,
    }
    return render(request, "invoicing/edit.html", context, partial="editor", status=status)


def _line_forms(invoice: Invoice, lines: list[InvoiceLine]):
    taxes = TaxChoices(TaxRate.of(invoice.workspace), lines)
    initial = [line_initial(line, invoice.currency) for line in lines]
    formset = LineFormSet(prefix="lines", initial=initial, form_kwargs={"taxes": taxes})
    for each in formset.extra_forms:
        each.initial["tax"] = initial[-1]["tax"] if initial else usual_tax(invoice)
    return formset


def _taxes(invoice: Invoice) -> TaxChoices:
    return TaxChoices(TaxRate.of(invoice.workspace), invoice.lines.all())


def _usual_tax(invoice: Invoice) -> services.LineTax:
    columns = _taxes(invoice).columns(usual_tax(invoice))
    return services.LineTax(columns["tax_rate"], columns["tax_category"], columns["tax_name"])


@access.member
@require_POST
def invoice_totals(request: HttpRequest) -> HttpResponse:
    """The sums of what stands in the editor, saved or not; writes nothing. Lines that cannot be read count nothing."""
    currency = request.POST.get("currency", "")
    if currency not in CURRENCIES:
        currency = request.workspace.currency
    sent = [text for name, text in request.POST.items() if name.endswith("-tax")]
    taxes = TaxChoices(TaxRate.of(request.workspace), codes=sent)
    formset = LineFormSet(request.POST, prefix="lines", form_kwargs={"taxes": taxes})
    terms = TermsForm(request.POST).terms(currency)
    context = {"totals": _live(formset, currency, terms), "formset": formset, "is_live": True}
    return TemplateResponse(request, "invoicing/edit.html#totals", context)


def _live(formset, currency: str, terms: dict) -> dict:
    """Totals over the lines that can be read; each form learns its own `amount_minor` (None: cannot be read)."""
    items = formset.items(currency)
    readable = [(form, item) for form, item in items if item]
    sums = calculate([item for _form, item in readable], currency, **terms)
    amounts = dict(zip((form for form, _item in readable), sums.line_amounts, strict=True))
    names = {}
    for form, item in items:
        form.amount_minor = amounts.get(form)
        if item:
            names[item.tax_category, item.tax_rate] = form.taxes.label(code_of(item.tax_category, item.tax_rate))
    return {
        "currency": currency,
        "lines_minor": sums.lines_minor,
        "discount_minor": sums.discount_minor,
        "discount_percent": trim(terms["discount"].percent),
        "includes_tax": terms["includes_tax"],
        "net_minor": sums.net_minor,
        "total_minor": sums.total_minor,
        "taxes": [
            {"label": names[tax.category, tax.rate], "base_minor": tax.base_minor, "tax_minor": tax.tax_minor}
            for tax in sums.taxes
            if tax.rate
        ],
        "is_too_large": abs(sums.total_minor) > MAX_MINOR,
        "is_discount_too_large": bool(readable) and sums.discount_minor > max(0, sums.lines_minor),
    }


@access.member
@require_http_methods(["GET", "POST"])
def invoice_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a draft; its time can be billed again."""
    invoice = get_object_or_404(request.workspace.invoices.for_detail(), pk=pk)
    refused = "" if invoice.is_draft else _("An issued invoice stays: its number and its content are final.")
    if request.method == "POST" and not refused:
        try:
            invoice.delete(actor=request.user)
        except ValidationError as error:
            refused = error.messages[0]
        else:
            notify(request, _("The draft is deleted, and its time can be billed again."))
            return go(request, "invoicing:list")
    context = {"invoice": invoice, "refused": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "invoicing/delete.html", context, partial="form", status=status)
