"""Lists of clients, projects and tasks: one way to search, filter, sort and page, whole or as a part."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.clients.models import Client
from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry

HTMX = {"HX-Request": "true", "HX-Target": "list"}
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
LISTS = ["clients:list", "projects:list", "tasks:list"]


def add_rows(world, count: int, start: int = 0) -> None:
    """So many more clients, each with a project, a task and an hour of work."""
    for number in range(start, start + count):
        client = Client.objects.create(workspace=world.workspace, name=f"Row {number:03}", currency="EUR")
        project = Project.objects.create(workspace=world.workspace, client=client, name=f"Row {number:03}")
        task = Task.objects.create(workspace=world.workspace, project=project, title=f"Row {number:03}")
        log(world, task, minutes=60)


def log(world, task, *, minutes: int, at=MORNING) -> TimeEntry:
    return TimeEntry.log(
        user=world.owner,
        workspace=world.workspace,
        started_at=at,
        ended_at=at + timedelta(minutes=minutes),
        project=task.project,
        task=task,
    )


def names(answer) -> list[str]:
    return [str(record) for record in answer.context["table"].records]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_runs_as_many_queries_for_twenty_rows_as_for_two(as_alice, alice, name):
    add_rows(alice, 1)
    as_alice.get(reverse(name))
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(names(as_alice.get(reverse(name)))) == 2
    add_rows(alice, 18, start=1)
    with CaptureQueriesContext(connection) as many:
        assert len(names(as_alice.get(reverse(name)))) == 20
    assert len(many) == len(few)
    assert len(many) <= 10


@pytest.mark.parametrize("name", ["clients:detail", "projects:detail", "projects:tasks", "tasks:detail"])
def test_an_overview_stays_within_its_queries(as_alice, alice, name):
    log(alice, alice.task, minutes=60)
    row = {"clients": alice.client, "projects": alice.project, "tasks": alice.task}[name.split(":")[0]]
    with CaptureQueriesContext(connection) as queries:
        assert as_alice.get(reverse(name, args=[row.pk])).status_code == 200
    assert len(queries) <= 13


@pytest.mark.parametrize("name", LISTS)
def test_pages_hold_25_rows_and_a_page_too_far_shows_the_last(as_alice, alice, name):
    add_rows(alice, 30)
    assert len(names(as_alice.get(reverse(name)))) == 25
    assert len(names(as_alice.get(reverse(name), {"page": 2}))) == 6
    assert names(as_alice.get(reverse(name), {"page": 99})) == names(as_alice.get(reverse(name), {"page": 2}))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"page": "abc"},
        {"page": "-1"},
        {"page": "9" * 5000},
        {"sort": "evil"},
        {"sort": "name,-name;drop"},
        {"sort": "-workspace__hourly_rate_minor"},
        {"client": "9" * 21},
        {"client": "x"},
        {"project": "9" * 21},
        {"status": "evil", "archived": "evil", "currency": "\x00", "due": "never", "who": "9"},
        {"q": "\x00"},
        {"q": "a" * 100_000},
        {"q": "%_'\"\\"},
        {"q": "😀 مرحبا"},
        {"per_page": "100000"},
    ],
)
def test_nonsense_in_the_address_of_a_list_never_fails(as_alice, alice, name, query):
    assert as_alice.get(reverse(name), query).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_htmx_gets_only_the_list_and_an_address_without_empty_filters(as_alice, alice, name):
    answer = as_alice.get(reverse(name), {"q": "alice", "archived": "", "page": ""}, headers=HTMX)
    page = answer.content.decode()
    assert page.strip().startswith('<div id="list"')
    assert "<html" not in page
    assert answer.headers["HX-Push-Url"] == f"{reverse(name)}?q=alice"
    assert "HX-Request" in answer.headers["Vary"]


def test_a_list_asks_for_itself_again_with_its_filters_and_sorting(as_alice, alice):
    page = as_alice.get(reverse("clients:list"), {"q": "alice", "sort": "-hours"}).content.decode()
    assert 'hx-get="/clients/?q=alice&amp;sort=-hours"' in page
    assert '<input type="hidden" name="sort" value="-hours" form="filters">' in page


@pytest.mark.parametrize("name", LISTS)
def test_search_finds_by_a_part_of_the_name(as_alice, alice, name):
    add_rows(alice, 3)
    assert names(as_alice.get(reverse(name), {"q": "row 001"})) == ["Row 001"]
    assert names(as_alice.get(reverse(name), {"q": "nobody"})) == []


def test_archived_clients_are_shown_when_asked_for(as_alice, alice):
    gone = Client.objects.create(workspace=alice.workspace, name="Gone", currency="EUR")
    gone.archive()
    assert names(as_alice.get(reverse("clients:list"))) == ["alice client"]
    assert names(as_alice.get(reverse("clients:list"), {"archived": "archived"})) == ["Gone"]
    assert names(as_alice.get(reverse("clients:list"), {"archived": "all"})) == ["alice client", "Gone"]


def test_clients_are_sorted_by_hours_and_by_what_is_not_billed(as_alice, alice):
    add_rows(alice, 2)
    log(alice, Task.objects.get(title="Row 000"), minutes=30, at=MORNING + timedelta(days=1))
    by_hours = names(as_alice.get(reverse("clients:list"), {"sort": "-hours"}))
    assert by_hours == ["Row 000", "Row 001", "alice client"]
    assert names(as_alice.get(reverse("clients:list"), {"sort": "unbilled"})) == by_hours[::-1]
    assert names(as_alice.get(reverse("projects:list"), {"sort": "-hours"})) == ["Row 000", "Row 001", "alice project"]
    assert names(as_alice.get(reverse("projects:list"), {"sort": "-unbilled"}))[0] == "Row 000"


def test_clients_are_filtered_by_currency(as_alice, alice):
    Client.objects.create(workspace=alice.workspace, name="Yen", currency="JPY")
    assert names(as_alice.get(reverse("clients:list"), {"currency": "JPY"})) == ["Yen"]


def test_projects_are_filtered_by_client_status_and_billing(as_alice, alice):
    add_rows(alice, 1)
    other = Project.objects.get(name="Row 000")
    other.status, other.billing = Project.Status.ON_HOLD, Project.Billing.FIXED
    other.save()
    ask = lambda **query: names(as_alice.get(reverse("projects:list"), query))  # noqa: E731
    assert ask(client=other.client_id) == ask(status="on_hold") == ask(billing="fixed") == ["Row 000"]
    assert ask(status="active") == ["alice project"]


def test_a_project_of_an_archived_client_is_out_of_the_list(as_alice, alice):
    alice.client.archive()
    assert names(as_alice.get(reverse("projects:list"))) == []


def test_tasks_are_filtered_by_whatever_one_asks_for(as_alice, alice, bob):
    today = datetime.now(UTC).date()
    add_rows(alice, 2)
    Task.objects.filter(title="Row 000").update(priority=4, assignee=bob, due_on=today - timedelta(days=3))
    Task.objects.get(title="Row 001").complete()
    other = Task.objects.get(title="Row 000")
    ask = lambda **query: names(as_alice.get(reverse("tasks:list"), query))  # noqa: E731
    assert set(ask()) == {"alice task", "Row 000"}
    assert ask(status="done") == ["Row 001"]
    assert len(ask(status="all")) == 3
    assert ask(priority=4) == ask(who="others") == ask(due="late") == ["Row 000"]
    assert ask(project=other.project_id) == ask(client=other.project.client_id) == ["Row 000"]
    assert ask(who="nobody") == ask(due="none") == ["alice task"]
    assert ask(who="me") == ask(due="today") == ask(due="week") == []


def test_amounts_of_different_currencies_are_shown_apart(as_alice, alice):
    log(alice, alice.task, minutes=60)
    Client.objects.filter(pk=alice.client.pk).update(currency="USD")
    log(alice, Task.objects.select_related("project__client").get(), minutes=30, at=MORNING + timedelta(days=1))
    project = Project.objects.get()
    project.hourly_rate_minor = 10_000
    project.save()
    log(alice, Task.objects.select_related("project__client").get(), minutes=60, at=MORNING + timedelta(days=2))
    client = Client.objects.get()
    assert client.unbilled_amounts == [("USD", 10_000), ("EUR", 8000)]
    page = as_alice.get(reverse("clients:list")).content.decode()
    assert '<span class="money-cur">€</span>80<span' in page
    assert '<span class="money-cur">$</span>100<span' in page


@pytest.mark.parametrize("name", LISTS)
def test_shown_time_is_the_sum_of_the_slices(as_alice, alice, name):
    log(alice, alice.task, minutes=75)
    log(alice, alice.task, minutes=20, at=MORNING + timedelta(days=1))
    assert alice.workspace.time_slices.total_seconds() == 95 * 60
    assert "1:35" in as_alice.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_workspace_is_told_how_to_begin(client, charlie, name):
    Task.objects.all().delete()
    Project.objects.all().delete()
    Client.objects.all().delete()
    client.force_login(charlie.owner)
    page = client.get(reverse(name)).content.decode()
    assert "empty-state" in page
    assert '<div id="list" class="is-empty"' in page
