"""How every list works: search, filters, sorting by headers, pages of 25; HTMX swaps the partial `list`."""

from collections.abc import Iterable
from urllib.parse import urlencode

import django_filters
import django_tables2
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import row_address
from apps.core.filter_fields import FilterChoiceField
from apps.core.htmx import render
from apps.core.markup import markup, markup_join
from apps.core.templatetags.workhub import changed_query, icon

PAGE_SIZE = 25
LONGEST_SEARCH = 200


class LenientPaginator(Paginator):
    """Shows the first page for nonsense and the last one for what lies beyond it: rows may have gone meanwhile.

    Who knows already how many rows there are says so by `count`, and they are not counted again.
    """

    def __init__(self, *args, count: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if count is not None:
            self.count = count

    def validate_number(self, number) -> int:
        try:
            return super().validate_number(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return self.num_pages


class Table(django_tables2.Table):
    """Base of every list. A column says its place on a phone by classes (see static/css/components/table.css).

    Each column has its `render_NAME(record)`. `complete` brings what one query can bring for all rows of a page, so
    that no row asks for itself.
    """

    class Meta:
        template_name = "components/table.html"
        attrs = {"class": "table table-hover table-stack"}
        order_by_field = "sort"
        per_page = PAGE_SIZE

    @property
    def head(self) -> SafeString:
        """The headers. Where a list can be sorted by one, it is a link that does that, from the first page on."""
        cells = ((column.attrs["th"].as_html(), *self._header(column)) for column in self.columns)
        return markup_join('<th {} scope="col" role="columnheader"{}>{}</th>', cells)

    def _header(self, column) -> tuple[SafeString, SafeString | str]:
        """How a column says that it is sorted by, and what it says."""
        if not column.orderable:
            nameless = markup('<span class="visually-hidden">{}</span>', gettext("Actions"))
            return SafeString(""), column.header or nameless
        alias = column.order_by_alias
        url = changed_query(self.request.GET, sort=str(alias.next), page=None)
        direction = "descending" if alias.is_descending else "ascending"
        sorted_by = SafeString(f' aria-sort="{direction}"' if column.is_ordered else "")
        return sorted_by, markup('<a href="{}" hx-get="{}">{}</a>', url, url, column.header)

    @property
    def body(self) -> SafeString:
        """The rows of this page. The library's own loop works out attributes and signatures anew for every cell."""
        drawers = [getattr(self, f"render_{column.name}") for column in self.columns]
        cells = "".join(
            f'<td {_literal(column.attrs["td"].as_html())} role="cell">{{}}</td>' for column in self.columns
        )
        rows = ((self.row_class(record), *(draw(record) for draw in drawers)) for record in self.records)
        return markup_join(f'<tr class="{{}}" role="row">{cells}</tr>', rows)

    def row_class(self, record: Model) -> str:
        """What the look of a whole row depends on."""
        return ""

    def complete(self, records: list[Model]) -> None:
        """Add to the rows of the page that is shown what belongs to them elsewhere."""

    def show_page(self, number, *, count: int | None = None) -> None:
        """Cut out one page (any text will do as its number) and complete its rows, which are then `records`."""
        self.paginate(paginator_class=LenientPaginator, page=number, per_page=PAGE_SIZE, count=count)
        self.records = list(self.page.object_list.data)
        self.complete(self.records)


class TickColumn(django_tables2.Column):
    """Boxes at the rows of a list in a `form[data-bulk]` (see static/js/bulk.js); the one in its head ticks all."""

    def __init__(self):
        super().__init__(
            orderable=False, empty_values=(), attrs={"td": {"class": "t-check"}, "th": {"class": "t-check"}}
        )

    @property
    def header(self) -> SafeString:
        return markup(
            '<input class="form-check-input" type="checkbox" data-bulk-page hidden aria-label="{}">',
            gettext("Select all on this page"),
        )


def tick(name: str, record: Model) -> SafeString:
    """The box of one row; `name` is the field that the ids of ticked rows are posted in."""
    label = gettext("Select %(name)s") % {"name": record}
    return markup(
        '<input class="form-check-input" type="checkbox" name="{}" value="{}" aria-label="{}">', name, record.pk, label
    )


def _literal(text: str) -> str:
    """As it stands in a pattern."""
    return text.replace("{", "{{").replace("}", "}}")


class ChoiceFilter(django_filters.ChoiceFilter):
    """A choice in the filter row; `empty_label` says what its absence means."""

    field_class = FilterChoiceField


class ArchivedFilter(ChoiceFilter):
    """The rows in use, unless archived ones or all are asked for; needs `queryset.active()`."""

    def __init__(self, **kwargs):
        kwargs |= {
            "label": _("Show"),
            "empty_label": _("in use"),
            "choices": [("archived", _("archived")), ("all", _("all"))],
        }
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet, value: str | None) -> QuerySet:
        if value == "all":
            return qs
        return qs.filter(archived_at__isnull=False) if value == "archived" else qs.active()


class ListFilter(django_filters.FilterSet):
    """Base of every filter row: the search box `q`, through `queryset.search(text)`.

    What somebody typed into the address and what is no choice counts as not chosen.
    """

    q = django_filters.CharFilter(method="search", label=_("Search"))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Those rows that the typed text is found in."""
        return queryset.search(value[:LONGEST_SEARCH])

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        for name, each in self.filters.items():
            queryset = each.filter(queryset, self.form.cleaned_data.get(name))
        return queryset

    def offer(self, name: str, choices: Iterable[tuple[object, str]]) -> None:
        """Set what a filter offers, before its form is built."""
        self.filters[name].extra["choices"] = list(choices)

    @property
    def is_set(self) -> bool:
        """Whether anything is searched or filtered for."""
        return any(self.form.cleaned_data.get(name) for name in self.filters)


def list_page(
    request: HttpRequest,
    *,
    table_class: type[Table],
    filterset_class: type[ListFilter],
    queryset: QuerySet,
    template: str,
    context: dict | None = None,
    filter_options: dict | None = None,
) -> HttpResponse:
    """The answer of every list: the page, or for HTMX its partial `list`; nonsense in the address never fails.

    The template gets `table`, `filterset` and `refresh_url` (this list again, as it is). `filter_options` are keyword
    arguments of the filter set, such as what its selects offer.
    """
    filterset = filterset_class(request.GET, queryset=queryset, request=request, **(filter_options or {}))
    return show_list(request, table_class=table_class, filterset=filterset, template=template, context=context)


def show_list(
    request: HttpRequest,
    *,
    table_class: type[Table],
    filterset: ListFilter,
    template: str,
    context: dict | None = None,
    count: int | None = None,
) -> HttpResponse:
    """The answer of `list_page` where the filter set is there already, and perhaps the number of its rows."""
    table = table_class(filterset.qs, order_by=request.GET.getlist("sort") or None)
    table.request = request
    table.show_page(request.GET.get("page"), count=count)
    answer = render(
        request,
        template,
        {"table": table, "filterset": filterset, "refresh_url": _address(request), **(context or {})},
        partial="list",
    )
    if request.htmx and "" in request.GET.values():
        answer.headers["HX-Push-Url"] = _address(request)
    return answer


def _address(request: HttpRequest) -> str:
    """The address without the filters that a form sends along empty."""
    query = urlencode([(name, value) for name, values in request.GET.lists() for value in values if value])
    return f"{request.path}?{query}" if query else request.path


def edit_link(view_name: str, record: Model, *more: SafeString) -> SafeString:
    """The pencil at the end of a row, after `more` controls: opens the form in the dialog, or as a page of its own."""
    url = row_address(view_name, record.pk)
    label = gettext("Edit %(name)s") % {"name": record}
    return markup(
        '<span class="row-actions">{}<a class="btn-icon" href="{}" hx-get="{}" hx-target="#dialog-body"'
        ' hx-swap="innerHTML" hx-push-url="false" data-row-key="e" aria-label="{}" title="{}">{}</a></span>',
        SafeString("".join(more)),
        url,
        url,
        label,
        label,
        icon("pencil"),
    )


def row_form(request: HttpRequest, url: str, button: SafeString, htmx: str = 'hx-swap="none"', **fields) -> SafeString:
    """A form of one button inside a row; by itself it swaps nothing and only raises the events of its answer."""
    return markup(
        '<form class="row-form" method="post" action="{}" hx-post="{}" {} hx-push-url="false">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}</form>',
        url,
        url,
        SafeString(htmx),
        _page_token(request),
        markup_join('<input type="hidden" name="{}" value="{}">', fields.items()),
        button,
    )


def _page_token(request: HttpRequest) -> str:
    """The token that every form of a page carries, masked once: each mask takes as long as the rest of a row."""
    if not hasattr(request, "page_token"):
        request.page_token = get_token(request)
    return request.page_token
