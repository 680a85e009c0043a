"""What is frozen when an invoice is issued: both parties, lines, taxes and terms."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.invoicing import gst
from apps.invoicing.models.tax import REASONS, TaxRate, code_of
from apps.invoicing.totals import Discount, Item, Totals, calculate, trim

# 2: discounts, prices with tax, categories of tax, credit notes. 3: language, theme, logo, India's GST, UPI.
FORM = 3


def freeze(invoice) -> dict:
    """All that the document says, as JSON in which every decimal is a text and every amount an integer."""
    lines = list(invoice.lines.all())
    sums = invoice.calculate(lines)
    corrects = invoice.corrects
    workspace, client = invoice.workspace, invoice.client
    language = client.language or workspace.language
    supply = gst.place_of_supply(workspace, client)
    taxes = {tax.code: tax for tax in TaxRate.of(workspace)}
    return {
        "form": FORM,
        "language": language,
        "theme": client.invoice_theme or workspace.invoice_theme,
        "logo": workspace.logo,
        "kind": invoice.kind,
        "corrects": corrects and {"number": corrects.number, "issue_date": corrects.issue_date.isoformat()},
        "number": invoice.number,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "issued_at": invoice.issued_at.isoformat() if invoice.issued_at else None,
        "currency": invoice.currency,
        "reference": invoice.reference,
        "notes": invoice.notes,
        "seller": _seller(workspace),
        "buyer": _buyer(client),
        "place_of_supply": supply and supply.code,
        "lines": [_line(line, taxes) for line in lines],
        "prices_include_tax": invoice.prices_include_tax,
        "discount_percent": trim(invoice.discount_percent),
        "discount_minor": sums.discount_minor,
        "taxes": _taxes(lines, sums, taxes, language, supply),
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "total_minor": invoice.total_minor,
    }


def _line(line, taxes: dict[str, TaxRate]) -> dict:
    tax = taxes.get(code_of(line.tax_category, line.tax_rate))
    return {**line.as_facts(), "service_code": tax.service_code if tax else ""}


def _taxes(
    lines: list, sums: Totals, taxes: dict[str, TaxRate], language: str, supply: gst.Supply | None
) -> list[dict]:
    """Each group with its name and, where no tax is charged, the words that say why."""
    names = {code_of(line.tax_category, line.tax_rate): line.tax_name for line in reversed(lines)}
    rows = []
    for tax in sums.taxes:
        code = code_of(tax.category, tax.rate)
        rows.append(
            {
                "category": tax.category,
                "rate": trim(tax.rate),
                "name": names[code],
                "reason": taxes[code].reason if code in taxes else "",
                "base_minor": tax.base_minor,
                "tax_minor": tax.tax_minor,
                "parts": gst.parts(tax, supply),
            }
        )
    with translation.override(language):
        for row in rows:
            row["reason"] = row["reason"] or str(REASONS.get(row["category"], ""))
    return rows


def _seller(workspace) -> dict:
    names = ["name", "address", "country", "email", "phone", "website", "tax_id", "bank_name", "iban", "bic", "upi_id"]
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
    parts_differ = any(
        tax["parts"] and sum(part["tax_minor"] for part in tax["parts"]) != tax["tax_minor"]
        for tax in snapshot["taxes"]
    )
    if found != expected or amounts != sums.line_amounts or parts_differ:
        raise ValidationError(
            _("The sums of this draft do not follow from its lines. Save it once more, then issue it."), code="sums"
        )


def _item(line: dict) -> Item:
    discount = Discount(Decimal(line["discount_percent"]), line["discount_minor"])
    figures = (Decimal(line[name]) for name in ("quantity", "unit_price", "tax_rate"))
    return Item(*figures, tax_category=line["tax_category"], discount=discount)


def in_present_form(snapshot: dict) -> dict:
    """A snapshot of an earlier form as one of today, saying what it said then."""
    if snapshot["form"] == 1:
        snapshot = _with_discounts(snapshot)
    if snapshot["form"] == 2:
        snapshot = _with_languages(snapshot)
    return snapshot


def _with_discounts(snapshot: dict) -> dict:
    """There was no discount, and one kind of tax."""
    plain = {"discount_percent": "0", "discount_minor": 0}
    lines = [
        {**line, **plain, "tax_category": "S", "tax_name": "", "amount_minor": line["net_minor"]}
        for line in snapshot["lines"]
    ]
    taxes = [{"category": "S", "name": "", "reason": "", **tax} for tax in snapshot["taxes"]]
    fresh = {"form": 2, "kind": "invoice", "corrects": None, "prices_include_tax": False, **plain}
    return {**snapshot, **fresh, "lines": lines, "taxes": taxes}


def _with_languages(snapshot: dict) -> dict:
    """All was in English and looked alike, and India's GST was a tax like any other."""
    fresh = {"form": 3, "language": "en", "theme": "ledger", "logo": "", "place_of_supply": None}
    return {
        **snapshot,
        **fresh,
        "seller": {**snapshot["seller"], "upi_id": ""},
        "lines": [{**line, "service_code": ""} for line in snapshot["lines"]],
        "taxes": [{**tax, "parts": []} for tax in snapshot["taxes"]],
    }
