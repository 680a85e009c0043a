"""Figures of a period, by numbers worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from apps.invoicing.models import Invoice
from apps.invoicing.periods import Period, months_up_to, quarter_start
from apps.invoicing.stats import (
    Settlement,
    Statistics,
    average_days,
    days_sales_outstanding,
    settled_on,
)
from apps.invoicing.stats_forms import PeriodForm
from apps.invoicing.tests.building import a_draft, charge, issued, line
from apps.invoicing.tests.test_aging import credited

TODAY = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def owed(world, amount="100", *, dated=TODAY, due=None, **fields) -> Invoice:
    return issued(world, line(unit_price=amount), issue_date=dated, due_date=due or dated, **fields)


def block_of(world, first, last, *, currency="EUR", on=TODAY):
    blocks = Statistics(world.workspace, *Period.between(first, last), on=on).blocks
    return next((block for block in blocks if block.currency == currency), None)


APRIL = date(2026, 4, 1), date(2026, 4, 30)


# ── Formulas ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("open_minor", "invoiced", "days", "dso"),
    [
        (1_200_000, 3_600_000, 90, "30.0"), (780_000 - 702_000, 780_000, 30, "3.0"), (0, 500, 30, "0.0"),
        (500, 0, 30, None), (500, -100, 30, None), (100, 300, 1, "0.3"), (25, 100, 1, "0.3"), (1000, 500, 30, "60.0"),
    ],
)  # fmt: skip
def test_dso_is_open_by_invoiced_by_days_and_unknown_where_nothing_was_invoiced(open_minor, invoiced, days, dso):
    assert days_sales_outstanding(open_minor, invoiced, days) == (Decimal(dso) if dso else None)


def test_days_to_pay_weigh_what_was_paid():
    def settled(days, paid):
        return Settlement("EUR", TODAY, days, paid)

    assert average_days([]) is None
    assert average_days([settled(10, 100), settled(40, 300)]) == Decimal("32.5")
    assert average_days([settled(7, 100), settled(8, 100)]) == Decimal("7.5")
    assert average_days([settled(10, 1), settled(11, 2)]) == Decimal("10.7")


def test_an_invoice_is_settled_on_the_first_day_that_covers_it():
    first, second, third = date(2026, 5, 1), date(2026, 5, 9), date(2026, 5, 17)
    assert settled_on(100, [(first, 60)]) is None
    assert settled_on(100, [(third, 60), (first, 40)]) == third
    assert settled_on(100, [(first, 100), (second, 30)]) == first


# ── Periods ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("today", "query", "first", "last", "first_before", "last_before"),
    [
        ("2026-05-20", "period=month", "2026-05-01", "2026-05-20", "2026-04-01", "2026-04-20"),
        ("2026-03-31", "period=month", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("2026-01-10", "period=month", "2026-01-01", "2026-01-10", "2025-12-01", "2025-12-10"),
        ("2026-05-20", "period=quarter", "2026-04-01", "2026-05-20", "2026-01-01", "2026-02-19"),
        ("2026-05-20", "period=year", "2026-01-01", "2026-05-20", "2025-01-01", "2025-05-20"),
        ("2026-05-20", "", "2025-05-21", "2026-05-20", "2024-05-21", "2025-05-20"),
        ("2028-02-29", "period=twelve", "2027-03-01", "2028-02-29", "2026-03-01", "2027-02-28"),
        ("2026-05-20", "period=custom&first=2026-05-01&last=2026-05-10",
         "2026-05-01", "2026-05-10", "2026-04-21", "2026-04-30"),
        ("2026-05-20", "period=custom&first=2026-05-18&last=2026-06-30",
         "2026-05-18", "2026-05-20", "2026-05-15", "2026-05-17"),
        ("2026-05-20", "period=custom&first=2026-05-20", "2026-05-20", "2026-05-20", "2026-05-19", "2026-05-19"),
    ],
)  # fmt: skip
def test_a_period_ends_today_and_the_one_before_is_as_long(
    alice, clock, rf, today, query, first, last, first_before, last_before
):
    clock.move_to(f"{today}T12:00:00Z")
    form = PeriodForm(rf.get(f"/?{query}").GET, workspace=alice.workspace)
    assert form.is_valid(), form.errors
    days = [day.isoformat() for period in form.periods for day in (period.first, period.last)]
    assert days == [first, last, first_before, last_before]


def test_months_and_quarters_over_the_turn_of_a_year():
    months = months_up_to(date(2026, 2, 28))
    assert (months[0], months[-1], len(months)) == (date(2025, 3, 1), date(2026, 2, 1), 12)
    assert [quarter_start(date(2026, month, 9)).month for month in (1, 3, 4, 12)] == [1, 1, 4, 10]


# ── Figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_figures_of_a_month_by_hand(alice):
    # March: 1,000 invoiced, 400 of it paid in March and the rest in April. April: 600, of which nothing is paid.
    march = owed(alice, "1000", dated=date(2026, 3, 10), due=date(2026, 3, 24))
    march.pay(40_000, key="a", paid_on=date(2026, 3, 20))
    march.pay(60_000, key="b", paid_on=date(2026, 4, 9))
    owed(alice, "600", dated=date(2026, 4, 5), due=date(2026, 4, 20))
    a_draft(alice, line(unit_price="70"))
    block = block_of(alice, *APRIL)
    now, before = block.now, block.before
    assert (now.invoiced_minor, now.collected_minor) == (60_000, 60_000)
    assert (now.open_minor, now.overdue_minor) == (60_000, 60_000)
    assert (now.dso, now.days_to_pay) == (Decimal("30.0"), Decimal("30.0"))
    # The thirty days before April begin on 2 March and end on 31 March.
    assert (before.invoiced_minor, before.collected_minor, before.open_minor) == (100_000, 40_000, 60_000)
    assert (before.overdue_minor, before.dso, before.days_to_pay) == (60_000, Decimal("18.0"), None)
    assert (block.drafts, block.drafts_minor) == (1, 7000)
    months = {month.first.month: (month.invoiced_minor, month.collected_minor) for month in block.months[-2:]}
    assert months == {3: (100_000, 40_000), 4: (60_000, 60_000)}
    assert [month.invoiced_percent for month in block.months[-2:]] == [100, 60]


def test_net_and_gross_of_invoices_less_credit_notes_of_the_period(alice):
    charge(alice, "20")
    taxed = line(unit_price="500", tax_rate="20")
    invoice = issued(alice, taxed, issue_date=date(2026, 4, 2), due_date=date(2026, 4, 2))
    credited(invoice, "100", dated=date(2026, 4, 20))
    block = block_of(alice, *APRIL)
    assert (block.now.net_minor, block.now.invoiced_minor, block.now.open_minor) == (40_000, 48_000, 48_000)


def test_a_credit_note_counts_in_the_period_of_its_own_date(alice):
    invoice = owed(alice, "500", dated=date(2026, 4, 2))
    credited(invoice, "500", dated=date(2026, 5, 4))
    assert block_of(alice, *APRIL).now.invoiced_minor == 50_000
    may = block_of(alice, date(2026, 5, 1), date(2026, 5, 20)).now
    assert (may.invoiced_minor, may.open_minor, may.dso, may.days_to_pay) == (-50_000, 0, None, None)


def test_an_invoice_that_a_credit_note_settles_counts_with_what_was_paid(alice):
    invoice = owed(alice, "100", dated=date(2026, 4, 1))
    invoice.pay(6000, key="x", paid_on=date(2026, 4, 11))
    credited(invoice, "40", dated=date(2026, 4, 21))
    now = block_of(alice, *APRIL).now
    assert (now.settled, now.days_to_pay) == ([Settlement("EUR", date(2026, 4, 21), 20, 6000)], Decimal("20.0"))


def test_a_later_payment_and_a_later_settlement_are_not_known_before(alice):
    invoice = owed(alice, "100", dated=date(2026, 4, 1), due=date(2026, 4, 15))
    invoice.mark_paid(key="x", paid_on=date(2026, 5, 2))
    block = block_of(alice, *APRIL, on=date(2026, 4, 30))
    assert (block.now.open_minor, block.now.collected_minor, block.now.settled) == (10_000, 0, [])
    assert block.aging.late_minor == 10_000
    assert block_of(alice, *APRIL).aging.amount_minor == 0


def test_currencies_stand_apart_and_strangers_do_not_count(alice, charlie):
    owed(alice, "100", dated=date(2026, 4, 3)).mark_paid(key="x", paid_on=date(2026, 4, 5))
    owed(alice, "200", dated=date(2026, 4, 3), currency="USD")
    owed(charlie, "900", dated=date(2026, 4, 3))
    euro, dollar = block_of(alice, *APRIL), block_of(alice, *APRIL, currency="USD")
    assert (euro.now.invoiced_minor, euro.now.collected_minor, euro.now.open_minor) == (10_000, 10_000, 0)
    assert (dollar.now.invoiced_minor, dollar.now.collected_minor, dollar.now.open_minor) == (20_000, 0, 20_000)
    assert block_of(alice, *APRIL, currency="JPY") is None


# ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = "invoicing:stats"


def test_the_page_shows_each_currency_with_its_formulas(as_alice, alice):
    owed(alice, "100", dated=date(2026, 5, 3)).pay(2500, key="x")
    owed(alice, "50", dated=date(2026, 5, 3), currency="USD")
    answer = as_alice.get(reverse(PAGE), {"period": "month"})
    text = answer.content.decode()
    assert [block.currency for block in answer.context["statistics"].blocks] == ["EUR", "USD"]
    # 75 open / 100 invoiced × 20 days.
    assert answer.context["statistics"].blocks[0].now.dso == Decimal("15.0")
    assert "€\u00a075.00 ÷ €\u00a0100.00 × 20" in text
    fragment = as_alice.get(reverse(PAGE), {"period": "month"}, headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<div id="stats"')


def test_an_empty_workspace_is_told_what_will_be_here(as_alice):
    answer = as_alice.get(reverse(PAGE))
    assert (answer.status_code, "No figures yet" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=custom", "Choose the first day"),
        ("period=custom&first=2026-06-01", "still to come"),
        ("period=custom&first=2026-05-10&last=2026-05-09", "lies before the first"),
        ("period=custom&first=1999-12-31", "between 2000 and 2100"),
        ("on=2026-05-21", "still to come"),
        ("on=x", "valid date"),
        ("period=x", "valid choice"),
        ("period=custom&first=%00", "valid date"),
    ],
)
def test_a_period_that_makes_no_sense_is_told(as_alice, alice, query, said):
    owed(alice)
    answer = as_alice.get(f"{reverse(PAGE)}?{query}")
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_the_longest_period_begins_in_the_first_year(as_alice, alice):
    owed(alice)
    assert as_alice.get(f"{reverse(PAGE)}?period=custom&first=2000-01-01&on=2000-01-01").status_code == 200


def test_what_was_paid_back_is_taken_off_what_was_collected_in_its_own_period(alice):
    account = owed(alice, "100", dated=APRIL[0]).account
    account.receive(10_000, shares={}, key="a", paid_on=APRIL[0])
    account.refund(4000, key="r", paid_on=date(2026, 5, 2))
    may = block_of(alice, date(2026, 5, 1), date(2026, 5, 31))
    assert (may.now.collected_minor, may.before.collected_minor) == (-4000, 10_000)
