"""What was open on a day and how late it was, by numbers worked out by hand."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.invoicing.aging import Age, aging_now, aging_on
from apps.invoicing.models import Invoice, NumberSeries
from apps.invoicing.tests.building import issued, line

TODAY = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def owed(world, amount="100", *, dated=date(2026, 1, 1), due=None, **fields) -> Invoice:
    return issued(world, line(unit_price=amount), issue_date=dated, due_date=due or dated, **fields)


def credited(invoice: Invoice, amount="100", *, dated=TODAY) -> None:
    series = {"workspace": invoice.workspace, "kind": "credit_note"}
    NumberSeries.objects.get_or_create(**series, defaults={"prefix": "CN"})
    note = invoice.credit()
    note.lines.update(unit_price=amount)
    Invoice.objects.filter(pk=note.pk).update(issue_date=dated, due_date=dated)
    note = Invoice.objects.get(pk=note.pk)
    note.write_totals()
    note.issue()


def told(agings) -> dict[str, dict[str, tuple[int, int, int]]]:
    return {
        aging.currency: {
            str(cell.age.value): (cell.amount_minor, cell.invoices, cell.percent)
            for cell in aging.cells
            if cell.invoices
        }
        for aging in agings
    }


def on(world, day):
    return told(aging_on(world.workspace.invoices.all(), day))


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-5, "not-due"), (0, "not-due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
        (90, "61-90"), (91, "over-90"), (4000, "over-90"),
    ],
)  # fmt: skip
def test_an_invoice_is_of_the_age_that_its_days_say_and_the_filter_finds_it_there(alice, days, age):
    owed(alice, dated=date(2010, 1, 1), due=TODAY - timedelta(days=days))
    assert on(alice, TODAY) == {"EUR": {age: (10000, 1, 100)}}
    found = {each.value: alice.workspace.invoices.due_between(*each.due_dates(TODAY)).count() for each in Age}
    assert found == {each.value: int(each == age) for each in Age}


def test_shares_add_up_to_a_hundred_and_currencies_stand_apart(alice):
    for due in (TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=31)):
        owed(alice, due=due)
    owed(alice, "7", currency="USD")
    assert on(alice, TODAY) == {
        "EUR": {"not-due": (10000, 1, 34), "1-30": (10000, 1, 33), "31-60": (10000, 1, 33)},
        "USD": {"over-90": (700, 1, 100)},
    }


def test_the_past_is_told_without_what_came_later(alice):
    invoice = owed(alice, dated=date(2026, 3, 1), due=date(2026, 3, 15))
    invoice.pay(4000, key="part", paid_on=date(2026, 4, 10))
    invoice.pay(1000, key="more", paid_on=date(2026, 5, 1))
    credited(invoice, "20", dated=date(2026, 5, 5))
    assert on(alice, date(2026, 2, 28)) == {}
    assert on(alice, date(2026, 3, 1)) == {"EUR": {"not-due": (10000, 1, 100)}}
    assert on(alice, date(2026, 4, 9)) == {"EUR": {"1-30": (10000, 1, 100)}}
    assert on(alice, date(2026, 4, 10)) == {"EUR": {"1-30": (6000, 1, 100)}}
    assert on(alice, date(2026, 5, 1)) == {"EUR": {"31-60": (5000, 1, 100)}}
    assert on(alice, date(2026, 5, 5)) == {"EUR": {"31-60": (3000, 1, 100)}}


def test_an_invoice_that_is_cancelled_since_was_open_before(alice):
    invoice = owed(alice, dated=date(2026, 5, 1), due=date(2026, 5, 31))
    credited(invoice, dated=date(2026, 5, 10))
    assert Invoice.objects.get(pk=invoice.pk).status == "cancelled"
    assert on(alice, date(2026, 5, 9)) == {"EUR": {"not-due": (10000, 1, 100)}}
    assert on(alice, date(2026, 5, 10)) == {}


def test_what_is_to_be_paid_back_makes_nobody_owe_less(alice):
    invoice = owed(alice, dated=date(2026, 5, 1))
    invoice.mark_paid(key="x", paid_on=date(2026, 5, 2))
    credited(invoice, "30", dated=date(2026, 5, 3))
    owed(alice, "50", dated=date(2026, 5, 1), due=date(2026, 5, 31))
    assert on(alice, TODAY) == {"EUR": {"not-due": (5000, 1, 100)}}


def test_drafts_and_strangers_do_not_count(alice, charlie):
    owed(charlie)
    Invoice.start(workspace=alice.workspace, client=alice.client)
    assert on(alice, TODAY) == {}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["EUR", "USD"]), st.integers(0, 140), st.integers(0, 60), st.integers(1, 100),
            st.integers(0, 100), st.integers(0, 100),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_aging_of_today_is_what_is_open(alice, made):
    for number, (currency, age, terms, total, paid, credit) in enumerate(made):
        dated = TODAY - timedelta(days=age)
        invoice = owed(alice, str(total), dated=dated, due=dated + timedelta(days=terms), currency=currency)
        if 0 < paid <= total:
            invoice.pay(100 * paid, key=f"{invoice.pk} {number}", paid_on=TODAY - timedelta(days=age // 2))
        if 0 < credit <= total:
            credited(invoice, str(credit), dated=TODAY - timedelta(days=age // 3))
    invoices = alice.workspace.invoices
    expected = {
        row["currency"]: (row["open_minor"], row["invoices"], row["late_minor"], row["late"])
        for row in invoices.open_amounts()
    }
    for agings in (aging_on(invoices.all(), TODAY), aging_now(alice.workspace)):
        found = {each.currency: (each.amount_minor, each.invoices, each.late_minor, each.late) for each in agings}
        assert found == expected
