"""Recurring invoices: their days, one for each period, and what happens when the worker was away."""

from datetime import date, timedelta
from itertools import count, islice, takewhile

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.days import LAST_DAY
from apps.invoicing.models import Invoice, RecurringInvoice, RecurringRun
from apps.invoicing.models.recurring import MOST_AT_ONCE, add_months
from apps.invoicing.repeating import make_all_due
from apps.invoicing.tests.building import a_draft, issued, line

JAN_31 = date(2026, 1, 31)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-01-31T12:00:00Z", tick=False) as traveller:
        yield traveller


def a_schedule(world, **fields) -> RecurringInvoice:
    """Every month from today on, like an issued invoice of two lines."""
    given_ = {"anchor_on": JAN_31, "model_invoice": None} | fields
    model = given_.pop("model_invoice") or issued(world, line("Care", "10", "80"), line("Host", "1", "19.90"))
    schedule = RecurringInvoice(workspace=world.workspace, model_invoice=model, **given_)
    schedule.keep(today=JAN_31, actor=world.owner)
    return schedule


def days_of(**fields) -> list[date]:
    schedule = RecurringInvoice(**{"anchor_on": JAN_31, "steps": 1, "unit": "month"} | fields)
    return list(islice(schedule.days_from(schedule.anchor_on), 5))


def test_the_day_of_the_month_is_kept_over_shorter_months():
    expected = [JAN_31, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert days_of() == expected


def test_weeks_and_years_and_several_steps():
    assert days_of(unit="week", steps=2)[:3] == [JAN_31, date(2026, 2, 14), date(2026, 2, 28)]
    assert days_of(unit="month", steps=3)[:3] == [JAN_31, date(2026, 4, 30), date(2026, 7, 31)]
    leap = days_of(unit="year", anchor_on=date(2024, 2, 29))
    assert leap == [date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@settings(deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
    st.integers(0, 400),
    st.sampled_from(["week", "month", "year"]),
    st.integers(1, 60),
)
def test_going_on_from_any_day_skips_and_doubles_nothing(anchor, later, unit, steps):
    schedule = RecurringInvoice(anchor_on=anchor, unit=unit, steps=steps)
    first = anchor + timedelta(days=later)
    in_reach = takewhile(lambda day: day <= LAST_DAY, (schedule.day(number) for number in count()))
    expected = list(islice((day for day in in_reach if day >= first), 3))
    assert list(islice(schedule.days_from(first), len(expected))) == expected


def test_months_are_added_over_the_end_of_a_year():
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_one_invoice_is_made_on_its_day_and_only_one(alice):
    schedule = a_schedule(alice)
    assert make_all_due() == 1
    assert make_all_due() == 0
    made = schedule.runs.get().invoice
    assert made.is_draft
    assert made.issue_date == JAN_31
    assert made.total_minor == 81990
    assert [each.description for each in made.lines.all()] == ["Care", "Host"]
    assert RecurringInvoice.objects.get().next_on == date(2026, 2, 28)


def test_its_day_is_that_of_the_business(alice, clock):
    alice.workspace.timezone = "Pacific/Auckland"
    alice.workspace.save()
    a_schedule(alice, anchor_on=date(2026, 2, 1))
    clock.move_to("2026-01-31T10:30:00Z")
    assert make_all_due() == 0
    clock.move_to("2026-01-31T11:30:00Z")
    assert make_all_due() == 1


def test_a_worker_that_was_away_makes_up_for_it_each_on_its_own_day(alice, clock):
    schedule = a_schedule(alice)
    clock.move_to("2026-04-10T08:00:00Z")
    assert make_all_due() == 3
    dates = [run.invoice.issue_date for run in schedule.runs.order_by("period_on")]
    assert dates == [JAN_31, date(2026, 2, 28), date(2026, 3, 31)]
    clock.move_to("2028-04-10T08:00:00Z")
    assert [make_all_due(), make_all_due(), make_all_due()] == [MOST_AT_ONCE, MOST_AT_ONCE, 0]
    assert Invoice.objects.drafts().count() == 27


def test_it_is_issued_at_once_where_that_is_wanted(alice):
    schedule = a_schedule(alice, issues=True)
    make_all_due()
    assert schedule.runs.get().invoice.number == "INV-2026-002"


def test_what_cannot_be_issued_stays_a_draft_and_says_why(alice):
    empty = Invoice.start(workspace=alice.workspace, client=alice.client)
    schedule = a_schedule(alice, issues=True, model_invoice=empty)
    make_all_due()
    assert schedule.runs.get().invoice.is_draft
    assert "line" in RecurringInvoice.objects.get().problem


def test_it_ends_after_its_last_day(alice, clock):
    a_schedule(alice, ends_on=date(2026, 2, 28))
    clock.move_to("2026-06-01T08:00:00Z")
    assert make_all_due() == 2
    assert make_all_due() == 0
    assert RecurringInvoice.objects.get().is_over


def test_what_comes_while_it_is_paused_is_left_out(alice, clock):
    schedule = a_schedule(alice)
    schedule.pause()
    clock.move_to("2026-04-10T08:00:00Z")
    assert make_all_due() == 0
    schedule.resume(today=date(2026, 4, 10))
    assert RecurringInvoice.objects.get().next_on == date(2026, 4, 30)
    assert make_all_due() == 0


def test_a_change_never_goes_back_to_a_period_that_was_made(alice):
    schedule = a_schedule(alice)
    make_all_due()
    schedule.refresh_from_db()
    schedule.unit = "week"
    schedule.keep(today=JAN_31)
    assert schedule.next_on == date(2026, 2, 7)
    assert make_all_due() == 0


def test_the_database_itself_keeps_a_second_one_of_a_period_away(alice):
    schedule = a_schedule(alice)
    make_all_due()
    with pytest.raises(IntegrityError), transaction.atomic():
        RecurringRun.objects.create(workspace=alice.workspace, recurring=schedule, period_on=JAN_31)


def test_a_deleted_draft_does_not_come_back(alice):
    schedule = a_schedule(alice)
    make_all_due()
    schedule.runs.get().invoice.delete()
    assert make_all_due() == 0
    assert schedule.runs.get().invoice is None


def test_a_draft_that_is_a_model_is_not_deleted(alice):
    model = a_draft(alice)
    a_schedule(alice, model_invoice=model)
    with pytest.raises(ValidationError, match="Choose another model"):
        model.delete()


def test_one_schedule_that_fails_holds_up_no_other(alice, charlie, caplog):
    broken, sound = a_schedule(alice), a_schedule(charlie)
    # Its period is taken already: what the database refuses.
    RecurringRun.objects.create(workspace=alice.workspace, recurring=broken, period_on=JAN_31)
    assert make_all_due() == 1
    assert sound.runs.get().invoice.workspace == charlie.workspace
    assert "failed" in caplog.text


def test_the_pages_begin_change_pause_and_end_it(as_alice, alice):
    model = issued(alice, issue_date=JAN_31)
    page = as_alice.get(reverse("invoicing:recurring_new", args=[model.pk]))
    assert 'value="2026-02-28"' in page.content.decode()
    data = {"steps": 1, "unit": "month", "anchor_on": "2026-02-28", "ends_on": "", "model_invoice": model.pk}
    answer = as_alice.post(reverse("invoicing:recurring_new", args=[model.pk]), data)
    assert answer.url == reverse("invoicing:recurring")
    schedule = RecurringInvoice.objects.get()
    assert "every month" in as_alice.get(answer.url).content.decode()
    as_alice.post(reverse("invoicing:recurring_edit", args=[schedule.pk]), data | {"steps": 2})
    assert RecurringInvoice.objects.get().steps == 2
    as_alice.post(reverse("invoicing:recurring_pause", args=[schedule.pk]))
    assert RecurringInvoice.objects.get().paused_at
    as_alice.post(reverse("invoicing:recurring_resume", args=[schedule.pk]))
    assert RecurringInvoice.objects.get().paused_at is None
    as_alice.post(reverse("invoicing:recurring_end", args=[schedule.pk]))
    assert not RecurringInvoice.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"steps": 0}, "greater than or equal to 1"),
        ({"steps": 61}, "less than or equal to 60"),
        ({"unit": "fortnight"}, "valid choice"),
        ({"anchor_on": "2026-01-30"}, "today or later"),
        ({"anchor_on": "2101-01-01"}, "2100"),
        ({"ends_on": "2026-02-01"}, "before the first"),
    ],
)
def test_a_wrong_schedule_is_told(as_alice, alice, wrong, told):
    model = issued(alice, issue_date=JAN_31)
    data = {"steps": 1, "unit": "month", "anchor_on": "2026-02-28", "ends_on": "", "model_invoice": model.pk}
    answer = as_alice.post(reverse("invoicing:recurring_new", args=[model.pk]), data | wrong)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not RecurringInvoice.objects.exists()
