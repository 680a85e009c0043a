"""The one calculation of an invoice: plain numbers in, plain numbers out, no database.

Editor, stored totals, snapshot, page and PDF all use it, so they cannot differ. Quantities, prices and rates are
Decimals; everything that is money comes out as an integer in minor units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apps.core.money import round_half_up, to_minor

HOUR = Decimal(3600)
QUANTITY_STEP = Decimal("0.0001")


@dataclass(frozen=True)
class Item:
    """What one line is worth: so many units at a price in major units, taxed at a rate in percent."""

    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True)
class Tax:
    """One rate's share: the net amount that it applies to, and the tax on it."""

    rate: Decimal
    base_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Totals:
    """The whole invoice; `net_minor + tax_minor == total_minor`, and both are sums of their parts."""

    line_nets: tuple[int, ...]
    taxes: tuple[Tax, ...]
    net_minor: int
    tax_minor: int
    total_minor: int


def line_net(item: Item, currency: str) -> int:
    """Quantity × unit price, rounded half-up once to the currency's minor unit."""
    return to_minor(item.quantity * item.unit_price, currency)


def calculate(items: Sequence[Item], currency: str) -> Totals:
    """All sums of an invoice. Tax is rounded once for each rate (EN 16931), never line by line."""
    nets = tuple(line_net(item, currency) for item in items)
    taxes = tuple(_taxes(zip((item.tax_rate for item in items), nets, strict=True)))
    net_minor = sum(nets)
    tax_minor = sum(tax.tax_minor for tax in taxes)
    return Totals(nets, taxes, net_minor, tax_minor, net_minor + tax_minor)


def _taxes(rates_and_nets: Iterable[tuple[Decimal, int]]) -> list[Tax]:
    bases: dict[Decimal, int] = {}
    for rate, net in rates_and_nets:
        bases[rate] = bases.get(rate, 0) + net
    return [Tax(rate, base, round_half_up(base * rate / 100)) for rate, base in sorted(bases.items())]


def hours(seconds: int) -> Decimal:
    """Seconds as the hours that are printed, to four decimals: 3000 → 0.8333, so that hours × rate is the amount."""
    return (Decimal(seconds) / HOUR).quantize(QUANTITY_STEP, rounding=ROUND_HALF_UP)


def trim(number: Decimal, least: int = 0) -> str:
    """A number without needless zeros but with at least so many decimals: 9.5000 → `9.50` (2) or `9.5` (0)."""
    whole, _point, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole
