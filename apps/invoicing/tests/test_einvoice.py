"""Electronic invoices: nothing that schema and rules of EN 16931 object to, and every sum the snapshot's own."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from apps.core.money import to_minor
from apps.invoicing import totals
from apps.invoicing.child_process import ChildError
from apps.invoicing.einvoice import cii, ubl
from apps.invoicing.einvoice.checking import findings
from apps.invoicing.models import Invoice
from apps.invoicing.tests.building import issued
from apps.invoicing.tests.einvoices import CASES, case, of_europe, taxed

WRITERS = {"cii": cii.write, "ubl": ubl.write}


@pytest.fixture
def studio(alice):
    return of_europe(alice)


def texts(xml: bytes, *path: str) -> list[str]:
    """The texts of all elements at a path of local names, wherever it begins."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path)
    return etree.fromstring(xml).xpath(f"//{steps}/text()")


@pytest.mark.parametrize("name", CASES)
def test_the_rules_find_nothing(studio, name):
    snapshot = case(studio, name).snapshot
    for kind, write in WRITERS.items():
        assert findings(write(snapshot), kind) == [], kind


def test_the_rules_find_nothing_in_a_credit_note(studio):
    invoice = case(studio, "two rates")
    note = invoice.credit(actor=studio.owner)
    note.issue(actor=studio.owner)
    for kind, write in WRITERS.items():
        assert findings(write(note.snapshot), kind) == [], kind
    xml = cii.write(note.snapshot)
    assert texts(xml, "ExchangedDocument", "TypeCode") == ["381"]
    assert texts(xml, "InvoiceReferencedDocument", "IssuerAssignedID") == [invoice.number]
    assert texts(ubl.write(note.snapshot), "BillingReference", "InvoiceDocumentReference", "ID") == [invoice.number]


def test_a_small_business_without_vat_id_is_known_by_its_tax_number(studio):
    type(studio.workspace).objects.update(tax_id="12/345/67890")
    snapshot = case(of_tax_number(studio), "exempt").snapshot
    assert all(findings(write(snapshot), kind) == [] for kind, write in WRITERS.items())


def of_tax_number(studio):
    studio.workspace.refresh_from_db()
    return studio


def test_the_rules_do_object_to_what_is_wrong(studio):
    """The control: a check that never says no would let everything above pass."""
    snapshot = case(studio, "standard").snapshot
    for kind, write in WRITERS.items():
        broken = write({**snapshot, "total_minor": snapshot["total_minor"] + 1})
        assert findings(broken, kind), kind
        assert findings(write(snapshot).replace(b"EUR", b"XXY"), kind), kind


def test_what_is_missing_is_said_in_words_and_where(alice):
    snapshot = issued(alice, taxed("S", "19")).snapshot
    said = findings(cii.write(snapshot), "cii")
    assert {finding.place for finding in said} == {"business", "client"}
    sentences = " ".join(finding.text for finding in said)
    assert "The country of your business is missing." in sentences
    assert "The client's country is missing." in sentences
    assert "VAT id or tax number" in sentences
    assert "BR-" not in sentences
    assert "BT-" not in sentences


def test_reverse_charge_without_the_ids_of_both_says_so(studio):
    type(studio.client).objects.update(tax_id="")
    studio.client.refresh_from_db()
    said = findings(cii.write(case(studio, "reverse charge").snapshot), "cii")
    assert [finding.place for finding in said] == ["client"]


def test_amounts_of_three_decimals_are_told(studio):
    said = findings(cii.write(issued(studio, taxed("S", "5", unit_price="1.234"), currency="KWD").snapshot), "cii")
    assert "two decimals" in " ".join(finding.text for finding in said)


def test_a_rule_without_words_of_ours_speaks_for_itself(studio):
    snapshot = case(studio, "standard").snapshot
    wrong = cii.write(snapshot).replace(b">HUR<", b">XX<").replace(b'"HUR"', b'"QQQ"')
    assert all(finding.text and not finding.text.startswith("[") for finding in findings(wrong, "cii"))


def test_what_is_no_xml_is_an_error_and_not_an_approval(db):
    with pytest.raises(ChildError):
        findings(b"<broken", "cii")


def test_what_people_type_cannot_break_the_xml(studio):
    hostile = "</ram:Name><x> & \x0b\x0c ]]> é 山"
    snapshot = issued(studio, taxed("S", "19", description=hostile)).snapshot
    for kind, write in WRITERS.items():
        xml = write(snapshot)
        assert findings(xml, kind) == []
        assert "</ram:Name><x> &  ]]> é 山" in "".join(etree.fromstring(xml).itertext())


def test_payment_and_delivery_are_named(studio):
    xml = cii.write(case(studio, "standard").snapshot)
    assert texts(xml, "SpecifiedTradeSettlementPaymentMeans", "TypeCode") == ["58"]
    assert texts(xml, "IBANID") == ["DE89370400440532013000"]
    assert texts(xml, "BICID") == ["COBADEFFXXX"]
    assert texts(xml, "OccurrenceDateTime", "DateTimeString") == ["20260504"]
    assert texts(xml, "BuyerReference") == ["PO 4711"]
    assert texts(cii.write(case(studio, "yen").snapshot), "SpecifiedTradeSettlementPaymentMeans", "TypeCode") == ["30"]


def test_yen_have_no_decimals(studio):
    assert texts(cii.write(case(studio, "yen").snapshot), "GrandTotalAmount") == ["16502"]


def test_the_same_snapshot_gives_the_same_xml(studio):
    invoice = case(studio, "prices with tax and discounts")
    again = Invoice.objects.get(pk=invoice.pk)
    for write in WRITERS.values():
        assert write(invoice.snapshot) == write(again.snapshot)


# ── Any invoice at all ────────────────────────────────────────────────────────────────────────────────────────────────

PERCENTS = st.decimals("0", "100", places=3)
DISCOUNTS = st.one_of(
    st.just(totals.Discount()),
    st.builds(totals.Discount, percent=PERCENTS),
    st.builds(totals.Discount, amount_minor=st.integers(0, 10**5)),
)
TAXES = st.sampled_from([("S", "19"), ("S", "7"), ("S", "5.5"), ("S", "7.7"), ("AE", "0"), ("Z", "0")])
ITEMS = st.builds(
    lambda quantity, price, tax, discount: totals.Item(quantity, price, Decimal(tax[1]), tax[0], discount),
    st.decimals("-9", "999.9999", places=4),
    st.decimals("-99", "9999.9999", places=4),
    TAXES,
    DISCOUNTS,
)


def frozen(items, currency, discount, includes_tax) -> dict:
    """A snapshot of these lines, as freezing them makes it."""
    sums = totals.calculate(items, currency, discount=discount, includes_tax=includes_tax)
    return {
        "form": 3, "language": "en", "theme": "ledger", "kind": "invoice", "corrects": None, "number": "N-1",
        "issue_date": "2026-05-04", "due_date": "2026-05-18", "issued_at": None, "currency": currency,
        "reference": "", "notes": "", "place_of_supply": None,
        "seller": {"name": "A", "upi_id": "", "bank_name": "", "phone": "", "website": "", **_party("DE")},
        "buyer": {"name": "B", **_party("FR")},
        "lines": [
            {
                "description": "Work", "quantity": totals.trim(item.quantity), "unit": "h",
                "unit_price": totals.trim(item.unit_price), "tax_category": item.tax_category,
                "tax_rate": totals.trim(item.tax_rate), "tax_name": "", "amount_minor": amount, "service_code": "",
                "discount_percent": totals.trim(item.discount.percent), "discount_minor": item.discount.amount_minor,
            }
            for item, amount in zip(items, sums.line_amounts, strict=True)
        ],
        "prices_include_tax": includes_tax, "discount_percent": "0", "discount_minor": sums.discount_minor,
        "taxes": [
            {
                "category": tax.category, "rate": totals.trim(tax.rate), "name": "", "reason": "", "parts": [],
                "base_minor": tax.base_minor, "tax_minor": tax.tax_minor,
            }
            for tax in sums.taxes
        ],
        "net_minor": sums.net_minor, "tax_minor": sums.tax_minor, "total_minor": sums.total_minor,
    }  # fmt: skip


def _party(country: str) -> dict:
    return {"address": "", "country": country, "email": "", "tax_id": "", "iban": "", "bic": ""}


@settings(max_examples=1500, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=6), st.sampled_from(["EUR", "JPY", "INR"]), DISCOUNTS, st.booleans())
def test_every_sum_in_the_xml_is_the_snapshots_and_follows_from_its_lines(items, currency, discount, includes_tax):
    snapshot = frozen(items, currency, discount, includes_tax)

    def minor(xml: bytes, *path: str) -> list[int]:
        return [to_minor(Decimal(text), currency) for text in texts(xml, *path)]

    one = cii.write(snapshot)
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    lines = minor(one, "LineTotalAmount")[:-1]
    header = ("ApplicableHeaderTradeSettlement",)
    allowances = minor(one, *header, "SpecifiedTradeAllowanceCharge", "ActualAmount")
    signs = texts(one, *header, "SpecifiedTradeAllowanceCharge", "ChargeIndicator", "Indicator")
    off = sum(-amount if sign == "true" else amount for amount, sign in zip(allowances, signs, strict=True))
    assert minor(one, sums, "LineTotalAmount") == [sum(lines)]
    assert sum(lines) - off == snapshot["net_minor"]
    assert minor(one, sums, "TaxBasisTotalAmount") == [snapshot["net_minor"]]
    assert minor(one, sums, "TaxTotalAmount") == [snapshot["tax_minor"]]
    assert minor(one, sums, "GrandTotalAmount") == [snapshot["total_minor"]]
    assert minor(one, *header, "ApplicableTradeTax", "BasisAmount") == [row["base_minor"] for row in snapshot["taxes"]]
    other = ubl.write(snapshot)
    assert minor(other, "InvoiceLine", "LineExtensionAmount") == lines
    assert minor(other, "LegalMonetaryTotal", "TaxExclusiveAmount") == [snapshot["net_minor"]]
    assert minor(other, "LegalMonetaryTotal", "TaxInclusiveAmount") == [snapshot["total_minor"]]
    assert minor(other, "TaxTotal", "TaxAmount") == [snapshot["tax_minor"]]
    for line in etree.fromstring(other).iterfind("{*}InvoiceLine"):
        price, base = Decimal(line.findtext(".//{*}PriceAmount")), Decimal(line.findtext(".//{*}BaseQuantity"))
        quantity, net = Decimal(line.findtext("{*}InvoicedQuantity")), line.findtext("{*}LineExtensionAmount")
        allowance = line.find("{*}AllowanceCharge")
        less = 0
        if allowance is not None:
            amount = to_minor(Decimal(allowance.findtext("{*}Amount")), currency)
            less = -amount if allowance.findtext("{*}ChargeIndicator") == "true" else amount
        assert price >= 0
        assert to_minor(quantity * price / base, currency) - less == to_minor(Decimal(net), currency)
