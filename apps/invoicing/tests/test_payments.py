"""Payments: what is paid, open and late follows from them, and a form sent twice books once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from apps.activity.models import AuditEvent
from apps.invoicing.models import Invoice, Payment, Receivable
from apps.invoicing.tests.building import a_draft, issued

NOON = "2026-05-20T12:00:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def states(world) -> dict[str, int]:
    invoices = world.workspace.invoices
    return {name: getattr(invoices, name)().count() for name in ("drafts", "open", "overdue", "paid")}


def test_state_follows_from_payments_and_the_day(alice, clock):
    draft, invoice = a_draft(alice), issued(alice)
    assert (draft.state, invoice.state) == ("draft", "overdue")
    assert invoice.days_late == 2
    assert states(alice) == {"drafts": 1, "open": 1, "overdue": 1, "paid": 0}
    clock.move_to("2026-05-18T12:00:00Z")
    assert invoice.state == "sent"
    assert states(alice)["overdue"] == 0
    invoice.pay(4000, key="a")
    assert (invoice.state, invoice.open_minor) == ("partial", 6000)
    invoice.mark_paid(key="b")
    assert (invoice.state, invoice.open_minor) == ("paid", 0)
    assert states(alice) == {"drafts": 1, "open": 0, "overdue": 0, "paid": 1}


def test_late_begins_on_the_day_after_in_the_zone_of_the_business(alice, clock):
    invoice = issued(alice)
    assert invoice.due_date == date(2026, 5, 18)
    clock.move_to("2026-05-18T21:59:00Z")
    assert (invoice.state, states(alice)["overdue"]) == ("sent", 0)
    clock.move_to("2026-05-18T22:00:00Z")
    assert (invoice.state, states(alice)["overdue"]) == ("overdue", 1)


def test_the_same_form_sent_twice_books_once(alice):
    invoice = issued(alice)
    first, second = invoice.pay(4000, key="form"), invoice.pay(4000, key="form")
    assert first == second
    assert invoice.mark_paid(key="button") == invoice.mark_paid(key="button")
    assert Payment.objects.count() == 2


def test_another_press_after_it_is_paid_books_nothing(alice):
    invoice = issued(alice)
    invoice.mark_paid(key="one")
    with pytest.raises(ValidationError):
        invoice.mark_paid(key="two")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("amount", "said"), [(0, "more than zero"), (-5, "more than zero"), (10_001, "is open")])
def test_impossible_amounts_are_refused(alice, amount, said):
    with pytest.raises(ValidationError, match=said.replace(" ", ".")):
        issued(alice).pay(amount, key="x")
    assert not Payment.objects.exists()


def test_a_draft_cannot_be_paid(alice):
    with pytest.raises(ValidationError, match="Issue the invoice first"):
        a_draft(alice).pay(100, key="x")


def test_a_day_beyond_reason_is_refused(alice):
    with pytest.raises(ValidationError, match="between 2000 and 2100"):
        issued(alice).pay(100, key="x", paid_on=date(1999, 12, 31))


def test_a_payment_taken_back_opens_the_invoice_again_and_leaves_a_trace(alice):
    invoice = issued(alice)
    payment = invoice.mark_paid(key="x")
    payment.delete(actor=alice.owner)
    assert Invoice.objects.get(pk=invoice.pk).state == "overdue"
    assert AuditEvent.objects.filter(verb="payment_removed", actor=alice.owner).count() == 1


def test_a_payment_is_never_changed(alice):
    payment = issued(alice).mark_paid(key="x")
    for change in (payment.save, lambda: Payment.objects.update(note="x"), lambda: Payment.objects.all().delete()):
        with pytest.raises(ValidationError):
            change()


def test_marks_of_open_invoices_agree_with_the_payments(alice):
    invoices = [issued(alice) for _each in range(4)]
    payments = [invoice.mark_paid(key=f"k{invoice.pk}") for invoice in invoices[:2]]
    invoices[2].pay(1, key="part")
    payments[0].delete()
    open_by_sum = {each.pk for each in Invoice.objects.with_balance() if each.total_minor > each.paid_sum}
    assert set(Receivable.objects.values_list("invoice", flat=True)) == open_by_sum


def test_open_amounts_never_mix_currencies(alice):
    for currency in ("EUR", "USD", "EUR"):
        issued(alice, currency=currency)
    issued(alice, due_date=date(2026, 5, 4) + timedelta(days=60)).pay(1000, key="x")
    rows = {row["currency"]: row for row in alice.workspace.invoices.open_amounts()}
    assert (rows["EUR"]["open_minor"], rows["EUR"]["late_minor"], rows["EUR"]["late"]) == (29000, 20000, 2)
    assert (rows["USD"]["open_minor"], rows["USD"]["invoices"]) == (10000, 1)


def test_the_count_in_the_frame_is_one_query(alice, django_assert_num_queries):
    issued(alice)
    with django_assert_num_queries(1):
        assert alice.workspace.invoices.overdue().count() == 1
