"""From recorded time to lines: each entry once, each amount what is printed."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.clients.models import Client
from apps.core.money import to_minor
from apps.invoicing import services
from apps.invoicing.billing import TimeOffer, parse_ids
from apps.invoicing.models import Invoice
from apps.invoicing.services import LineTax
from apps.invoicing.tests.building import DAY, line, log_hours
from apps.projects.models import Project, Task
from apps.workbench.models import ProjectTotal, TimeEntry


def draft(world, *entries, **more) -> Invoice:
    return services.draft_from_time(
        workspace=world.workspace, client=world.client, entries=[entry.pk for entry in entries], issue_date=DAY, **more
    )


def is_billed(entry) -> bool:
    return TimeEntry.objects.get(pk=entry.pk).billed


def as_line(stored) -> dict:
    names = ["pk", "description", "quantity", "unit", "unit_price", "tax_rate"]
    return {name: getattr(stored, name) for name in names}


def test_fifty_minutes_at_a_hundred_are_printed_and_billed_exactly(alice):
    type(alice.client).objects.update(hourly_rate_minor=10000)
    alice.task.refresh_from_db()
    entry = log_hours(alice, 0, minutes=50, task=Task.objects.get())
    stored = draft(alice, entry, tax=LineTax(Decimal(19))).lines.get()
    assert (stored.quantity, stored.unit_price, stored.amount_minor) == (Decimal("0.8333"), 100, 8333)


@pytest.mark.parametrize(("grouping", "count"), [("task", 2), ("day", 3), ("entry", 4), ("one", 1)])
def test_entries_are_grouped_as_asked(alice, grouping, count):
    other = Task.objects.create(workspace=alice.workspace, project=alice.project, title="Calls")
    entries = [
        log_hours(alice, start_hour=8),
        log_hours(alice, start_hour=10, note="a note"),
        log_hours(alice, start_hour=32, task=other),
        log_hours(alice, start_hour=56),
    ]
    invoice = draft(alice, *entries, grouping=grouping)
    assert invoice.lines.count() == count
    assert invoice.total_minor == 4 * 8000
    assert invoice.billed_times.count() == 4


def test_different_rates_never_share_a_line(alice):
    cheap = log_hours(alice)
    type(alice.client).objects.update(hourly_rate_minor=12345)
    dear = log_hours(alice, start_hour=12, task=Task.objects.get())
    invoice = draft(alice, cheap, dear, grouping="one")
    assert sorted(stored.amount_minor for stored in invoice.lines.all()) == [8000, 12345]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(1, 600), min_size=1, max_size=5), st.sampled_from(["task", "day", "entry", "one"]))
def test_sums_hold_for_any_durations(alice, minutes, grouping):
    first = TimeEntry.objects.count() * 12
    entries = [log_hours(alice, 0, minutes=each, start_hour=first + 12 * i) for i, each in enumerate(minutes)]
    invoice = draft(alice, *entries, grouping=grouping, tax=LineTax(Decimal(19)))
    lines = list(invoice.lines.all())
    assert all(each.amount_minor == to_minor(each.quantity * each.unit_price, "EUR") for each in lines)
    assert sum(each.amount_minor for each in lines) == invoice.net_minor
    assert invoice.net_minor + invoice.tax_minor == invoice.total_minor


def test_billing_locks_the_time_and_deleting_the_draft_frees_it(alice):
    entry = log_hours(alice)
    invoice = draft(alice, entry)
    assert is_billed(entry)
    assert ProjectTotal.objects.get().unbilled_minor == 0
    invoice.delete(actor=alice.owner)
    assert not is_billed(entry)
    assert ProjectTotal.objects.get().unbilled_minor == 8000
    draft(alice, entry)


def test_time_is_billed_once_and_the_second_is_told_where_it_is(alice):
    entry, fresh = log_hours(alice), log_hours(alice, start_hour=20)
    first = draft(alice, entry)
    first.issue()
    with pytest.raises(ValidationError, match="already billed on INV-2026-001"):
        draft(alice, entry, fresh)
    assert Invoice.objects.count() == 1
    assert not is_billed(fresh)


def test_removing_a_line_of_time_frees_its_entries_and_a_changed_price_does_not(alice):
    one, two = log_hours(alice), log_hours(alice, start_hour=20)
    invoice = draft(alice, one, two, grouping="entry")
    kept = invoice.lines.first()
    services.save_draft(invoice, fields={}, lines=[as_line(kept) | {"unit_price": Decimal(50)}, line("More")])
    assert (is_billed(one), is_billed(two)) == (True, False)
    assert invoice.net_minor == 5000 + 10000


def test_another_client_takes_the_time_off_and_says_so(alice):
    entry = log_hours(alice)
    invoice = draft(alice, entry)
    other = Client.objects.create(workspace=alice.workspace, name="Other", currency="EUR")
    lines = [as_line(invoice.lines.get()), line("Kept")]
    notices = services.save_draft(invoice, fields={"client": other}, lines=lines)
    assert not is_billed(entry)
    assert [each.description for each in invoice.lines.all()] == ["Kept"]
    assert "alice client" in notices[0]


def test_the_currency_of_time_stays(alice):
    invoice = draft(alice, log_hours(alice))
    with pytest.raises(ValidationError, match="is in EUR"):
        services.save_draft(invoice, fields={"currency": "USD"}, lines=[as_line(invoice.lines.get())])


def test_only_what_belongs_to_the_client_is_offered_and_the_rest_is_named(alice, charlie):
    workspace, client = alice.workspace, alice.client
    fixed = Project.objects.create(workspace=workspace, client=client, name="Fixed", billing="fixed")
    other = Client.objects.create(workspace=workspace, name="Other", currency="EUR")
    elsewhere = Project.objects.create(workspace=workspace, client=other, name="Elsewhere")
    good = log_hours(alice)
    log_hours(alice, start_hour=30, task=None, project=fixed)
    log_hours(alice, start_hour=40, billable=False)
    log_hours(alice, start_hour=50, task=None, project=elsewhere)
    log_hours(alice, start_hour=60).trash()
    log_hours(charlie)
    TimeEntry.objects.filter(pk=log_hours(alice, start_hour=70).pk).update(currency="USD")
    TimeEntry.start(user=alice.owner, workspace=workspace, task=alice.task)
    offer = TimeOffer(workspace, client)
    assert [entry.pk for entry in offer.entries] == [good.pk]
    assert offer.left_out == [
        "1 entry is still running.",
        "1 entry on a fixed price is left out.",
        "1 entry is not billable.",
        "1 entry in USD is left out.",
    ]


def test_the_period_counts_local_days(alice):
    entry = log_hours(alice, start_hour=22 + 24)
    assert TimeOffer(alice.workspace, alice.client, first=date(2026, 4, 8), last=date(2026, 4, 8)).entries == [entry]
    assert TimeOffer(alice.workspace, alice.client, first=date(2026, 4, 9)).entries == []


def test_what_does_not_belong_is_refused_however_it_is_asked_for(alice, charlie):
    other = Client.objects.create(workspace=alice.workspace, name="Other", currency="EUR")
    project = Project.objects.create(workspace=alice.workspace, client=other, name="Elsewhere")
    foreign = [
        log_hours(charlie),
        log_hours(alice, start_hour=20, task=None, project=project),
        log_hours(alice, start_hour=30, billable=False),
    ]
    for entry in foreign:
        with pytest.raises(ValidationError):
            draft(alice, entry)
        assert not is_billed(entry)
    running = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    with pytest.raises(ValidationError, match="Stop the timer"):
        draft(alice, running)
    assert Invoice.objects.count() == 0


@pytest.mark.parametrize("text", ["", "7", "x" * 10_000, "00000000-0000-0000-0000-000000000000", "\x00"])
def test_what_is_no_id_never_reaches_the_database(text):
    with pytest.raises(ValidationError):
        parse_ids([text])
