"""The list of invoices, and its filters."""

import django_filters
import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.filter_fields import FilterDayField
from apps.core.markup import markup
from apps.core.tables import ChoiceFilter, ListFilter, Table, TickColumn, tick
from apps.core.templatetags.workhub import NONE, local_date, money, status_mark
from apps.invoicing.aging import Age
from apps.invoicing.models import Invoice
from apps.invoicing.prepared import attach_standing
from apps.invoicing.querysets import InvoiceQuerySet


class InvoiceTable(Table):
    """What was billed to whom, how it stands, and what is still open."""

    tick = TickColumn()
    number = tables.Column(order_by=("number", "pk"), empty_values=(), attrs={"td": {"class": "i-no"}})
    client = tables.Column(order_by=("client__name", "pk"), empty_values=(), attrs={"td": {"class": "i-client"}})
    state = tables.Column(
        verbose_name=_("Status"), orderable=False, empty_values=(), attrs={"td": {"class": "i-status"}}
    )
    issue_date = tables.Column(
        verbose_name=_("Issued"),
        order_by=("issue_date", "pk"),
        empty_values=(),
        attrs={"td": {"class": "i-issued p3 soft num-l"}, "th": {"class": "p3"}},
    )
    due_date = tables.Column(
        verbose_name=_("Due"), order_by=("due_date", "pk"), empty_values=(), attrs={"td": {"class": "i-due num-l soft"}}
    )
    total_minor = tables.Column(
        verbose_name=_("Total"),
        order_by=("currency", "total_minor", "pk"),
        empty_values=(),
        attrs={"td": {"class": "num i-total"}, "th": {"class": "num"}},
    )
    open_minor = tables.Column(
        verbose_name=_("Balance"),
        orderable=False,
        empty_values=(),
        attrs={"td": {"class": "num i-bal"}, "th": {"class": "num"}},
    )

    class Meta(Table.Meta):
        attrs = {"class": "table table-hover table-stack invoice-table"}

    def complete(self, records: list[Invoice]) -> None:
        attach_standing(records)

    def render_tick(self, record: Invoice) -> SafeString:
        return tick("invoices", record)

    def render_number(self, record: Invoice) -> SafeString:
        shown = record.number or _("Draft")
        beneath = markup('<span class="sub">{}</span>', record.get_kind_display()) if record.is_credit_note else ""
        return markup('<a class="link-plain strong" href="{}">{}</a>{}', record.get_absolute_url(), shown, beneath)

    def render_client(self, record: Invoice) -> SafeString:
        beneath = markup('<span class="sub truncate">{}</span>', record.reference) if record.reference else ""
        return markup('<span class="truncate d-block">{}</span>{}', record.client.name, beneath)

    def render_state(self, record: Invoice) -> SafeString:
        state = record.state
        late = record.days_late if state == record.State.OVERDUE else 0
        extra = markup(' <span class="num">{} d</span>', late) if late else ""
        label = record.label_of(state)
        return markup('<span class="status status-{}">{}{}{}</span>', state, status_mark(state), label, extra)

    def render_issue_date(self, record: Invoice) -> str | SafeString:
        return NONE if record.is_draft else local_date(record.issue_date)

    def render_due_date(self, record: Invoice) -> str | SafeString:
        if record.days_late:
            return markup('<span class="late">{}</span>', local_date(record.due_date))
        return local_date(record.due_date)

    def render_total_minor(self, record: Invoice) -> SafeString:
        return money(-record.total_minor if record.is_credit_note else record.total_minor, record.currency)

    def render_open_minor(self, record: Invoice) -> str | SafeString:
        if record.is_draft:
            return markup('<span class="muted">{}</span>', _("not issued"))
        if record.open_minor <= 0:
            return NONE
        return markup('<span class="strong">{}</span>', money(record.open_minor, record.currency))


class DayFilter(django_filters.DateFilter):
    """A day in the filter row."""

    field_class = FilterDayField


class InvoiceFilter(ListFilter):
    """Search, client, dates, currency and age; the state is chosen by the tabs."""

    client = ChoiceFilter(field_name="client", label=_("Client"))
    first = DayFilter(field_name="issue_date", lookup_expr="gte", label=_("Issued from"))
    last = DayFilter(field_name="issue_date", lookup_expr="lte", label=_("to"))
    currency = ChoiceFilter(field_name="currency", label=_("Currency"))
    age = ChoiceFilter(method="of_age", label=_("Open"), choices=Age.choices)

    def __init__(self, *args, clients, currencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer("client", clients)
        self.offer("currency", currencies)

    def of_age(self, queryset: InvoiceQuerySet, name: str, value: str | None) -> InvoiceQuerySet:
        """Those that are open and so late today."""
        return queryset.due_between(*Age(value).due_dates(queryset.today()))
