"""The demo world can be seeded again and again, and what is in it adds up."""

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Sum
from django.urls import reverse

from apps.core import days
from apps.demo.management_data import demo_user
from apps.demo.tests.conftest import seed
from apps.invoicing.models import Invoice
from apps.projects.models import Project, Task
from apps.workbench.models import ProjectTotal, Segment, TimeSlice

COUNTED = ["seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor"]


def row_counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def summed(slices) -> Counter:
    """What a project's totals must be, from its slices."""
    sums: Counter = Counter()
    for part in slices:
        unbilled = part.billable and not part.billed
        sums["seconds"] += part.seconds
        sums["billable_seconds"] += part.seconds * part.billable
        sums["unbilled_seconds"] += part.seconds * unbilled
        sums["unbilled_minor"] += part.amount_minor * unbilled
        sums["value_minor"] += part.amount_minor * part.billable
    return sums


def assert_totals_are_the_sums_of_slices() -> None:
    totals = ProjectTotal.objects.all()
    assert totals
    for total in totals:
        slices = TimeSlice.objects.filter(project=total.project, currency=total.currency)
        assert {name: getattr(total, name) for name in COUNTED} == {name: summed(slices)[name] for name in COUNTED}


def test_a_second_run_on_the_same_day_adds_nothing(studio):
    before = row_counts()
    seed()
    assert row_counts() == before


def test_what_somebody_changed_is_left_as_it_is(studio):
    studio.clients.filter(code="NORD").update(name="Renamed")
    call_command("seed_management_data", "--allow-demo-user")
    assert studio.clients.get(code="NORD").name == "Renamed"


def test_a_later_day_ends_the_forgotten_timer_and_adds_the_days_between(studio, monkeypatch):
    entries, first = studio.time_entries.count(), studio.time_entries.live().get()
    later = days.now() + timedelta(days=7)
    monkeypatch.setattr(days, "now", lambda: later)
    call_command("seed_dashboard", "--allow-demo-user", "--module", "workbench")
    first.refresh_from_db()
    assert first.ended_at is not None
    assert studio.time_entries.live().count() == 1
    assert studio.time_entries.count() > entries + 10
    assert_totals_are_the_sums_of_slices()


def test_after_midnight_the_timer_of_the_evening_runs_on(studio, monkeypatch):
    before, live = row_counts(), studio.time_entries.live().get()
    zone = demo_user().zone
    midnight = days.day_bounds(days.local_day(live.started_at, zone), zone)[1]
    live.segments.update(started_at=midnight - timedelta(minutes=60))
    studio.time_entries.filter(pk=live.pk).update(started_at=midnight - timedelta(minutes=60))
    monkeypatch.setattr(days, "now", lambda: midnight + timedelta(minutes=15))
    call_command("seed_dashboard", "--allow-demo-user", "--module", "workbench")
    assert row_counts() == before


def test_slices_equal_segments_and_totals_equal_slices(studio):
    worked = Counter()
    finished = Segment.objects.filter(kind=Segment.Kind.WORK, ended_at__isnull=False, entry__deleted_at=None)
    for segment in finished:
        worked[segment.entry_id] += segment.seconds
    sliced = dict(TimeSlice.objects.values_list("entry").annotate(Sum("seconds")))
    assert sliced == dict(worked)
    assert_totals_are_the_sums_of_slices()


def test_the_world_has_one_of_everything(studio):
    assert set(studio.projects.values_list("status", flat=True)) == set(Project.Status.values)
    assert set(studio.projects.values_list("billing", flat=True)) == set(Project.Billing.values)
    assert set(studio.tasks.values_list("status", flat=True)) == set(Task.Status.values)
    assert studio.clients.values("currency").distinct().count() >= 4
    assert studio.projects.filter(archived_at__isnull=False).exists()
    assert studio.time_entries.live().count() == 1
    assert studio.time_entries.needing_review().exists()
    assert studio.time_entries(manager="with_trash").exclude(deleted_at=None).exists()
    assert studio.time_entries.filter(slices__day__isnull=False).exists()
    assert {entry.slices.count() for entry in studio.time_entries.stopped()} == {1, 2}


def test_invoices_are_of_every_kind_and_in_every_state(studio):
    invoices = list(studio.invoices.for_list())
    assert {invoice.kind for invoice in invoices} == set(Invoice.Kind.values)
    assert {invoice.state for invoice in invoices if invoice.is_bill} == set(Invoice.State) - {Invoice.State.CREDIT}
    assert {invoice.state for invoice in invoices if invoice.is_credit_note} == {Invoice.State.CREDIT}
    said = {str(invoice.state_label) for invoice in invoices if invoice.is_estimate}
    assert said == {"Open", "Accepted", "Declined", "Expired", "Billed"}


def test_one_invoice_is_credited_whole_one_in_part_and_the_longest_overdue_is_written_off(studio):
    credited = {note.corrects.status: note for note in studio.invoices.credit_notes().select_related("corrects")}
    assert set(credited) == {Invoice.Status.CANCELLED, Invoice.Status.ISSUED}
    part = credited[Invoice.Status.ISSUED]
    assert 0 < part.total_minor < part.corrects.total_minor
    assert part.corrects.open_minor == 0
    (loss,) = studio.write_offs.select_related("invoice")
    assert loss.amount_minor == loss.invoice.total_minor
    assert all(loss.invoice.due_date < late.due_date for late in studio.invoices.overdue())


def test_what_is_billed_besides_time_is_on_invoices_and_some_of_it_not_yet(studio):
    assert studio.expenses.count() == 2
    (unbilled,) = studio.expenses.unbilled()
    (deposit,) = studio.invoices.filter(is_deposit=True)
    deduction = deposit.deductions.select_related("line", "invoice").get()
    assert deduction.line.amount_minor == -deposit.net_minor
    assert deduction.invoice.client != unbilled.client
    retainer = studio.projects.get(billing=Project.Billing.RETAINER)
    fees = retainer.fee_sources.select_related("line")
    assert len(fees) > 6
    assert {fee.line.amount_minor for fee in fees} == {retainer.fixed_price_minor}
    assert len({fee.month for fee in fees}) == len(fees)


def test_a_fixed_price_is_billed_as_far_as_its_parts_say(studio):
    parts = studio.line_sources.filter(month=None, project__isnull=False).select_related("line")
    billed = Counter()
    for part in parts:
        billed[part.project_id] += part.line.amount_minor
    whole = studio.projects.get(code="SALON")
    half = studio.projects.get(code="OLIVA")
    assert billed[whole.pk] == whole.fixed_price_minor
    assert billed[half.pk] == half.fixed_price_minor // 2


def test_a_schedule_goes_on_in_time_to_come(studio):
    (schedule,) = studio.recurring_invoices.running()
    assert schedule.next_on > days.local_day(days.now(), studio.zone)
    assert schedule.make_due(days.local_day(days.now(), studio.zone)) == []


@pytest.mark.parametrize("kind", Invoice.Kind.values)
def test_documents_of_a_kind_are_numbered_in_the_order_of_their_days(studio, kind):
    issued = studio.invoices.numbered().filter(kind=kind).order_by("issue_date", "number")
    assert issued
    for year in {invoice.issue_date.year for invoice in issued}:
        numbers = [int(invoice.number[-3:]) for invoice in issued if invoice.issue_date.year == year]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "name", ["workbench:day", "workbench:entries", "clients:list", "projects:list", "tasks:list", "invoicing:list"]
)
def test_every_list_shows_the_demo_world(client, studio, name):
    client.force_login(demo_user())
    assert client.get(reverse(name)).status_code == 200
