"""Codes to pay by: what they say, for what is open, and none where they could say nothing true."""

import pytest
import segno
from django.urls import reverse

from apps.invoicing.models import Invoice
from apps.invoicing.pay_code import EPC, MOST_MINOR, UPI, pay_code
from apps.invoicing.tests.building import issued, line
from apps.invoicing.tests.test_pdf import fresh

SELLER = {"name": "Alice Studio", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX", "upi_id": "alice@bank"}


def code(amount_minor=65000, currency="EUR", reference="INV-1", **seller):
    return pay_code({**SELLER, **seller}, amount_minor=amount_minor, currency=currency, reference=reference)


def same(found, text: str) -> bool:
    """Whether a code says this and nothing else: the same text gives the same squares."""
    return found.symbol.matrix == segno.make_qr(text, error="m", boost_error=False).matrix


def test_euros_are_paid_by_epc():
    found = code()
    assert found.kind == EPC
    assert same(found, "BCD\n002\n1\nSCT\nCOBADEFFXXX\nAlice Studio\nDE89370400440532013000\nEUR650\n\n\nINV-1")
    assert not same(found, "BCD\n002\n1\nSCT\nCOBADEFFXXX\nAlice Studio\nDE89370400440532013000\nEUR651\n\n\nINV-1")


def test_rupees_are_paid_by_upi():
    found = code(14160050, "INR", "MR/1 & 2")
    assert found.kind == UPI
    assert same(found, "upi://pay?pa=alice@bank&pn=Alice%20Studio&am=141600.50&cu=INR&tn=MR%2F1%20%26%202")


@pytest.mark.parametrize(
    "facts",
    [
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"amount_minor": MOST_MINOR + 1},
        {"currency": "USD"},
        {"iban": ""},
        {"iban": "DE00 3704 0044 0532 0130 00"},
        {"iban": "0214 0500 0178 3391"},
        {"currency": "INR", "upi_id": ""},
        {"name": "  "},
        {"reference": ""},
    ],
)
def test_there_is_no_code_where_it_could_say_nothing_true(facts):
    assert code(**facts) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"amount_minor": MOST_MINOR},
        {"amount_minor": 1},
        {"name": "देवनागरी स्टूडियो " * 10, "reference": "ग" * 60},
        {"name": "😀" * 120},
        {"name": "Two\nlines"},
        {"bic": "not a bic"},
    ],
)
def test_odd_facts_break_no_code(facts):
    assert code(**facts).symbol.version <= 13
    assert "style" not in code(**facts).svg


def test_the_code_on_the_page_is_for_what_is_open_and_on_paper_for_all(as_alice, alice):
    type(alice.workspace).objects.update(iban=SELLER["iban"])
    alice.workspace.refresh_from_db()
    invoice = fresh(issued(alice, line(unit_price="800")))
    assert invoice.pay_code.amount_minor == invoice.paper.pay_code.amount_minor == 80000
    invoice.pay(15000, key="one")
    invoice = fresh(invoice)
    assert invoice.pay_code.amount_minor == 65000
    assert invoice.paper.pay_code.amount_minor == 80000
    assert "Code for paying € 650.00" in page(as_alice, invoice).replace("\xa0", " ")
    invoice.pay(65000, key="two")
    assert fresh(invoice).pay_code is None
    assert "pay-qr" not in page(as_alice, invoice)


def test_a_credit_note_asks_for_no_money(alice):
    type(alice.workspace).objects.update(iban=SELLER["iban"])
    alice.workspace.refresh_from_db()
    note = issued(alice).credit()
    note.issue()
    assert (fresh(note).pay_code, fresh(note).paper.pay_code) == (None, None)


def page(browser, invoice: Invoice) -> str:
    return browser.get(reverse("invoicing:detail", args=[invoice.pk])).content.decode()
