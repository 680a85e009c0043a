"""The time in which nobody touched anything: what each answer does, bounded by the server and counted once."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from apps.workbench.models import Segment, TimeEntry
from apps.workbench.models.presses import TimerPress
from apps.workbench.tests.conftest import NINE, live_of

HX = {"HX-Request": "true"}


@pytest.fixture
def running(alice, clock) -> TimeEntry:
    """An hour and a half of a timer: worked for an hour, away for half an hour."""
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(5400)
    return entry


@pytest.fixture
def answer(as_alice, running):
    """Press one of the choices; the time away is from 10:00 to 10:30 UTC unless said otherwise."""

    def post(
        how: str, since: datetime = NINE + timedelta(hours=1), until: datetime = NINE + timedelta(minutes=90), **more
    ):
        data = {
            "how": how, "replacing": running.pk, "since": int(since.timestamp() * 1000),
            "until": int(until.timestamp() * 1000),
        }  # fmt: skip
        return as_alice.post(reverse("workbench:timer_idle"), data | more, headers=HX)

    return post


def test_what_is_discarded_is_a_pause_and_the_timer_goes_on(alice, clock, answer):
    answer("discard")
    assert live_of(alice).elapsed_seconds == 3600
    clock.shift(600)
    assert live_of(alice).elapsed_seconds == 4200
    kinds = list(TimerPress.objects.order_by("place").values_list("kind", "at"))
    assert kinds[1:] == [("pause", NINE + timedelta(hours=1)), ("resume", NINE + timedelta(minutes=90))]


def test_pressed_twice_it_counts_once(alice, clock, answer):
    answer("discard")
    clock.shift(2)
    answer("discard")
    assert live_of(alice).elapsed_seconds == 3602
    assert Segment.objects.count() == 2


def test_it_stops_at_the_last_touch(alice, clock, answer):
    answer("stop")
    clock.shift(2)
    answer("stop")
    entry = TimeEntry.objects.get()
    assert (live_of(alice), entry.ended_at, entry.work_seconds) == (None, NINE + timedelta(hours=1), 3600)


def test_it_becomes_an_entry_of_its_own_once(alice, clock, answer):
    answer("aside")
    clock.shift(2)
    answer("aside")
    aside = TimeEntry.objects.get(running_for=None)
    assert (aside.started_at, aside.work_seconds, aside.project) == (NINE + timedelta(hours=1), 1800, None)
    assert aside.needs_review == ""
    assert live_of(alice).elapsed_seconds == 3602
    assert alice.workspace.time_slices.total_seconds() == 3600 + 1800


@pytest.mark.parametrize(
    ("since", "until", "left"),
    [
        (NINE - timedelta(days=1), NINE + timedelta(minutes=90), 0),
        (NINE + timedelta(hours=1), NINE + timedelta(days=1), 3600),
        (NINE + timedelta(minutes=90), NINE + timedelta(hours=1), 5400),
        (NINE + timedelta(hours=5), NINE + timedelta(hours=6), 5400),
        (NINE - timedelta(hours=5), NINE - timedelta(hours=4), 5400),
    ],
)
def test_no_more_is_taken_than_runs(alice, answer, since, until, left):
    answer("discard", since, until)
    assert live_of(alice).elapsed_seconds == left


@pytest.mark.parametrize(
    "sent", [{"since": ""}, {"until": "soon"}, {"since": "9" * 400}, {"how": "x"}, {"until": "-1"}]
)
def test_nonsense_changes_nothing(as_alice, alice, running, sent):
    right = {"how": "discard", "replacing": running.pk, "since": 1777888800000, "until": 1777890600000}
    assert as_alice.post(reverse("workbench:timer_idle"), right | sent, headers=HX).status_code == 200
    assert live_of(alice).elapsed_seconds == 5400


def test_an_answer_for_a_timer_that_another_one_replaced_changes_nothing(alice, clock, answer):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="next")
    clock.shift(600)
    assert "Meanwhile another timer" in answer("discard").headers["HX-Trigger"]
    assert live_of(alice).elapsed_seconds == 600


def test_paused_meanwhile_nothing_is_left_to_take(alice, running, answer):
    running.pause()
    answer("discard")
    assert live_of(alice).elapsed_seconds == 5400
    assert live_of(alice).state == TimeEntry.State.PAUSED


def test_over_midnight_each_day_keeps_what_was_worked_on_it(alice, clock, log):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(15 * 3600)  # 2:00 on the day after in Berlin
    entry.leave_out(NINE + timedelta(hours=2), NINE + timedelta(hours=14))
    entry.stop()
    days = {str(part.day): part.seconds for part in entry.slices.all()}
    assert days == {"2026-05-04": 2 * 3600, "2026-05-05": 3600}


def test_the_bar_tells_the_browser_when_to_ask(as_alice, alice, running):
    alice.workspace.idle_limit_minutes = 25
    alice.workspace.save()
    assert 'data-idle="25"' in as_alice.get(reverse("workbench:timer"), headers=HX).content.decode()


def test_without_a_message_in_the_bar_the_page_shows_the_result(as_alice, alice, running):
    data = {"how": "stop", "replacing": running.pk, "since": int(NINE.timestamp() * 1000) + 60_000, "until": 10**12 * 2}
    assert as_alice.post(reverse("workbench:timer_idle"), data).status_code == 302
    assert live_of(alice) is None
