"""The bar's presses, over HTTP: with HTMX, without JavaScript, and from tabs that know an old truth."""

import json

import pytest
from django.urls import reverse

from apps.core.identifiers import uuid7
from apps.workbench.models import Segment, TimeEntry, live_entry_of

HX = {"HX-Request": "true"}
State = TimeEntry.State


def press(browser, name, htmx=True, **data):
    return browser.post(reverse(f"workbench:timer_{name}"), data, headers=HX if htmx else {})


def live(world) -> TimeEntry | None:
    return live_entry_of(world.workspace, world.owner)


def toasts(answer) -> str:
    return json.dumps(json.loads(answer.headers.get("HX-Trigger", "{}")).get("toast", ""))


@pytest.mark.parametrize("htmx", [True, False])
def test_a_timer_lives_from_start_to_stop(as_alice, alice, clock, htmx):
    press(as_alice, "start", htmx, note="Running heads", task=alice.task.pk)
    entry = live(alice)
    assert (entry.note, entry.task, entry.project, entry.state) == (
        "Running heads", alice.task, alice.project, State.RUNNING,
    )  # fmt: skip
    for shift, name, state in [
        (600, "pause", State.PAUSED),
        (60, "resume", State.RUNNING),
        (600, "break", State.ON_BREAK),
        (900, "break_stop", State.RUNNING),
    ]:
        clock.shift(shift)
        press(as_alice, name, htmx, replacing=entry.pk)
        assert live(alice).state == state
    clock.shift(600)
    press(as_alice, "stop", htmx, replacing=entry.pk)
    assert live(alice) is None
    assert alice.workspace.time_slices.total_seconds() == 1800


def test_an_htmx_press_answers_with_the_bar_and_tells_the_page(as_alice, alice, clock):
    answer = press(as_alice, "start", note="Running heads")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count('id="timer"') == 1
    assert "<html" not in text
    assert "Running heads" in text
    assert "time-changed" in answer.headers["HX-Trigger"]
    assert "HX-Request" in answer.headers["Vary"]


def test_a_plain_press_goes_back_to_its_own_page_and_never_to_another_site(as_alice, clock):
    start = reverse("workbench:timer_start")
    assert as_alice.post(start, {"next": "/tasks/"}).url == "/tasks/"
    for elsewhere in (
        "https://example.com/",
        "//example.com/",
        "javascript:alert(1)",
        "\\\\example.com",
        "word",
        "a:b",
    ):
        assert as_alice.post(start, {"next": elsewhere}).url == "/workbench/"
    back = as_alice.post(start, headers={"Referer": "http://testserver/invoices/?page=2"})
    assert back.url == "http://testserver/invoices/?page=2"


def test_a_second_start_from_an_old_tab_shows_the_winner_in_words(as_alice, alice, clock):
    press(as_alice, "start", note="first", replacing="")
    clock.shift(60)
    answer = press(as_alice, "start", note="second", replacing="")
    assert "first" in toasts(answer)
    assert 'value="first"' in answer.content.decode()
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["pause", "resume", "break", "break_stop", "stop", "discard"])
def test_a_press_on_a_timer_that_was_stopped_elsewhere_changes_nothing_and_says_so(as_alice, alice, clock, name):
    press(as_alice, "start", note="first")
    entry = live(alice)
    clock.shift(600)
    press(as_alice, "stop")
    clock.shift(600)
    answer = press(as_alice, name, replacing=entry.pk, note="first", note_was="first")
    assert "stopped already" in toasts(answer)
    entry = TimeEntry.objects.get()
    assert (entry.ended_at - entry.started_at).total_seconds() == 600
    assert alice.workspace.time_slices.total_seconds() == 600


@pytest.mark.parametrize("name", ["pause", "break", "stop", "discard", "edit"])
def test_a_press_on_a_timer_that_another_one_replaced_leaves_that_one_alone(as_alice, alice, clock, name):
    press(as_alice, "start", note="first")
    old = live(alice)
    clock.shift(600)
    press(as_alice, "start", note="second")
    clock.shift(600)
    answer = press(as_alice, name, replacing=old.pk, note="first", note_was="first")
    assert live(alice).state == State.RUNNING
    assert live(alice).note == "second"
    assert toasts(answer) != '""'


def test_pressing_twice_pauses_once(as_alice, alice, clock):
    press(as_alice, "start", note="x")
    clock.shift(60)
    press(as_alice, "pause")
    clock.shift(60)
    assert "not running" in toasts(press(as_alice, "pause"))
    press(as_alice, "resume")
    assert "not paused" in toasts(press(as_alice, "resume"))
    assert Segment.objects.count() == 2


def test_the_note_and_the_project_are_saved_as_they_are_changed(as_alice, alice, clock):
    press(as_alice, "start", note="old")
    entry = live(alice)
    seen = {"replacing": entry.pk, "note_was": "old", "work_was": "-", "project": "", "task": ""}
    press(as_alice, "edit", **seen | {"note": "new"})
    press(as_alice, "edit", **seen | {"note": "new", "note_was": "new", "task": alice.task.pk, "project": ""})
    entry = live(alice)
    assert (entry.note, entry.task, entry.project, entry.rate_minor) == ("new", alice.task, alice.project, 8000)


def test_an_old_tab_does_not_bring_its_old_note_back(as_alice, alice, clock):
    press(as_alice, "start", note="old")
    entry = live(alice)
    press(as_alice, "edit", replacing=entry.pk, note="new", note_was="old")
    clock.shift(60)
    press(as_alice, "stop", replacing=entry.pk, note="old", note_was="old")
    assert TimeEntry.objects.get().note == "new"


def test_stop_takes_along_what_was_typed_last(as_alice, alice, clock):
    press(as_alice, "start", note="old")
    clock.shift(60)
    press(as_alice, "stop", note="typed and stopped at once", note_was="old")
    assert TimeEntry.objects.get().note == "typed and stopped at once"


def test_a_note_typed_while_another_tab_stopped_the_timer_is_kept(as_alice, alice, clock):
    press(as_alice, "start", note="old")
    entry = live(alice)
    clock.shift(60)
    press(as_alice, "stop")
    answer = press(as_alice, "edit", replacing=entry.pk, note="what I did", note_was="old")
    assert "kept" in toasts(answer)
    assert TimeEntry.objects.get().note == "what I did"


def test_the_billable_mark_is_switched_from_the_menu(as_alice, alice, clock):
    press(as_alice, "start", task=alice.task.pk)
    assert live(alice).billable
    press(as_alice, "edit", billable="0")
    assert not live(alice).billable


def test_a_discarded_timer_comes_back_by_its_undo(as_alice, alice, clock):
    press(as_alice, "start", note="x", project=alice.project.pk)
    clock.shift(600)
    answer = press(as_alice, "discard")
    assert alice.workspace.time_slices.total_seconds() == 0
    undo = json.loads(answer.headers["HX-Trigger"])["toast"][0]["undo"]
    as_alice.post(undo, headers=HX)
    assert alice.workspace.time_slices.total_seconds() == 600


def test_stopping_within_the_same_second_says_that_nothing_was_kept(as_alice, alice, clock):
    press(as_alice, "start", note="x")
    assert "nothing was kept" in toasts(press(as_alice, "stop"))
    assert not TimeEntry.objects.exists()


def test_an_over_long_note_is_refused_in_words_and_nothing_starts(as_alice, alice, clock):
    answer = press(as_alice, "start", note="x" * 10_001)
    assert answer.status_code == 422
    assert "10000" in answer.content.decode()
    assert not TimeEntry.objects.exists()


@pytest.mark.parametrize("note", ["😀 emoji", "עברית", "x" * 10_000, "<script>alert(1)</script>"])
def test_any_text_is_stored_as_typed_and_shown_safely(as_alice, alice, clock, note):
    answer = press(as_alice, "start", note=note)
    assert answer.status_code == 200
    assert live(alice).note == note
    assert "<script>alert" not in answer.content.decode()


def test_a_null_character_is_refused(as_alice, clock):
    assert press(as_alice, "start", note="a\x00b").status_code == 422


def test_strangers_and_nonsense_ids_are_not_found(as_alice, alice, charlie, clock):
    for data in (
        {"task": charlie.task.pk},
        {"project": charlie.project.pk},
        {"project": "9" * 400},
        {"task": "²"},
        {"task": "x"},
        {"replacing": "not-an-id"},
        {"replacing": "ffffffff-ffff-ffff-ffff-ffffffffffff"},
    ):
        assert press(as_alice, "start", **data).status_code == 404, data
    assert not TimeEntry.objects.exists()


def test_a_strangers_timer_is_out_of_reach(as_alice, alice, charlie, clock):
    entry = TimeEntry.start(user=charlie.owner, workspace=charlie.workspace, note="secret")
    for name in ("pause", "break", "stop", "discard", "edit"):
        answer = press(as_alice, name, replacing=entry.pk, note="mine", note_was="")
        assert "secret" not in answer.content.decode() + toasts(answer)
    entry.refresh_from_db()
    assert (entry.state, entry.note) == (State.RUNNING, "secret")


def test_a_timer_of_another_member_is_not_shown(client, bob, alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="alice's secret")
    client.force_login(bob)
    assert "secret" not in client.get("/workbench/").content.decode()


def test_signed_out_presses_lead_to_sign_in(client, db):
    assert press(client, "start").status_code == 401
    assert press(client, "start", htmx=False).status_code == 302
    assert client.get(reverse("workbench:timer_start")).status_code in (302, 405)


def test_a_start_needs_the_same_few_queries_however_much_there_is(
    as_alice, alice, clock, django_assert_max_num_queries
):
    press(as_alice, "start", note="warm")
    clock.shift(60)
    with django_assert_max_num_queries(30):
        press(as_alice, "start", note="next", task=alice.task.pk)


def test_the_picker_finds_clients_projects_and_tasks(as_alice, alice, charlie, clock):
    for text in ("alice client", "alice project", "alice task", "ALICE"):
        answer = as_alice.get(reverse("workbench:picker"), {"q": text}, headers=HX).content.decode()
        assert f'data-project="{alice.project.pk}"' in answer
        assert "charlie" not in answer
    assert (
        "Nothing is called" in as_alice.get(reverse("workbench:picker"), {"q": "zzz\x00"}, headers=HX).content.decode()
    )
    assert as_alice.get(reverse("workbench:picker")).status_code == 200


def test_the_picker_offers_recent_work_first_and_leaves_out_what_is_archived(as_alice, alice, clock, log):
    log(alice, "2026-05-01 09:00", "10:00", note="a recent thing")
    offered = as_alice.get(reverse("workbench:picker"), headers=HX).content.decode()
    assert offered.index("a recent thing") < offered.index("Projects and tasks")
    alice.project.archive()
    offered = as_alice.get(reverse("workbench:picker"), headers=HX).content.decode()
    assert f'data-project="{alice.project.pk}"' not in offered


def test_a_start_that_is_told_twice_is_one_entry(as_alice, alice, clock):
    """A browser that never saw the answer tells of the same start again, with the id that it chose for it."""
    chosen = str(uuid7())
    for _each in range(2):
        press(as_alice, "start", note="On the train", entry=chosen, replacing="")
    press(as_alice, "stop", replacing=chosen)
    answer = press(as_alice, "start", note="On the train", entry=chosen, replacing="")
    assert answer.status_code == 200
    assert str(alice.workspace.time_entries(manager="with_trash").get().pk) == chosen
    assert live(alice) is None


def test_a_start_with_a_strangers_id_is_not_found(as_alice, alice, charlie, clock):
    theirs = TimeEntry.start(user=charlie.owner, workspace=charlie.workspace, note="Theirs")
    answer = press(as_alice, "start", note="Mine", entry=str(theirs.pk), replacing="")
    assert answer.status_code == 404
    assert live(charlie) == theirs
    assert live(alice) is None
