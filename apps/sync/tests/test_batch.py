"""What operations do, what they are answered, and what happens to the one that cannot be done."""

from datetime import timedelta

import pytest

from apps.projects.models import Task
from apps.sync.models import Operation
from apps.sync.tests.conftest import NOON
from apps.sync.tests.sending import Device, Said, iso, new_id, state_of
from apps.workbench.models import TimeEntry, TimeSlice

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("clock")


def ago(hours: float):
    return NOON - hours * HOUR


def entry_of(entity: str) -> TimeEntry:
    return TimeEntry.with_trash.get(pk=entity)


def worked(entity: str) -> int:
    return sum(TimeSlice.objects.filter(entry=entity).values_list("seconds", flat=True))


def started(device, hours: float, **data) -> str:
    entity = new_id()
    assert device.statuses(Said("timer.start", entity, ago(hours), data)) == ["applied"]
    return entity


def recorded(device, start: float, end: float, **data) -> str:
    entity = new_id()
    span = {"started_at": iso(ago(start)), "ended_at": iso(ago(end))}
    assert device.statuses(Said("entry.create", entity, ago(end), span | data)) == ["applied"]
    return entity


# ── Timers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_with_pause_and_break_told_at_once_is_that_session(device, alice):
    entity = new_id()
    steps = [
        ("start", 5), ("pause", 4), ("resume", 3.5), ("break", 3), ("break_stop", 2.5), ("stop", 1),
    ]  # fmt: skip
    data = {"task": alice.task.pk, "note": "Draft"}
    told = [Said(f"timer.{kind}", entity, ago(hours), data if kind == "start" else {}) for kind, hours in steps]
    assert device.statuses(*told) == ["applied"] * 6
    entry = entry_of(entity)
    assert worked(entity) == 3 * 3600
    assert (entry.task, entry.note, entry.ended_at, entry.running_for) == (alice.task, "Draft", ago(1), None)
    assert [part.kind for part in entry.segments.order_by("started_at")] == ["work", "work", "break", "work"]
    assert TimeSlice.objects.get(entry=entry).amount_minor == 3 * 8000


def test_the_same_batch_twice_changes_nothing_and_answers_as_at_first(device, alice):
    entity = new_id()
    told = [
        Said("timer.start", entity, ago(2)),
        Said("timer.stop", entity, ago(1)),
        Said("timer.stop", new_id(), ago(1)),
    ]
    first = device.send(*told)
    before = state_of(alice.workspace)
    again = device.send(*told)
    assert [result["status"] for result in again] == ["duplicate"] * 3
    assert [result["outcome"] for result in again] == [result["status"] for result in first]
    assert state_of(alice.workspace) == before
    assert Operation.objects.count() == 3


def test_a_stop_that_comes_first_waits_for_its_start(device):
    entity = new_id()
    assert device.statuses(Said("timer.stop", entity, ago(1))) == ["deferred"]
    assert device.statuses(Said("timer.start", entity, ago(2))) == ["applied"]
    assert worked(entity) == 3600


def test_changes_that_come_first_wait_for_the_entry(device):
    entity = new_id()
    late = [Said("entry.update", entity, ago(0.5), {"note": "later"}), Said("entry.delete", entity, ago(0.4))]
    assert device.statuses(*late) == ["deferred", "deferred"]
    span = {"started_at": iso(ago(3)), "ended_at": iso(ago(2)), "note": "first"}
    device.send(Said("entry.create", entity, ago(1), span))
    assert (entry_of(entity).note, entry_of(entity).deleted_at is not None, worked(entity)) == ("later", True, 0)


def test_an_earlier_start_that_comes_late_takes_its_place_before_the_running_one(device, alice):
    running = started(device, 1)
    late = started(device, 3)
    assert entry_of(late).ended_at == ago(1)
    assert entry_of(running).running_for == alice.owner


def test_a_start_that_comes_late_cuts_the_one_before_it(device):
    first, third = started(device, 5), started(device, 1)
    assert worked(first) == 4 * 3600
    second = started(device, 3)
    assert (worked(first), worked(second), entry_of(third).is_live) == (2 * 3600, 2 * 3600, True)


def test_a_stop_counts_though_another_timer_was_started_meanwhile_and_both_ask_for_a_look(device):
    first, second = started(device, 3), started(device, 2)
    device.send(Said("timer.stop", first, ago(1)))
    assert worked(first) == 2 * 3600
    assert entry_of(second).is_live
    assert (entry_of(first).needs_review, entry_of(second).needs_review) == ("overlap", "overlap")


def test_the_first_of_two_stops_counts(device):
    entity = started(device, 3)
    device.send(Said("timer.stop", entity, ago(1)))
    device.send(Said("timer.stop", entity, ago(2)))
    device.send(Said("timer.stop", entity, ago(0.5)))
    assert entry_of(entity).ended_at == ago(2)


def test_started_earlier_and_stopped_at_count_from_what_was_said(device):
    entity = started(device, 2, started_at=iso(ago(3)))
    device.send(Said("timer.stop", entity, ago(0), {"ended_at": iso(ago(1))}))
    assert (entry_of(entity).started_at, entry_of(entity).ended_at) == (ago(3), ago(1))


def test_a_discarded_session_can_be_taken_back(device):
    entity = started(device, 2)
    device.send(Said("timer.discard", entity, ago(1)))
    assert (worked(entity), entry_of(entity).deleted_at is not None) == (0, True)
    device.send(Said("entry.restore", entity, ago(0.5)))
    assert (worked(entity), entry_of(entity).deleted_at) == (3600, None)


def test_a_session_without_a_second_of_work_goes_to_the_trash(device):
    entity = started(device, 1)
    device.send(Said("timer.stop", entity, ago(1)))
    assert entry_of(entity).deleted_at


def test_a_stop_of_ten_days_later_is_taken_and_asks_for_a_look(device):
    entity = started(device, 240)
    assert device.statuses(Said("timer.stop", entity, ago(0))) == ["applied"]
    assert (worked(entity), entry_of(entity).needs_review) == (240 * 3600, "long")


def test_a_timer_on_an_archived_project_starts_and_asks_for_a_look(device, alice):
    alice.project.archive()
    assert entry_of(started(device, 1, project=alice.project.pk)).needs_review == "archived"


def test_a_timer_on_a_project_that_is_gone_starts_without_it(device, charlie):
    for project in (10**9, charlie.project.pk):
        entity = new_id()
        [result] = device.send(Said("timer.start", entity, ago(1), {"project": project, "note": "kept"}))
        assert (result["status"], result["code"]) == ("merged", "unknown_work")
        assert (entry_of(entity).project, entry_of(entity).note) == (None, "kept")


# ── Clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("minutes", [-600, -10, 10, 600])
def test_a_clock_that_is_off_and_knows_it_makes_no_difference(as_alice, alice, minutes):
    device = Device(as_alice, alice.owner.pk, fast=timedelta(minutes=minutes))
    entity = started(device, 2)
    device.send(Said("timer.stop", entity, ago(1)))
    assert (entry_of(entity).started_at, worked(entity)) == (ago(2), 3600)


def test_a_fast_clock_that_nobody_measured_starts_no_timer_in_the_future(as_alice, alice):
    device = Device(as_alice, alice.owner.pk, fast=timedelta(minutes=10), measured=False)
    entity = started(device, 0)
    assert (entry_of(entity).started_at, entry_of(entity).needs_review) == (NOON, "")


def test_without_an_offset_the_moment_of_sending_tells_it(as_alice, alice):
    device, entity = Device(as_alice, alice.owner.pk, fast=HOUR), new_id()
    body = device.body(Said("timer.start", entity, ago(2)), sent_at=iso(NOON + HOUR))
    body["ops"][0]["offset_ms"] = None
    device.post(body)
    assert entry_of(entity).started_at == ago(2)


def test_a_clock_set_back_while_the_timer_ran_never_makes_negative_time(device):
    entity = started(device, 1)
    assert device.statuses(Said("timer.stop", entity, ago(2))) == ["applied"]
    assert (worked(entity), entry_of(entity).is_live) == (0, False)


# ── Beside the pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_timer_of_a_page_and_one_of_a_device_are_in_one_timeline(device, alice, clock):
    page = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="page")
    clock.shift(3600)
    before = started(device, 1)
    after = new_id()
    device.send(Said("timer.start", after, NOON + HOUR / 2))
    page.refresh_from_db()
    assert entry_of(before).ended_at == NOON
    assert (page.started_at, page.ended_at) == (NOON, NOON + HOUR / 2)
    assert entry_of(after).is_live


def test_buttons_on_a_page_reach_a_timer_that_a_device_started(device, alice, clock):
    entity = started(device, 1)
    entry_of(entity).pause()
    clock.shift(1800)
    entry_of(entity).resume()
    clock.shift(1800)
    entry_of(entity).stop()
    device.send(Said("timer.break", entity, ago(0.5)), Said("timer.break_stop", entity, ago(0.25)))
    assert worked(entity) == 3600 - 900 + 1800
    assert entry_of(entity).ended_at == NOON + HOUR


def test_times_that_were_changed_by_hand_stand(device, alice):
    entity = started(device, 4)
    device.send(Said("timer.stop", entity, ago(3)))
    entry_of(entity).revise(ended_at=ago(2))
    [result] = device.send(Said("timer.pause", entity, ago(3.5)))
    assert (result["status"], result["code"], result["current"]["ended_at"]) == (
        "merged",
        "by_hand",
        "2026-05-04T10:00:00Z",
    )
    assert worked(entity) == 2 * 3600


def test_a_running_timer_whose_start_was_moved_by_hand_still_stops(device):
    entity = started(device, 1)
    entry_of(entity).revise(started_at=ago(2))
    assert device.statuses(Said("timer.stop", entity, ago(0.5))) == ["applied"]
    assert (entry_of(entity).started_at, entry_of(entity).ended_at) == (ago(2), ago(0.5))


def test_a_note_that_was_changed_on_a_page_later_stands_and_one_of_before_does_not(device, clock):
    entity = recorded(device, 3, 2)
    entry_of(entity).revise(note="by hand")
    [earlier] = device.send(Said("entry.update", entity, ago(1), {"note": "before"}))
    assert (earlier["status"], earlier["code"], earlier["current"]["note"]) == ("merged", "newer", "by hand")
    clock.shift(60)
    assert device.statuses(Said("entry.update", entity, NOON + timedelta(seconds=30), {"note": "after"})) == ["applied"]
    assert entry_of(entity).note == "after"


def test_a_billed_entry_is_not_changed_and_the_device_is_told_how_it_is(device, alice):
    entity = recorded(device, 3, 2, task=alice.task.pk, note="billed")
    alice.workspace.time_entries.filter(pk=entity).bill()
    before = state_of(alice.workspace)
    results = device.send(
        Said("entry.update", entity, ago(1), {"note": "changed"}),
        Said("entry.delete", entity, ago(1)),
        Said("timer.stop", entity, ago(1)),
        Said("entry.update", entity, ago(1), {"started_at": iso(ago(9)), "ended_at": iso(ago(8))}),
    )
    assert [(one["status"], one["code"]) for one in results] == [
        ("rejected", "billed"), ("rejected", "billed"), ("merged", "billed"), ("rejected", "billed"),
    ]  # fmt: skip
    assert all(one["current"]["note"] == "billed" and one["current"]["billed"] for one in results)
    assert state_of(alice.workspace) == before


def test_a_late_start_does_not_cut_a_billed_entry(device, alice):
    first, _second = started(device, 5, task=alice.task.pk), started(device, 1)
    alice.workspace.time_entries.filter(pk=first).bill()
    late = started(device, 3)
    assert (worked(first), worked(late)) == (4 * 3600, 2 * 3600)
    assert "overlap" in entry_of(late).needs_review


def test_another_workspaces_timer_is_stopped_by_a_start_here(device, alice, charlie, clock):
    from apps.workspaces.models import Membership

    Membership.objects.create(workspace=charlie.workspace, user=alice.owner)
    elsewhere = TimeEntry.start(user=alice.owner, workspace=charlie.workspace, at=ago(2))
    TimeEntry.objects.filter(pk=elsewhere.pk).update(note="elsewhere")
    clock.shift(60)
    here = new_id()
    device.send(Said("timer.start", here, NOON + timedelta(seconds=30)))
    elsewhere.refresh_from_db()
    assert elsewhere.ended_at == NOON + timedelta(seconds=30)
    assert entry_of(here).is_live


# ── Recorded work, facts, tasks ───────────────────────────────────────────────────────────────────────────────────────


def test_recorded_work_is_worth_what_its_task_says(device, alice):
    entity = recorded(device, 3, 1.5, task=alice.task.pk, tags=["deep", "call", "deep"])
    entry = entry_of(entity)
    assert (entry.project, entry.billable, worked(entity)) == (alice.project, True, 5400)
    assert sorted(tag.name for tag in entry.tags.all()) == ["call", "deep"]
    assert TimeSlice.objects.get(entry=entry).amount_minor == 12_000


def test_of_two_devices_each_fact_is_what_was_said_last(device, as_alice, alice):
    entity, other = recorded(device, 4, 3, note="old"), Device(as_alice, alice.owner.pk)
    other.send(Said("entry.update", entity, ago(1), {"note": "newest"}))
    [result] = device.send(Said("entry.update", entity, ago(2), {"note": "older", "project": alice.project.pk}))
    assert (result["status"], result["current"]["note"]) == ("merged", "newest")
    assert (entry_of(entity).note, entry_of(entity).project) == ("newest", alice.project)


def test_work_that_is_gone_is_refused_and_the_entry_keeps_its_own(device, alice, charlie):
    entity = recorded(device, 4, 3, project=alice.project.pk)
    for data in ({"project": charlie.project.pk}, {"task": charlie.task.pk}, {"task": 10**12}):
        [result] = device.send(Said("entry.update", entity, ago(1), data))
        assert (result["status"], result["code"], result["current"]["project"]) == (
            "rejected", "unknown_work", alice.project.pk,
        )  # fmt: skip
        assert "charlie" not in str(result)


def test_a_strangers_entry_cannot_be_reached_and_nothing_says_that_there_is_one(device, charlie):
    theirs = TimeEntry.log(user=charlie.owner, workspace=charlie.workspace, started_at=ago(3), ended_at=ago(2))
    before = state_of(charlie.workspace)
    for kind in ("entry.update", "entry.delete", "timer.stop", "timer.discard"):
        known, unknown = device.send(Said(kind, str(theirs.pk), ago(1)), Said(kind, new_id(), ago(1)))
        assert {**known, "op": ""} == {**unknown, "op": ""}
    span = {"started_at": iso(ago(3)), "ended_at": iso(ago(2))}
    for kind, data in (("timer.start", {}), ("entry.create", span)):
        [result] = device.send(Said(kind, str(theirs.pk), ago(1), data))
        assert (result["status"], result["code"], result["current"]) == ("rejected", "bad_id", None)
    assert state_of(charlie.workspace) == before


def test_a_colleagues_entry_cannot_be_reached(device, alice, bob):
    theirs = TimeEntry.log(user=bob, workspace=alice.workspace, started_at=ago(3), ended_at=ago(2), note="bob's")
    assert device.statuses(Said("entry.update", str(theirs.pk), ago(1), {"note": "mine"})) == ["deferred"]
    theirs.refresh_from_db()
    assert theirs.note == "bob's"


def test_a_task_is_what_was_said_of_it_last(device, alice, clock):
    pk = alice.task.pk
    assert device.statuses(Said("task.complete", pk, ago(1))) == ["applied"]
    assert Task.objects.get(pk=pk).completed_at == ago(1)
    assert device.statuses(Said("task.reopen", pk, ago(2))) == ["merged"]
    assert Task.objects.get(pk=pk).is_done
    assert device.statuses(Said("task.reopen", pk, ago(0.5))) == ["applied"]
    assert not Task.objects.get(pk=pk).is_done


def test_within_one_batch_too_the_latest_word_about_a_task_counts(device, alice):
    pk = alice.task.pk
    assert device.statuses(Said("task.reopen", pk, ago(1)), Said("task.complete", pk, ago(5))) == ["applied", "merged"]
    alice.task.refresh_from_db()
    assert not alice.task.is_done


def test_a_strangers_task_is_gone(device, charlie):
    [theirs] = device.send(Said("task.complete", charlie.task.pk, ago(1)))
    [none] = device.send(Said("task.complete", 10**12, ago(1)))
    assert (theirs["status"], theirs["code"], theirs["current"]) == ("rejected", "gone", None)
    assert {**theirs, "op": ""} == {**none, "op": ""}


def test_a_change_of_an_entry_that_the_person_saw_and_that_is_gone_for_good_is_refused(device):
    body = device.body(Said("entry.update", new_id(), ago(1), {"note": "lost"}))
    body["ops"][0]["base"] = "2026-05-04T09:00:00.000001Z"
    [result] = device.post(body).json()["results"]
    assert (result["status"], result["code"]) == ("rejected", "gone")


# ── The answer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_bad_operation_stops_nothing_else(device):
    good, other = new_id(), new_id()
    results = device.send(
        Said("timer.start", good, ago(2)), Said("nonsense", good, ago(1)), Said("timer.stop", good, ago(1), {"x": 1}),
        Said("entry.create", other, ago(1), {"started_at": iso(ago(1)), "ended_at": iso(ago(2))}),
        Said("timer.stop", good, ago(1)),
    )  # fmt: skip
    assert [one["status"] for one in results] == ["applied", "rejected", "rejected", "rejected", "applied"]
    assert [one.get("code") for one in results] == [None, "unknown_kind", "unknown_field", "bad_span", None]
    assert worked(good) == 3600


def test_a_device_hears_of_what_changed_since_and_of_what_went(device, alice, clock):
    first, second = recorded(device, 6, 5), recorded(device, 4, 3)
    cursor = device.post(device.body()).json()["cursor"]
    clock.shift(120)
    device.cursor = cursor
    quiet = device.post(device.body()).json()
    assert (quiet["reset"], quiet["deleted"], quiet["live"]) == (False, [], None)
    clock.shift(120)
    device.cursor = quiet["cursor"]
    entry_of(first).revise(note="on a page")
    entry_of(second).trash()
    running = TimeEntry.start(user=alice.owner, workspace=alice.workspace)
    told = device.post(device.body()).json()
    assert {entry["id"] for entry in told["entries"]} == {first, str(running.pk)}
    assert (told["deleted"], told["live"]["id"]) == ([second], str(running.pk))
    clock.shift(120)
    # What is told twice does no harm: a change of the last half minute comes once more.
    device.cursor = told["cursor"]
    device.cursor = device.post(device.body()).json()["cursor"]
    assert device.post(device.body()).json()["entries"] == []


def test_bulk_changes_and_bills_are_heard_of_too(device, alice, clock):
    entity = recorded(device, 6, 5, task=alice.task.pk)
    clock.shift(120)
    device.cursor = device.post(device.body()).json()["cursor"]
    clock.shift(120)
    alice.workspace.time_entries.filter(pk=entity).bill()
    [entry] = device.post(device.body()).json()["entries"]
    assert entry["billed"]


def test_many_changes_come_in_pages_without_a_gap(device, alice, clock, monkeypatch):
    monkeypatch.setattr("apps.sync.changes.PAGE", 3)
    made = {recorded(device, 20 - hour, 19.5 - hour) for hour in range(10)}
    device.cursor = f"1.{int((NOON - HOUR).timestamp() * 1_000_000)}"
    heard, pages = set(), 0
    while True:
        told = device.post(device.body()).json()
        heard |= {entry["id"] for entry in told["entries"]}
        device.cursor, pages = told["cursor"], pages + 1
        if not told["more"]:
            break
    assert (heard, pages) == (made, 4)


def test_a_device_that_heard_nothing_for_a_month_starts_afresh(device, alice, clock):
    recorded(device, 3, 2)
    device.cursor = device.post(device.body()).json()["cursor"]
    clock.shift(30 * 86400)
    device.client.force_login(alice.owner)
    assert device.post(device.body()).json()["reset"]


def test_the_session_tells_what_a_device_needs_to_work_alone(as_alice, alice, bob):
    done = Task.objects.create(workspace=alice.workspace, project=alice.project, title="over", status="done")
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task, note="live")
    TimeEntry.start(user=bob, workspace=alice.workspace, note="bob's")
    told = as_alice.get("/api/v1/sync/session").json()
    assert told["user"] == {
        "id": alice.owner.pk, "name": "Alice", "email": "alice@example.com", "timezone": "Europe/Berlin"
    }  # fmt: skip
    assert (told["workspace"]["id"], told["role"], told["live"]["id"]) == (alice.workspace.pk, "owner", str(live.pk))
    assert [entry["note"] for entry in told["entries"]] == ["live"]
    assert [task["id"] for task in told["tasks"]] == [alice.task.pk]
    assert done.pk not in [task["id"] for task in told["tasks"]]
    assert told["server_time"] == "2026-05-04T12:00:00Z"
