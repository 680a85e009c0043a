"""The pages of a client's money: one payment over several invoices, credit, refunds, taking back."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from apps.invoicing.models import Account, Payment, Refund
from apps.invoicing.services import save_draft
from apps.invoicing.tests.building import issued, line

HTMX = {"HX-Request": "true", "HX-Target": "dialog-body"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(alice) -> Account:
    """Of Alice's client, in euros."""
    return Account(alice.client, "EUR")


def url(name: str, *args, query: str = "") -> str:
    return reverse(f"invoicing:{name}", args=args) + query


def sent(**fields) -> dict:
    """A form as a browser sends it."""
    return {"paid_on": "2026-05-19", "method": "transfer", "note": "", "token": "t1", **fields}


def test_one_payment_over_two_invoices(as_alice, alice, account):
    first, second = issued(alice, due_date=date(2026, 5, 10)), issued(alice)
    form = as_alice.get(url("receive", alice.client.pk))
    assert [invoice.pk for invoice, _field in form.context["form"].rows] == [first.pk, second.pk]
    data = sent(amount="160", **{f"share_{first.pk}": "100", f"share_{second.pk}": "50"})
    for _twice in range(2):
        assert as_alice.post(url("receive", alice.client.pk), data).status_code == 302
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.rest_minor, str(payment.paid_on)) == (16_000, 1000, "2026-05-19")
    told = as_alice.get(url("account", alice.client.pk)).content.decode()
    assert "is booked for 2 invoices" in told
    assert "10.00 of it is credit" in told


def test_the_split_follows_the_amount_and_books_nothing(as_alice, alice):
    first, second = issued(alice, due_date=date(2026, 5, 10)), issued(alice)
    names = [f"share_{first.pk}", f"share_{second.pk}"]
    typed = sent(amount="130.50", part="shares", **dict.fromkeys(names, "1"))
    shares = as_alice.post(url("receive", alice.client.pk), typed, headers=HTMX).content.decode()
    assert [re.search(f'name="{name}" value="([^"]*)"', shares)[1] for name in names] == ["100.00", "30.50"]
    typed |= {"part": "rest", "amount": "130", names[0]: "100", names[1]: "45"}
    told = as_alice.post(url("receive", alice.client.pk), typed, headers=HTMX).content.decode()
    assert "15.00 more than came in" in told
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("amount", "share", "said"),
    [("", "", "required"), ("0", "", "more than zero"), ("50", "60", "10.00 more than came in"),
     ("500", "100.01", "100.00 is open"), ("x", "1", "amount"), ("500", "-1", "below zero"),
     ("9" * 20, "", "too large")],
)  # fmt: skip
def test_what_cannot_be_is_told_at_the_field(as_alice, alice, amount, share, said):
    invoice = issued(alice)
    data = sent(amount=amount, **{f"share_{invoice.pk}": share})
    answer = as_alice.post(url("receive", alice.client.pk), data)
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert said in answer.content.decode().replace("\xa0", " ")


def test_a_form_from_before_an_invoice_was_paid_is_shown_again(as_alice, alice):
    """The share would otherwise become credit without a word."""
    first, second = issued(alice), issued(alice)
    data = sent(amount="200", **{f"share_{first.pk}": "100", f"share_{second.pk}": "100"})
    first.mark_paid(key="elsewhere")
    answer = as_alice.post(url("receive", alice.client.pk), data)
    assert (answer.status_code, Payment.objects.count()) == (422, 1)
    assert "paid meanwhile" in answer.content.decode()
    data |= {f"share_{first.pk}": "", "token": "t2"}
    assert as_alice.post(url("receive", alice.client.pk), data).status_code == 302


def test_what_is_ticked_in_the_list_is_paid_first(as_alice, alice):
    old, ticked = issued(alice, due_date=date(2026, 5, 10)), issued(alice)
    answer = as_alice.post(url("receive_for_selected"), {"invoices": [ticked.pk]}, follow=True)
    form = answer.context["form"]
    assert form.initial["amount"] == 10_000
    assert [invoice.pk for invoice, _field in form.rows] == [ticked.pk, old.pk]


@pytest.mark.parametrize("what", ["nothing", "paid", "two currencies"])
def test_a_selection_that_no_payment_fits_is_refused_in_words(as_alice, alice, what):
    paid, dollars, euros = issued(alice), issued(alice, currency="USD"), issued(alice)
    paid.mark_paid(key="x")
    chosen = {"nothing": [], "paid": [paid.pk], "two currencies": [dollars.pk, euros.pk]}[what]
    answer = as_alice.post(url("receive_for_selected"), {"invoices": chosen}, follow=True)
    assert answer.redirect_chain == [(url("list"), 302)]
    said = {"nothing": "Tick the invoices first", "paid": "Nothing is open", "two currencies": "one client only"}[what]
    assert said in answer.content.decode()


def test_a_part_sent_twice_is_booked_once_though_it_would_be_too_much_by_then(as_alice, alice):
    invoice = issued(alice)
    for _twice in range(2):
        assert as_alice.post(url("payment_new", invoice.pk), sent(amount="60")).status_code == 302
    several = sent(amount="30", token="t2", **{f"share_{invoice.pk}": "30"})
    for _twice in range(2):
        assert as_alice.post(url("receive", alice.client.pk), several).status_code == 302
    assert (invoice.open_minor, Payment.objects.count()) == (1000, 2)


def test_too_much_for_one_invoice_asks_before_it_is_kept(as_alice, alice, account):
    invoice = issued(alice)
    asked = as_alice.post(url("payment_new", invoice.pk), sent(amount="120"))
    assert asked.status_code == 422
    assert "Keep the rest, €\xa020.00, as credit of alice client" in asked.content.decode()
    assert as_alice.post(url("payment_new", invoice.pk), sent(amount="120", keeps_rest="on")).status_code == 302
    assert account.credit_minor == 2000


def test_credit_is_offered_with_the_next_payment_and_used(as_alice, alice, account):
    account.receive(3000, shares={}, key="a")
    invoice = issued(alice)
    assert "Use €\xa030.00 of it" in as_alice.get(url("payment_new", invoice.pk)).content.decode()
    for _twice in range(2):
        as_alice.post(url("use_credit", invoice.pk), {"token": "press"})
    allocation = invoice.allocations.get()
    assert (invoice.open_minor, account.credit_minor) == (7000, 0)
    as_alice.post(url("credit_back", invoice.pk, allocation.pk))
    assert account.credit_minor == 3000


def test_what_is_too_much_after_a_credit_note_is_paid_back(as_alice, alice, account):
    invoice = issued(alice)
    invoice.mark_paid(key="x")
    note = invoice.credit()
    save_draft(note, fields={}, lines=[line(unit_price="30")])
    note.issue()
    page = as_alice.get(invoice.get_absolute_url()).content.decode()
    assert "Pay back" in page
    assert "Keep as credit" in page
    assert as_alice.post(url("refund", invoice.pk), sent(amount="30.01")).status_code == 422
    assert as_alice.post(url("refund", invoice.pk), sent(amount="20")).status_code == 302
    assert (Refund.objects.get().invoice, account.credit_minor) == (invoice, 1000)
    assert "paid back" in as_alice.get(invoice.get_absolute_url()).content.decode()


def test_credit_is_paid_back_and_that_is_taken_back(as_alice, alice, account):
    payment = account.receive(3000, shares={}, key="a")
    as_alice.post(url("refund_new", alice.client.pk), sent(amount="30"))
    refund = Refund.objects.get()
    as_alice.post(url("payment_take_back", payment.pk))
    page = as_alice.get(url("account", alice.client.pk))
    assert "Take that refund back first" in page.content.decode()
    as_alice.post(url("refund_delete", refund.pk))
    as_alice.post(url("payment_take_back", payment.pk))
    assert not Payment.objects.exists()


def test_a_currency_of_its_own_is_an_account_of_its_own(as_alice, alice):
    dollars = issued(alice, currency="USD")
    shown = as_alice.get(url("receive", alice.client.pk, query="?currency=USD")).context["form"]
    assert [invoice.pk for invoice, _field in shown.rows] == [dollars.pk]
    data = sent(amount="100", **{f"share_{dollars.pk}": "100"})
    as_alice.post(url("receive", alice.client.pk, query="?currency=USD"), data)
    assert Payment.objects.get().currency == "USD"
    assert as_alice.get(url("receive", alice.client.pk, query="?currency=XXX")).status_code == 200


def test_the_page_of_the_client_shows_the_balance(as_alice, alice, account):
    account.receive(12_345, shares={}, key="a")
    assert url("account", alice.client.pk) in as_alice.get(alice.client.get_absolute_url()).content.decode()
    summary = as_alice.get(url("account", alice.client.pk, query="?part=summary"), headers={"HX-Request": "true"})
    assert "123" in summary.content.decode()
    assert "<html" not in summary.content.decode()
