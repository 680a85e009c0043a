"""A changed rate and unbilled time: who follows, by how much, and that every sum of it still holds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.activity.models import AuditEvent
from apps.clients.models import Client
from apps.core import days
from apps.core.money import MAX_MINOR, amount_for_time
from apps.projects.models import Project, Task
from apps.workbench.models import ProjectTotal, Segment, TimeEntry, TimeSlice
from apps.workbench.models.slices import part_of_total
from apps.workbench.rates import Figures, price

FIELDS = ("seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor")


def follow(world, row, was_minor: int = 8000) -> Figures:
    """Let unbilled time follow the rate that `row` has now."""
    entries = world.workspace.time_entries
    return entries.repricing(row).settle(follow=True, was_minor=was_minor, actor=world.owner)


def set_rate(row, rate_minor: int | None):
    """The row, read anew, with another rate."""
    row = type(row).objects.get(pk=row.pk)
    row.hourly_rate_minor = rate_minor
    row.save()
    return row


def rates(*entries) -> list[int]:
    return [TimeEntry.with_trash.get(pk=entry.pk).rate_minor for entry in entries]


def check_sums() -> None:
    """Each entry's slices are what cutting them anew would make, and kept totals are their sums."""
    for entry in TimeEntry.objects.all():
        cut = [(part.day, part.seconds, part.amount_minor, part.currency) for part in entry._slices()]
        kept = entry.slices.order_by("day").values_list("day", "seconds", "amount_minor", "currency")
        assert list(kept) == cut, entry
    for project in Project.objects.all():
        parts = [part_of_total(part) for part in project.time_slices.all()]
        kept = {name: sum(getattr(total, name) for total in project.totals.all()) for name in FIELDS}
        assert kept == {name: sum(part[name] for part in parts) for name in FIELDS}, project


@pytest.fixture
def tree(alice, log):
    """One entry of an hour for each place that a rate may come from; the name says which."""
    workspace, client = alice.workspace, alice.client
    priced = Client.objects.create(workspace=workspace, name="priced", currency="EUR", hourly_rate_minor=7000)
    foreign = Client.objects.create(workspace=workspace, name="foreign", currency="USD")
    dear = Project.objects.create(workspace=workspace, client=client, name="dear", hourly_rate_minor=12000)
    own = {"workspace": workspace}
    of = {
        "of_workspace": {"project": alice.project},
        "of_task": {"task": Task.objects.create(**own, project=alice.project, title="task", hourly_rate_minor=9000)},
        "of_project": {"project": dear},
        "of_task_in_project": {"task": Task.objects.create(**own, project=dear, title="plain")},
        "of_client": {"project": Project.objects.create(**own, client=priced, name="at a priced client")},
        "without_client": {"project": Project.objects.create(**own, name="for the business")},
        "foreign": {"project": Project.objects.create(**own, client=foreign, name="in dollars")},
        "fixed": {"project": Project.objects.create(**own, client=client, name="fixed", billing="fixed")},
        "nowhere": {"project": None},
    }
    return {
        name: log(alice, f"2026-05-04 {8 + hour:02d}:00", f"{9 + hour}:00", **{"project": None} | source)
        for hour, (name, source) in enumerate(of.items())
    }


@pytest.mark.parametrize(
    ("kind", "rate", "following"),
    [
        ("workspace", 10_000, {"of_workspace", "without_client"}),
        ("client", 10_000, {"of_workspace"}),
        ("priced", 10_000, {"of_client"}),
        ("priced", None, {"of_client"}),
        ("foreign", 10_000, {"foreign"}),
        ("project", 10_000, {"of_workspace"}),
        ("dear", 10_000, {"of_project", "of_task_in_project"}),
        ("dear", None, {"of_project", "of_task_in_project"}),
        ("task", 10_000, {"of_task"}),
        ("task", None, {"of_task"}),
    ],
)
def test_time_follows_where_its_rate_comes_from_and_nowhere_else(alice, tree, kind, rate, following):
    row = {
        "workspace": alice.workspace,
        "client": alice.client,
        "priced": Client.objects.get(name="priced"),
        "foreign": Client.objects.get(name="foreign"),
        "project": alice.project,
        "dear": Project.objects.get(name="dear"),
        "task": Task.objects.get(title="task"),
    }[kind]
    before = dict(zip(tree, rates(*tree.values()), strict=True))
    row = type(row).objects.get(pk=row.pk)
    row.hourly_rate_minor = rate
    row.save()
    figures = follow(alice, row)
    after = dict(zip(tree, rates(*tree.values()), strict=True))
    assert {name for name in tree if before[name] != after[name]} == following
    assert {after[name] for name in following} == {10_000 if rate else 8000}
    assert (figures.entries, figures.seconds) == (len(following), 3600 * len(following))
    check_sums()


def test_a_project_that_goes_over_to_a_fixed_price_may_take_its_time_along(alice, tree):
    project = Project.objects.get(pk=alice.project.pk)
    project.billing = Project.Billing.FIXED
    project.save()
    assert follow(alice, project).after_minor == 0
    assert rates(tree["of_workspace"], tree["of_task"]) == [0, 9000]
    check_sums()


def test_billed_time_never_changes(alice, log):
    billed, open_one = log(alice, "2026-05-04 09:00", "10:00"), log(alice, "2026-05-04 11:00", "12:00")
    TimeEntry.objects.filter(pk=billed.pk).bill()
    follow(alice, set_rate(alice.client, 9000))
    assert rates(billed, open_one) == [8000, 9000]
    assert billed.slices.get().amount_minor == 8000
    assert (ProjectTotal.objects.get().unbilled_minor, ProjectTotal.objects.get().value_minor) == (9000, 17_000)


def test_time_that_is_worth_nothing_follows_without_being_counted(alice, log):
    own = log(alice, "2026-05-04 09:00", "10:00", billable=False)
    figures = follow(alice, set_rate(alice.client, 9000))
    assert (figures.entries, rates(own)) == (0, [9000])
    own.revise(billable=True)
    assert own.slices.get().amount_minor == 9000
    check_sums()


def test_what_is_in_the_trash_comes_back_as_it_was(alice, log):
    entry = log(alice, "2026-05-04 09:00", "10:00")
    entry.trash()
    assert follow(alice, set_rate(alice.client, 9000)).entries == 0
    entry.restore()
    assert entry.slices.get().amount_minor == 8000
    check_sums()


def test_a_running_timer_follows_with_what_it_has_done_so_far(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)
    clock.shift(3600)
    entry.pause()
    entry.resume()
    assert follow(alice, set_rate(alice.client, 9000)) == Figures(1, 3600, 8000, 9000)
    clock.shift(1800)
    TimeEntry.objects.get(pk=entry.pk).stop()
    assert ProjectTotal.objects.get().unbilled_minor == 13_500
    check_sums()


def test_time_over_midnight_is_rounded_once_and_shared_over_its_days(alice, log):
    # 50 and 10 minutes past midnight at 0.01 an hour more than a round rate: rounding each day would add a cent.
    for start, end in [("23:10", "00:10"), ("23:50", "00:50"), ("22:59", "01:01")]:
        log(alice, f"2026-05-04 {start}", end)
    figures = follow(alice, set_rate(alice.client, 10_003))
    assert figures.after_minor == sum(part.amount_minor for part in TimeSlice.objects.all())
    check_sums()


def test_time_in_another_currency_stays(alice, log):
    """The business went over to another currency; what it recorded for itself before is never converted."""
    inside = Project.objects.create(workspace=alice.workspace, name="inside")
    euros = log(alice, "2026-05-04 09:00", "10:00", project=inside)
    type(alice.workspace).objects.update(currency="USD")
    dollars = log(alice, "2026-05-04 11:00", "12:00", project=Project.objects.get(pk=inside.pk))
    alice.workspace.refresh_from_db()
    assert follow(alice, set_rate(alice.workspace, 9900)).entries == 1
    assert rates(euros, dollars) == [8000, 9900]
    check_sums()


def test_a_stranger_s_time_is_never_touched(alice, charlie, log):
    other = log(charlie, "2026-05-04 09:00", "10:00")
    follow(alice, set_rate(alice.workspace, 9900))
    follow(alice, set_rate(charlie.client, 9900))
    assert rates(other) == [8000]


def test_leaving_it_changes_nothing_but_the_record(alice, log):
    entry = log(alice, "2026-05-04 09:00", "10:00")
    repricing = alice.workspace.time_entries.repricing(set_rate(alice.client, 9000))
    assert repricing.settle(follow=False, was_minor=8000, actor=alice.owner) == Figures(1, 3600, 8000, 9000)
    assert rates(entry) == [8000]
    event = AuditEvent.objects.about(alice.client).get()
    assert (event.verb, event.actor) == ("rate_changed", alice.owner)
    assert (event.facts["entries"], event.facts["entries_left"], event.facts["amount_after"]) == (0, 1, 8000)


def test_the_record_says_who_changed_what_and_what_followed(alice, log):
    log(alice, "2026-05-04 09:00", "10:30")
    follow(alice, set_rate(alice.workspace, 9000))
    event = AuditEvent.objects.about(alice.workspace).get()
    assert (event.verb, event.actor, event.workspace) == ("rate_changed", alice.owner, alice.workspace)
    assert event.facts == {
        "currency": "EUR", "rate_before": 8000, "rate_after": 9000, "entries": 1, "entries_left": 0, "seconds": 5400,
        "amount_before": 12_000, "amount_after": 13_500,
    }  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(1, 90_000), st.one_of(st.integers(0, 50_000), st.integers(0, MAX_MINOR)))
def test_the_database_counts_as_money_does(alice, seconds, rate):
    entry = TimeEntry.objects.first() or TimeEntry.start(
        user=alice.owner, workspace=alice.workspace, project=alice.project
    )
    TimeSlice.objects.filter(entry=entry).delete()
    made = TimeSlice.objects.create(
        workspace=alice.workspace, entry=entry, user=alice.owner, project=alice.project, day=entry.day,
        seconds=seconds, billable=True, amount_minor=0, currency="EUR",
    )  # fmt: skip
    rows = TimeSlice.objects.filter(pk=made.pk)
    assert rows.update(amount_minor=price(F("seconds"), rate)) == 1
    assert rows.get().amount_minor == amount_for_time(seconds, rate)


def bulk_log(world, count: int) -> None:
    """`count` entries of about half an hour, each sixth of them over midnight."""
    begin = days.now().replace(hour=12, minute=0, second=0, microsecond=0)
    entries, segments = [], []
    for number in range(count):
        day = begin - timedelta(days=number % 500)
        start = day.replace(hour=21, minute=50) if number % 6 == 0 else day
        entry = TimeEntry(
            workspace=world.workspace, user=world.owner, project=world.project, timezone="Europe/Berlin",
            started_at=start, ended_at=start + timedelta(seconds=1500 + number % 900), rate_minor=8000,
            currency="EUR",
        )  # fmt: skip
        entry.parts = [Segment(entry=entry, started_at=entry.started_at, ended_at=entry.ended_at, **entry._owner)]
        entries.append(entry)
        segments += entry.parts
    TimeEntry.objects.bulk_create(entries)
    Segment.objects.bulk_create(segments)
    slices = [part for entry in entries for part in entry._slices()]
    TimeSlice.objects.bulk_create(slices)
    ProjectTotal.objects.shift(remove=[], add=slices)


@pytest.mark.parametrize("count", [20, 400])
def test_more_time_takes_no_more_queries(alice, count):
    bulk_log(alice, count)
    client = set_rate(alice.client, 9137)
    with CaptureQueriesContext(connection) as queries:
        assert follow(alice, client).entries == count
    assert len(queries) <= 24
    check_sums()
