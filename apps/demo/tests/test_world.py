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
    states = {invoice.state for invoice in studio.invoices.for_list().with_standing()}
    assert states >= {Invoice.State.DRAFT, Invoice.State.PAID, Invoice.State.PARTIAL, Invoice.State.OVERDUE}


def test_issued_invoices_are_numbered_in_the_order_of_their_days(studio):
    issued = studio.invoices.issued().order_by("issue_date", "number")
    for year in {invoice.issue_date.year for invoice in issued}:
        numbers = [int(invoice.number[-3:]) for invoice in issued if invoice.issue_date.year == year]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "name", ["workbench:day", "workbench:entries", "clients:list", "projects:list", "tasks:list", "invoicing:list"]
)
def test_every_list_shows_the_demo_world(client, studio, name):
    client.force_login(demo_user())
    assert client.get(reverse(name)).status_code == 200
