"""What can be exported: for each set of data whose rows, and what stands in its columns.

Rows are read a thousand at a time, each page from where the one before ended, so that a hundred thousand take no more
memory than ten, on MariaDB too, whose driver would fetch a whole answer at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.export import Cell, decimal_hours
from apps.core.money import to_major
from apps.invoicing.models import Allocation
from apps.workbench.models import TimeSlice
from apps.workspaces.models import Membership

PAGE = 1000


@dataclass(frozen=True)
class Column:
    """One column: its name for programs, its title for people, and how a row's value comes about."""

    name: str
    title: str
    value: Callable[[object], Cell]


@dataclass(frozen=True)
class Dataset:
    """Rows of one kind.

    `parts` asks for those that a member may see, one part after the other, each in the order of the field `order`;
    `prepare` gives a page of them what it lacks.
    """

    name: str
    parts: Callable[[Membership], list[QuerySet]]
    columns: tuple[Column, ...]
    prepare: Callable[[list], None] = lambda _page: None
    order: str = "pk"

    def read(self, membership: Membership) -> Iterator[list[Cell]]:
        """The cells, row by row."""
        for part in self.parts(membership):
            for page in self._pages(part):
                self.prepare(page)
                for row in page:
                    yield [column.value(row) for column in self.columns]

    def _pages(self, rows: QuerySet) -> Iterator[list]:
        rows, last = rows.order_by(self.order, "pk"), None
        while page := list((rows.filter(self._after(last)) if last else rows)[:PAGE]):
            last = page[-1]
            yield page

    def _after(self, last) -> Q:
        """Those behind `last`; first by a plain comparison, which an index can answer."""
        reached = getattr(last, self.order)
        from_there = Q(**{f"{self.order}__gte": reached})
        return from_there & (Q(**{f"{self.order}__gt": reached}) | Q(pk__gt=last.pk))


def _money(minor: str, *, only_if: str | None = None) -> Callable[[object], Cell]:
    """An amount of the row in its currency, empty where there is none."""

    def value(row) -> Cell:
        amount = getattr(row, minor)
        return None if amount is None or (only_if and not getattr(row, only_if)) else to_major(amount, row.currency)

    return value


def _text(path: str) -> Callable[[object], Cell]:
    """A text of the row, or of one that it points to (`project.client.name`); empty where there is none."""

    def value(row) -> Cell:
        for name in path.split("."):
            row = getattr(row, name, None)
            if row is None:
                return ""
        return str(row)

    return value


def _plain(name: str) -> Callable[[object], Cell]:
    return lambda row: getattr(row, name)


# ── Time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _time(membership: Membership) -> list[QuerySet]:
    """A member's own; for those who run the business everybody's, also of people who have left, one after the other."""
    # Fetched beside the entries, since few projects and tasks stand behind many: a join would make them anew for each.
    entries = membership.workspace.time_entries.stopped().prefetch_related("project__client", "task", "user")
    if membership.role == Membership.Role.MEMBER:
        return [entries.of(membership.user)]
    people = User.objects.filter(pk__in=membership.workspace.time_entries.order_by().values("user"))
    return [entries.of(person) for person in people.order_by("pk")]


def _with_sums(entries: list) -> None:
    """Seconds and amount of each, summed from its slices as everywhere; and its tags."""
    sums = TimeSlice.objects.filter(entry__in=entries).order_by().values_list("entry")
    found = {pk: rest for pk, *rest in sums.annotate(Sum("seconds"), Sum("amount_minor"))}
    for entry in entries:
        entry.closed_seconds, entry.amount_minor = found.get(entry.pk, (0, 0))
    _with_tags(entries)


def _with_tags(rows: list) -> None:
    """The names of the tags of each. Not prefetched: those lists point back at their row, and a page of them would stay
    in memory until somebody collects garbage."""
    through = type(rows[0]).tags.through
    key = type(rows[0]).tags.field.m2m_field_name()
    names: dict[object, list[str]] = {row.pk: [] for row in rows}
    links = through.objects.filter(**{f"{key}__in": rows}).order_by("tag__name")
    for pk, name in links.values_list(key, "tag__name"):
        names[pk].append(name)
    for row in rows:
        row.tag_names = ", ".join(names[row.pk])


TIME = Dataset(
    "time",
    _time,
    (
        Column("id", _("Id"), _text("pk")),
        Column("person", _("Person"), _text("user")),
        Column("start", _("Start"), lambda entry: entry.started_at.astimezone(entry.zone)),
        Column("end", _("End"), lambda entry: entry.ended_at.astimezone(entry.zone)),
        Column("duration", _("Duration"), lambda entry: timedelta(seconds=entry.closed_seconds)),
        Column("hours", _("Hours"), lambda entry: decimal_hours(entry.closed_seconds)),
        Column("client", _("Client"), _text("project.client.name")),
        Column("project", _("Project"), _text("project.name")),
        Column("task", _("Task"), _text("task.title")),
        Column("note", _("Note"), _plain("note")),
        Column("tags", _("Tags"), _plain("tag_names")),
        Column("billable", _("Billable"), _plain("billable")),
        Column("billed", _("Billed"), _plain("billed")),
        Column("rate", _("Rate"), _money("rate_minor", only_if="billable")),
        Column("amount", _("Amount"), _money("amount_minor", only_if="billable")),
        Column("currency", _("Currency"), _plain("currency")),
        Column("timezone", _("Time zone"), _plain("timezone")),
    ),
    _with_sums,
    "started_at",
)

# ── Money ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

INVOICES = Dataset(
    "invoices",
    lambda membership: [membership.workspace.invoices.with_balance().select_related("client")],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("number", _("Number"), _text("number")),
        Column("client", _("Client"), _text("client.name")),
        Column("state", _("State"), _text("state_label")),
        Column("issue_date", _("Issued"), _plain("issue_date")),
        Column("due_date", _("Due"), _plain("due_date")),
        Column("currency", _("Currency"), _plain("currency")),
        Column("net", _("Net"), _money("net_minor")),
        Column("tax", _("Tax"), _money("tax_minor")),
        Column("total", _("Total"), _money("total_minor")),
        Column("paid", _("Paid"), _money("paid_minor")),
        Column("open", _("Open"), _money("open_minor")),
        Column("reference", _("Their reference"), _plain("reference")),
    ),
)


def _with_invoices(payments: list) -> None:
    """On which invoices each is, by their numbers, and what of it is on none."""
    on: dict[int, dict[str, int]] = {payment.pk: {} for payment in payments}
    allocations = Allocation.objects.filter(payment__in=payments).order_by().values_list("payment", "invoice__number")
    for pk, number, minor in allocations.annotate(Sum("amount_minor")):
        on[pk][number] = minor
    for payment in payments:
        shares = on[payment.pk]
        payment.numbers = ", ".join(sorted(number for number, minor in shares.items() if minor))
        payment.rest_sum = payment.amount_minor - sum(shares.values())


PAYMENTS = Dataset(
    "payments",
    lambda membership: [membership.workspace.payments.select_related("client")],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("invoice", _("Invoice"), _plain("numbers")),
        Column("client", _("Client"), _text("client.name")),
        Column("paid_on", _("Paid on"), _plain("paid_on")),
        Column("amount", _("Amount"), _money("amount_minor")),
        Column("not_on_invoices", _("Not on invoices"), _money("rest_minor")),
        Column("currency", _("Currency"), _plain("currency")),
        Column("method", _("How"), lambda payment: payment.get_method_display()),
        Column("note", _("Note"), _plain("note")),
    ),
    _with_invoices,
)

REFUNDS = Dataset(
    "refunds",
    lambda membership: [membership.workspace.refunds.select_related("client")],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("client", _("Client"), _text("client.name")),
        Column("paid_on", _("Paid back on"), _plain("paid_on")),
        Column("amount", _("Amount"), _money("amount_minor")),
        Column("currency", _("Currency"), _plain("currency")),
        Column("method", _("How"), lambda refund: refund.get_method_display()),
        Column("note", _("Note"), _plain("note")),
    ),
)

# ── Whom and what for ─────────────────────────────────────────────────────────────────────────────────────────────────

CLIENTS = Dataset(
    "clients",
    lambda membership: [membership.workspace.clients.all()],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("name", _("Name"), _plain("name")),
        Column("code", _("Short code"), _plain("code")),
        Column("currency", _("Currency"), _plain("currency")),
        Column("email", _("E-mail for invoices"), _plain("email")),
        Column("phone", _("Phone"), _plain("phone")),
        Column("website", _("Website"), _plain("website")),
        Column("address", _("Address"), _plain("address")),
        Column("country", _("Country"), _plain("country")),
        Column("tax_id", _("Tax number"), _plain("tax_id")),
        Column("hourly_rate", _("Hourly rate"), _money("hourly_rate_minor")),
        Column("payment_terms_days", _("Days to pay"), _plain("payment_terms_days")),
        Column("notes", _("Notes"), _plain("notes")),
        Column("archived", _("Archived"), _plain("is_archived")),
    ),
)
PROJECTS = Dataset(
    "projects",
    lambda membership: [membership.workspace.projects.select_related("client")],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("name", _("Name"), _plain("name")),
        Column("code", _("Short code"), _plain("code")),
        Column("client", _("Client"), _text("client.name")),
        Column("status", _("Status"), lambda project: project.get_status_display()),
        Column("billing", _("Billing"), lambda project: project.get_billing_display()),
        Column("currency", _("Currency"), _plain("currency")),
        Column("hourly_rate", _("Hourly rate"), _money("hourly_rate_minor")),
        Column("fixed_price", _("Price"), _money("fixed_price_minor")),
        Column("budget_hours", _("Budget in hours"), lambda project: _hours(project.budget_seconds)),
        Column("budget", _("Budget in money"), _money("budget_minor")),
        Column("starts_on", _("Starts on"), _plain("starts_on")),
        Column("due_on", _("Deadline"), _plain("due_on")),
        Column("notes", _("Notes"), _plain("notes")),
        Column("archived", _("Archived"), _plain("is_archived")),
    ),
)
TASKS = Dataset(
    "tasks",
    lambda membership: [membership.workspace.tasks.select_related("project__client", "assignee")],
    (
        Column("id", _("Id"), _plain("pk")),
        Column("title", _("Title"), _plain("title")),
        Column("project", _("Project"), _text("project.name")),
        Column("client", _("Client"), _text("project.client.name")),
        Column("status", _("Status"), lambda task: task.get_status_display()),
        Column("priority", _("Priority"), lambda task: task.get_priority_display()),
        Column("assignee", _("Assigned to"), _text("assignee")),
        Column("estimate_hours", _("Estimate in hours"), lambda task: _hours(task.estimate_seconds)),
        Column("due_on", _("Due"), _plain("due_on")),
        Column("completed_at", _("Completed"), _plain("completed_at")),
        Column("billable", _("Billable"), _plain("billable")),
        Column("tags", _("Tags"), _plain("tag_names")),
        Column("description", _("Description"), _plain("description")),
        Column("archived", _("Archived"), _plain("is_archived")),
    ),
    _with_tags,
)


def _hours(seconds: int | None) -> Cell:
    return None if seconds is None else decimal_hours(seconds)


DATASETS = {dataset.name: dataset for dataset in (TIME, INVOICES, PAYMENTS, REFUNDS, CLIENTS, PROJECTS, TASKS)}
EVERYTHING = "everything"
