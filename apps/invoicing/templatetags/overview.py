"""What stands above the list of invoices: what is open by age, and the tabs. Drawn without the template engine, for
speed."""

from collections.abc import Iterator

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from apps.core.markup import markup, markup_join
from apps.core.templatetags.workhub import address, changed_query, money
from apps.invoicing.aging import Aging, Cell
from apps.invoicing.listing import Listing

register = template.Library()


@register.simple_tag
def aging_strip(agings: list[Aging]) -> SafeString:
    """The first currency by age, each cell a link to those invoices; the others beneath, in a line each."""
    if not agings:
        return SafeString("")
    first, *others = agings
    return markup(
        '<ul class="aging-strip" aria-label="{}">{}</ul>{}',
        gettext("Open in %(currency)s, by age") % {"currency": first.currency},
        markup_join(
            '<li><a class="ag k{}{}" href="{}?age={}&amp;currency={}"><span class="label"><span>{}</span>{}</span>'
            '<span class="figure-value">{}</span><span class="figure-note">{}</span></a></li>',
            _cells(first),
        ),
        _in_other_currencies(others),
    )


def _cells(aging: Aging) -> Iterator[tuple]:
    list_url = address("invoicing:list")
    for number, cell in enumerate(aging.cells):
        share = markup(" <span>{}%</span>", cell.percent) if cell.percent else ""
        figure = money(cell.amount_minor, aging.currency)
        is_none = "" if cell.invoices else " is-none"
        yield number, is_none, list_url, cell.age, aging.currency, cell.age.label, share, figure, _how_many(cell)


def _how_many(cell: Cell) -> str:
    if not cell.invoices:
        return gettext("none")
    return ngettext("%(invoices)s invoice", "%(invoices)s invoices", cell.invoices) % {"invoices": cell.invoices}


def _in_other_currencies(agings: list[Aging]) -> SafeString:
    if not agings:
        return SafeString("")
    lines = (
        (aging.currency, money(aging.amount_minor, aging.currency), gettext("open"), _parts(aging)) for aging in agings
    )
    return markup(
        '<ul class="aging-others" aria-label="{}">{}</ul>',
        gettext("Open in other currencies"),
        markup_join(
            '<li><a class="link-plain strong" href="?state=open&amp;currency={}">{}</a> {}{}</li>', lines
        ),
    )  # fmt: skip


def _parts(aging: Aging) -> SafeString:
    return markup_join(
        '<span class="aging-part"><a href="?age={}&amp;currency={}">{}</a> {}</span>',
        (
            (cell.age, aging.currency, cell.age.label, money(cell.amount_minor, aging.currency))
            for cell in aging.cells
            if cell.invoices
        ),
    )


@register.simple_tag(takes_context=True)
def state_tabs(context: template.Context, listing: Listing) -> SafeString:
    """A tab for each state with how many it holds; a link to it, from the first page on."""
    query = context["request"].GET
    return markup_join(
        '<li class="nav-item-tab"><a class="nav-link{}" href="{}"{}>{} <span class="count">{}</span></a></li>',
        (
            (
                " active" if tab.is_current else "",
                changed_query(query, state=tab.state, page=None),
                SafeString(' aria-current="page"' if tab.is_current else ""),
                tab.label,
                tab.count,
            )
            for tab in listing.tabs
        ),
    )
