"""The chooser of project and task: what it says when it has nothing to offer, and what it is called."""

import pytest
from django.urls import reverse

from apps.workbench.models import TimeEntry

HX = {"HX-Request": "true"}


@pytest.fixture
def offer(as_alice):
    """What stands under the field once `text` is typed."""

    def ask(text: str = "") -> str:
        return as_alice.get(reverse("workbench:picker"), {"q": text}, headers=HX).content.decode()

    return ask


@pytest.fixture
def without_projects(alice):
    """Alice has not made anything yet."""
    alice.task.delete()
    alice.project.delete()


def test_what_is_not_found_is_named(offer):
    assert "Nothing is called “zzz”" in offer("zzz")


def test_who_has_no_project_yet_is_told_so_instead(offer, as_alice, without_projects):
    assert "no open project yet" in offer()
    assert "Nothing is called" not in offer()
    page = as_alice.get(reverse("workbench:picker")).content.decode()
    assert "no open project yet" in page


def test_a_list_box_holds_options_or_is_not_there(offer):
    assert 'role="listbox"' in offer()
    assert offer("zzz").count('role="option"') == 1  # to make it


def test_without_a_project_and_a_word_there_is_no_empty_list_box(offer, without_projects):
    assert 'role="listbox"' not in offer()


def test_the_button_is_called_by_what_it_shows(as_alice, alice):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, project=alice.project, task=alice.task)
    bar = as_alice.get(reverse("workbench:timer"), headers=HX).content.decode()
    assert 'aria-label="alice task: change project or task"' in bar


@pytest.fixture
def make(as_alice):
    """Press “Create …” in the picker."""

    def post(name: str, *, htmx: bool = True, **fields):
        address = reverse("workbench:picker_create")
        return as_alice.post(address, {"name": name, **fields}, headers=HX if htmx else {})

    return post


def test_what_is_missing_can_be_made_on_the_spot_and_is_chosen(offer, make, alice):
    assert "Create project “New site”" in offer("New site")
    line = make("New site").content.decode()
    project = alice.workspace.projects.get(name="New site")
    assert f'data-project="{project.pk}"' in line
    assert 'data-task=""' in line
    assert (project.status, project.billing, project.client) == ("active", "hourly", None)


def test_a_task_is_made_in_the_project_that_is_chosen(as_alice, make, alice):
    address = reverse("workbench:picker")
    offered = as_alice.get(address, {"q": "Proofs", "project": alice.project.pk}, headers=HX).content.decode()
    assert "Create task “Proofs” in alice project" in offered
    line = make("Proofs", project=alice.project.pk).content.decode()
    task = alice.workspace.tasks.get(title="Proofs")
    assert f'data-task="{task.pk}"' in line
    assert (task.project, task.status, task.billable) == (alice.project, "todo", True)


def test_what_is_called_so_already_is_not_offered_and_not_made_twice(offer, make, alice):
    assert "Create project" not in offer("Alice PROJECT")
    for _twice in range(2):
        make("Proofs")
        make("Proofs", project=alice.project.pk)
    assert alice.workspace.projects.filter(name="Proofs").count() == 1
    assert alice.workspace.tasks.filter(title="Proofs").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "x" * 201, "a\x00b"])
def test_a_name_that_cannot_be_is_refused_in_words(make, alice, name):
    answer = make(name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert alice.workspace.projects.count() == 1


def test_a_strangers_project_takes_no_task(as_alice, make, alice, charlie):
    assert make("Proofs", project=charlie.project.pk).status_code == 422
    assert not charlie.workspace.tasks.filter(title="Proofs").exists()
    offered = as_alice.get(reverse("workbench:picker"), {"q": "Proofs", "project": charlie.project.pk}, headers=HX)
    assert "charlie" not in offered.content.decode()


def recent(browser, text: str = "") -> str:
    return browser.get(reverse("workbench:timer_recent"), {"note": text}, headers=HX).content.decode()


def test_the_last_five_that_differ_are_offered_under_the_empty_note(as_alice, alice, clock, log):
    for number in range(8):
        log(alice, f"2026-05-01 {8 + number:02d}:00", f"{8 + number}:30", note=f"work {number % 6}")
    offered = recent(as_alice)
    assert offered.count('role="option"') == 5
    assert offered.index("work 1") < offered.index("work 0") < offered.index("work 5")
    assert recent(as_alice, "work 3").count('role="option"') == 1
    assert recent(as_alice, "zzz").strip() == ""


def test_work_that_differs_in_tags_or_billing_alone_counts_twice(as_alice, alice, clock, log):
    log(alice, "2026-05-01 08:00", "08:30", note="same")
    log(alice, "2026-05-01 09:00", "09:30", note="same")
    log(alice, "2026-05-01 10:00", "10:30", note="same", billable=False)
    log(alice, "2026-05-01 11:00", "11:30", note="same", tags=alice.workspace.tags.named(alice.workspace, ["x"]))
    assert recent(as_alice).count('role="option"') == 3


def test_starting_a_recent_one_brings_all_its_fields(as_alice, alice, clock, log):
    tags = alice.workspace.tags.named(alice.workspace, ["draft"])
    entry = log(alice, "2026-05-01 08:00", "08:30", note="same", task=alice.task, billable=False, tags=tags)
    assert f"{entry.get_absolute_url()}continue/" in recent(as_alice)
    as_alice.post(f"{entry.get_absolute_url()}continue/", {"replacing": ""}, headers=HX)
    live = TimeEntry.objects.get(running_for=alice.owner)
    assert (live.note, live.task, live.billable, list(live.tags.all())) == ("same", alice.task, False, tags)


def test_more_entries_need_no_more_queries_under_the_note(as_alice, alice, clock, log, django_assert_num_queries):
    tags = alice.workspace.tags.named(alice.workspace, ["draft"])
    log(alice, "2026-05-01 08:00", "08:05", note="first", tags=tags)
    recent(as_alice)
    with django_assert_num_queries(4):
        recent(as_alice)
    for number in range(12):
        log(alice, f"2026-05-01 {9 + number:02d}:00", f"{9 + number}:30", note=f"work {number}", tags=tags)
    with django_assert_num_queries(4):
        recent(as_alice)
