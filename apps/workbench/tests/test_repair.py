"""A timer put right: started earlier, its time typed over, a stop taken back."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.workbench.models import TimeEntry
from apps.workbench.tests.conftest import NINE, live_of

HX = {"HX-Request": "true"}


def press(browser, name, htmx=True, **data):
    return browser.post(reverse(f"workbench:timer_{name}"), data, headers=HX if htmx else {})


def toasts(answer) -> str:
    return json.dumps(json.loads(answer.headers.get("HX-Trigger", "{}")).get("toast", ""))


def start(world, **more) -> TimeEntry:
    return TimeEntry.start(user=world.owner, workspace=world.workspace, **more)


# ── Started earlier ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_end_of_the_last_entry_today_is_offered_else_an_hour_ago(as_alice, alice, clock, log):
    address = reverse("workbench:timer_earlier")
    assert 'value="10:00"' in as_alice.get(address, headers=HX).content.decode()
    log(alice, "2026-05-04 09:00", "10:35")
    offered = as_alice.get(address, {"note": "go <on>", "task": alice.task.pk}, headers=HX).content.decode()
    assert 'value="10:35"' in offered
    assert "go &lt;on&gt;" in offered
    assert "alice task: change" in offered


@pytest.mark.parametrize("htmx", [True, False])
def test_the_timer_starts_as_of_the_time_that_is_typed(as_alice, alice, clock, htmx):
    answer = press(as_alice, "earlier", htmx, at="8.30", note="early", task=alice.task.pk)
    assert answer.status_code == (204 if htmx else 302)
    entry = live_of(alice)
    assert (entry.note, entry.task, entry.elapsed_seconds) == ("early", alice.task, 150 * 60)
    assert entry.needs_review == ""


def test_a_time_later_than_now_was_yesterday(as_alice, alice):
    with time_machine.travel(datetime(2026, 5, 3, 22, 20, tzinfo=UTC), tick=False):  # 0:20 in Berlin
        press(as_alice, "earlier", at="23:50")
        assert live_of(alice).elapsed_seconds == 30 * 60


@pytest.mark.parametrize("at", ["", "soon", "25:00", "9:75", "1\x00"])
def test_nonsense_is_explained_and_nothing_starts(as_alice, alice, clock, at):
    assert press(as_alice, "earlier", at=at).status_code == 422
    assert live_of(alice) is None


def test_starting_within_the_last_entry_overlaps_and_is_not_refused(as_alice, alice, clock, log):
    log(alice, "2026-05-04 09:00", "10:35")
    answer = press(as_alice, "earlier", at="10:00")
    assert answer.status_code == 204
    assert "Overlaps" in toasts(answer)
    assert live_of(alice).needs_review == "overlap"


def test_starting_within_the_running_entry_cuts_it(as_alice, alice, clock):
    first = start(alice, note="first", at=NINE.replace(hour=7))
    press(as_alice, "earlier", at="10:30", note="second", replacing=first.pk)
    first.refresh_from_db()
    assert (first.ended_at, live_of(alice).started_at) == (NINE.replace(hour=8, minute=30),) * 2
    assert live_of(alice).needs_review == ""


def test_starting_before_the_running_entry_keeps_its_time_and_marks_the_overlap(as_alice, alice, clock):
    first = start(alice, note="first", at=NINE.replace(hour=8))
    press(as_alice, "earlier", at="9:30", note="second", replacing=first.pk)
    first = TimeEntry.objects.get(pk=first.pk)
    assert (first.ended_at, first.work_seconds) == (NINE, 3600)
    assert live_of(alice).needs_review == "overlap"


def test_a_stale_tab_starts_nothing_earlier(as_alice, alice, clock):
    first = start(alice, note="first", at=NINE.replace(hour=8))
    press(as_alice, "earlier", at="7:00", note="second", replacing="")
    assert live_of(alice) == first
    assert TimeEntry.objects.count() == 1


# ── The time so far, typed ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "seconds"), [("1:30", 5400), ("90", 5400), ("2h", 7200), ("0:05", 300), ("1,5", 5400)]
)
def test_a_duration_typed_over_the_clock_moves_the_start(as_alice, alice, clock, typed, seconds):
    entry = start(alice, at=NINE.replace(minute=0, hour=8))
    press(as_alice, "edit", replacing=entry.pk, worked=typed)
    assert live_of(alice).elapsed_seconds == seconds


def test_it_counts_work_without_the_pauses(as_alice, alice, clock):
    entry = start(alice)
    clock.shift(1800)
    entry.pause()
    clock.shift(600)
    entry.resume()
    clock.shift(1200)
    for typed, seconds in (("1:10", 4200), ("0:40", 2400), ("0:10", 600)):
        press(as_alice, "edit", worked=typed)
        assert live_of(alice).elapsed_seconds == seconds
    assert live_of(alice).started_at == NINE.replace(minute=50)


@pytest.mark.parametrize("typed", ["soon", "", "0", "99:00", "-5", "1\x00", "9" * 30])
def test_nonsense_over_the_clock_changes_nothing(as_alice, alice, clock, typed):
    entry = start(alice, at=NINE.replace(hour=8))
    assert press(as_alice, "edit", replacing=entry.pk, worked=typed).status_code == 200
    assert live_of(alice).elapsed_seconds == 3600


def test_a_duration_typed_before_the_start_starts_so_long_ago(as_alice, alice, clock):
    press(as_alice, "start", note="x", worked="0:45")
    assert live_of(alice).elapsed_seconds == 45 * 60
    press(as_alice, "start", note="y", worked="nonsense")
    assert live_of(alice).elapsed_seconds == 0


def test_a_start_moved_into_another_entry_is_marked(as_alice, alice, clock, log):
    log(alice, "2026-05-04 09:00", "10:35")
    entry = start(alice)
    press(as_alice, "edit", replacing=entry.pk, worked="1:00")
    assert live_of(alice).needs_review == "overlap"


# ── A stop taken back ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stop_taken_back_runs_on_as_if_it_had_not_been_pressed(alice, clock):
    entry = start(alice, task=alice.task)
    clock.shift(600)
    entry.stop()
    clock.shift(60)
    assert entry.reopen()
    assert live_of(alice).elapsed_seconds == 660
    assert alice.workspace.time_slices.total_seconds() == 0
    assert not entry.reopen()
    entry.stop()
    assert alice.workspace.time_slices.total_seconds() == 660


def test_it_is_refused_when_another_timer_runs_or_long_after(alice, clock):
    entry = start(alice, note="first")
    clock.shift(600)
    other = start(alice, note="second")
    with pytest.raises(ValidationError, match="Another timer"):
        entry.reopen()
    clock.shift(600)
    other.stop()
    clock.shift(7200)
    with pytest.raises(ValidationError, match="any more"):
        other.reopen()
    assert live_of(alice) is None
    assert alice.workspace.time_slices.total_seconds() == 1200


def test_a_strangers_stop_is_not_found(as_alice, charlie, clock):
    entry = start(charlie)
    clock.shift(60)
    entry.stop()
    assert as_alice.post(reverse("workbench:entry_reopen", args=[entry.pk])).status_code == 404
