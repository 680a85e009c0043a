"""Ticked entries: what is sent, what becomes of it, what is said, and how it is taken back."""

import json

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from apps.projects.models import Project, Tag, Task
from apps.workbench.models import TimeEntry
from apps.workbench.views import selection

HX = {"HX-Request": "true"}
CHANGE, DELETE = reverse("workbench:entries_change"), reverse("workbench:entries_delete")


@pytest.fixture
def three(alice, clock, log) -> list[TimeEntry]:
    clock.shift(24 * 3600)
    return [log(alice, f"2026-05-04 {hour:02d}:00", f"{hour}:30", note=f"work {hour}") for hour in (8, 9, 10)]


@pytest.fixture
def other(alice) -> Task:
    project = Project.objects.create(workspace=alice.workspace, client=alice.client, name="Other project")
    return Task.objects.create(workspace=alice.workspace, project=project, title="Other task", hourly_rate_minor=100)


def ids(entries) -> list[str]:
    return [str(entry.pk) for entry in entries]


def toasts(answer) -> list[dict]:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def test_ticked_entries_are_asked_about_and_then_changed(as_alice, three, other):
    form = as_alice.post(CHANGE, {"entries": ids(three[:2])}, headers=HX)
    assert form.status_code == 200
    assert "Change 2 entries" in form.text
    for pk in ids(three[:2]):
        assert f'name="entries" value="{pk}"' in form.text
    sent = {
        "entries": ids(three[:2]),
        "save": "1",
        "task": other.pk,
        "project": other.project.pk,
        "billable": "no",
        "add_tags": "print, new one",
    }
    answer = as_alice.post(CHANGE, sent, headers=HX)
    assert answer.status_code == 204
    assert [toast["text"] for toast in toasts(answer)] == ["2 entries changed."]
    assert "selection-done" in answer.headers["HX-Trigger"]
    for entry in TimeEntry.objects.filter(pk__in=ids(three[:2])):
        assert (entry.task, entry.project, entry.billable, entry.rate_minor) == (other, other.project, False, 100)
        assert sorted(tag.name for tag in entry.tags.all()) == ["new one", "print"]
    assert TimeEntry.objects.get(pk=three[2].pk).task is None


def test_a_change_of_many_is_taken_back_by_its_toast(as_alice, three, other):
    sent = {"entries": ids(three), "save": "1", "task": other.pk}
    undo = toasts(as_alice.post(CHANGE, sent, headers=HX))[0]["undo"]
    answer = as_alice.post(undo, headers=HX)
    assert toasts(answer)[0]["text"] == "3 entries are as they were."
    assert set(TimeEntry.objects.values_list("task", "rate_minor")) == {(None, 8000)}


@pytest.mark.parametrize("token", ["", "0" * 32, "x" * 5000, "\x00"])
def test_an_unknown_undo_says_that_it_is_too_late(as_alice, three, token):
    answer = as_alice.post(f"{reverse('workbench:entries_undo')}?{urlencode({'of': token})}", headers=HX)
    assert toasts(answer)[0]["text"] == "This cannot be taken back any more."


def test_an_undo_of_somebody_else_takes_nothing_back(as_alice, alice, bob, client, three, other):
    sent = {"entries": ids(three), "save": "1", "task": other.pk}
    undo = toasts(as_alice.post(CHANGE, sent, headers=HX))[0]["undo"]
    client.force_login(bob)
    client.post(undo)
    assert set(TimeEntry.objects.values_list("task", flat=True)) == {other.pk}


def test_ticked_entries_are_deleted_and_one_undo_brings_all_back(as_alice, alice, three):
    answer = as_alice.post(DELETE, {"entries": ids(three)}, headers=HX)
    toast = toasts(answer)[0]
    assert toast["text"] == "3 entries deleted."
    assert not TimeEntry.objects.exists()
    assert alice.workspace.time_slices.total_seconds() == 0
    assert toasts(as_alice.post(toast["undo"], headers=HX))[0]["text"] == "3 entries taken back."
    assert TimeEntry.objects.count() == 3
    assert alice.workspace.time_slices.total_seconds() == 3 * 1800


@pytest.mark.parametrize("url", [CHANGE, DELETE])
def test_what_is_on_an_invoice_stays_and_is_counted_in_words(as_alice, alice, three, other, url):
    alice.workspace.time_entries.filter(pk__in=ids(three[:2])).bill()
    sent = {"entries": ids(three), "save": "1", "task": other.pk}
    said = toasts(as_alice.post(url, sent, headers=HX))[0]["text"]
    assert said.endswith("2 are on an invoice and stay as they are.")
    assert said.startswith("1 entry ")
    assert TimeEntry.objects.filter(billed=True, task=None, deleted_at=None).count() == 2


def test_only_billed_entries_leave_nothing_to_undo(as_alice, alice, three):
    alice.workspace.time_entries.bill()
    toast = toasts(as_alice.post(DELETE, {"entries": ids(three)}, headers=HX))[0]
    assert toast == {"text": "3 are on an invoice and stay as they are.", "undo": ""}


def test_all_that_the_filters_find_are_meant_on_every_page(as_alice, alice, clock, log, other):
    clock.shift(24 * 3600)
    for number in range(30):
        log(alice, f"2026-05-0{1 + number % 3} {number % 20:02d}:00", f"{number % 20}:10", note=f"index {number}")
    log(alice, "2026-05-01 22:00", "22:10", note="something else")
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="index live")
    answer = as_alice.post(CHANGE, {"all": "1", "query": "q=index"}, headers=HX)
    assert "Change 30 entries" in answer.text
    assert 'name="query" value="q=index"' in answer.text
    as_alice.post(CHANGE, {"all": "1", "query": "q=index", "save": "1", "task": other.pk}, headers=HX)
    assert TimeEntry.objects.filter(task=other).count() == 30
    as_alice.post(DELETE, {"all": "1", "query": "q=index"})
    assert set(TimeEntry.objects.values_list("note", flat=True)) == {"something else", "index live"}


def test_nothing_ticked_is_told_and_changes_nothing(as_alice, three):
    for url in (CHANGE, DELETE):
        answer = as_alice.post(url, {"entries": ["nonsense", "\x00", "9" * 400]}, headers=HX)
        assert toasts(answer)[0]["text"] == "Tick the entries first that you mean."
    assert TimeEntry.objects.count() == 3


def test_more_than_a_few_thousand_at_once_are_refused_in_words(as_alice, three, monkeypatch):
    monkeypatch.setattr(selection.Selection, "most", 2)
    answer = as_alice.post(DELETE, {"all": "1", "query": ""}, headers=HX)
    assert toasts(answer)[0]["text"].startswith("That is more than 2 entries at once.")
    assert TimeEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose what shall change."),
        ({"work": "p999999"}, "Choose one from the list."),
        ({"work": "x1"}, "Choose one from the list."),
        ({"work": "t" + "9" * 22}, "Choose one from the list."),
        ({"task": "999999"}, "not one of the available"),
        ({"add_tags": "x" * 41}, "too long for a tag"),
        ({"billable": "perhaps"}, "not one of the available"),
    ],
)
def test_a_wrong_choice_is_told_in_the_form(as_alice, three, sent, said):
    answer = as_alice.post(CHANGE, {"entries": ids(three), "save": "1", **sent}, headers=HX)
    assert answer.status_code == 422
    assert said in answer.text
    assert ids(three)[2] in answer.text


def test_an_archived_project_is_not_offered(as_alice, three, other):
    other.project.archive()
    answer = as_alice.post(CHANGE, {"entries": ids(three), "save": "1", "project": other.project.pk}, headers=HX)
    assert answer.status_code == 422


def test_entries_are_taken_out_of_their_project(as_alice, three, other):
    both = {"entries": ids(three), "save": "1", "loose": "on", "project": other.project.pk}
    assert as_alice.post(CHANGE, both, headers=HX).status_code == 422
    as_alice.post(CHANGE, {"entries": ids(three), "save": "1", "loose": "on"})
    assert set(TimeEntry.objects.values_list("project", "task")) == {(None, None)}


def test_without_javascript_a_page_asks_and_leads_back_to_the_list(as_alice, three, other):
    listed = "http://testserver/workbench/entries/?period=month"
    page = as_alice.post(CHANGE, {"entries": ids(three)}, headers={"Referer": listed})
    assert "<h1>Change 3 entries</h1>" in page.text
    assert f'name="next" value="{listed}"' in page.text
    answer = as_alice.post(CHANGE, {"entries": ids(three), "save": "1", "work": f"t{other.pk}", "next": listed})
    assert (answer.status_code, answer.url) == (302, listed)
    assert TimeEntry.objects.filter(task=other).count() == 3


def test_tags_are_taken_away_whatever_their_case(as_alice, alice, three):
    tag = Tag.objects.create(workspace=alice.workspace, name="Print")
    three[0].tags.add(tag)
    as_alice.post(CHANGE, {"entries": ids(three), "save": "1", "remove_tags": "print, unknown"})
    assert not three[0].tags.exists()
    assert [tag.name for tag in alice.workspace.tags.all()] == ["Print"]


def test_entries_of_others_are_out_of_reach(as_alice, alice, bob, charlie, clock, log):
    mates = TimeEntry.start(user=bob, workspace=alice.workspace, note="bob's")
    clock.shift(600)
    mates.stop()
    strangers = log(charlie, "2026-05-03 09:00", "10:00", note="canary")
    for url in (CHANGE, DELETE, reverse("workbench:entries_purge"), reverse("workbench:entries_restore")):
        answer = as_alice.post(url, {"entries": ids([mates, strangers]), "save": "1", "loose": "on", "sure": "1"})
        assert answer.status_code == 302
    assert TimeEntry.objects.filter(pk__in=ids([mates, strangers]), deleted_at=None).count() == 2
    assert TimeEntry.objects.get(pk=strangers.pk).project == charlie.project
