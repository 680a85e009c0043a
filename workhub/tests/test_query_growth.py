"""More rows on a page cost no more queries, and no page asks many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.clients.models import Client, Contact
from apps.core import days
from apps.invoicing.models import Invoice, InvoiceLine
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import TimeEntry
from workhub.tests.routes import all_routes
from workhub.tests.worlds import fill

FEW, MANY = 2, 20
# Pages that show several things at once.
MOST_QUERIES = dict.fromkeys(
    [
        "workbench:day", "clients:detail", "clients:delete", "projects:delete", "projects:detail",
        "invoicing:detail", "invoicing:edit", "invoicing:stats", "invoicing:account",
    ],
    15,
)  # fmt: skip
MOST_QUERIES_ELSEWHERE = 10
LIST_NAMES = ("list", "entries", "day", "week", "picker", "palette", "tasks", "detail", "from_time", "stats", "account")
LISTS = [route for route in all_routes() if not route.third_party and route.name.rpartition(":")[2] in LIST_NAMES]


class Growing:
    """A workspace in which there is more of everything each time that one asks."""

    def __init__(self, world):
        self.world, self.workspace, self.made = world, world.workspace, 0
        self.project = world.project
        self.entry = self.invoice = None

    def grow(self, to: int) -> None:
        """Until there are so many of each kind, on one client and project as well as on their own."""
        while self.made < to:
            self._add_one_of_each(self.made)
            self.made += 1

    def _add_one_of_each(self, number: int) -> None:
        own = {"workspace": self.workspace}
        client = Client.objects.create(**own, name=f"client {number}", currency="EUR")
        Contact.objects.create(**own, client=self.world.client, name=f"contact {number}")
        Project.objects.create(**own, name=f"project {number}", client=self.world.client, budget_seconds=36000)
        other = Project.objects.create(**own, name=f"other {number}", client=client)
        tag = Tag.objects.create(**own, name=f"tag {number}")
        for project in (self.project, other):
            task = Task.objects.create(**own, project=project, title=f"task {number}", assignee=self.world.owner)
            task.tags.add(tag)
            start = days.now() - timedelta(minutes=20 * (number + 1))
            self.entry = TimeEntry.log(
                user=self.world.owner, **own, task=task, started_at=start, ended_at=start + timedelta(minutes=9)
            )
            self.entry.tags.add(tag)
        for issued in (False, True):
            self.invoice = Invoice.start(**own, client=self.world.client, actor=self.world.owner)
            InvoiceLine.objects.create(**own, invoice=self.invoice, description="work", unit_price=80)
            self.invoice.write_totals()
            if issued:
                self.invoice.issue(actor=self.world.owner)
                self.invoice.pay(100, key=f"key {number}", actor=self.world.owner)
                self.invoice.account.receive(100, shares={}, key=f"credit {number}")
                self.invoice.account.refund(50, key=f"refund {number}")

    def ids(self, model) -> list[str]:
        """Of the rows on which everything is piled up."""
        piled = {
            Client: self.world.client,
            Project: self.project,
            Task: self.world.task,
            TimeEntry: self.entry,
            Invoice: self.invoice,
        }
        return [str(piled[model].pk)]


@pytest.mark.django_db
def test_every_list_runs_as_few_queries_with_many_rows_as_with_few(alice, client):
    type(alice.workspace).objects.filter(pk=alice.workspace.pk).update(address="Street 1", country="DE")
    Client.objects.filter(pk=alice.client.pk).update(address="Street 2", country="DE")
    alice.workspace.refresh_from_db()
    world = Growing(alice)
    client.force_login(alice.owner)
    world.grow(FEW)
    few = {(route, htmx): _queries(client, route, world, htmx) for route in LISTS for htmx in (False, True)}
    world.grow(MANY)
    failures = []
    for (route, htmx), queries_of_few in few.items():
        queries = _queries(client, route, world, htmx)
        if len(queries) > len(queries_of_few):
            told = "\n    ".join(query for query in queries if queries.count(query) > queries_of_few.count(query))
            failures.append(f"{route} htmx={htmx}: {len(queries_of_few)} queries, then {len(queries)}:\n    {told}")
        most = MOST_QUERIES.get(route.name, MOST_QUERIES_ELSEWHERE)
        if len(queries) > most:
            told = "\n    ".join(query[:160] for query in queries)
            failures.append(f"{route} htmx={htmx}: {len(queries)} queries, {most} are allowed:\n    {told}")
    assert not failures, "\n".join(failures)


@pytest.mark.django_db
def test_no_page_asks_more_than_it_may(alice, client):
    world = fill(alice)
    client.force_login(alice.owner)
    failures = []
    for route in (route for route in all_routes() if not route.third_party):
        if client.get(route.urls(world)[0]).status_code != 200:
            continue
        queries = _queries(client, route, world, htmx=False)
        if len(queries) > MOST_QUERIES.get(route.name, MOST_QUERIES_ELSEWHERE):
            failures.append(f"{route}: {len(queries)} queries\n    " + "\n    ".join(text[:160] for text in queries))
    assert not failures, "\n".join(failures)


def test_there_are_lists_to_ask():
    expected = {"workbench:entries", "workbench:day", "workbench:week"}
    expected |= {f"{area}:list" for area in ("clients", "projects", "tasks", "invoicing")}
    assert expected <= {route.name for route in LISTS}


def _queries(client, route, world, htmx: bool) -> list[str]:
    """The queries of the second request: the first fills caches that live as long as the process."""
    url = route.urls(world)[0]
    headers = {"HX-Request": "true"} if htmx else {}
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
    assert answer.status_code in (200, 302), f"{route}: {answer.status_code}"
    return [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
