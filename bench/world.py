"""The benchmark's workspace: one person, 50 clients, 200 projects, 2,000 tasks, three years of time, and invoices.

The last weeks are filled as a person fills them, ten entries a day, whatever the size: so the page of a day is the
same page at 20,000 and at 100,000 entries. The rest lies on the older days. So it is with invoices: 300 are of recorded
time, six for each client, and all that are wanted beyond those are written by `bench.invoices`.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from apps.accounts.models import User
from apps.clients.models import Client
from apps.core import days
from apps.demo.bulk import Session, work, write_sessions
from apps.invoicing.documents import stored_pdf
from apps.invoicing.services import draft_from_time
from apps.projects.models import Project, Task
from apps.workspaces.models import Workspace
from bench.invoices import write_invoices

EMAIL = "bench@example.com"
CLIENTS, PROJECTS, TASKS = 50, 200, 2000
YEARS = timedelta(days=3 * 365)
RECENT = timedelta(days=42)
A_DAY = 10
LOCAL_HOUR = 16
INVOICES_OF_CLIENT, PAID_OF_CLIENT, ENTRIES_OF_INVOICE = 6, 4, 12
INVOICES_OF_TIME = CLIENTS * INVOICES_OF_CLIENT
CURRENCIES = ["EUR", "GBP", "USD", "INR"]
NOTES = ["Review of the draft", "Call with the team", "Corrections", "Layout, second round", "Tests on the phones", ""]


def seed(entries: int, invoices: int) -> Workspace:
    """Fill the empty database; the same every time for the same day."""
    rng = random.Random(f"bench {entries}")
    zone = zone_where_it_is_afternoon()
    user = User.objects.create_user(EMAIL, "not needed here", name="Bench", timezone=zone)
    workspace = Workspace.open_for(
        user, name="Bench studio", timezone=zone, currency="EUR", hourly_rate_minor=8000, address="Quay 1\nHamburg"
    )
    _make_clients(workspace)
    _make_projects(workspace)
    _make_tasks(workspace, user)
    tasks = list(workspace.tasks.select_related("project__client", "project__workspace").order_by("pk"))
    today = days.local_day(days.now(), user.zone)
    write_sessions(user, workspace, islice(_sessions(rng, tasks, user.zone, today, entries), entries))
    for client in workspace.clients.order_by("pk"):
        _bill(workspace, client, today)
    write_invoices(workspace, max(invoices - INVOICES_OF_TIME, 0), today)
    stored_pdf(workspace.invoices.issued().order_by("pk").first())
    return workspace


def zone_where_it_is_afternoon() -> str:
    """A zone in which it is past four in the afternoon now, so that today has entries at whatever hour this runs."""
    east = (LOCAL_HOUR - datetime.now(UTC).hour + 10) % 24 - 10
    return f"Etc/GMT{-east:+d}" if east else "UTC"


def _make_clients(workspace: Workspace) -> None:
    Client.objects.bulk_create(
        Client(
            workspace=workspace,
            name=f"Client {number:02d} & Partners",
            code=f"C{number:02d}",
            currency=CURRENCIES[number % len(CURRENCIES)],
            hourly_rate_minor=6000 + 100 * number,
            email=f"accounts{number}@example.com",
            address=f"{number} Long Street\nBristol",
            country="GB",
        )
        for number in range(CLIENTS)
    )


def _make_projects(workspace: Workspace) -> None:
    clients = list(workspace.clients.order_by("pk"))
    Project.objects.bulk_create(
        Project(
            workspace=workspace,
            client=clients[number % CLIENTS],
            name=f"Project {number:03d}",
            code=f"P{number:03d}",
            colour=number % 6 + 1,
            budget_seconds=400 * 3600,
        )
        for number in range(PROJECTS)
    )


def _make_tasks(workspace: Workspace, user: User) -> None:
    projects = list(workspace.projects.order_by("pk"))
    today = days.local_day(days.now(), workspace.zone)
    Task.objects.bulk_create(
        (_task(workspace, user, projects[number % PROJECTS], number, today) for number in range(TASKS)), batch_size=500
    )


def _task(workspace: Workspace, user: User, project: Project, number: int, today: date) -> Task:
    done = number % 3 == 0
    return Task(
        workspace=workspace,
        project=project,
        title=f"Task {number:04d} of {project.name}",
        status=Task.Status.DONE if done else Task.Status.TODO,
        completed_at=days.now() - timedelta(days=number % 900) if done else None,
        estimate_seconds=(number % 20 + 1) * 3600,
        due_on=today + timedelta(days=number % 60 - 10),
        assignee=user,
        position=number // PROJECTS,
    )


def _sessions(rng: random.Random, tasks: list[Task], zone, today: date, entries: int) -> Iterator[Session]:
    """Today, the last weeks, then the older days with as many a day as are left over."""
    recent = [today - timedelta(days=number) for number in range(RECENT.days)]
    for day in recent:
        yield from _day(rng, tasks, zone, day, A_DAY if day < today else A_DAY - 2)
    older = [today - timedelta(days=number) for number in range(RECENT.days, YEARS.days)]
    left = entries - RECENT.days * A_DAY
    for number, day in enumerate(older):
        yield from _day(rng, tasks, zone, day, left * (number + 1) // len(older) - left * number // len(older))
    yield from _day(rng, tasks, zone, today - YEARS, A_DAY)


def _day(rng: random.Random, tasks: list[Task], zone, day: date, count: int) -> Iterator[Session]:
    """So many sessions between six in the morning and two in the afternoon, none over another."""
    slot = 8 * 3600 // max(count, 1)
    begin = datetime.combine(day, time(6), zone).astimezone(UTC)
    for number in range(count):
        task = rng.choice(tasks)
        started_at = begin + timedelta(seconds=slot * number)
        stretch = work(started_at, max(1, slot * rng.randrange(50, 100) // 6000))
        yield Session([stretch], task.project, task, rng.choice(NOTES))


def _bill(workspace: Workspace, client: Client, today: date) -> None:
    """Six invoices of the client's oldest time, the first four of them paid."""
    entries = workspace.time_entries.filter(project__client=client).order_by("started_at")
    ids = list(entries.values_list("pk", flat=True)[: INVOICES_OF_CLIENT * ENTRIES_OF_INVOICE])
    for number in range(INVOICES_OF_CLIENT):
        invoice = draft_from_time(
            workspace=workspace,
            client=client,
            entries=ids[number * ENTRIES_OF_INVOICE : (number + 1) * ENTRIES_OF_INVOICE],
            issue_date=today - timedelta(days=30 * (INVOICES_OF_CLIENT - number)),
        )
        invoice.issue()
        if number < PAID_OF_CLIENT:
            invoice.mark_paid(key=f"bench-{invoice.number}")
