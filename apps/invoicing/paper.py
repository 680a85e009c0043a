"""A frozen invoice read again: what page, PDF and e-invoice say."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext

from apps.core.india import state_of
from apps.core.tax_ids import is_iban, vat_id
from apps.invoicing import gst
from apps.invoicing.pay_code import PayCode, pay_code
from apps.invoicing.snapshots import in_present_form
from apps.invoicing.wording import Wording, in_its_language


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
    service_code: str

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
    """The document as page and PDF show it, read from a snapshot alone, in the snapshot's own language."""

    def __init__(self, snapshot: dict):
        self.facts = snapshot = in_present_form(snapshot)
        self.language: str = snapshot["language"]
        self.theme: str = snapshot["theme"]
        self.wording = Wording(self.language)
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
    def is_bill(self) -> bool:
        """Whether it asks for money."""
        return self.facts["kind"] == "invoice"

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes another invoice back."""
        return self.facts["kind"] == "credit_note"

    @property
    def is_estimate(self) -> bool:
        """Whether it says what work would cost."""
        return self.facts["kind"] == "estimate"

    @property
    @in_its_language
    def title(self) -> str:
        """What it is."""
        if self.is_credit_note:
            return gettext("Credit note")
        if self.is_estimate:
            return gettext("Estimate")
        return gettext("Tax invoice") if self.place_of_supply else gettext("Invoice")

    @property
    @in_its_language
    def buyer_label(self) -> str:
        """What the client is to it."""
        return gettext("For") if self.is_estimate else gettext("Billed to")

    @property
    @in_its_language
    def due_label(self) -> str:
        """What its last day means; nothing on a credit note, which has none."""
        if self.is_credit_note:
            return ""
        return gettext("Valid until") if self.is_estimate else gettext("Due")

    @property
    @in_its_language
    def total_label(self) -> str:
        """What its total means."""
        if self.is_credit_note:
            return gettext("Total credited")
        return gettext("Total") if self.is_estimate else gettext("Total due")

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
    def has_line_discounts(self) -> bool:
        """Whether a line has a discount of its own."""
        return any(line.discount for line in self.lines)

    @property
    def has_service_codes(self) -> bool:
        """Whether a line says by which code India knows the service."""
        return any(line.service_code for line in self.lines)

    @property
    @in_its_language
    def discount_label(self) -> str:
        """`Discount 5 %` or `Discount`."""
        percent = self.facts["discount_percent"]
        if percent == "0":
            return gettext("Discount")
        return gettext("Discount %(percent)s %%") % {"percent": self.wording.number(Decimal(percent))}

    @property
    def reasons(self) -> list[str]:
        """Why no tax is charged, each sentence once."""
        return list(dict.fromkeys(tax["reason"] for tax in self.facts["taxes"] if tax["reason"]))

    @property
    def terms_days(self) -> int:
        """Days between issue and due."""
        return (self.due_date - self.issue_date).days

    @property
    def place_of_supply(self) -> str:
        """In India the state in which the service is used, `33, Tamil Nadu`; nothing elsewhere."""
        return gst.place_name(self.facts["place_of_supply"])

    @cached_property
    def seller(self) -> Party:
        return self._party(self.facts["seller"])

    @cached_property
    def buyer(self) -> Party:
        return self._party(self.facts["buyer"])

    @in_its_language
    def _party(self, facts: dict) -> Party:
        country = self.wording.country(facts["country"])
        lines = [*facts["address"].splitlines(), country, _tax_id(facts), facts["email"]]
        return Party(facts["name"], [line for line in lines if line.strip()])

    @cached_property
    def lines(self) -> list[PaperLine]:
        return [self._line(line) for line in self.facts["lines"]]

    def _line(self, facts: dict) -> PaperLine:
        wording, currency = self.wording, self.currency
        return PaperLine(
            description=facts["description"],
            quantity=wording.quantity(Decimal(facts["quantity"]), facts["unit"]),
            unit_price=wording.price(Decimal(facts["unit_price"]), currency),
            discount=self._discount(facts),
            amount_minor=facts["amount_minor"],
            amount=wording.amount(facts["amount_minor"], currency),
            tax=wording.tax(facts["tax_name"], facts["tax_rate"]),
            service_code=facts["service_code"],
        )

    def _discount(self, facts: dict) -> str:
        """`10 %`, `60.00`, or nothing."""
        if facts["discount_percent"] != "0":
            return f"{self.wording.number(Decimal(facts['discount_percent']))} %"
        return self.wording.amount(facts["discount_minor"], self.currency) if facts["discount_minor"] else ""

    @cached_property
    def taxes(self) -> list[dict]:
        """`label`, `base_minor`, `tax_minor` of each tax, in India of each of its parts; a lone one of nothing, with
        nothing to say, is left out."""
        taxes = self.facts["taxes"]
        if len(taxes) == 1 and taxes[0]["rate"] == "0" and not taxes[0]["reason"]:
            return []
        rows = []
        for tax in taxes:
            parts = [{**part, "label": f"{part['name']} {part['rate']} %"} for part in tax["parts"]]
            for row in parts or [{**tax, "label": self.wording.tax(tax["name"], tax["rate"])}]:
                rows.append({"label": row["label"], "base_minor": tax["base_minor"], "tax_minor": row["tax_minor"]})
        return rows

    @cached_property
    def pay_code(self) -> PayCode | None:
        """For paying all of it: what was open when it was issued. A draft has no reference to pay by."""
        return self.pay_code_for(self.total_minor) if self.is_bill else None

    def pay_code_for(self, amount_minor: int) -> PayCode | None:
        """For paying so much of it, in minor units; None where that cannot be paid by a code."""
        return pay_code(
            self.facts["seller"], amount_minor=amount_minor, currency=self.currency, reference=self.number or ""
        )

    @property
    def seller_takes_upi(self) -> bool:
        """Whether it can be paid by UPI, which knows rupees only."""
        return self.currency == "INR" and bool(self.facts["seller"]["upi_id"])

    @property
    @in_its_language
    def bank(self) -> list[tuple[str, str]]:
        """Where to pay, as names and values; empty where the business gave no account."""
        seller = self.facts["seller"]
        account = seller["iban"]
        if not account and not self.seller_takes_upi:
            return []
        rows = [
            (gettext("Account name"), seller["name"]),
            (gettext("Bank"), seller["bank_name"]),
            ("IBAN" if is_iban(account) else gettext("Account"), _in_fours(account)),
            (gettext("Bank code") if self.place_of_supply else gettext("BIC"), seller["bic"]),
            ("UPI", seller["upi_id"] if self.seller_takes_upi else ""),
            (gettext("Reference"), self.number or ""),
        ]
        return [(name, value) for name, value in rows if value]


def _tax_id(facts: dict) -> str:
    """The number as the office that gave it calls it."""
    number, country = facts["tax_id"], facts["country"]
    if not number:
        return ""
    if country == "IN" and state_of(number):
        return f"GSTIN {number}"
    shape = gettext("VAT id %(number)s") if vat_id(number, country) else gettext("Tax number %(number)s")
    return shape % {"number": number}


def _in_fours(account: str) -> str:
    plain = account.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
