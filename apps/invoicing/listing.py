"""The list of invoices for one address: a state, filters, what it sums to, and how old what is open is."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.invoicing.aging import Aging, aging_now
from apps.invoicing.querysets import InvoiceQuerySet
from apps.invoicing.tables import InvoiceFilter, InvoiceTable
from apps.workspaces.models import Workspace

# The tabs; each is a question of the queryset.
STATES = {
    "drafts": _("Drafts"),
    "open": _("Open"),
    "overdue": _("Overdue"),
    "paid": _("Paid"),
    "written_off": _("Written off"),
    "cancelled": _("Cancelled"),
    "credit_notes": _("Credit notes"),
    "estimates": _("Estimates"),
}
# Shown only where there is any.
SELDOM = ("written_off",)


@dataclass(frozen=True)
class Tab:
    """One tab and how many invoices it has before any filter."""

    state: str
    label: str
    count: int
    is_current: bool


class Listing:
    """What is listed for one workspace and query string; nonsense in it counts as not said."""

    def __init__(self, workspace: Workspace, query: QueryDict):
        self.workspace, self.query = workspace, query
        self.state = query.get("state", "") if query.get("state") in STATES else ""

    @cached_property
    def filterset(self) -> InvoiceFilter:
        """The filter row over the invoices of the state."""
        if self.shows_estimates:
            chosen = self.workspace.invoices.estimates()
        else:
            in_books = self.workspace.invoices.without_estimates()
            chosen = getattr(in_books, self.state)() if self.state else in_books
        return InvoiceFilter(
            self.query,
            queryset=chosen.for_list(),
            clients=self._clients,
            currencies=[(code, code) for code in sorted({row["currency"] for row in self._counts})],
        )

    @property
    def shows_estimates(self) -> bool:
        """Whether it lists what work would cost, and not what is in the books."""
        return self.state == "estimates"

    @property
    def _clients(self) -> QuerySet:
        billed = Exists(self.workspace.invoices.filter(client=OuterRef("pk")))
        return self.workspace.clients.filter(billed).order_by("name", "pk").values_list("pk", "name")

    @property
    def invoices(self) -> InvoiceQuerySet:
        """All that is listed, on all pages, newest first."""
        return self.filterset.qs

    @property
    def sorted_invoices(self) -> InvoiceQuerySet:
        """The same in the order that the address asks for."""
        return InvoiceTable(self.invoices, order_by=self.query.getlist("sort") or None).data.data

    @cached_property
    def sums(self) -> list[dict]:
        """What is listed comes to, for each currency."""
        return self.invoices.sums_by_currency()

    # ── Of all invoices, whatever is filtered ─────────────────────────────────────────────────────────────────────────

    @cached_property
    def agings(self) -> list[Aging]:
        """What is open today, the currency with most first."""
        return aging_now(self.workspace.invoices)

    @property
    def late(self) -> int:
        """How many invoices are past their due date."""
        return sum(aging.late for aging in self.agings)

    @property
    def late_agings(self) -> list[Aging]:
        """The currencies in which anything is late."""
        return [aging for aging in self.agings if aging.late]

    @property
    def is_empty(self) -> bool:
        """Whether the workspace has no invoice at all."""
        return not self._counts

    @property
    def tabs(self) -> list[Tab]:
        """All states with what they hold."""
        still_open = sum(aging.invoices for aging in self.agings)
        written_off = sum(count for mark, *_group, count in self._groups if mark == "lost")
        counts = {
            "": self._count(),
            "drafts": self._count(status="draft"),
            "open": still_open,
            "overdue": self.late,
            "paid": self._count(status="issued", kind="invoice") - still_open - written_off,
            "written_off": written_off,
            "cancelled": self._count(status="cancelled"),
            "credit_notes": self._count(kind="credit_note"),
            "estimates": self._all_counts - self._count(),
        }
        names = {"": _("All")} | STATES
        return [
            Tab(state, label, counts[state], state == self.state)
            for state, label in names.items()
            if state not in SELDOM or counts[state] or state == self.state
        ]

    def _count(self, **wanted) -> int:
        in_books = (row for row in self._counts if row["kind"] != "estimate")
        return sum(row["count"] for row in in_books if wanted.items() <= row.items())

    @property
    def _all_counts(self) -> int:
        return sum(row["count"] for row in self._counts)

    @cached_property
    def _counts(self) -> list[dict]:
        names = ("kind", "status", "currency", "count")
        return [dict(zip(names, group, strict=True)) for mark, *group in self._groups if mark == "all"]

    @cached_property
    def _groups(self) -> list[tuple]:
        """Mark, kind, status, currency and how many: of all, and once more of what is written off. One query."""
        both = [
            invoices.order_by()
            .annotate(mark=Value(mark, CharField()))
            .values_list("mark", "kind", "status", "currency")
            .annotate(count=Count("pk"))
            for mark, invoices in (
                ("all", self.workspace.invoices.all()),
                ("lost", self.workspace.invoices.written_off()),
            )
        ]
        return list(both[0].union(both[1], all=True))
