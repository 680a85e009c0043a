"""The list of entries: periods, filters, pages, and bad addresses."""

import json
import re
from datetime import date

import pytest
from django.urls import reverse

from apps.projects.models import Project, Tag, Task
from apps.workbench.listing import Listing
from apps.workbench.models import TimeEntry
from apps.workbench.tests.conftest import live_of

HX = {"HX-Request": "true"}


def listed(world, **asked) -> Listing:
    return Listing(world.workspace, world.owner, asked, live_of(world))


def notes(listing: Listing) -> list[str]:
    return [line.entry.note for group in listing.shown for line in group.lines]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2026-05-04", "2026-05-04"),
        ("week", "2026-05-04", "2026-05-10"),
        ("month", "2026-05-01", "2026-05-31"),
        ("last_month", "2026-04-01", "2026-04-30"),
        ("year", "2026-01-01", "2026-12-31"),
        ("", "2026-05-01", "2026-05-31"),
        ("nonsense", "2026-05-01", "2026-05-31"),
    ],
)
def test_a_period_has_its_first_and_last_day(alice, clock, period, first, last):
    assert listed(alice, period=period).bounds == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_custom_period_is_taken_either_way_round(alice, clock):
    asked = listed(alice, period="custom", first="2026-03-05", last="2026-02-01")
    assert asked.bounds == (date(2026, 2, 1), date(2026, 3, 5))


def test_filters_narrow_rows_and_totals_alike(alice, clock, log):
    other = Project.objects.create(workspace=alice.workspace, name="inside", billing=Project.Billing.NON_BILLABLE)
    log(alice, "2026-05-02 09:00", "10:00", note="for the client", task=alice.task)
    log(alice, "2026-05-02 10:00", "12:00", note="inside", project=other)
    for asked, found, hours in [
        ({}, {"for the client", "inside"}, 3),
        ({"project": str(other.pk)}, {"inside"}, 2),
        ({"client": str(alice.client.pk)}, {"for the client"}, 1),
        ({"billable": "yes"}, {"for the client"}, 1),
        ({"billable": "no"}, {"inside"}, 2),
        ({"billed": "yes"}, set(), 0),
        ({"q": "ALICE TASK"}, {"for the client"}, 1),
        ({"q": "nothing like it"}, set(), 0),
    ]:
        listing = listed(alice, **asked)
        assert set(notes(listing)) == found, asked
        assert listing.seconds == hours * 3600, asked


def test_task_tag_and_review_narrow_the_list_too(alice, clock, log):
    tag = Tag.objects.create(workspace=alice.workspace, name="print")
    log(alice, "2026-05-02 09:00", "10:00", note="tagged", tags=[tag])
    log(alice, "2026-05-02 09:30", "11:30", note="on top", task=alice.task)
    log(alice, "2026-05-03 01:00", "23:00", note="long")
    for asked, found in [
        ({"task": str(alice.task.pk)}, ["on top"]),
        ({"task": str(alice.task.pk), "project": str(alice.project.pk)}, ["on top"]),
        ({"tag": str(tag.pk)}, ["tagged"]),
        ({"review": "any"}, ["long", "on top"]),
        ({"review": "overlap"}, ["on top"]),
        ({"review": "long"}, ["long"]),
        ({"review": "archived"}, []),
        ({"review": "nonsense"}, ["long", "on top", "tagged"]),
    ]:
        listing = listed(alice, **asked)
        assert notes(listing) == found, asked
        assert listing.seconds == sum(line.seconds for group in listing.shown for line in group.lines), asked


def test_tasks_are_offered_once_their_project_is_chosen(as_alice, alice, clock, log):
    other = Project.objects.create(workspace=alice.workspace, name="other")
    Task.objects.create(workspace=alice.workspace, project=other, title="elsewhere")
    assert listed(alice).form.fields["task"].choices[1:] == []
    chosen = listed(alice, project=str(alice.project.pk))
    assert chosen.form.fields["task"].choices[1:] == [(alice.task.pk, "alice task")]
    # A task of the project before is no choice any more, so it narrows nothing.
    log(alice, "2026-05-02 09:00", "10:00", note="there", project=other)
    assert notes(listed(alice, project=str(other.pk), task=str(alice.task.pk))) == ["there"]


def test_the_filter_of_tasks_comes_along_when_a_filter_was_changed(as_alice, alice, clock):
    url, asked = reverse("workbench:entries"), {"project": alice.project.pk}
    changed = as_alice.get(url, asked, headers=HX | {"HX-Trigger": "filters"}).text
    assert 'id="task-filter" hx-swap-oob="true"' in changed
    assert "task-filter" not in as_alice.get(url, asked, headers=HX).text
    assert as_alice.get(url, asked).text.count('id="task-filter"') == 1


def test_all_time_reaches_from_the_first_to_the_last_entry(as_alice, alice, clock, log):
    log(alice, "2024-02-29 09:00", "10:00", note="long ago")
    log(alice, "2026-05-02 09:00", "10:00", note="lately")
    listing = listed(alice, period="all")
    assert notes(listing) == ["lately", "long ago"]
    assert listing.said_bounds == (date(2024, 2, 29), date(2026, 5, 2))
    assert "29 Feb 2024" in as_alice.get(reverse("workbench:entries"), {"period": "all"}).text


def test_tags_stand_under_the_title(as_alice, alice, clock, log):
    tags = [Tag.objects.create(workspace=alice.workspace, name=name) for name in ("<b>", "print")]
    log(alice, "2026-05-02 09:00", "10:00", tags=tags)
    page = as_alice.get(reverse("workbench:entries")).text
    assert '<span class="badge">&lt;b&gt;</span><span class="badge">print</span>' in page


def test_a_row_tells_the_bar_what_it_adds(as_alice, alice, clock, log):
    log(alice, "2026-05-02 09:00", "10:30", note="billable")
    log(alice, "2026-05-02 11:00", "12:00", note="free", billable=False)
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="runs")
    page = as_alice.get(reverse("workbench:entries")).text
    assert re.findall(r'data-sum="([^"]*)" aria-label="Select: ([^"]*)"( disabled)?', page) == [
        ("0 ", "runs", " disabled"),
        ("3600 ", "free", ""),
        ("5400 12000 EUR", "billable", ""),
    ]
    assert json.loads(listed(alice).everything) == {
        "count": 2, "seconds": 9000, "billable": 5400, "amounts": {"EUR": 12000}
    }  # fmt: skip


def test_pages_hold_25_rows_and_every_row_is_on_one_of_them(alice, clock, log):
    for number in range(60):
        day, hour = 1 + number // 4, 8 + number % 4
        log(alice, f"2026-04-{day:02d} {hour:02d}:00", f"{hour}:30", note=f"work {number}")
    pages = [notes(listed(alice, period="last_month", page=str(number))) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({note for page in pages for note in page}) == 60
    assert pages[0][0] == "work 59"
    assert notes(listed(alice, period="last_month", page="99")) == pages[2]
    assert notes(listed(alice, period="last_month", page="x")) == pages[0]


@pytest.mark.parametrize(
    "query",
    [
        {"project": "9" * 400}, {"client": "x"}, {"q": "\x00"}, {"q": "x" * 5000}, {"page": "-1"}, {"billable": "²"},
        {"period": "custom", "first": "1999-01-01"}, {"period": "custom", "first": "2026-02-30"},
        {"period": "custom", "last": "9999-12-31"}, {"first": "x" * 100_000},
    ],
)  # fmt: skip
def test_a_bad_address_is_no_error(as_alice, clock, query):
    assert as_alice.get(reverse("workbench:entries"), query).status_code == 200
    assert as_alice.get(reverse("workbench:entries"), query, headers=HX).status_code == 200


def test_a_strangers_project_finds_nothing(alice, charlie, clock, log):
    log(charlie, "2026-05-02 09:00", "10:00", note="canary")
    assert notes(listed(alice, project=str(charlie.project.pk))) == []


def test_htmx_gets_the_list_alone(as_alice, clock):
    assert as_alice.get(reverse("workbench:entries"), headers=HX).content.decode().strip().startswith('<div id="list"')


def test_currencies_are_never_added_up(alice, clock, log):
    log(alice, "2026-05-02 09:00", "10:00")
    alice.client.currency = "GBP"
    alice.client.hourly_rate_minor = 5500
    alice.client.save()
    project = Project.objects.create(workspace=alice.workspace, client=alice.client, name="in pounds")
    log(alice, "2026-05-02 10:00", "11:00", project=project)
    assert listed(alice).amounts == [("EUR", 8000), ("GBP", 5500)]


def test_the_running_entry_is_listed_where_it_is_asked_for(alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task, note="Running heads")
    clock.shift(600)
    other = Project.objects.create(workspace=alice.workspace, name="inside")
    for asked, is_listed in [
        ({}, True),
        ({"q": "running HEADS"}, True),
        ({"q": "alice client"}, True),
        ({"q": "something else"}, False),
        ({"client": str(alice.client.pk), "project": str(alice.project.pk), "billable": "yes"}, True),
        ({"project": str(other.pk)}, False),
        ({"billable": "no"}, False),
        ({"billed": "no"}, True),
        ({"billed": "yes"}, False),
        ({"period": "last_month"}, False),
    ]:
        listing = listed(alice, **asked)
        assert (notes(listing), listing.seconds) == ((["Running heads"], 600) if is_listed else ([], 0)), asked


def test_no_field_of_the_forms_that_open_here_has_the_id_of_a_filter(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-02 09:00", "10:00")
    listed_ids = set(re.findall(r' id="([^"]+)"', as_alice.get(reverse("workbench:entries")).text))
    forms = [
        as_alice.get(reverse(f"workbench:entry_{name}", args=[entry.pk]), headers=HX) for name in ("edit", "split")
    ]
    forms.append(as_alice.post(reverse("workbench:entries_change"), {"entries": [str(entry.pk)]}, headers=HX))
    for form in forms:
        assert not listed_ids & set(re.findall(r' id="([^"]+)"', form.text))
