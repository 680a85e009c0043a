"""What is frozen when an invoice is issued: both parties, lines, taxes and terms; and how it is read again."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core.money import exponent, format_money
from apps.invoicing.models.tax import REASONS, TaxRate, code_of
from apps.invoicing.totals import Discount, Item, Totals, calculate, trim
from apps.workspaces.countries import COUNTRIES

# 2: discounts, prices with tax, categories of tax, credit notes.
FORM = 2


def freeze(invoice) -> dict:
    """All that the document says, as JSON in which every decimal is a text and every amount an integer."""
    lines = list(invoice.lines.all())
    sums = invoice.calculate(lines)
    corrects = invoice.corrects
    return {
        "form": FORM,
        "kind": invoice.kind,
        "corrects": corrects and {"number": corrects.number, "issue_date": corrects.issue_date.isoformat()},
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
        "prices_include_tax": invoice.prices_include_tax,
        "discount_percent": trim(invoice.discount_percent),
        "discount_minor": sums.discount_minor,
        "taxes": _taxes(invoice.workspace, lines, sums),
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
    }


def _taxes(workspace, lines: list, sums: Totals) -> list[dict]:
    """Each group with its name and, where no tax is charged, the words that say why."""
    names = {code_of(line.tax_category, line.tax_rate): line.tax_name for line in reversed(lines)}
    reasons = {tax.code: tax.reason for tax in TaxRate.of(workspace)}
    rows = []
    for tax in sums.taxes:
        code = code_of(tax.category, tax.rate)
        rows.append(
            {
                "category": tax.category,
                "rate": trim(tax.rate),
                "name": names[code],
                "reason": reasons.get(code) or str(REASONS.get(tax.category, "")),
                "base_minor": tax.base_minor,
                "tax_minor": tax.tax_minor,
            }
        )
    return rows


def _seller(workspace) -> dict:
    names = ["name", "address", "country", "email", "phone", "website", "tax_id", "bank_name", "iban", "bic"]
    return {name: getattr(workspace, name) for name in names}


def _buyer(client) -> dict:
    return {name: getattr(client, name) for name in ["name", "address", "country", "email", "tax_id"]}


def check(snapshot: dict) -> None:
    """Refuse a snapshot whose sums do not follow from its own lines: nothing is issued that does not add up."""
    percent = Decimal(snapshot["discount_percent"])
    discount = Discount(percent) if percent else Discount(amount_minor=snapshot["discount_minor"])
    sums = calculate(
        [_item(line) for line in snapshot["lines"]],
        snapshot["currency"],
        discount=discount,
        includes_tax=snapshot["prices_include_tax"],
    )
    found = (snapshot["discount_minor"], snapshot["net_minor"], snapshot["tax_minor"], snapshot["total_minor"])
    amounts = tuple(line["amount_minor"] for line in snapshot["lines"])
    expected = (sums.discount_minor, sums.net_minor, sums.tax_minor, sums.total_minor)
    if found != expected or amounts != sums.line_amounts:
        raise ValidationError(
            _("The sums of this draft do not follow from its lines. Save it once more, then issue it."), code="sums"
        )


def _item(line: dict) -> Item:
    discount = Discount(Decimal(line["discount_percent"]), line["discount_minor"])
    figures = (Decimal(line[name]) for name in ("quantity", "unit_price", "tax_rate"))
    return Item(*figures, tax_category=line["tax_category"], discount=discount)


def in_present_form(snapshot: dict) -> dict:
    """A snapshot of the first form as one of the second: there was no discount, and one kind of tax."""
    if snapshot["form"] == FORM:
        return snapshot
    plain = {"discount_percent": "0", "discount_minor": 0}
    lines = [
        {**line, **plain, "tax_category": "S", "tax_name": "", "amount_minor": line["net_minor"]}
        for line in snapshot["lines"]
    ]
    taxes = [{"category": "S", "name": "", "reason": "", **tax} for tax in snapshot["taxes"]]
    fresh = {"kind": "invoice", "corrects": None, "prices_include_tax": False, **plain}
    return {**snapshot, **fresh, "lines": lines, "taxes": taxes}


@dataclass(frozen=True)
class PaperLine:
    """One printed line."""

    description: str
    quantity: str
    unit_price: str
    discount: str
    amount_minor: int
    amount: str
    tax: str

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
        self.facts = snapshot = in_present_form(snapshot)
        self.currency: str = snapshot["currency"]
        self.number: str | None = snapshot["number"]
        self.reference: str = snapshot["reference"]
        self.notes: str = snapshot["notes"]
        self.discount_minor: int = snapshot["discount_minor"]
        self.includes_tax: bool = snapshot["prices_include_tax"]
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
    def is_credit_note(self) -> bool:
        """Whether it takes another invoice back."""
        return self.facts["kind"] == "credit_note"

    @property
    def title(self) -> str:
        """What it is."""
        titles = {"credit_note": _("Credit note"), "estimate": _("Estimate")}
        return titles.get(self.facts["kind"], _("Invoice"))

    @property
    def is_bill(self) -> bool:
        """Whether it asks for money."""
        return self.facts["kind"] == "invoice"

    @property
    def is_estimate(self) -> bool:
        """Whether it says what work would cost."""
        return self.facts["kind"] == "estimate"

    @property
    def corrects(self) -> dict | None:
        """Of a credit note `number` and `issue_date` of its invoice."""
        found = self.facts["corrects"]
        return found and {"number": found["number"], "issue_date": date.fromisoformat(found["issue_date"])}

    @property
    def lines_minor(self) -> int:
        """All lines, before the discount of the document."""
        return sum(line["amount_minor"] for line in self.facts["lines"])

    @property
    def discount_percent(self) -> str:
        """`5`, or `0` where it is an amount or nothing."""
        return self.facts["discount_percent"]

    @property
    def has_line_discounts(self) -> bool:
        """Whether a line has a discount of its own."""
        return any(line.discount for line in self.lines)

    @property
    def discount_label(self) -> str:
        """`Discount 5 %` or `Discount`."""
        percent = self.facts["discount_percent"]
        return _("Discount %(percent)s %%") % {"percent": percent} if percent != "0" else _("Discount")

    @property
    def reasons(self) -> list[str]:
        """Why no tax is charged, each sentence once."""
        return list(dict.fromkeys(tax["reason"] for tax in self.facts["taxes"] if tax["reason"]))

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
        """`label`, `base_minor`, `tax_minor` of each tax; a lone one of nothing, with nothing to say, is left out."""
        taxes = self.facts["taxes"]
        if len(taxes) == 1 and taxes[0]["rate"] == "0" and not taxes[0]["reason"]:
            return []
        return [{**tax, "label": tax_label(tax["name"], tax["rate"])} for tax in taxes]

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
        discount=_discount_text(facts, currency),
        amount_minor=facts["amount_minor"],
        amount=amount_text(facts["amount_minor"], currency),
        tax=tax_label(facts["tax_name"], facts["tax_rate"]),
    )


def _discount_text(facts: dict, currency: str) -> str:
    """`10 %`, `60.00`, or nothing."""
    if facts["discount_percent"] != "0":
        return f"{facts['discount_percent']} %"
    return amount_text(facts["discount_minor"], currency) if facts["discount_minor"] else ""


def tax_label(name: str, rate: str) -> str:
    """The name of a tax, else its rate: `USt. 19 %`, `Tax 19 %`."""
    return name or _("Tax %(rate)s %%") % {"rate": rate}


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
