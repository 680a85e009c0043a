"""The forms that make two entries of one: where a copy lies, where a cut falls, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.workbench.models import TimeEntry

HX = {"HX-Request": "true"}


def url(entry, name: str) -> str:
    return reverse(f"workbench:entry_{name}", args=[entry.pk])


def toast(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])["toast"][0]


def wall(instant: datetime, zone: str = "Europe/Berlin") -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def entry(alice, clock, log) -> TimeEntry:
    clock.shift(30 * 24 * 3600)
    return log(alice, "2026-05-04 09:00", "12:00", note="Index", task=alice.task)


def test_a_copy_is_offered_for_the_same_time_today(as_alice, entry):
    form = as_alice.get(url(entry, "duplicate"), headers=HX).text
    assert 'value="2026-06-03"' in form
    assert 'value="09:00"' in form


def test_a_copy_lands_where_it_was_asked_for_and_can_be_taken_back(as_alice, entry):
    sent = {"day": "2026-05-20", "start": "9:00"}
    entry.revise(started_at=entry.started_at + timedelta(seconds=27))
    answer = as_alice.post(url(entry, "duplicate"), sent, headers=HX)
    assert (answer.status_code, toast(answer)["text"]) == (204, "Copied to 20 May, 09:00.")
    copy = TimeEntry.objects.exclude(pk=entry.pk).get()
    assert wall(copy.started_at) == "2026-05-20 09:00:27"
    as_alice.post(toast(answer)["undo"])
    assert TimeEntry.objects.get() == entry


def test_a_copy_on_top_of_other_work_says_so(as_alice, entry):
    answer = as_alice.post(url(entry, "duplicate"), {"day": "2026-05-04", "start": "11:59"}, headers=HX)
    assert toast(answer)["text"] == "Copied to 4 May, 11:59. Overlaps with another entry."


def test_a_copy_keeps_the_clock_of_where_the_person_is_now(as_alice, alice, entry):
    User.objects.filter(pk=alice.owner.pk).update(timezone="Asia/Kolkata")
    as_alice.post(url(entry, "duplicate"), {"day": "2026-05-20", "start": "9:00"})
    copy = TimeEntry.objects.exclude(pk=entry.pk).get()
    assert (copy.timezone, wall(copy.started_at, "Asia/Kolkata")) == ("Asia/Kolkata", "2026-05-20 09:00:00")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": "2026-02-30", "start": "9:00"}, "Enter a valid date"),
        ({"day": "1999-12-31", "start": "9:00"}, "between 2000 and 2100"),
        ({"day": "2026-05-20", "start": "99"}, "Write a time"),
        ({"day": "2026-05-20", "start": ""}, "required"),
        ({"day": "2026-03-29", "start": "2:30"}, "does not exist on 29 March"),
    ],
)
def test_a_place_that_is_none_is_told_in_the_form(as_alice, entry, sent, said):
    answer = as_alice.post(url(entry, "duplicate"), sent, headers=HX)
    assert answer.status_code == 422
    assert said in answer.text
    assert TimeEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "halves"),
    [
        ({"time": "10:00"}, "Split into 1 h and 2 h."),
        ({"duration": "0:45"}, "Split into 45 m and 2 h 15 m."),
        ({"time": "", "duration": "30"}, "Split into 30 m and 2 h 30 m."),
    ],
)
def test_an_entry_is_cut_at_a_time_or_after_so_much_work(as_alice, entry, sent, halves):
    answer = as_alice.post(url(entry, "split"), sent, headers=HX)
    assert (answer.status_code, toast(answer)["text"]) == (204, halves)
    assert TimeEntry.objects.count() == 2
    assert sum(half.work_seconds for half in TimeEntry.objects.all()) == 3 * 3600


def test_undo_puts_the_halves_together_and_says_so_when_it_cannot(as_alice, entry):
    undo = toast(as_alice.post(url(entry, "split"), {"time": "10:00"}, headers=HX))["undo"]
    assert toast(as_alice.post(undo, headers=HX))["text"] == "In one again: 3 h."
    assert TimeEntry.objects.get().work_seconds == 3 * 3600
    assert as_alice.post(undo, headers=HX).status_code == 404
    undo = toast(as_alice.post(url(entry, "split"), {"time": "10:00"}, headers=HX))["undo"]
    TimeEntry.objects.exclude(pk=entry.pk).get().revise(note="other")
    assert "was changed since" in toast(as_alice.post(undo, headers=HX))["text"]
    assert TimeEntry.objects.count() == 2


def test_an_entry_is_no_half_of_itself(as_alice, entry):
    answer = as_alice.post(reverse("workbench:entry_rejoin", args=[entry.pk, entry.pk]), headers=HX)
    assert "Nothing was put together" in toast(answer)["text"]
    assert TimeEntry.objects.get().work_seconds == 3 * 3600


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Say either when"),
        ({"time": "10:00", "duration": "1:00"}, "Say either when"),
        ({"time": "8:59"}, "Choose a time between 09:00 and 12:00."),
        ({"time": "9:00"}, "Choose a time between"),
        ({"time": "12:00"}, "Choose a time between"),
        ({"duration": "3:00"}, "It holds no more than 3:00 of work."),
        ({"duration": "0"}, "with work before and after it"),
        ({"duration": "26:00"}, "more than 25 hours"),
        ({"time": "ten"}, "Write a time"),
    ],
)
def test_a_cut_that_leaves_an_empty_half_is_told_in_the_form(as_alice, entry, sent, said):
    answer = as_alice.post(url(entry, "split"), sent, headers=HX)
    assert answer.status_code == 422
    assert said in answer.text
    assert TimeEntry.objects.get().work_seconds == 3 * 3600


def test_a_time_after_midnight_cuts_on_the_next_day(as_alice, alice, clock, log):
    clock.shift(30 * 24 * 3600)
    night = log(alice, "2026-05-04 22:00", "02:00")
    as_alice.post(url(night, "split"), {"time": "1:00"})
    assert [wall(half.started_at) for half in TimeEntry.objects.order_by("started_at")] == [
        "2026-05-04 22:00:00",
        "2026-05-05 01:00:00",
    ]


def test_a_time_that_comes_twice_cuts_where_the_entry_has_it(client, alice, clock):
    """From the second half past two on, in the night in which the clocks go back."""
    clock.shift(300 * 24 * 3600)
    started = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    night = TimeEntry.log(
        user=alice.owner, workspace=alice.workspace, started_at=started, ended_at=started + timedelta(hours=1)
    )
    client.force_login(alice.owner)
    client.post(url(night, "split"), {"time": "2:30"})
    assert TimeEntry.objects.exclude(pk=night.pk).get().started_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_billed_entry_says_why_it_is_not_cut(as_alice, alice, entry):
    alice.workspace.time_entries.bill()
    for answer in (as_alice.get(url(entry, "split"), headers=HX), as_alice.post(url(entry, "split"), {"time": "10"})):
        assert "on an invoice and cannot be changed" in answer.text
    assert answer.status_code == 422
    assert TimeEntry.objects.count() == 1


def test_a_live_entry_is_cut_but_not_copied(as_alice, alice, clock):
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="long")
    clock.shift(7200)
    answer = as_alice.post(url(live, "duplicate"), {"day": "2026-05-04", "start": "9:00"}, headers=HX)
    assert answer.status_code == 422
    assert "Stop the timer first" in answer.text
    assert (
        toast(as_alice.post(url(live, "split"), {"time": "12:30"}, headers=HX))["text"]
        == "Split into 1 h 30 m and 30 m."
    )


def test_both_forms_are_pages_without_javascript(as_alice, entry):
    for name in ("split", "duplicate"):
        assert "<!doctype html>" in as_alice.get(url(entry, name)).text.lower()
    answer = as_alice.post(url(entry, "split"), {"time": "10:00"})
    assert answer.url == f"{reverse('workbench:day')}?day=2026-05-04"
