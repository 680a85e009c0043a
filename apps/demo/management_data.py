"""The demo world's people and plans: its user and business, clients, projects and tasks.

Each row is found again by its natural key (e-mail, code, title). What exists is left as it is, so that running this
again never undoes what somebody has changed; only what is missing is added.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from apps.accounts.models import User
from apps.clients.models import Client, Contact
from apps.core import days
from apps.core.transactions import atomic
from apps.demo.moments import date_back, office_hour
from apps.demo.world import read
from apps.projects.models import Project, Tag, Task
from apps.workspaces.models import Workspace

PASSWORD = "password123"
# How long before a project begins it was planned, its client was met, and before the first one the studio was opened.
PLANNED, MET, OPENED = timedelta(days=16), timedelta(days=30), timedelta(days=45)
_OWN_WORDS = {"client", "contacts", "tasks", "pays", "share", "budget_hours", "starts_days_ago", "due_in_days",
              "archived_days_ago", "paused_days_ago", "bills"}  # fmt: skip


def demo_user() -> User | None:
    """The demo user, when there is one."""
    return User.objects.filter(email=read("studio")["owner"]["email"]).first()


@atomic
def open_studio() -> Workspace:
    """The demo user's workspace, made at first use."""
    content = read("studio")
    user = demo_user() or User.objects.create_user(password=PASSWORD, **content["owner"])
    membership = user.memberships.select_related("workspace").order_by("pk").first()
    return membership.workspace if membership else _open_studio(user, content["workspace"])


def _open_studio(user: User, content: dict) -> Workspace:
    workspace = Workspace.open_for(user, **content)
    opened_at = office_hour(_begin_of_first(workspace) - OPENED, workspace.zone, "opening")
    for row in (user, workspace, user.memberships.get()):
        date_back(row, opened_at)
    return workspace


def _begin_of_first(workspace: Workspace, client_code: str | None = None) -> date:
    """When the first project of all, or of one client, begins."""
    began = [
        content["starts_days_ago"]
        for content in read("projects")["projects"]
        if client_code in (None, content.get("client"))
    ]
    return _today(workspace) - timedelta(days=max(began, default=0))


@atomic
def seed_clients(workspace: Workspace) -> int:
    """Clients with their contacts; returns how many rows are new."""
    known = set(workspace.clients.values_list("code", flat=True))
    made = [_make_client(workspace, content) for content in read("clients")["clients"] if content["code"] not in known]
    return len(made) + sum(client.contacts.count() for client in made)


def _make_client(workspace: Workspace, content: dict) -> Client:
    client = Client.objects.create(
        workspace=workspace,
        archived_at=_instant_before(workspace, content.get("archived_days_ago")),
        **_fields(content),
    )
    Contact.objects.bulk_create(
        [Contact(workspace=workspace, client=client, **contact) for contact in content["contacts"]]
    )
    date_back(client, office_hour(_begin_of_first(workspace, client.code) - MET, workspace.zone, client.code))
    return client


@atomic
def seed_projects(workspace: Workspace) -> int:
    """Projects of all kinds, for the clients that exist; returns how many are new."""
    clients = {client.code: client for client in workspace.clients.all()}
    known = set(workspace.projects.values_list("code", flat=True))
    missing = [content for content in read("projects")["projects"] if content["code"] not in known]
    for content in missing:
        _make_project(workspace, clients.get(content.get("client")), content)
    return len(missing)


def _make_project(workspace: Workspace, client: Client | None, content: dict) -> Project:
    today = _today(workspace)
    project = Project.objects.create(
        workspace=workspace,
        client=client,
        budget_seconds=content["budget_hours"] * 3600 if "budget_hours" in content else None,
        starts_on=today - timedelta(days=content["starts_days_ago"]),
        due_on=today + timedelta(days=content["due_in_days"]) if "due_in_days" in content else None,
        archived_at=_instant_before(workspace, content.get("archived_days_ago")),
        **_fields(content),
    )
    date_back(project, office_hour(project.starts_on - PLANNED, workspace.zone, project.code))
    return project


@atomic
def seed_tasks(workspace: Workspace) -> int:
    """The tasks of all projects, with tags; returns how many are new."""
    projects = {project.code: project for project in workspace.projects.select_related("client")}
    known = set(workspace.tasks.values_list("project__code", "title"))
    tags = _tags(workspace)
    made = 0
    for content in read("projects")["projects"]:
        project = projects.get(content["code"])
        if project is None:
            continue
        for position, (task, period) in enumerate(zip(content["tasks"], periods(project, content), strict=True)):
            if (project.code, task["title"]) not in known:
                _make_task(project, position, task, period).tags.set(tags[name] for name in task.get("tags", ()))
                made += 1
    return made


def _tags(workspace: Workspace) -> dict[str, Tag]:
    tags = {tag.name: tag for tag in workspace.tags.all()}
    for content in read("projects")["projects"]:
        for name in (name for task in content["tasks"] for name in task.get("tags", ())):
            if name not in tags:
                tags[name] = Tag.objects.create(workspace=workspace, name=name)
    return tags


def _make_task(project: Project, position: int, content: dict, period: tuple[date, date] | None) -> Task:
    workspace = project.workspace
    due_in = content.get("due_in_days")
    done = content["status"] == Task.Status.DONE
    completed_on = period[1] if done and period else _today(workspace)
    task = Task.objects.create(
        workspace=workspace,
        project=project,
        title=content["title"],
        status=content["status"],
        priority=content.get("priority", Task.Priority.NORMAL),
        estimate_seconds=content["estimate"] * 3600 if "estimate" in content else None,
        due_on=_due_on(workspace, due_in, completed_on if done else None, position),
        completed_at=datetime.combine(completed_on, time(17, 30), workspace.zone) if done else None,
        billable=project.is_billable,
        assignee=demo_user(),
        position=position,
    )
    date_back(task, _noted_at(task, period))
    return task


def _noted_at(task: Task, period: tuple[date, date] | None) -> datetime:
    """Some days before somebody begins with it, or in these weeks where nobody has yet; no sooner than its project."""
    before = timedelta(days=random.Random(f"note {task.title}").randrange(2, 14))
    zone = task.workspace.zone
    day = (period[0] if period else _today(task.workspace)) - before
    return max(task.project.created_at, office_hour(day, zone, f"{task.project.code} {task.title}"))


def _due_on(workspace: Workspace, due_in: int | None, completed_on: date | None, position: int) -> date | None:
    """A finished task was mostly in time: every fourth is three days late, the others had some days left."""
    if completed_on:
        return completed_on + timedelta(days=-3 if position % 4 == 2 else position % 3)
    return None if due_in is None else _today(workspace) + timedelta(days=due_in)


def periods(project: Project, content: dict) -> Iterator[tuple[date, date] | None]:
    """When each task of the project was worked on, first and last day; None for those not begun.

    The done tasks share the project's time so far, in their order and in proportion to their estimates; the tasks in
    doing have what is left.
    """
    today = _today(project.workspace)
    first = project.starts_on or today
    last = today - timedelta(days=content.get("paused_days_ago", 0))
    if project.status == Project.Status.COMPLETED:
        last = min(project.due_on, today)
    begun = [task for task in content["tasks"] if task["status"] != Task.Status.TODO]
    whole = sum(task.get("estimate", 1) for task in begun) or 1
    spent = 0
    for task in content["tasks"]:
        if task["status"] == Task.Status.TODO:
            yield None
            continue
        start = first + (last - first) * spent // whole
        if task["status"] == Task.Status.DONE:
            spent += task.get("estimate", 1)
            yield start, first + (last - first) * spent // whole - timedelta(days=1)
        else:
            yield start, last


def _fields(content: dict) -> dict:
    return {name: value for name, value in content.items() if name not in _OWN_WORDS}


def _today(workspace: Workspace) -> date:
    return days.local_day(days.now(), workspace.zone)


def _instant_before(workspace: Workspace, days_ago: int | None) -> datetime | None:
    return None if days_ago is None else days.day_start(_today(workspace) - timedelta(days=days_ago), workspace.zone)
