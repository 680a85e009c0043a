"""What is frozen when an invoice is issued: both parties, lines, taxes and terms; and how it is read again."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.money import exponent, format_money
from apps.invoicing.totals import Item, calculate, trim
from apps.workspaces.countries import COUNTRIES

FORM = 1


def freeze(invoice) -> dict:
    """All that the document says, as JSON in which every decimal is a text and every amount an integer."""
    lines = list(invoice.lines.all())
    sums = calculate([line.item for line in lines], invoice.currency)
    return {
        "form": FORM,
        "number": invoice.number,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "issued_at": invoice.issued_at.isoformat() if invoice.issued_at else None,
        "currency": invoice.currency,
        "reference": invoice.reference,
        "notes": invoice.notes,
        "seller": _seller(invoice.workspace),
        "buyer": _buyer(invoice.client),
        "lines": [line.as_facts() for line in lines],
        "taxes": [
            {"rate": trim(tax.rate), "base_minor": tax.base_minor, "tax_minor": tax.tax_minor} for tax in sums.taxes
        ],
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
    }


def _seller(workspace) -> dict:
    names = ["name", "address", "country", "email", "phone", "website", "tax_id", "bank_name", "iban", "bic"]
    return {name: getattr(workspace, name) for name in names}


def _buyer(client) -> dict:
    return {name: getattr(client, name) for name in ["name", "address", "country", "email", "tax_id"]}


def check(snapshot: dict) -> None:
    """Refuse a snapshot whose sums do not follow from its own lines: nothing is issued that does not add up."""
    items = [
        Item(Decimal(line["quantity"]), Decimal(line["unit_price"]), Decimal(line["tax_rate"]))
        for line in snapshot["lines"]
    ]
    sums = calculate(items, snapshot["currency"])
    found = (snapshot["net_minor"], snapshot["tax_minor"], snapshot["total_minor"])
    nets = tuple(line["net_minor"] for line in snapshot["lines"])
    if found != (sums.net_minor, sums.tax_minor, sums.total_minor) or nets != sums.line_nets:
        raise ValidationError(
            _("The sums of this draft do not follow from its lines. Save it once more, then issue it."), code="sums"
        )


@dataclass(frozen=True)
class PaperLine:
    """One printed line."""

    description: str
    quantity: str
    unit_price: str
    net_minor: int
    amount: str
    tax_rate: str

    @property
    def title(self) -> str:
        """The first line of the description."""
        return self.description.partition("\n")[0]

    @property
    def details(self) -> str:
        """What follows it."""
        return self.description.partition("\n")[2]


@dataclass(frozen=True)
class Party:
    """Seller or buyer, as printed."""

    name: str
    lines: list[str]


class Paper:
    """The document as page and PDF show it, read from a snapshot alone."""

    def __init__(self, snapshot: dict):
        self.facts = snapshot
        self.currency: str = snapshot["currency"]
        self.number: str | None = snapshot["number"]
        self.reference: str = snapshot["reference"]
        self.notes: str = snapshot["notes"]
        self.net_minor: int = snapshot["net_minor"]
        self.tax_minor: int = snapshot["tax_minor"]
        self.total_minor: int = snapshot["total_minor"]

    @cached_property
    def issue_date(self) -> date:
        return date.fromisoformat(self.facts["issue_date"])

    @cached_property
    def due_date(self) -> date:
        return date.fromisoformat(self.facts["due_date"])

    @cached_property
    def issued_at(self) -> datetime | None:
        return datetime.fromisoformat(self.facts["issued_at"]) if self.facts["issued_at"] else None

    @property
    def terms_days(self) -> int:
        """Days between issue and due."""
        return (self.due_date - self.issue_date).days

    @cached_property
    def seller(self) -> Party:
        return _party(self.facts["seller"])

    @cached_property
    def buyer(self) -> Party:
        return _party(self.facts["buyer"])

    @cached_property
    def lines(self) -> list[PaperLine]:
        return [_line(line, self.currency) for line in self.facts["lines"]]

    @cached_property
    def taxes(self) -> list[dict]:
        """`rate`, `base_minor`, `tax_minor` of each rate; a lone zero rate says nothing and is left out."""
        taxes = self.facts["taxes"]
        return [] if [tax["rate"] for tax in taxes] == ["0"] else taxes

    @property
    def bank(self) -> list[tuple[str, str]]:
        """Where to pay, as names and values; empty where the business gave no account."""
        seller = self.facts["seller"]
        if not seller["iban"]:
            return []
        rows = [
            (_("Account name"), seller["name"]),
            (_("Bank"), seller["bank_name"]),
            (_("Account"), _in_fours(seller["iban"])),
            (_("BIC"), seller["bic"]),
            (_("Reference"), self.number or ""),
        ]
        return [(name, value) for name, value in rows if value]


def _party(facts: dict) -> Party:
    country = COUNTRIES.get(facts["country"], "")
    tax_id = str(_("Tax number %(number)s") % {"number": facts["tax_id"]}) if facts["tax_id"] else ""
    lines = [*facts["address"].splitlines(), country, tax_id, facts["email"]]
    return Party(facts["name"], [line for line in lines if line.strip()])


def _line(facts: dict, currency: str) -> PaperLine:
    least = 2 if facts["unit"] == "h" else 0
    unit = "" if facts["unit"] == "item" else f" {facts['unit']}"
    return PaperLine(
        description=facts["description"],
        quantity=trim(Decimal(facts["quantity"]), least) + unit,
        unit_price=price_text(Decimal(facts["unit_price"]), currency),
        net_minor=facts["net_minor"],
        amount=amount_text(facts["net_minor"], currency),
        tax_rate=facts["tax_rate"],
    )


def amount_text(minor: int, currency: str) -> str:
    """An amount without its currency, for a column whose total says it."""
    return str(format_money(minor, currency)._replace(symbol=""))


def price_text(price: Decimal, currency: str) -> str:
    """A unit price without its currency, grouped as amounts are, with as many decimals as it needs."""
    digits = exponent(currency)
    rounded = format_money(int(price.scaleb(digits)), currency)
    extra = trim(price, digits).partition(".")[2][digits:]
    return f"{rounded.sign}{rounded.whole}{rounded.decimals}{'.' if extra and not digits else ''}{extra}"


def _in_fours(account: str) -> str:
    plain = account.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
