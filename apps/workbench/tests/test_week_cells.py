"""What a duration typed into the week does to the entries of that day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.core import days
from apps.projects.models import Project
from apps.workbench.models import ProjectTotal, TimeEntry
from apps.workbench.tests.conftest import live_of
from apps.workbench.week.copying import copy_week, empty_row
from apps.workbench.week.grid import WeekGrid
from apps.workbench.week.saving import CellToSave, Was, save_cell, save_cells, usual_start

MONDAY = date(2026, 5, 4)


def grid_of(world, day: str = "2026-05-04", **more) -> WeekGrid:
    return WeekGrid(world.workspace, world.owner, date.fromisoformat(day), live_of(world), **more)


def work_of(world):
    """The row that the fixture `log` writes into."""
    return (world.project, None)


def type_in(world, text: str, day: str = "2026-05-04", *, work=None, was: str | None = None) -> list[TimeEntry]:
    """As a person does who looks at the grid and types."""
    work = work or work_of(world)
    if was is None:
        project, task = work
        key = f"t{task.pk}" if task else f"p{project.pk}"
        was = grid_of(world, day).cell(key, date.fromisoformat(day)).was
    return save_cell(
        workspace=world.workspace,
        user=world.owner,
        work=work,
        day=date.fromisoformat(day),
        text=text,
        was=Was.read(was),
    )


def times(world) -> list[str]:
    """From and to of all entries on the person's wall clock, in order of time."""
    zone = world.owner.zone
    entries = world.workspace.time_entries.stopped().order_by("started_at")
    return [f"{one.started_at.astimezone(zone):%d %H:%M}–{one.ended_at.astimezone(zone):%d %H:%M}" for one in entries]


def overlaps(world) -> list[TimeEntry]:
    return list(world.workspace.time_entries.filter(needs_review__contains="overlap"))


def seconds_on(world, day: str) -> int:
    return world.workspace.time_slices.between(date.fromisoformat(day), date.fromisoformat(day)).total_seconds()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:30", 5400), ("1h30", 5400), ("90m", 5400), ("1,5", 5400), ("1.5", 5400), ("90", 5400), ("8.20", 29520)],
)
def test_any_way_to_write_a_duration_is_understood(alice, clock, text, seconds):
    type_in(alice, text)
    assert seconds_on(alice, "2026-05-04") == seconds


def test_a_new_entry_has_rate_totals_and_slices(alice, clock):
    type_in(alice, "2:00")
    entry = alice.workspace.time_entries.get()
    assert times(alice) == ["04 09:00–04 11:00"]
    assert (entry.rate_minor, entry.billable, entry.needs_review) == (8000, True, "")
    assert alice.workspace.time_slices.amounts() == {"EUR": 16000}
    assert ProjectTotal.objects.get(project=alice.project).seconds == 7200


def test_more_less_and_nothing(alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    log(alice, "2026-05-04 10:00", "11:00")
    type_in(alice, "3:00")
    assert times(alice) == ["04 08:00–04 09:00", "04 10:00–04 12:00"]
    type_in(alice, "1:30")
    assert times(alice) == ["04 08:00–04 09:00", "04 10:00–04 10:30"]
    gone = type_in(alice, "0:15")
    assert times(alice) == ["04 08:00–04 08:15"]
    assert [entry.deleted_at is not None for entry in gone] == [True]
    type_in(alice, "")
    assert times(alice) == []
    assert TimeEntry.with_trash.count() == 2
    assert ProjectTotal.objects.get(project=alice.project).seconds == 0


def test_other_rows_are_stacked_and_nothing_overlaps(alice, clock, log):
    log(alice, "2026-05-04 09:00", "12:00", project=None)
    type_in(alice, "2:00")
    type_in(alice, "3:00", work=(alice.project, alice.task))
    assert times(alice) == ["04 09:00–04 12:00", "04 12:00–04 14:00", "04 14:00–04 17:00"]
    assert not overlaps(alice)


def test_nobody_works_in_a_break(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)  # 11:00
    clock.shift(3600)
    entry.take_break()
    clock.shift(1800)
    entry.end_break()
    clock.shift(3600)
    entry.stop()  # 13:30
    type_in(alice, "10:00")
    assert times(alice) == ["04 11:00–04 13:30", "04 13:30–04 23:30"]


def test_the_grid_never_goes_over_midnight(alice, clock, log):
    log(alice, "2026-05-04 01:00", "23:00", project=None)
    with pytest.raises(ValidationError) as refusal:
        type_in(alice, "3:00")
    assert "2 h of this day are still free" in refusal.value.messages[0]
    assert len(times(alice)) == 1
    type_in(alice, "2:00")
    assert times(alice) == ["04 00:00–04 01:00", "04 01:00–04 23:00", "04 23:00–05 00:00"]
    assert seconds_on(alice, "2026-05-05") == 0


def test_of_a_night_only_the_day_of_the_cell_changes(alice, clock, log):
    log(alice, "2026-05-04 22:00", "02:00")
    type_in(alice, "0:30", "2026-05-04")
    assert times(alice) == ["04 23:30–05 02:00"]
    type_in(alice, "0:15", "2026-05-05")
    assert times(alice) == ["04 23:30–05 00:15"]
    type_in(alice, "", "2026-05-04")
    assert times(alice) == ["05 00:00–05 00:15"]
    assert (seconds_on(alice, "2026-05-04"), seconds_on(alice, "2026-05-05")) == (0, 900)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_of_the_clocks_changing_holds_all_its_hours_and_not_one_more(alice, clock, day, hours):
    with pytest.raises(ValidationError):
        type_in(alice, f"{hours}:01", day)
    type_in(alice, f"{hours}:00", day)
    assert seconds_on(alice, day) == hours * 3600
    assert alice.workspace.time_slices.count() == 1


def test_an_entry_recorded_in_another_zone_keeps_its_own_day(alice, clock, log):
    log(alice, "2026-05-04 22:00", "23:00")  # in Berlin
    alice.owner.timezone = "Asia/Kolkata"
    alice.owner.save()
    type_in(alice, "0:30")
    assert seconds_on(alice, "2026-05-04") == 1800
    type_in(alice, "1:30")
    assert seconds_on(alice, "2026-05-04") == 5400
    assert not overlaps(alice)


def test_time_on_an_invoice_is_the_least_that_a_cell_can_be(alice, clock, log):
    billed = log(alice, "2026-05-04 08:00", "09:00")
    alice.workspace.time_entries.filter(pk=billed.pk).bill()
    for text in ("0:30", ""):
        with pytest.raises(ValidationError, match="on an invoice"):
            type_in(alice, text)
    type_in(alice, "1:30")
    assert times(alice) == ["04 08:00–04 09:00", "04 09:00–04 09:30"]
    type_in(alice, "1:00")
    assert times(alice) == ["04 08:00–04 09:00"]
    billed.refresh_from_db()
    assert billed.billed


def test_the_running_timer_counts_and_cannot_be_made_less(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)  # 11:00
    clock.shift(1800)
    with pytest.raises(ValidationError, match="Stop it"):
        type_in(alice, "0:10")
    type_in(alice, "2:00")
    assert times(alice) == ["04 09:00–04 10:30"]
    assert grid_of(alice).total.seconds == 7200
    clock.shift(600)
    assert grid_of(alice).total.seconds == 7800
    entry.refresh_from_db()
    assert entry.is_live
    assert entry.stop()
    assert seconds_on(alice, "2026-05-04") == 7800


def test_nothing_is_placed_into_the_time_that_the_timer_takes(alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="running")  # 11:00
    type_in(alice, "3:00")
    assert times(alice) == ["04 08:00–04 11:00"]
    with pytest.raises(ValidationError, match="timer is on"):
        type_in(alice, "12:00")
    with pytest.raises(ValidationError, match="timer is on"):
        type_in(alice, "1:00", "2026-05-06")
    assert not overlaps(alice)


def test_a_cell_that_was_changed_elsewhere_is_not_overwritten(alice, clock, log):
    seen = grid_of(alice).cell(f"p{alice.project.pk}", MONDAY).was
    log(alice, "2026-05-04 08:00", "09:00")
    with pytest.raises(ValidationError) as refusal:
        type_in(alice, "2:00", was=seen)
    assert refusal.value.code == "stale"
    assert "1:00" in refusal.value.messages[0]
    assert times(alice) == ["04 08:00–04 09:00"]
    assert type_in(alice, "1:00", was=seen) == []


def test_the_seconds_that_a_cell_does_not_show_are_not_lost(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)
    clock.shift(5445)
    entry.stop()
    assert grid_of(alice).cell(f"p{alice.project.pk}", MONDAY).text == "1:30"
    for was in ("5445", "5400"):
        type_in(alice, "1:30", was=was)
    assert seconds_on(alice, "2026-05-04") == 5445


def test_an_archived_project_gets_no_new_time_but_can_have_less(alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    alice.project.archive()
    with pytest.raises(ValidationError, match="archived"):
        type_in(alice, "2:00")
    type_in(alice, "0:30")
    assert seconds_on(alice, "2026-05-04") == 1800


def test_of_a_timer_forgotten_for_days_the_reason_is_told(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)  # 11:00 on the 4th
    clock.shift(50 * 3600)
    entry.stop()
    for day in ("2026-05-04", "2026-05-05"):
        with pytest.raises(ValidationError) as refusal:
            type_in(alice, "1:00", day)
        assert refusal.value.messages
        cell = CellToSave("a", work_of(alice), date.fromisoformat(day), "1:00", Was(seconds_on(alice, day)))
        with pytest.raises(ValidationError) as refusal:
            save_cells(workspace=alice.workspace, user=alice.owner, cells=[cell])
        assert refusal.value.message_dict["a"]
    assert times(alice) == ["04 11:00–06 13:00"]


@pytest.mark.parametrize("text", ["soon", "-1", "99:99", "1:30:99", "9" * 400, "\x00", "NaN", "1e9"])
def test_what_is_no_duration_is_refused(alice, clock, text):
    with pytest.raises(ValidationError):
        type_in(alice, text)
    assert times(alice) == []


@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01"])
def test_days_that_have_no_time_are_refused(alice, clock, day):
    with pytest.raises(ValidationError, match="between 2000 and 2100"):
        type_in(alice, "1:00", day, was="")


def test_the_usual_start_is_told_from_the_weeks_before(alice, clock, log):
    assert usual_start(alice.workspace, alice.owner, MONDAY).isoformat() == "09:00:00"
    for day in range(20, 27):
        log(alice, f"2026-04-{day} 07:50", "09:00")
    log(alice, "2026-04-27 22:00", "01:00")
    assert usual_start(alice.workspace, alice.owner, MONDAY).isoformat() == "07:45:00"
    type_in(alice, "1:00")
    assert times(alice)[-1] == "04 07:45–04 08:45"


def test_every_total_of_the_grid_is_a_sum_of_slices(alice, clock, log):
    log(alice, "2026-05-04 22:00", "02:00")
    log(alice, "2026-05-06 09:00", "09:37", project=None, note="own")
    log(alice, "2026-05-08 09:00", "12:00", project=None, task=alice.task)
    grid = grid_of(alice)
    assert grid.total.seconds == alice.workspace.time_slices.total_seconds()
    assert [column.total.seconds for column in grid.columns] == [7200, 7200, 2220, 0, 10800, 0, 0]
    assert [row.title for row in grid.rows] == ["alice project", "alice task", ""]
    assert [row.seconds for row in grid.rows] == [4 * 3600, 10800, 2220]
    assert [column.target for column in grid.columns] == [8 * 3600] * 5 + [0, 0]


def test_a_timer_over_midnight_stands_on_both_days(alice, clock):
    clock.shift(11 * 3600)  # 22:00
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project)
    clock.shift(4 * 3600)
    grid = grid_of(alice)
    assert [column.total.seconds for column in grid.columns][:3] == [7200, 7200, 0]
    assert [cell.runs_since is not None for cell in grid.rows[0].cells][:3] == [False, True, False]
    assert grid.rows[0].cells[1].was == "0+7200"


def test_the_week_begins_as_the_workspace_says(alice, clock):
    alice.workspace.week_start = 6
    assert grid_of(alice).first == date(2026, 5, 3)
    assert grid_of(alice).days[-1] == date(2026, 5, 9)


# ── Whole rows ────────────────────────────────────────────────────────────────────────────────────────────────────────


def copy(world, **more):
    return copy_week(workspace=world.workspace, user=world.owner, first=MONDAY, **more)


def test_rows_are_copied_without_time(alice, clock, log):
    log(alice, "2026-04-28 08:00", "09:00")
    found = copy(alice, with_time=False)
    assert found.keys == [f"p{alice.project.pk}"]
    assert len(times(alice)) == 1


def test_time_is_copied_to_the_same_hours_and_twice_is_once(alice, clock, log):
    log(alice, "2026-04-27 10:00", "11:00")
    log(alice, "2026-04-27 13:00", "14:00", project=None, task=alice.task)
    log(alice, "2026-04-28 22:00", "01:00")
    log(alice, "2026-05-04 10:30", "11:30", project=None)
    found = copy(alice, with_time=True)
    assert (found.cells, found.seconds, found.refused) == (4, 5 * 3600, 0)
    assert times(alice)[4:] == [
        "04 11:30–04 12:30", "04 13:00–04 14:00", "05 22:00–06 00:00", "06 00:00–06 01:00"
    ]  # fmt: skip
    again = copy(alice, with_time=True)
    assert (again.cells, again.present) == (0, 4)
    assert len(times(alice)) == 8
    assert not overlaps(alice)


def test_what_has_time_already_or_no_room_is_left_and_told(alice, clock, log):
    other = Project.objects.create(workspace=alice.workspace, name="other")
    log(alice, "2026-04-27 08:00", "10:00")
    log(alice, "2026-04-28 08:00", "10:00")
    log(alice, "2026-05-04 08:00", "08:30")
    log(alice, "2026-05-05 00:00", "23:00", project=other)
    found = copy(alice, with_time=True)
    assert (found.cells, found.present, found.refused) == (0, 1, 1)
    assert "found no room" in found.in_words
    assert len(times(alice)) == 4


def test_archived_rows_are_not_copied(alice, clock, log):
    log(alice, "2026-04-27 08:00", "10:00")
    alice.project.archive()
    assert copy(alice, with_time=True).keys == []


def test_an_emptied_row_keeps_what_reaches_into_another_week(alice, clock, log):
    log(alice, "2026-05-03 23:00", "01:00")
    log(alice, "2026-05-05 22:00", "02:00")
    log(alice, "2026-05-10 23:00", "01:00")
    gone = empty_row(workspace=alice.workspace, user=alice.owner, work=work_of(alice), first=MONDAY)
    assert times(alice) == ["03 23:00–04 00:00", "11 00:00–11 01:00"]
    assert len(gone) == 1
    gone[0].restore()
    assert times(alice)[1] == "05 22:00–06 02:00"


def test_a_row_with_billed_or_running_time_is_not_emptied(alice, clock, log):
    log(alice, "2026-05-04 07:00", "08:00")
    billed = log(alice, "2026-05-05 07:00", "08:00")
    alice.workspace.time_entries.filter(pk=billed.pk).bill()
    with pytest.raises(ValidationError):
        empty_row(workspace=alice.workspace, user=alice.owner, work=work_of(alice), first=MONDAY)
    assert len(times(alice)) == 2


def test_of_another_member_nothing_is_shown_and_nothing_is_in_the_way(alice, bob, clock):
    TimeEntry.log(
        user=bob, workspace=alice.workspace, project=alice.project,
        started_at=days.day_start(MONDAY, bob.zone) + timedelta(hours=9),
        ended_at=days.day_start(MONDAY, bob.zone) + timedelta(hours=12),
    )  # fmt: skip
    assert grid_of(alice).total.seconds == 0
    type_in(alice, "1:00")
    assert alice.workspace.time_entries.of(alice.owner).get().started_at.hour == 7
