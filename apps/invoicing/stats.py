"""Figures about invoices of a period, beside the period before; for each currency on its own, never mixed.

| figure | formula |
|---|---|
| invoiced | totals of the invoices dated in the period, less those of the credit notes dated in it |
| collected | payments received in the period, for whichever invoice or as credit, less what was paid back in it |
| outstanding | what was open at the end of its last day; overdue is what of it was past its due date |
| drafts | totals of the invoices that are drafts now |
| average days to pay | Σ (days from invoice date to full payment × paid) / Σ paid, of what was settled in the period |
| DSO | outstanding / invoiced, tax included × days of the period |

Amounts are minor units. What is written off is not outstanding from that day on, and never collected. Invoices that are
cancelled stay in what was invoiced; their credit notes take them out again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db.models import Count, Q, Sum

from apps.invoicing.aging import Aging, aging_on
from apps.invoicing.periods import Period, months_up_to
from apps.workspaces.models import Workspace

TENTH = Decimal("0.1")


# ── Formulas ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def days_sales_outstanding(open_minor: int, invoiced_minor: int, days: int) -> Decimal | None:
    """DSO = open at the end / invoiced in the period × days of the period, to a tenth of a day.

    How many days of invoicing are still unpaid. None where nothing was invoiced.
    """
    if invoiced_minor <= 0:
        return None
    return (Decimal(open_minor) * days / invoiced_minor).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Settlement:
    """An invoice that is paid in full: on which day, how many days after its date, and what was paid for it."""

    currency: str
    settled_on: date
    days: int
    paid_minor: int


def average_days(settlements: Iterable[Settlement]) -> Decimal | None:
    """Σ (days × paid) / Σ paid, to a tenth of a day: a big invoice counts for more. None where nothing was settled."""
    settlements = list(settlements)
    paid = sum(each.paid_minor for each in settlements)
    if not paid:
        return None
    weighted = sum(each.days * each.paid_minor for each in settlements)
    return (Decimal(weighted) / paid).quantize(TENTH, ROUND_HALF_UP)


def settled_on(total_minor: int, received: Iterable[tuple[date, int]]) -> date | None:
    """The first day on which payments and credit notes together reach the total; None where they do not."""
    rest = total_minor
    for day, amount in sorted(received):
        rest -= amount
        if rest <= 0:
            return day
    return None


# ── What there is ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Figures:
    """The figures of one currency and period."""

    period: Period
    net_minor: int = 0
    invoiced_minor: int = 0
    collected_minor: int = 0
    open_minor: int = 0
    overdue_minor: int = 0
    settled: list[Settlement] = field(default_factory=list)

    @property
    def dso(self) -> Decimal | None:
        """See `days_sales_outstanding`; what was invoiced counts with its tax, as what is open does."""
        return days_sales_outstanding(self.open_minor, self.invoiced_minor, self.period.days)

    @property
    def days_to_pay(self) -> Decimal | None:
        """See `average_days`."""
        return average_days(self.settled)

    @property
    def settled_minor(self) -> int:
        """What was paid for the invoices that were settled."""
        return sum(each.paid_minor for each in self.settled)


@dataclass
class Month:
    """A bar of each kind: invoiced and collected in one month, and how long they are in percent of the longest."""

    first: date
    invoiced_minor: int = 0
    collected_minor: int = 0
    longest_minor: int = 0

    @property
    def invoiced_percent(self) -> int:
        return self._percent(self.invoiced_minor)

    @property
    def collected_percent(self) -> int:
        return self._percent(self.collected_minor)

    def _percent(self, amount_minor: int) -> int:
        return max(0, round(100 * amount_minor / self.longest_minor)) if self.longest_minor else 0


@dataclass
class Block:
    """All about one currency: the period, the one before, drafts, aging and twelve months."""

    currency: str
    now: Figures
    before: Figures
    months: list[Month]
    aging: Aging
    drafts: int = 0
    drafts_minor: int = 0

    @property
    def aging_parts(self) -> list[tuple[int, int, int]]:
        """The bar of the aging: each one's place, where it begins and how long it is, in percent."""
        shares = [cell.percent for cell in self.aging.cells]
        return [(place, sum(shares[:place]), share) for place, share in enumerate(shares)]


class Statistics:
    """The figures of a workspace for a period and the one before; `on` is the day that the aging is of."""

    def __init__(self, workspace: Workspace, period: Period, before: Period, *, on: date):
        self.workspace, self.period, self.before, self.on = workspace, period, before, on

    @cached_property
    def blocks(self) -> list[Block]:
        """One for each currency in which there is anything, the one with most invoiced first. At most nine queries."""
        blocks = {currency: self._empty(currency) for currency in sorted(self._currencies)}
        for row in self._invoiced:
            self._add_invoiced(blocks[row["currency"]], row)
        for row in self._collected:
            self._add_collected(blocks[row["currency"]], row)
        for row in self._drafts:
            block = blocks[row["currency"]]
            block.drafts, block.drafts_minor = row["count"], row["total"]
        for settlement in self._settlements:
            for figures in _both(blocks[settlement.currency], settlement.settled_on):
                figures.settled.append(settlement)
        for block in blocks.values():
            longest = max(max(month.invoiced_minor, month.collected_minor) for month in block.months)
            for month in block.months:
                month.longest_minor = longest
        return sorted(blocks.values(), key=lambda block: -block.now.invoiced_minor)

    def _empty(self, currency: str) -> Block:
        nothing = Aging.made_of(currency, {}, {})
        now, before = (
            Figures(period, open_minor=aging.amount_minor, overdue_minor=aging.late_minor)
            for period in (self.period, self.before)
            for aging in [self._open[period.last].get(currency, nothing)]
        )
        months = [Month(first) for first in self._months]
        return Block(currency, now, before, months, self._open[self.on].get(currency, nothing))

    def _add_invoiced(self, block: Block, row: dict) -> None:
        sign = -1 if row["kind"] == "credit_note" else 1
        for figures in _both(block, row["issue_date"]):
            figures.net_minor += sign * row["net"]
            figures.invoiced_minor += sign * row["total"]
        if month := _month_of(block, row["issue_date"]):
            month.invoiced_minor += sign * row["total"]

    def _add_collected(self, block: Block, row: dict) -> None:
        for figures in _both(block, row["paid_on"]):
            figures.collected_minor += row["total"]
        if month := _month_of(block, row["paid_on"]):
            month.collected_minor += row["total"]

    # ── Asked of the database ─────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _months(self) -> list[date]:
        return months_up_to(self.period.last)

    @property
    def _window(self) -> tuple[date, date]:
        """All days that either period or the twelve months reach; of the last month no later day than the period's."""
        return min(self.before.first, self._months[0]), self.period.last

    @cached_property
    def _currencies(self) -> set[str]:
        found = {row["currency"] for row in (*self._invoiced, *self._drafts)}
        found |= {row["currency"] for row in self._collected}
        return found.union(*self._open.values())

    @cached_property
    def _open(self) -> dict[date, dict[str, Aging]]:
        """What was open at the end of both periods and on the day of the aging, by currency."""
        invoices = self.workspace.invoices
        return {
            day: {aging.currency: aging for aging in aging_on(invoices.all(), day)}
            for day in {self.period.last, self.before.last, self.on}
        }

    @cached_property
    def _invoiced(self) -> list[dict]:
        dated = self.workspace.invoices.without_estimates().numbered().filter(issue_date__range=self._window).order_by()
        return list(
            dated.values("currency", "kind", "issue_date").annotate(net=Sum("net_minor"), total=Sum("total_minor"))
        )

    @cached_property
    def _collected(self) -> list[dict]:
        found = []
        for sign, rows in ((1, self.workspace.payments), (-1, self.workspace.refunds)):
            then = rows.filter(paid_on__range=self._window).order_by()
            found += then.values("currency", "paid_on").annotate(total=sign * Sum("amount_minor"))
        return found

    @cached_property
    def _drafts(self) -> list[dict]:
        drafts = self.workspace.invoices.drafts().invoices().order_by()
        return list(drafts.values("currency").annotate(count=Count("pk"), total=Sum("total_minor")))

    @cached_property
    def _settlements(self) -> list[Settlement]:
        """What was settled in either period; only that can be it to which anything came meanwhile."""
        days = (self.before.first, self.period.last)
        credit_notes = self.workspace.invoices.credit_notes().issued().order_by()
        paid_then = self.workspace.allocations.filter(day__range=days).values("invoice")
        credited_then = credit_notes.filter(issue_date__range=days).values("corrects")
        touched = self.workspace.invoices.issued().filter(Q(pk__in=paid_then) | Q(pk__in=credited_then))
        allocations = self.workspace.allocations.filter(invoice__in=touched).order_by()
        histories: dict[int, _History] = {}
        for pk, *head, day, amount in allocations.values_list(
            "invoice", "invoice__currency", "invoice__issue_date", "invoice__total_minor", "day", "amount_minor"
        ):
            histories.setdefault(pk, _History(*head)).payments.append((day, amount))
        for pk, day, amount in credit_notes.filter(corrects__in=touched).values_list(
            "corrects", "issue_date", "total_minor"
        ):
            if pk in histories:
                histories[pk].credits.append((day, amount))
        return [settlement for history in histories.values() if (settlement := history.settlement)]


@dataclass
class _History:
    """All that ever came to one invoice."""

    currency: str
    issue_date: date
    total_minor: int
    payments: list[tuple[date, int]] = field(default_factory=list)
    credits: list[tuple[date, int]] = field(default_factory=list)

    @property
    def settlement(self) -> Settlement | None:
        """How it was settled; None while something is open."""
        day = settled_on(self.total_minor, self.payments + self.credits)
        if day is None:
            return None
        paid = sum(amount for paid_on, amount in self.payments if paid_on <= day)
        return Settlement(self.currency, day, (day - self.issue_date).days, paid)


def _both(block: Block, day: date) -> list[Figures]:
    """Those of the two periods that the day is in."""
    return [figures for figures in (block.now, block.before) if day in figures.period]


def _month_of(block: Block, day: date) -> Month | None:
    return next((month for month in block.months if month.first == day.replace(day=1)), None)
