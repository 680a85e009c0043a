"""The list of invoices for one address: a state, filters, what it sums to, and how old what is open is."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.invoicing.aging import Aging, aging_now
from apps.invoicing.prepared import BILLED_CLIENTS, GROUPS
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


# Those with anything open in them.
WITH_OPEN = ("", "open")


def _in_books(group: dict) -> bool:
    return group["kind"] != "estimate"


def _all(group: dict) -> bool:
    return True


# Of which groups (see `prepared.GROUPS`) each state is made: their mark, whether they add or take off, and which. What
# is overdue depends on the day and follows from what is open.
PARTS: dict[str, list[tuple[str, int, Callable[[dict], bool]]]] = {
    "": [("all", 1, _in_books)],
    "drafts": [("all", 1, lambda group: _in_books(group) and group["status"] == "draft")],
    "open": [("open", 1, _all)],
    "paid": [
        ("all", 1, lambda group: (group["kind"], group["status"]) == ("invoice", "issued")),
        ("open", -1, _all),
        ("lost", -1, _all),
    ],
    "written_off": [("lost", 1, _all)],
    "cancelled": [("all", 1, lambda group: _in_books(group) and group["status"] == "cancelled")],
    "credit_notes": [("all", 1, lambda group: group["kind"] == "credit_note")],
    "estimates": [("all", 1, lambda group: not _in_books(group))],
}


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
            clients=BILLED_CLIENTS(self.workspace.pk),
            currencies=[(code, code) for code in sorted({group["currency"] for group in self._groups})],
        )

    @property
    def shows_estimates(self) -> bool:
        """Whether it lists what work would cost, and not what is in the books."""
        return self.state == "estimates"

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
        listed = self.invoices
        if self.filterset.is_set or self.state not in PARTS:
            return listed.sums_by_currency()
        return self._sums_of_state()

    # ── Of all invoices, whatever is filtered ─────────────────────────────────────────────────────────────────────────

    @cached_property
    def agings(self) -> list[Aging]:
        """What is open today, the currency with most first."""
        return aging_now(self.workspace)

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
        return not self._groups

    @property
    def tabs(self) -> list[Tab]:
        """All states with what they hold."""
        names = {"": _("All")} | STATES
        counts = {state: self.late if state == "overdue" else self._count(state) for state in names}
        return [
            Tab(state, label, counts[state], state == self.state)
            for state, label in names.items()
            if state not in SELDOM or counts[state] or state == self.state
        ]

    def _count(self, state: str) -> int:
        return sum(times * group["rows"] for times, group in self._groups_of(state))

    def _sums_of_state(self) -> list[dict]:
        """What `sums_by_currency` finds for a whole tab, without reading its invoices."""
        rows: Counter[str] = Counter()
        totals: Counter[str] = Counter()
        for times, group in self._groups_of(self.state):
            rows[group["currency"]] += times * group["rows"]
            sign = -1 if group["kind"] == "credit_note" else 1
            totals[group["currency"]] += times * sign * group["sum_minor"]
        still_open = {aging.currency: aging.amount_minor for aging in self.agings} if self.state in WITH_OPEN else {}
        return [
            {"currency": currency, "rows": rows[currency], "sum_minor": totals[currency],
             "open_minor": still_open.get(currency, 0)}
            for currency in sorted(rows) if rows[currency]
        ]  # fmt: skip

    def _groups_of(self, state: str) -> Iterator[tuple[int, dict]]:
        """The groups that make up a state, each with how often it counts: once, or off."""
        for mark, times, belongs in PARTS[state]:
            yield from ((times, group) for group in self._groups if group["mark"] == mark and belongs(group))

    @cached_property
    def _groups(self) -> list[dict]:
        return GROUPS(self.workspace.pk)
