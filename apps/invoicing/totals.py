"""The one calculation of an invoice: plain numbers in, plain numbers out, no database.

Editor, stored totals, snapshot, page and PDF all use it, so they cannot differ. Quantities, prices and rates are
Decimals; everything that is money comes out as an integer in minor units.

The order of things is that of EN 16931: a line is quantity × price less its own discount, rounded; lines are added up
by tax category and rate; the document's discount is shared among these groups; tax is rounded once for each group.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.core.money import round_half_up, split_by_largest_remainder, to_minor

HOUR = Decimal(3600)
QUANTITY_STEP = Decimal("0.0001")
ZERO = Decimal(0)
# Of EN 16931 (UNCL 5305): taxed at a rate, and taxed at zero.
STANDARD, ZERO_RATED = "S", "Z"


@dataclass(frozen=True)
class Discount:
    """A share in percent, or an amount in minor units; nothing unless given."""

    percent: Decimal = ZERO
    amount_minor: int = 0

    def of(self, minor: int) -> int:
        """What goes off this amount, rounded half-up."""
        return self.amount_minor + round_half_up(minor * self.percent / 100)

    def __bool__(self) -> bool:
        return bool(self.percent or self.amount_minor)


NO_DISCOUNT = Discount()


@dataclass(frozen=True)
class Item:
    """What one line is worth: so many units at a price in major units, taxed at a rate in percent."""

    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    tax_category: str = STANDARD
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True)
class Tax:
    """One group of lines that are taxed alike: the net amount that the rate applies to, and the tax on it."""

    category: str
    rate: Decimal
    base_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Totals:
    """The whole invoice; `net_minor + tax_minor == total_minor`, and both are sums of their parts.

    `line_amounts` are as the prices are: with tax where those include it. So is `discount_minor`, which goes off their
    sum.
    """

    line_amounts: tuple[int, ...]
    discount_minor: int
    taxes: tuple[Tax, ...]
    net_minor: int
    tax_minor: int
    total_minor: int

    @property
    def lines_minor(self) -> int:
        """All lines, before the document's discount."""
        return sum(self.line_amounts)


def line_amount(item: Item, currency: str) -> int:
    """Quantity × unit price, rounded half-up once to the currency's minor unit, less the line's discount."""
    full = to_minor(item.quantity * item.unit_price, currency)
    return full - item.discount.of(full)


def calculate(
    items: Sequence[Item], currency: str, *, discount: Discount = NO_DISCOUNT, includes_tax: bool = False
) -> Totals:
    """All sums of an invoice. Tax is rounded once for each group, never line by line."""
    amounts = tuple(line_amount(item, currency) for item in items)
    groups: dict[tuple[str, Decimal], int] = {}
    for item, amount in zip(items, amounts, strict=True):
        key = item.tax_category, item.tax_rate
        groups[key] = groups.get(key, 0) + amount
    off = discount.of(sum(amounts))
    taxes = tuple(_taxes(sorted(groups.items()), off, includes_tax=includes_tax))
    net_minor = sum(tax.base_minor for tax in taxes)
    tax_minor = sum(tax.tax_minor for tax in taxes)
    return Totals(amounts, off, taxes, net_minor, tax_minor, net_minor + tax_minor)


def _taxes(groups: list[tuple[tuple[str, Decimal], int]], off: int, *, includes_tax: bool) -> Iterable[Tax]:
    """The groups, each less its share of the discount. One that is below zero already bears none of it."""
    shares = split_by_largest_remainder(off, [max(0, amount) for _key, amount in groups])
    for ((category, rate), amount), share in zip(groups, shares, strict=True):
        left = amount - share
        if includes_tax:
            tax = round_half_up(left * rate / (100 + rate))
            yield Tax(category, rate, left - tax, tax)
        else:
            yield Tax(category, rate, left, round_half_up(left * rate / 100))


def hours(seconds: int) -> Decimal:
    """Seconds as the hours that are printed, to four decimals: 3000 → 0.8333, so that hours × rate is the amount."""
    return (Decimal(seconds) / HOUR).quantize(QUANTITY_STEP, rounding=ROUND_HALF_UP)


def trim(number: Decimal, least: int = 0) -> str:
    """A number without needless zeros but with at least so many decimals: 9.5000 → `9.50` (2) or `9.5` (0)."""
    whole, _point, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole
