"""The list of clients, and its filters."""

import django_tables2 as tables
from django.db.models.functions import Lower
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Client
from apps.clients.totals import attach_totals
from apps.core.durations import format_duration
from apps.core.markup import markup, markup_join
from apps.core.tables import ArchivedFilter, ChoiceFilter, ListFilter, Table, edit_link
from apps.core.templatetags.workhub import NONE, money


def amounts(pairs: list[tuple[str, int]]) -> SafeString:
    """Amounts of several currencies beneath each other; a lone zero is an en dash."""
    if not any(minor for _currency, minor in pairs):
        return NONE
    shown = [money(minor, currency) for currency, minor in pairs if minor]
    return markup_join('<span class="d-block">{}</span>', ((amount,) for amount in shown))


def by_name(queryset, is_descending: bool, field: str = "name"):
    """In the order of a telephone book, whatever the database thinks of capitals."""
    name = Lower(field).desc() if is_descending else Lower(field).asc()
    return queryset.order_by(name, "pk")


class TotalsTable(Table):
    """Base of the lists of clients and projects: what can be archived, its hours, and what is not billed yet."""

    class Meta(Table.Meta):
        attrs = {"class": "table table-hover table-stack manage-table"}
        order_by = ("name",)

    def row_class(self, record) -> str:
        return "is-archived" if record.is_archived else ""

    def render_hours(self, record) -> str:
        return format_duration(record.sums.seconds) if record.sums.seconds else NONE

    def render_unbilled(self, record) -> SafeString:
        return amounts(record.unbilled_amounts)

    def order_name(self, queryset, is_descending: bool):
        return by_name(queryset, is_descending), True

    def order_hours(self, queryset, is_descending: bool):
        return queryset.by_hours(descending=is_descending), True

    def order_unbilled(self, queryset, is_descending: bool):
        return queryset.by_unbilled(descending=is_descending), True


class ClientTable(TotalsTable):
    """Who, how much work, and what is not billed yet."""

    name = tables.Column(empty_values=(), attrs={"td": {"class": "c-name"}})
    currency = tables.Column(
        empty_values=(), order_by=("currency", "name", "pk"), attrs={"td": {"class": "c-second soft"}}
    )
    project_count = tables.Column(
        verbose_name=_("Projects"),
        empty_values=(),
        order_by=("project_count", "name", "pk"),
        attrs={"td": {"class": "num p2 c-more"}, "th": {"class": "num p2"}},
    )
    hours = tables.Column(
        empty_values=(), attrs={"td": {"class": "num c-last"}, "th": {"class": "num"}}, verbose_name=_("Hours")
    )
    unbilled = tables.Column(
        empty_values=(), attrs={"td": {"class": "num c-main"}, "th": {"class": "num"}}, verbose_name=_("Unbilled")
    )
    actions = tables.Column(
        empty_values=(), orderable=False, verbose_name="", attrs={"td": {"class": "c-actions c-more"}}
    )

    class Meta(TotalsTable.Meta):
        pass

    def complete(self, records: list[Client]) -> None:
        attach_totals(records, "projects__totals")

    def render_name(self, record: Client) -> SafeString:
        beneath = record.code or (_("archived") if record.is_archived else "")
        return markup(
            '<a class="link-plain truncate d-block" href="{}">{}</a>{}',
            record.get_absolute_url(),
            record.name,
            markup('<span class="sub">{}</span>', beneath) if beneath else "",
        )

    def render_currency(self, record: Client) -> str:
        return record.currency

    def render_project_count(self, record: Client) -> int:
        return record.project_count

    def render_actions(self, record: Client) -> SafeString:
        return edit_link("clients:edit", record)


class ClientFilter(ListFilter):
    """Search, currency, archived."""

    currency = ChoiceFilter(label=_("Currency"))
    archived = ArchivedFilter()

    def __init__(self, *args, currencies: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("currency", [(code, code) for code in currencies])
