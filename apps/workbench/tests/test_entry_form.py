"""Logging and changing entries by form: what is understood, what is refused, and where the words stand."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from apps.projects.models import Project, Tag
from apps.workbench.models import Segment, TimeEntry

HX = {"HX-Request": "true", "HX-Target": "dialog-body"}
DAY = "2026-05-04"


def post(browser, entry=None, htmx=True, **data):
    data = {"day": DAY} | data
    address = reverse("workbench:entry_edit", args=[entry.pk]) if entry else reverse("workbench:entry_new")
    return browser.post(address, data, headers=HX if htmx else {})


def wall(entry) -> str:
    start, end = (at.astimezone(entry.zone) for at in (entry.started_at, entry.ended_at))
    return f"{start:%Y-%m-%d %H:%M} {end:%Y-%m-%d %H:%M}"


def only() -> TimeEntry:
    return TimeEntry.objects.get()


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ({"start": "930", "end": "11"}, "2026-05-04 09:30 2026-05-04 11:00"),
        ({"start": "9.30", "duration": "1h30"}, "2026-05-04 09:30 2026-05-04 11:00"),
        ({"start": "9pm", "duration": "90"}, "2026-05-04 21:00 2026-05-04 22:30"),
        ({"start": "22:00", "end": "2:00"}, "2026-05-04 22:00 2026-05-05 02:00"),
        ({"start": "0:00", "end": "24:00"}, "2026-05-04 00:00 2026-05-05 00:00"),
        (
            {"start": "9:00", "end": "10:00", "duration": "2:00", "lead": "duration"},
            "2026-05-04 09:00 2026-05-04 11:00",
        ),
        ({"start": "9:00", "end": "10:00", "duration": "2:00", "lead": "end"}, "2026-05-04 09:00 2026-05-04 10:00"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_time_is_logged_as_typed(as_alice, alice, clock, typed, understood, htmx):
    answer = post(as_alice, htmx=htmx, note="by hand", task=alice.task.pk, **typed)
    assert answer.status_code == (204 if htmx else 302)
    assert wall(only()) == understood
    assert (only().note, only().project, only().billable) == ("by hand", alice.project, True)
    if htmx:
        assert {"time-changed", "dialog-close", "toast"} <= set(json.loads(answer.headers["HX-Trigger"]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"start": "", "end": "10"}, "Say when it began"),
        ({"start": "9:75", "end": "10"}, "Write a time"),
        ({"start": "9"}, "Say when it ended"),
        ({"start": "9", "end": "9"}, "must come after"),
        ({"start": "9", "duration": "0"}, "must come after"),
        ({"start": "9", "duration": "soon"}, "Write a duration"),
        ({"start": "9", "duration": "24:01"}, "24 hours at most"),
        ({"start": "9", "duration": "30h"}, "more than"),
        ({"start": "9", "duration": "9" * 15}, "duration"),
        ({"start": "9", "end": "10", "day": "1999-12-31"}, "2000 and 2100"),
        ({"start": "9", "end": "10", "day": "2101-01-01"}, "2000 and 2100"),
        ({"start": "9", "end": "10", "day": "2026-02-30"}, "valid date"),
        ({"start": "0:00", "end": "1", "day": "2000-01-01"}, "2000 and 2100"),
        ({"start": "9", "end": "10", "note": "x" * 10_001}, "10000"),
        ({"start": "9", "end": "10", "note": "a\x00b"}, "Null characters"),
        ({"start": "9", "end": "10", "project": "9" * 400}, "valid choice"),
        ({"start": "9", "end": "10", "task": "x"}, "valid choice"),
        ({"start": "9", "end": "10", "work": "q1"}, "from the list"),
        ({"start": "9", "end": "10", "billable": "perhaps"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(as_alice, clock, typed, words):
    for htmx in (True, False):
        answer = post(as_alice, htmx=htmx, **typed)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not TimeEntry.objects.exists()
    assert not Segment.objects.exists()


def test_strangers_projects_cannot_be_chosen(as_alice, charlie, clock):
    for field, row in (("project", charlie.project), ("task", charlie.task)):
        answer = post(as_alice, start="9", end="10", **{field: row.pk})
        assert answer.status_code == 422
        assert str(row) not in answer.content.decode()
    for work in (f"p{charlie.project.pk}", f"t{charlie.task.pk}"):
        assert post(as_alice, start="9", end="10", work=work).status_code == 422
    assert not TimeEntry.objects.exists()


def test_without_javascript_one_list_chooses_project_or_task(as_alice, alice, clock):
    post(as_alice, htmx=False, start="9", end="10", work=f"t{alice.task.pk}")
    assert (only().task, only().project) == (alice.task, alice.project)
    post(as_alice, only(), htmx=False, start="9", end="10", project=alice.project.pk, work="-")
    assert only().project is None


def test_an_archived_project_stays_where_it_is_but_cannot_be_chosen_anew(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 09:00", "10:00")
    alice.project.archive()
    assert "archived" in post(as_alice, start="11", end="12", project=alice.project.pk).content.decode()
    answer = post(as_alice, entry, start="9:00", end="10:00", project=alice.project.pk, note="still mine")
    assert answer.status_code == 204
    assert only().note == "still mine"


# ── The clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_skipped_hour_is_refused_and_counted_right(as_alice, alice):
    assert "does not exist" in post(as_alice, day="2026-03-29", start="2:30", end="4").content.decode()
    assert post(as_alice, day="2026-03-29", start="1:30", end="3:30").status_code == 204
    assert alice.workspace.time_slices.total_seconds() == 3600


def test_a_time_that_exists_twice_means_the_first(as_alice, alice):
    post(as_alice, day="2026-10-25", start="2:30", duration="1h")
    assert only().started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert only().work_seconds == 3600


def test_the_long_day_holds_25_hours_and_no_other_does(as_alice, alice):
    assert post(as_alice, day="2026-10-25", start="0:00", duration="25:00").status_code == 204
    assert alice.workspace.time_slices.total_seconds() == 25 * 3600
    assert post(as_alice, day="2026-10-27", start="0:00", duration="25:00").status_code == 422


def test_saving_the_second_of_two_equal_times_untouched_does_not_shift_it(as_alice, alice):
    started = datetime(2026, 10, 25, 1, 30, 20, tzinfo=UTC)  # the second 2:30 in Berlin
    ended = datetime(2026, 10, 25, 3, 0, 10, tzinfo=UTC)
    entry = TimeEntry.log(user=alice.owner, workspace=alice.workspace, started_at=started, ended_at=ended)
    post(as_alice, entry, day="2026-10-25", start="02:30", end="04:00", duration="1:29", note="only the note")
    assert (only().started_at, only().ended_at, only().note) == (started, ended, "only the note")
    post(as_alice, entry, day="2026-10-25", start="02:30", end="05:00", duration="1:29")
    assert only().started_at == started


# ── Changing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_shows_an_entry_on_its_own_wall_clock(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 22:00", "02:00", note="late work")
    alice.owner.timezone = "Asia/Kolkata"
    alice.owner.save()
    text = as_alice.get(reverse("workbench:entry_edit", args=[entry.pk]), headers=HX).content.decode()
    for value in ("2026-05-04", "22:00", "02:00", "4:00", "late work", "Europe/Berlin"):
        assert value in text
    assert "<html" not in text
    post(as_alice, entry, start="22:00", end="03:00")
    assert wall(only()) == "2026-05-04 22:00 2026-05-05 03:00"


def test_a_shorter_duration_moves_the_end_and_keeps_the_break(as_alice, alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)  # 11:00 in Berlin
    clock.shift(3600)
    entry.take_break()
    clock.shift(1800)
    entry.end_break()
    clock.shift(3600)
    entry.stop()
    post(as_alice, entry, start="11:00", end="13:30", duration="1:30", task=alice.task.pk)
    assert wall(only()) == "2026-05-04 11:00 2026-05-04 13:00"
    assert alice.workspace.time_slices.total_seconds() == 90 * 60


def test_a_running_entry_can_start_earlier_but_not_later_than_now(as_alice, alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(600)
    assert post(as_alice, entry, start="10:00", note="earlier", task=alice.task.pk).status_code == 204
    live = TimeEntry.objects.for_timer().get()
    assert (live.state, live.elapsed_seconds, live.note) == ("running", 3600 + 600, "earlier")
    answer = post(as_alice, entry, start="23:00", task=alice.task.pk)
    assert answer.status_code == 422
    assert "in the future" in answer.content.decode()


def test_another_project_brings_its_own_rate_and_a_chosen_mark_stays(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 09:00", "10:00", billable=False)
    other = Project.objects.create(workspace=alice.workspace, name="dear", hourly_rate_minor=12000)
    post(as_alice, entry, start="9:00", end="10:00", duration="1:00", project=other.pk, billable="no")
    assert (only().rate_minor, only().billable) == (12000, False)


def test_a_billed_entry_is_locked_on_every_path_and_says_so(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 09:00", "10:00", note="billed")
    alice.workspace.time_entries.all().bill()
    assert "on an invoice" in as_alice.get(reverse("workbench:entry_edit", args=[entry.pk])).content.decode()
    answer = post(as_alice, entry, start="9:00", end="12:00")
    assert answer.status_code == 422
    assert "on an invoice" in answer.content.decode()
    answer = as_alice.post(reverse("workbench:entry_delete", args=[entry.pk]), headers=HX)
    assert "on an invoice" in answer.headers["HX-Trigger"]
    assert "on an invoice" in as_alice.get(reverse("workbench:entry", args=[entry.pk])).content.decode()
    assert wall(only()) == "2026-05-04 09:00 2026-05-04 10:00"


def test_deleting_is_undone_from_the_toast(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 09:00", "10:00")
    answer = as_alice.post(reverse("workbench:entry_delete", args=[entry.pk]), headers=HX)
    assert not TimeEntry.objects.exists()
    assert alice.workspace.time_slices.total_seconds() == 0
    undo = json.loads(answer.headers["HX-Trigger"])["toast"][0]["undo"]
    assert as_alice.post(undo, headers=HX).status_code == 204
    assert alice.workspace.time_slices.total_seconds() == 3600


def test_continuing_starts_the_same_work_anew(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-04 09:00", "10:00", note="again", task=alice.task, billable=False)
    answer = as_alice.post(reverse("workbench:entry_continue", args=[entry.pk]), {"replacing": ""}, headers=HX)
    assert 'id="timer"' in answer.content.decode()
    live = TimeEntry.objects.get(running_for=alice.owner)
    assert (live.note, live.task, live.billable) == ("again", alice.task, False)


def test_the_form_is_filled_in_from_the_address(as_alice, alice, clock):
    text = as_alice.get(
        reverse("workbench:entry_new"), {"day": DAY, "start": "9:25", "end": "9:30", "task": alice.task.pk}
    ).content.decode()
    for value in ("9:25", "9:30", DAY, "alice task"):
        assert value in text


@pytest.mark.parametrize("name", ["entry", "entry_edit", "entry_delete", "entry_restore", "entry_continue"])
def test_entries_of_others_are_not_found(client, alice, bob, charlie, clock, log, name):
    entry = log(alice, "2026-05-04 09:00", "10:00", note="canary")
    for person in (bob, charlie.owner):
        client.force_login(person)
        for pk in (entry.pk, uuid.uuid4(), uuid.UUID(int=0)):
            address = reverse("workbench:entry", args=[entry.pk]).replace(str(entry.pk), str(pk))
            address += "" if name == "entry" else f"{name.removeprefix('entry_')}/"
            for answer in (client.post(address), client.get(address)):
                assert answer.status_code in (404, 405)
                assert "canary" not in answer.content.decode()
    assert TimeEntry.objects.filter(running_for=None).count() == 1


def test_a_gap_is_filled_with_one_press(as_alice, alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    log(alice, "2026-05-04 09:15", "10:00")
    text = as_alice.get(reverse("workbench:day")).content.decode()
    assert "?day=2026-05-04&amp;start=09:00&amp;end=09:15" in text


def test_tags_are_typed_with_commas_and_those_that_are_missing_are_made(as_alice, alice, clock):
    Tag.objects.create(workspace=alice.workspace, name="Print")
    post(as_alice, start="9", end="10", tag_names="print, #cover , print,,")
    assert sorted(tag.name for tag in only().tags.all()) == ["Print", "cover"]
    assert alice.workspace.tags.count() == 2
    form = as_alice.get(reverse("workbench:entry_edit", args=[only().pk]), headers=HX).text
    assert 'value="cover, Print"' in form
    assert '<option value="Print">' in form
    post(as_alice, only(), start="9", end="10", tag_names="")
    assert not only().tags.exists()


def test_a_form_without_a_field_for_tags_leaves_them_alone(as_alice, alice, clock, log):
    log(alice, f"{DAY} 09:00", "10:00", tags=[Tag.objects.create(workspace=alice.workspace, name="Print")])
    post(as_alice, only(), start="9", end="11")
    assert [tag.name for tag in only().tags.all()] == ["Print"]


@pytest.mark.parametrize(
    ("names", "words"),
    [("x" * 41, "too long for a tag"), (",".join(map(str, range(99))), "at most"), ("a\x00", "Null")],
)
def test_tags_that_cannot_be_are_told_at_their_field(as_alice, clock, names, words):
    answer = post(as_alice, start="9", end="10", tag_names=names)
    assert answer.status_code == 422
    assert words in answer.text
    assert not TimeEntry.objects.exists()


def test_the_page_of_an_entry_shows_its_tags(as_alice, alice, clock, log):
    entry = log(alice, f"{DAY} 09:00", "10:00", tags=[Tag.objects.create(workspace=alice.workspace, name="<Print>")])
    assert '<span class="badge">&lt;Print&gt;</span>' in as_alice.get(entry.get_absolute_url()).text
