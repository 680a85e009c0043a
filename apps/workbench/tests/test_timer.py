"""The life of a timer, with the clock in the test's hand."""

from datetime import UTC, datetime

import pytest
import time_machine

from apps.workbench.models import ProjectTotal, Segment, TimeEntry, TimeSlice

NINE = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
State = TimeEntry.State


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def start(world, **more):
    return TimeEntry.start(user=world.owner, workspace=world.workspace, **more)


def total_of(world) -> ProjectTotal:
    return ProjectTotal.objects.get(project=world.project)


def test_a_session_counts_work_and_leaves_out_pauses_and_breaks(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(3600)
    assert entry.pause()
    clock.shift(600)
    assert entry.resume()
    clock.shift(1800)
    assert entry.take_break()
    clock.shift(900)
    assert entry.end_break()
    clock.shift(1800)
    assert entry.stop()
    entry.refresh_from_db()
    assert entry.state == State.STOPPED
    assert alice.workspace.time_slices.total_seconds() == 3600 + 1800 + 1800
    assert [part.kind for part in entry.segments.order_by("started_at")] == ["work", "work", "break", "work"]
    assert alice.workspace.time_slices.amounts() == {"EUR": 16000}
    assert (total_of(alice).seconds, total_of(alice).unbilled_minor) == (7200, 16000)


def test_starting_a_timer_stops_the_one_already_running(alice, clock):
    first = start(alice, task=alice.task)
    clock.shift(60)
    second = start(alice, note="the next thing")
    first.refresh_from_db()
    assert first.ended_at == second.started_at
    assert TimeEntry.objects.get(running_for=alice.owner) == second
    assert second.needs_review == ""


def test_a_stale_tab_shows_the_timer_that_was_started_elsewhere(alice, clock):
    winner = start(alice, note="first tab", replacing=None)
    clock.shift(5)
    assert start(alice, note="second tab", replacing=None) == winner
    assert TimeEntry.objects.count() == 1
    assert winner.state == State.RUNNING


def test_repeated_presses_from_stale_tabs_change_nothing(alice, clock):
    entry = start(alice, task=alice.task)
    assert not entry.resume()
    clock.shift(60)
    assert entry.pause()
    assert not entry.pause()
    stale = TimeEntry.objects.get(pk=entry.pk)
    clock.shift(60)
    assert entry.stop()
    clock.shift(3600)
    assert not stale.stop()
    assert not stale.pause()
    assert not stale.resume()
    assert not stale.take_break()
    assert TimeEntry.objects.get(pk=entry.pk).ended_at == NINE.replace(minute=1)


def test_stopping_while_paused_ends_where_the_work_ended(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(600)
    entry.pause()
    clock.shift(7200)
    entry.stop()
    assert entry.ended_at == NINE.replace(minute=10)


def test_a_session_without_a_second_of_work_goes_to_the_trash(alice, clock):
    entry = start(alice, task=alice.task)
    entry.stop()
    assert not TimeEntry.objects.exists()
    assert TimeEntry.with_trash.get() == entry


def test_a_discarded_timer_can_be_restored(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(1200)
    entry.discard()
    assert alice.workspace.time_slices.total_seconds() == 0
    assert total_of(alice).seconds == 0
    entry.restore()
    assert alice.workspace.time_slices.total_seconds() == 1200
    assert total_of(alice).unbilled_seconds == 1200


def test_stopping_an_over_long_timer_succeeds_and_asks_for_a_look(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(30 * 3600)
    assert entry.stop()
    assert entry.needs_review == "long"


def test_a_timer_on_a_project_archived_meanwhile_stops_and_asks_for_a_look(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(600)
    alice.project.archive()
    assert entry.stop()
    assert entry.needs_review == "archived"


def test_touching_entries_do_not_overlap_and_a_running_one_is_seen(alice, clock):
    def log(from_hour, to_hour):
        return TimeEntry.log(
            user=alice.owner, workspace=alice.workspace, project=alice.project,
            started_at=NINE.replace(hour=from_hour), ended_at=NINE.replace(hour=to_hour),
        )  # fmt: skip

    start(alice, task=alice.task, at=NINE.replace(hour=8))
    assert log(5, 7).needs_review == ""
    assert log(7, 8).needs_review == ""
    assert log(8, 9).needs_review == "overlap"
    assert log(6, 8).needs_review == "overlap"


def test_revising_moves_the_slices_and_the_totals_of_both_projects(alice, clock):
    from apps.projects.models import Project

    other = Project.objects.create(workspace=alice.workspace, name="inside", billing=Project.Billing.NON_BILLABLE)
    entry = TimeEntry.log(
        user=alice.owner, workspace=alice.workspace, task=alice.task, started_at=NINE, ended_at=NINE.replace(hour=11)
    )
    entry.revise(task=None, project=other, billable=False, ended_at=NINE.replace(hour=10))
    assert total_of(alice).seconds == 0
    assert ProjectTotal.objects.get(project=other).seconds == 3600
    assert list(TimeSlice.objects.values_list("project", "seconds", "amount_minor")) == [(other.pk, 3600, 0)]


def test_editing_an_entry_keeps_the_break_inside_it(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(3600)
    entry.take_break()
    clock.shift(1800)
    entry.end_break()
    clock.shift(3600)
    entry.stop()
    entry.revise(started_at=NINE.replace(hour=8), ended_at=NINE.replace(hour=12))
    assert alice.workspace.time_slices.total_seconds() == 2 * 3600 + 90 * 60
    entry.revise(ended_at=NINE.replace(hour=9, minute=30))
    assert [part.kind for part in Segment.objects.order_by("started_at")] == ["work"]
    assert alice.workspace.time_slices.total_seconds() == 90 * 60
