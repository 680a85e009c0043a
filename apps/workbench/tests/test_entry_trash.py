"""The trash: what lies in it, how it comes back, and when it is gone."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from apps.core import days
from apps.projects.models import Tag
from apps.workbench.models import Segment, TimeEntry, TimeSlice
from apps.workbench.trash import days_left, purge, purge_each_day

HX = {"HX-Request": "true"}
TRASH, RESTORE, PURGE = (reverse(f"workbench:{name}") for name in ("entries_trash", "entries_restore", "entries_purge"))


@pytest.fixture
def thrown(alice, clock, log) -> list[TimeEntry]:
    """Two entries in the trash, one beside it."""
    clock.shift(24 * 3600)
    entries = [log(alice, f"2026-05-04 {hour:02d}:00", f"{hour}:45", note=f"work {hour}") for hour in (8, 9, 10)]
    for entry in entries[:2]:
        entry.trash()
    return entries


def toast(answer) -> str:
    return json.loads(answer.headers["HX-Trigger"])["toast"][0]["text"]


def test_the_trash_tells_what_is_in_it_and_when_it_goes(as_alice, clock, thrown):
    clock.shift(10 * 24 * 3600)
    page = as_alice.get(TRASH).text
    assert "work 8" in page
    assert "work 9" in page
    assert "work 10" not in page
    assert "in 20 days" in page
    assert page.count(">0:45<") == 2


@pytest.mark.parametrize(("hours", "left"), [(0, 30), (1, 30), (24, 29), (29 * 24, 1), (30 * 24 - 1, 1)])
def test_days_are_counted_down(hours, left, clock):
    assert days_left(TimeEntry(deleted_at=days.now() - timedelta(hours=hours))) == left


def test_an_empty_trash_says_so(as_alice, clock):
    assert "The trash is empty" in as_alice.get(TRASH).text


def test_what_is_ticked_comes_back(as_alice, alice, thrown):
    answer = as_alice.post(RESTORE, {"entries": [str(entry.pk) for entry in thrown[:2]]}, headers=HX)
    assert toast(answer) == "2 entries taken back."
    assert TimeEntry.objects.count() == 3
    assert alice.workspace.time_slices.total_seconds() == 3 * 45 * 60


def test_the_button_of_a_row_means_that_row_alone(as_alice, thrown):
    ticked = [str(thrown[0].pk)]
    assert (
        toast(as_alice.post(RESTORE, {"entries": ticked, "one": str(thrown[1].pk)}, headers=HX))
        == "1 entry taken back."
    )
    assert set(TimeEntry.objects.values_list("note", flat=True)) == {"work 9", "work 10"}


def test_what_is_not_in_the_trash_any_more_is_told(as_alice, thrown):
    answer = as_alice.post(RESTORE, {"entries": [str(thrown[2].pk)]}, headers=HX)
    assert toast(answer) == "There is nothing left in the trash to take back."


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-02-30T00:00:00+00:00", "2026-05-04T10:00:00", "1999-01-01T00:00Z", "\x00"]
)
def test_a_moment_that_is_none_is_not_found(as_alice, thrown, moment):
    assert as_alice.post(f"{RESTORE}?at={moment}".replace("+", "%2B")).status_code == 404


def test_deleting_for_good_asks_first(as_alice, alice, thrown):
    thrown[0].tags.add(Tag.objects.create(workspace=alice.workspace, name="print"))
    ticked = {"entries": [str(entry.pk) for entry in thrown]}
    asked = as_alice.post(PURGE, ticked, headers=HX)
    assert "Delete 2 entries for good?" in asked.text
    assert TimeEntry.with_trash.count() == 3
    assert toast(as_alice.post(PURGE, ticked | {"sure": "1"}, headers=HX)) == "2 entries deleted for good."
    assert [entry.note for entry in TimeEntry.with_trash.all()] == ["work 10"]
    assert Segment.objects.count() == TimeSlice.objects.count() == 1


def test_after_thirty_days_they_are_gone_and_nothing_else(alice, charlie, clock, log, thrown):
    kept = log(charlie, "2026-05-04 12:00", "13:00", note="kept")
    clock.shift(29 * 24 * 3600)
    kept.trash()
    assert purge() == 0
    clock.shift(24 * 3600)
    assert purge() == 2
    assert set(TimeEntry.with_trash.values_list("note", flat=True)) == {"work 10", "kept"}
    assert TimeEntry.objects.get().note == "work 10"


def test_what_is_older_is_not_shown_although_no_job_has_run(as_alice, clock, thrown):
    clock.shift(31 * 24 * 3600)
    assert "The trash is empty" in as_alice.get(TRASH).text


def test_the_worker_comes_back_to_it_every_day_and_once(alice, clock, thrown):
    clock.shift(40 * 24 * 3600)
    for _again in range(3):
        call_command("purge_trash", verbosity=0)
    assert TimeEntry.with_trash.count() == 1
    waiting = DBTaskResult.objects.get()
    assert waiting.run_after == days.now() + timedelta(days=1)
    waiting.delete()
    purge_each_day.func()
    assert DBTaskResult.objects.get().run_after == days.now() + timedelta(days=1)


def test_a_page_of_the_trash_takes_as_many_queries_as_its_rows_are_not(
    as_alice, alice, clock, log, django_assert_max_num_queries
):
    for number in range(30):
        log(alice, f"2026-05-0{1 + number // 10} {number % 10:02d}:00", f"{number % 10}:20", note=str(number)).trash()
    as_alice.get(TRASH)
    with django_assert_max_num_queries(10):
        page = as_alice.get(TRASH)
    assert page.text.count('name="entries"') == 25
    assert as_alice.get(TRASH, {"page": "2"}, headers=HX).text.count('name="entries"') == 5
