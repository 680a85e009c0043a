"""A client's rounding on its way into invoice lines: billed time changes, recorded time does not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.clients.models import Client
from apps.clients.rounding import Mode, Rounding, Scope
from apps.core.money import to_minor
from apps.invoicing import services
from apps.invoicing.billing import Grouping, billed_seconds, group
from apps.invoicing.tests.building import DAY, log_hours
from apps.invoicing.totals import hours
from apps.projects.models import Task
from apps.workbench.models import TimeEntry, TimeSlice

GROUPINGS = list(Grouping.values)
RULES = st.builds(
    Rounding, st.sampled_from(Mode.values), st.integers(1, 60), st.sampled_from(Scope.values)
)  # fmt: skip
# What is recorded: (minutes after the first midnight, seconds of work, which task, rate in minor units).
RECORDED = st.lists(
    st.tuples(st.integers(0, 3 * 1440), st.integers(1, 5 * 3600), st.integers(0, 2), st.sampled_from([8000, 12345])),
    min_size=1,
    max_size=12,
)


def set_rule(world, mode="up", minutes=15, scope="entry") -> None:
    Client.objects.filter(pk=world.client.pk).update(
        rounding=mode, rounding_minutes=minutes, rounding_scope=scope
    )  # fmt: skip
    world.client.refresh_from_db()


def draft(world, *entries, **more):
    return services.draft_from_time(
        workspace=world.workspace, client=world.client, entries=[entry.pk for entry in entries], issue_date=DAY, **more
    )


def three_short_ones(world) -> list[TimeEntry]:
    return [log_hours(world, 0, minutes=7, start_hour=8 + hour) for hour in range(3)]


def made_up(world, recorded) -> list[TimeEntry]:
    """Entries that no database knows, all on the world's project."""
    start = log_hours(world).started_at.replace(hour=0)
    entries = []
    for minutes, seconds, task, rate in recorded:
        entry = TimeEntry(project=world.project, task=Task(pk=task), rate_minor=rate, timezone="UTC")
        entry.started_at, entry.closed_seconds = start + timedelta(minutes=minutes), seconds
        entries.append(entry)
    return entries


@pytest.mark.parametrize(
    ("scope", "grouping", "quantities"),
    [
        ("entry", "task", ["0.75"]),
        ("entry", "day", ["0.75"]),
        ("entry", "entry", ["0.25", "0.25", "0.25"]),
        ("entry", "one", ["0.75"]),
        ("day_task", "task", ["0.5"]),
        ("day_task", "day", ["0.5"]),
        ("day_task", "entry", ["0.1667", "0.1667", "0.1667"]),
        ("day_task", "one", ["0.5"]),
    ],
)
def test_three_entries_of_seven_minutes_under_each_rule_and_grouping(alice, scope, grouping, quantities):
    set_rule(alice, scope=scope)
    invoice = draft(alice, *three_short_ones(alice), grouping=grouping)
    assert [line.quantity for line in invoice.lines.all()] == [Decimal(each) for each in quantities]
    assert all(line.amount_minor == to_minor(line.quantity * 80, "EUR") for line in invoice.lines.all())


def test_each_day_and_each_task_is_rounded_by_itself_on_a_common_line(alice):
    set_rule(alice, scope="day_task")
    other = Task.objects.create(workspace=alice.workspace, project=alice.project, title="Calls")
    entries = [
        log_hours(alice, 0, minutes=7),
        log_hours(alice, 0, minutes=7, start_hour=9, task=other),
        log_hours(alice, 0, minutes=7, start_hour=34),
    ]
    assert draft(alice, *entries, grouping="one").lines.get().quantity == Decimal("0.75")


def test_time_over_midnight_is_rounded_once_on_the_day_on_which_it_began(alice):
    set_rule(alice, scope="day_task")
    late = log_hours(alice, 0, minutes=14, start_hour=21.9)
    early = log_hours(alice, 0, minutes=7, start_hour=23)
    assert late.slices.count() == 2
    assert billed_seconds([late, early], alice.client.rounding_rule) == {late.pk: 900, early.pk: 900}


def test_what_was_recorded_and_every_sum_of_it_stays(alice):
    set_rule(alice)
    entries = three_short_ones(alice)
    before = list(TimeSlice.objects.order_by("pk").values("pk", "seconds", "amount_minor", "day"))
    draft(alice, *entries)
    assert list(TimeSlice.objects.order_by("pk").values("pk", "seconds", "amount_minor", "day")) == before


def test_a_later_rule_touches_neither_the_lines_of_a_draft_nor_an_issued_invoice(alice):
    set_rule(alice, minutes=15)
    one, two, three = three_short_ones(alice)
    kept, final = draft(alice, one), draft(alice, two)
    final.issue(actor=alice.owner)
    set_rule(alice, minutes=60)
    assert kept.lines.get().quantity == final.lines.get().quantity == Decimal("0.25")
    services.add_time(kept, entries=[three.pk])
    assert [line.quantity for line in kept.lines.all()] == [Decimal("0.25"), Decimal(1)]


def test_what_is_rounded_to_nothing_stands_on_its_line_and_is_billed(alice):
    set_rule(alice, mode="nearest")
    entry = log_hours(alice, 0, minutes=7)
    invoice = draft(alice, entry)
    assert (invoice.lines.get().quantity, invoice.total_minor) == (0, 0)
    assert TimeEntry.objects.get(pk=entry.pk).billed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RECORDED, RULES)
def test_every_grouping_bills_the_same_time_and_lines_are_sums_of_their_entries(alice, recorded, rule):
    entries = made_up(alice, recorded)
    billed = billed_seconds(entries, rule)
    for grouping in GROUPINGS:
        lines = group(entries, grouping, "EUR", rule)
        assert sum(line.seconds for line in lines) == sum(billed.values())
        for line in lines:
            assert line.seconds == sum(billed[entry.pk] for entry in line.entries)
            assert line.quantity == hours(line.seconds)
            assert len({entry.rate_minor for entry in line.entries}) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RECORDED, RULES)
def test_what_is_rounded_together_is_a_multiple_of_the_step(alice, recorded, rule):
    entries = made_up(alice, recorded)
    billed = billed_seconds(entries, rule)
    sums: dict[object, list[int]] = {}
    for entry in entries:
        key = (entry.day, entry.task_id) if rule.scope == Scope.DAY_TASK else entry.pk
        sums.setdefault(key, [0, 0])
        sums[key][0] += entry.work_seconds
        sums[key][1] += billed[entry.pk]
    for recorded_seconds, billed_together in sums.values():
        assert billed_together == rule.round(recorded_seconds)
        assert not rule.is_on or billed_together % (rule.minutes * 60) == 0
    if rule.mode == Mode.UP:
        assert all(billed[entry.pk] >= entry.work_seconds for entry in entries)
    if rule.mode == Mode.NONE:
        assert all(billed[entry.pk] == entry.work_seconds for entry in entries)


def test_the_preview_shows_recorded_and_billed_time_where_they_differ(as_alice, alice):
    log_hours(alice, 7, minutes=52)
    address = f"/invoices/from-time/?client={alice.client.pk}"
    assert "recorded" not in as_alice.get(address).content.decode()
    set_rule(alice)
    page = as_alice.get(address).content.decode()
    assert page.count("7:52 recorded, 8:00 billed") == 2
    assert "Each entry is rounded up to the next 15 minutes." in page
    assert "640" in page


def test_where_only_seconds_differ_they_are_shown(as_alice, alice):
    entry = log_hours(alice, 1)
    entry.revise(ended_at=entry.ended_at + timedelta(seconds=20))
    set_rule(alice, mode="nearest", minutes=1)
    page = as_alice.get(f"/invoices/from-time/?client={alice.client.pk}").content.decode()
    assert "1:00:20 recorded, 1:00:00 billed" in page


def test_adding_time_to_a_draft_says_what_it_is_billed_as(as_alice, alice):
    invoice = draft(alice, log_hours(alice))
    log_hours(alice, 0, minutes=7, start_hour=12)
    set_rule(alice)
    assert "0:07 recorded, 0:15 billed" in as_alice.get(invoice.edit_url).content.decode()
