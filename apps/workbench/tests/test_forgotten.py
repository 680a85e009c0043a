"""A timer that runs for longer than the workspace expects: when it is asked about, and what each answer does."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from apps.workbench.models import TimeEntry
from apps.workbench.tests.conftest import NINE, live_of

HX = {"HX-Request": "true"}


@pytest.fixture
def running(alice, clock) -> TimeEntry:
    """A timer of Alice's, begun at 11:00 on her clock."""
    return TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task, note="long")


@pytest.fixture
def answer(as_alice, alice):
    """Press one of the answers."""

    def post(how: str, *, htmx: bool = True, **more):
        data = {"how": how, "replacing": live_of(alice).pk if live_of(alice) else "", **more}
        return as_alice.post(reverse("workbench:timer_repair"), data, headers=HX if htmx else {})

    return post


def asked(browser, path: str = "/clients/") -> str:
    page = browser.get(path).content.decode()
    return page.partition('id="timer-prompt"')[2].partition("</div>\n")[0] if "Was it forgotten" in page else ""


def undo_of(response) -> str:
    return json.loads(response.headers["HX-Trigger"])["toast"][0]["undo"]


def test_nothing_is_asked_within_the_limit_and_everything_after_it_on_every_page(as_alice, running, clock):
    clock.shift(8 * 3600)
    assert asked(as_alice) == ""
    clock.shift(60)
    for path in ("/clients/", "/workbench/", "/invoices/"):
        assert "has run for 8 h 1 m" in asked(as_alice, path)
    bar = as_alice.get(reverse("workbench:timer"), headers=HX).content.decode()
    assert 'id="timer-prompt"' in bar
    assert "hx-swap-oob" in bar


def test_the_limit_is_the_workspaces_and_pauses_do_not_count(as_alice, alice, running, clock):
    alice.workspace.timer_limit_minutes = 60
    alice.workspace.save()
    clock.shift(1800)
    running.pause()
    clock.shift(24 * 3600)
    assert asked(as_alice) == ""
    running.resume()
    clock.shift(1801)
    assert "has run for 1 h" in asked(as_alice)


def test_it_stops_when_somebody_was_last_there_and_says_which_time_that_is(as_alice, alice, running, clock, answer):
    for _page in range(3):
        clock.shift(1800 - 60)
        as_alice.get("/clients/")
    clock.shift(14 * 3600)
    as_alice.get("/workbench/")
    clock.shift(300)
    assert "Stop at 12:27 on 4 May, when you were last here" in asked(as_alice)
    response = answer("seen")
    entry = TimeEntry.objects.get()
    assert (live_of(alice), entry.ended_at) == (None, NINE + timedelta(minutes=87))
    as_alice.post(undo_of(response), headers=HX)
    assert live_of(alice).elapsed_seconds == 87 * 60 + 14 * 3600 + 300


def test_who_was_there_all_the_time_is_offered_no_such_stop(as_alice, running, clock, answer):
    for _page in range(40):
        clock.shift(15 * 60)
        as_alice.get("/clients/")
    assert "Worked until" in asked(as_alice)
    assert "last here" not in asked(as_alice)
    assert answer("seen").status_code == 422


def test_where_nobody_is_known_to_have_been_there_the_last_change_is_told(as_alice, alice, running, clock, answer):
    clock.shift(3600)
    running.revise(note="changed")
    clock.shift(10 * 3600)
    assert "Stop at 12:00 on 4 May, when it was last changed" in asked(as_alice)
    answer("seen")
    assert TimeEntry.objects.get().ended_at == NINE + timedelta(hours=1)


@pytest.mark.parametrize("htmx", [True, False])
def test_it_stops_at_a_time_that_is_typed(alice, running, clock, answer, htmx):
    clock.shift(20 * 3600)  # 7:00 on the day after
    answer("at", time="17.30", htmx=htmx)
    entry = TimeEntry.objects.get()
    assert entry.ended_at == NINE.replace(hour=15, minute=30)
    assert (live_of(alice), entry.needs_review) == (None, "")


@pytest.mark.parametrize("typed", ["", "soon", "10:59", "7:01", "25:00", "1\x00"])
@pytest.mark.parametrize("how", ["at", "split"])
def test_a_time_outside_is_explained_at_its_field_and_the_timer_runs_on(alice, running, clock, answer, how, typed):
    clock.shift(20 * 3600)
    response = answer(how, time=typed)
    assert response.status_code == 422
    assert response.headers["HX-Retarget"] == "#timer-prompt"
    assert 'role="alert"' in response.content.decode()
    assert live_of(alice).elapsed_seconds == 20 * 3600


def test_a_split_keeps_the_first_part_and_the_timer_goes_on_with_the_rest(alice, running, clock, answer):
    clock.shift(20 * 3600)
    answer("split", time="17:30")
    first = TimeEntry.objects.get(running_for=None)
    assert (first.work_seconds, first.task, first.note) == (int(6.5 * 3600), alice.task, "long")
    assert live_of(alice).elapsed_seconds == int(13.5 * 3600)


def test_who_says_that_it_is_right_is_not_asked_again_about_this_entry(as_alice, alice, running, clock, answer):
    clock.shift(9 * 3600)
    answer("keep")
    clock.shift(3600)
    assert asked(as_alice) == ""
    assert live_of(alice).elapsed_seconds == 10 * 3600
    clock.shift(60)
    running.stop()
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="next")
    clock.shift(9 * 3600)
    assert "next" in asked(as_alice)


def test_an_answer_that_comes_late_changes_nothing(as_alice, alice, running, clock, answer):
    clock.shift(9 * 3600)
    pk = running.pk
    running.stop()
    response = answer("at", time="12:00", replacing=pk)
    assert "stopped already" in response.headers["HX-Trigger"]
    assert TimeEntry.objects.get().work_seconds == 9 * 3600


def test_unknown_answers_are_refused(running, clock, answer):
    clock.shift(9 * 3600)
    assert answer("explode").status_code == 422


def test_the_question_costs_one_query_at_most(as_alice, alice, running, clock, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_alice.get("/clients/")
    with CaptureQueriesContext(connection) as before:
        as_alice.get("/clients/")
    clock.shift(9 * 3600)
    as_alice.get("/clients/")
    with CaptureQueriesContext(connection) as after:
        as_alice.get("/clients/")
    words = [query["sql"] for query in after.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(words) <= len(before) + 1
