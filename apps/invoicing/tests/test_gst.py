"""India: by where the service is used the tax is split or not, and the parts add up to it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.core.india import state_of
from apps.invoicing import gst
from apps.invoicing.models import TaxRate
from apps.invoicing.snapshots import check, freeze
from apps.invoicing.tests.building import a_draft, issued
from apps.invoicing.tests.einvoices import taxed
from apps.invoicing.tests.test_pdf import fresh, printed, text_of
from apps.invoicing.totals import Tax

KARNATAKA, TAMIL_NADU, CHANDIGARH = "29AAKCK4821M1Z0", "33AAACK4821L1Z5", "04AAACK4821L1Z5"


def in_india(world, **client):
    """The world's business in Karnataka, with a client of which so much is known."""
    type(world.workspace).objects.update(country="IN", tax_id=KARNATAKA, upi_id="alice@bank", currency="INR")
    type(world.client).objects.update(currency="INR", **{"country": "IN", **client})
    world.workspace.refresh_from_db()
    world.client.refresh_from_db()
    return world


def charged(world, **client) -> list[tuple[str, int]]:
    """The taxes that a document over 1,000.05 rupees at 18 % prints: 180.01."""
    invoice = issued(in_india(world, **client), taxed("S", "18", "GST 18 %", unit_price="1000.05"))
    return [(row["label"], row["tax_minor"]) for row in invoice.paper.taxes]


@pytest.mark.parametrize(
    ("client", "rows"),
    [
        ({"tax_id": KARNATAKA}, [("CGST 9 %", 9001), ("SGST 9 %", 9000)]),
        ({"tax_id": TAMIL_NADU}, [("IGST 18 %", 18001)]),
        ({"gst_state": "33"}, [("IGST 18 %", 18001)]),
        ({"gst_state": "29"}, [("CGST 9 %", 9001), ("SGST 9 %", 9000)]),
        ({"tax_id": TAMIL_NADU, "gst_state": "29"}, [("IGST 18 %", 18001)]),
        ({}, [("CGST 9 %", 9001), ("SGST 9 %", 9000)]),
        ({"country": "DE", "tax_id": "DE136695976"}, [("IGST 18 %", 18001)]),
    ],
)
def test_the_place_of_supply_decides(alice, client, rows):
    assert charged(alice, **client) == rows


def test_union_territories_have_their_own(alice):
    world = in_india(alice, tax_id=CHANDIGARH)
    type(world.workspace).objects.update(tax_id=CHANDIGARH)
    world.workspace.refresh_from_db()
    names = [row["label"] for row in issued(world, taxed("S", "18")).paper.taxes]
    assert names == ["CGST 9 %", "UTGST 9 %"]


@given(st.integers(-(10**9), 10**12), st.booleans())
def test_the_parts_are_the_whole(minor, is_at_home):
    parts = gst.parts(Tax("S", Decimal(18), 0, minor), gst.Supply("29", is_at_home))
    assert sum(part["tax_minor"] for part in parts) == minor
    amounts = [part["tax_minor"] for part in parts]
    assert max(amounts) - min(amounts) <= 1


def test_elsewhere_nothing_is_split(alice):
    invoice = issued(alice, taxed("S", "18", "VAT"))
    assert invoice.snapshot["place_of_supply"] is None
    assert [row["label"] for row in invoice.paper.taxes] == ["VAT"]


def test_an_export_free_of_tax_has_no_parts(alice):
    invoice = issued(in_india(alice, country="DE"), taxed("G", name="Export"))
    assert invoice.snapshot["taxes"][0]["parts"] == []
    assert invoice.paper.place_of_supply == "96, outside India"


def test_the_document_says_all_that_gst_asks_for(alice):
    world = in_india(alice, tax_id=TAMIL_NADU)
    TaxRate.objects.create(workspace=world.workspace, name="GST 18 %", rate=18, service_code="998314")
    invoice = fresh(issued(world, taxed("S", "18", "GST 18 %", unit_price="120000")))
    text = text_of(printed(invoice)).replace("\xa0", " ")
    for said in ("Tax invoice", "GSTIN 29AAKCK4821M1Z0", "33, Tamil Nadu", "IGST 18 %", "998314", "1,41,600.00", "UPI"):
        assert said in text
    assert invoice.paper.pay_code.kind == "upi"


def test_a_snapshot_whose_parts_do_not_add_up_is_refused(alice):
    snapshot = freeze(a_draft(in_india(alice), taxed("S", "18")))
    check(snapshot)
    snapshot["taxes"][0]["parts"][0]["tax_minor"] += 1
    with pytest.raises(ValidationError, match="do not follow"):
        check(snapshot)


@pytest.mark.parametrize(
    ("number", "state"),
    [(KARNATAKA, "29"), ("29 AAKCK4821M1Z0", "29"), ("29AAKCK", ""), ("99AAKCK4821M1Z0", ""), ("", "")],
)
def test_a_gstin_begins_with_its_state(number, state):
    assert state_of(number) == state
