"""What an electronic invoice says: the terms (BT-…) of EN 16931, read from a snapshot.

Every amount comes from the snapshot. EN 16931 knows prices without tax only: where an invoice's prices include it, each
line's share of the tax is taken out so that lines and allowances add up to the snapshot's own net sums exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from apps.core.money import round_half_up, to_major, to_minor
from apps.core.tax_ids import compact, is_iban, vat_id
from apps.invoicing.snapshots import in_present_form
from apps.invoicing.tax_presets import is_in_european_union
from apps.invoicing.totals import STANDARD, ZERO_RATED, trim

PROFILE = "urn:cen.eu:en16931:2017"
INVOICE, CREDIT_NOTE = "380", "381"
SEPA_TRANSFER, TRANSFER = "58", "30"
INTRA_COMMUNITY, OUTSIDE = "K", "O"

# UN/ECE recommendation 20.
UNITS = {"h": "HUR", "day": "DAY", "item": "C62", "month": "MON", "km": "KMT", "word": "D68", "page": "ZP"}
# Code list VATEX.
REASON_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}


def is_usual_for(country: str) -> bool:
    """Whether clients of a business in this country (ISO 3166 code; empty: not known yet) ask for such invoices."""
    return not country or is_in_european_union(country)


@dataclass(frozen=True)
class Line:
    """One line (BG-25). The price is for `base_quantity` units and never below zero; the allowance may be a charge."""

    name: str
    note: str
    quantity: Decimal
    unit: str
    price: Decimal
    base_quantity: Decimal
    allowance_minor: int
    net_minor: int
    category: str
    rate: Decimal

    @property
    def percent(self) -> str:
        """The rate; what is not subject to tax has none."""
        return _percent(self.category, self.rate)


@dataclass(frozen=True)
class Tax:
    """One group of the breakdown (BG-23), with its share of the document's discount (BG-20)."""

    category: str
    rate: Decimal
    base_minor: int
    tax_minor: int
    allowance_minor: int
    reason: str

    @property
    def reason_code(self) -> str:
        """Of the code list VATEX, where there is one for the category."""
        return REASON_CODES.get(self.category, "")

    @property
    def percent(self) -> str:
        """The rate; what is not subject to tax has none."""
        return _percent(self.category, self.rate)


def _percent(category: str, rate: Decimal) -> str:
    return "" if category == OUTSIDE else trim(rate)


@dataclass(frozen=True)
class Party:
    """Seller (BG-4) or buyer (BG-7)."""

    name: str
    address: list[str]
    country: str
    email: str
    vat_id: str
    tax_number: str


@dataclass(frozen=True)
class Account:
    """Where to pay (BG-17)."""

    number: str
    is_iban: bool
    name: str
    bic: str
    means: str


class Content:
    """An invoice in the terms of EN 16931."""

    def __init__(self, snapshot: dict):
        self.facts = facts = in_present_form(snapshot)
        self.number: str = facts["number"] or ""
        self.currency: str = facts["currency"]
        self.issue_date: str = facts["issue_date"]
        self.due_date: str = facts["due_date"]
        self.reference: str = facts["reference"]
        self.notes: str = facts["notes"]
        self.corrects: dict | None = facts["corrects"]
        self.net_minor: int = facts["net_minor"]
        self.tax_minor: int = facts["tax_minor"]
        self.total_minor: int = facts["total_minor"]

    @property
    def is_credit_note(self) -> bool:
        return self.facts["kind"] == "credit_note"

    @property
    def type_code(self) -> str:
        """BT-3, of the code list UNTDID 1001."""
        return CREDIT_NOTE if self.is_credit_note else INVOICE

    @property
    def lines_minor(self) -> int:
        """The sum of the lines' net amounts (BT-106)."""
        return sum(line.net_minor for line in self.lines)

    @property
    def allowances_minor(self) -> int:
        """The discount of the document without tax (BT-107)."""
        return sum(tax.allowance_minor for tax in self.taxes)

    def amount(self, minor: int) -> str:
        """Minor units with as many decimals as the currency has."""
        return f"{to_major(minor, self.currency):f}"

    @cached_property
    def seller(self) -> Party:
        return self._party(self.facts["seller"])

    @cached_property
    def buyer(self) -> Party:
        return self._party(self.facts["buyer"])

    def _party(self, facts: dict) -> Party:
        # What is not subject to tax may not be mixed with VAT ids (BR-O-02 to BR-O-04).
        found = "" if self._is_outside else vat_id(facts["tax_id"], facts["country"])
        address = [line.strip() for line in facts["address"].splitlines() if line.strip()]
        # There are three terms for the lines of an address.
        lines = [*address[:2], ", ".join(address[2:])] if len(address) > 3 else address
        tax_number = "" if found else facts["tax_id"].strip()
        return Party(facts["name"], lines, facts["country"], facts["email"], found, tax_number)

    @property
    def _is_outside(self) -> bool:
        return any(tax["category"] == OUTSIDE for tax in self.facts["taxes"])

    @property
    def account(self) -> Account | None:
        """Where the buyer pays; a credit note asks for nothing."""
        seller = self.facts["seller"]
        if self.is_credit_note or not seller["iban"].strip():
            return None
        number, known = compact(seller["iban"]), is_iban(seller["iban"])
        means = SEPA_TRANSFER if known and self.currency == "EUR" else TRANSFER
        bic = compact(seller["bic"])
        return Account(number, known, seller["name"], bic if known and len(bic) in (8, 11) else "", means)

    @property
    def delivery_country(self) -> str:
        """Where the service went (BT-80); asked for within the European Union."""
        is_asked = any(tax.category == INTRA_COMMUNITY for tax in self.taxes)
        return self.buyer.country if is_asked else ""

    @cached_property
    def taxes(self) -> list[Tax]:
        return [self._tax(row) for row in self.facts["taxes"]]

    def _tax(self, row: dict) -> Tax:
        key, rate = _key(row["category"], row["rate"]), Decimal(row["rate"])
        undiscounted = self._net_of_lines(key)
        is_taxed = key[0] in (STANDARD, ZERO_RATED)
        return Tax(
            category=key[0],
            rate=rate,
            base_minor=row["base_minor"],
            tax_minor=row["tax_minor"],
            allowance_minor=undiscounted - row["base_minor"],
            reason="" if is_taxed else row["reason"],
        )

    @cached_property
    def lines(self) -> list[Line]:
        found: dict[int, Line] = {}
        for key, members in self._groups.items():
            amounts = [line["amount_minor"] for _place, line in members]
            if self.facts["prices_include_tax"]:
                amounts = _without_tax(amounts, key[1], self._net_of_lines(key))
            for (place, facts), net in zip(members, amounts, strict=True):
                found[place] = self._line(facts, key, net)
        return [found[place] for place in sorted(found)]

    def _line(self, facts: dict, key: tuple[str, Decimal], net_minor: int) -> Line:
        quantity, price = Decimal(facts["quantity"]), Decimal(facts["unit_price"])
        full = to_minor(quantity * price, self.currency)
        if price < 0:
            quantity, price = -quantity, -price
        base = Decimal(1)
        if self.facts["prices_include_tax"]:
            # The price of so many units, since that of one could not be told exactly.
            full -= _tax_in(full, key[1])
            base = abs(quantity) or base
            price = to_major(abs(full), self.currency)
        name, _newline, note = facts["description"].partition("\n")
        return Line(
            name=name,
            note=note.strip(),
            quantity=quantity,
            unit=UNITS[facts["unit"]],
            price=price,
            base_quantity=base,
            allowance_minor=full - net_minor,
            net_minor=net_minor,
            category=key[0],
            rate=key[1],
        )

    @cached_property
    def _groups(self) -> dict[tuple[str, Decimal], list[tuple[int, dict]]]:
        groups: dict[tuple[str, Decimal], list[tuple[int, dict]]] = {}
        for place, line in enumerate(self.facts["lines"]):
            groups.setdefault(_key(line["tax_category"], line["tax_rate"]), []).append((place, line))
        return groups

    def _net_of_lines(self, key: tuple[str, Decimal]) -> int:
        """What the lines of a group come to without tax, before the discount of the document."""
        amount = sum(line["amount_minor"] for _place, line in self._groups[key])
        return amount - _tax_in(amount, key[1]) if self.facts["prices_include_tax"] else amount


def _key(category: str, rate: str) -> tuple[str, Decimal]:
    """Category and rate; a standard tax of nothing, which early invoices have, is the zero rate."""
    number = Decimal(rate)
    return (ZERO_RATED if category == STANDARD and not number else category), number


def _tax_in(minor: int, rate: Decimal) -> int:
    """The tax that an amount includes."""
    return round_half_up(minor * rate / (100 + rate))


def _without_tax(amounts: Sequence[int], rate: Decimal, total: int) -> list[int]:
    """Each amount less its tax, in whole units that add up to `total`; odd ones go where most was cut off."""
    thousandths = int(rate * 1000)
    shares = [divmod(amount * 100_000, 100_000 + thousandths) for amount in amounts]
    parts = [whole for whole, _rest in shares]
    by_rest = sorted(range(len(parts)), key=lambda place: -shares[place][1])
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts
