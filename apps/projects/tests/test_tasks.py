"""Tasks: making one or many, ticking, moving, deleting."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.projects.forms import split_estimate
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import TimeEntry

HTMX = {"HX-Request": "true"}
DIALOG = {"HX-Request": "true", "HX-Target": "dialog-body"}
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def fields(world, **more) -> dict:
    return {"title": "Proof", "project": world.project.pk, "status": "todo", "priority": "2", "billable": "on"} | more


def log(world, *, minutes: int = 60) -> TimeEntry:
    end = MORNING + timedelta(minutes=minutes)
    return TimeEntry.log(
        user=world.owner, workspace=world.workspace, started_at=MORNING, ended_at=end, task=world.task,
        project=world.project,
    )  # fmt: skip


def quick(client, world, lines: str, **more):
    return client.post(reverse("projects:tasks_quick", args=[world.project.pk]), {"lines": lines}, **more)


def test_a_task_is_made_with_tags_that_are_new_and_old(as_alice, alice):
    Tag.objects.create(workspace=alice.workspace, name="Print")
    as_alice.post(reverse("tasks:new"), fields(alice, tag_names="print, #cover , cover,,", estimate_seconds="1h30"))
    made = Task.objects.get(title="Proof")
    assert made.estimate_seconds == 5400
    assert sorted(tag.name for tag in made.tags.all()) == ["Print", "cover"]
    assert alice.workspace.tags.count() == 2
    assert "cover, Print" in as_alice.get(reverse("tasks:edit", args=[made.pk])).content.decode()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", ""),
        ("title", "a" * 201),
        ("title", "\x00"),
        ("project", ""),
        ("project", "9" * 30),
        ("assignee", "9" * 30),
        ("priority", "9"),
        ("status", "evil"),
        ("due_on", "0001-01-01"),
        ("estimate_seconds", "-1h"),
        ("estimate_seconds", "0"),
        ("hourly_rate_minor", "-3"),
        ("description", "a" * 10_001),
        ("tag_names", "a" * 41),
        ("tag_names", ",".join(f"t{number}" for number in range(21))),
        ("tag_names", "nul\x00"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(as_alice, alice, field, text):
    answer = as_alice.post(reverse("tasks:new"), fields(alice, **{field: text}), headers=DIALOG)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (Task.objects.count(), Tag.objects.count()) == (1, 0)


def test_only_members_can_be_chosen_for_a_task(as_alice, alice, bob, charlie):
    answer = as_alice.post(reverse("tasks:new"), fields(alice, assignee=charlie.owner.pk))
    assert list(answer.context["form"].errors) == ["assignee"]
    as_alice.post(reverse("tasks:new"), fields(alice, assignee=bob.pk))
    assert Task.objects.get(title="Proof").assignee == bob


def test_a_strangers_project_cannot_be_chosen_and_stays_unknown(as_alice, alice, charlie):
    answer = as_alice.post(reverse("tasks:new"), fields(alice, project=charlie.project.pk))
    assert list(answer.context["form"].errors) == ["project"]
    assert "charlie" not in answer.content.decode()


def test_many_tasks_are_made_at_once_one_in_each_line(as_alice, alice):
    lines = "First  \r\n\r\n   \r\nSecond 1h30\r\nChapter 4\r\nEmoji 😀 2:00"
    assert quick(as_alice, alice, lines).url == reverse("projects:tasks", args=[alice.project.pk])
    made = list(alice.project.tasks.exclude(pk=alice.task.pk).values_list("title", "estimate_seconds", "position"))
    assert made == [("First", None, 1), ("Second", 5400, 2), ("Chapter 4", None, 3), ("Emoji 😀", 7200, 4)]


def test_many_tasks_made_in_place_empty_the_line_and_refresh_the_lists(as_alice, alice):
    answer = quick(as_alice, alice, "First\nSecond", headers=HTMX)
    assert "tasks-changed" in json.loads(answer.headers["HX-Trigger"])
    assert "First" not in answer.content.decode()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Fine\n" + "a" * 201, "Line 2 is longer than 200 characters."),
        ("x\n" * 201, "That is more than 200 lines."),
        ("  \n \n", "This field is required."),
        ("", "This field is required."),
        ("nul\x00", "Null characters are not allowed."),
        ("a" * 100_000, "at most"),
    ],
)
def test_quick_lines_are_taken_all_or_none(as_alice, alice, lines, message):
    answer = quick(as_alice, alice, lines, headers=HTMX)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert quick(as_alice, alice, lines).status_code == 422
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Proof 90m", ("Proof", 5400)),
        ("Proof 1.5", ("Proof 1.5", None)),
        ("Release 2", ("Release 2", None)),
        ("1h30", ("1h30", None)),
        ("Call Hm", ("Call Hm", None)),
        ("Wait 0m", ("Wait 0m", None)),
        ("Room 4th", ("Room 4th", None)),
    ],
)
def test_only_a_plain_duration_at_the_end_of_a_line_is_an_estimate(line, expected):
    assert split_estimate(line) == expected


def test_ticking_completes_a_task_and_can_be_undone(as_alice, alice):
    answer = as_alice.post(reverse("tasks:complete", args=[alice.task.pk]), headers=HTMX)
    alice.task.refresh_from_db()
    assert alice.task.is_done
    assert alice.task.completed_at
    heard = json.loads(answer.headers["HX-Trigger"])
    assert "tasks-changed" in heard
    as_alice.post(heard["toast"][0]["undo"], headers=HTMX)
    alice.task.refresh_from_db()
    assert (alice.task.status, alice.task.completed_at) == ("todo", None)


def test_ticking_twice_keeps_the_first_moment(as_alice, alice):
    as_alice.post(reverse("tasks:complete", args=[alice.task.pk]))
    first = Task.objects.get().completed_at
    as_alice.post(reverse("tasks:complete", args=[alice.task.pk]))
    assert Task.objects.get().completed_at == first


def test_a_task_with_recorded_time_stays_in_its_project(as_alice, alice):
    other = Project.objects.create(workspace=alice.workspace, name="Other")
    url = reverse("tasks:edit", args=[alice.task.pk])
    assert as_alice.post(url, fields(alice, project=other.pk)).status_code == 302
    alice.task.refresh_from_db()
    alice.task.project = alice.project
    alice.task.save()
    log(alice)
    answer = as_alice.post(url, fields(alice, project=other.pk))
    assert answer.status_code == 422
    assert "It has recorded time, which stays with its project." in answer.content.decode()
    assert Task.objects.get().project == alice.project


def test_a_task_shows_recorded_time_against_its_estimate(as_alice, alice):
    Task.objects.update(estimate_seconds=7200)
    log(alice, minutes=90)
    page = as_alice.get(alice.task.get_absolute_url()).content.decode()
    assert "1:30" in page
    assert "75 % used" in page
    assert f'name="task" value="{alice.task.pk}"' in page


def test_the_timer_starts_from_a_task(as_alice, alice):
    as_alice.post(reverse("workbench:timer_start"), {"task": alice.task.pk})
    assert TimeEntry.objects.get(running_for=alice.owner).task == alice.task


def test_a_task_with_time_is_not_deleted_but_a_bare_one_is(as_alice, alice):
    url = reverse("tasks:delete", args=[alice.task.pk])
    entry = log(alice)
    answer = as_alice.post(url, headers=DIALOG)
    assert "alice task has 1 time entry. Archive it instead." in answer.content.decode()
    entry.delete()
    as_alice.post(url, headers=DIALOG)
    assert not Task.objects.exists()


def test_time_in_the_trash_keeps_nobody_from_deleting(as_alice, alice):
    entry = log(alice)
    entry.trash()
    page = as_alice.get(reverse("tasks:delete", args=[alice.task.pk])).content.decode()
    assert "time entr" not in page
    as_alice.post(reverse("tasks:delete", args=[alice.task.pk]), headers=DIALOG)
    as_alice.post(reverse("projects:delete", args=[alice.project.pk]), headers=DIALOG)
    assert not Task.objects.exists()
    assert not Project.objects.exists()
    as_alice.post(reverse("workbench:entry_restore", args=[entry.pk]))
    back = TimeEntry.objects.get()
    assert (back.work_seconds, back.task, back.project, back.currency) == (3600, None, None, "EUR")


def test_time_that_is_kept_is_told_and_that_in_the_trash_stays_as_it_is(as_alice, alice):
    log(alice)
    trashed = log(alice)
    trashed.trash()
    answer = as_alice.post(reverse("tasks:delete", args=[alice.task.pk]), headers=DIALOG)
    assert "alice task has 1 time entry. Archive it instead." in answer.content.decode()
    assert TimeEntry.with_trash.get(pk=trashed.pk).task == alice.task


def test_an_archived_task_leaves_the_list(as_alice, alice):
    as_alice.post(reverse("tasks:archive", args=[alice.task.pk]))
    assert not alice.workspace.tasks.open().exists()
    as_alice.post(reverse("tasks:unarchive", args=[alice.task.pk]))
    assert alice.workspace.tasks.open().exists()


@pytest.mark.parametrize("names", ["Café, Cafe", "🧾, 🎉", "naïve, naive, naiv", "e, é, ê, e\u0301", "a b, a  b, a-b"])
def test_tags_that_differ_in_more_than_capitals_are_different_tags(as_alice, alice, names):
    for again in (names, names.upper()):
        answer = as_alice.post(reverse("tasks:edit", args=[alice.task.pk]), fields(alice, tag_names=again))
        assert answer.status_code == 302
        assert {tag.name for tag in alice.task.tags.all()} == set(names.split(", "))
    assert alice.workspace.tags.count() == len(names.split(", "))


def test_a_tag_is_there_once_in_a_workspace(alice):
    Tag.objects.create(workspace=alice.workspace, name="print")
    with pytest.raises(ValidationError):
        Tag(workspace=alice.workspace, name="print").full_clean(exclude=[])
    with pytest.raises(ValidationError):
        Tag(workspace=alice.workspace, name="  ").full_clean()
