"""Clients, projects, tasks and tags by the names that a file gives them: found whatever their capitals, or made."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.clients.models import Client
from apps.projects.models import Project, Tag, Task
from apps.workbench.importing.rows import Work

KINDS = ("clients", "projects", "tasks", "tags")
COLOURS = 6


@dataclass(frozen=True)
class Place:
    """Where work belongs; None means nowhere, or that it is not there yet."""

    project: Project | None
    task: Task | None
    tags: tuple[Tag, ...]


@dataclass
class Missing:
    """Names that the workspace does not know yet, as the file writes them, by the key that they are found by."""

    clients: dict = field(default_factory=dict)
    projects: dict = field(default_factory=dict)
    tasks: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)

    def as_json(self, most: int) -> dict:
        """How many of each kind, with the first names."""
        return {kind: self._told(getattr(self, kind), most) for kind in KINDS}

    @staticmethod
    def _told(named: dict, most: int) -> dict:
        return {"count": len(named), "first": sorted(named.values(), key=str.casefold)[:most]}


def project_name(work: Work) -> str:
    """A row with a client or a task but no project goes to one that stands for all such rows."""
    return work.project or (_("General") if work.client or work.task else "")


class Names:
    """What one workspace calls its things, read when this is made. Of namesakes the one in use is found."""

    def __init__(self, workspace):
        self.workspace = workspace
        by_age = {"key": lambda row: (row.archived_at is None, -row.pk)}
        self.clients = {row.name.casefold(): row for row in sorted(workspace.clients.all(), **by_age)}
        self.projects: dict[tuple, Project] = {}
        self._everywhere: dict[str, list[Project]] = defaultdict(list)
        for row in sorted(workspace.projects.select_related("client").defer("notes"), **by_age):
            self._learn_project(row)
        self.tags = {tag.name.casefold(): tag for tag in workspace.tags.all()}
        self.tasks: dict[tuple, Task] = {}

    def learn_tasks(self, works: Iterable[Work]) -> None:
        """Read the tasks of the projects that these rows name."""
        projects = {project.pk: project for work in works if work.task and (project := self.find_project(work))}
        tasks = self.workspace.tasks.filter(project__in=projects).defer("description")
        for task in sorted(tasks, key=lambda row: (row.archived_at is None, -row.pk)):
            task.project = projects[task.project_id]
            self.tasks[task.project_id, task.title.casefold()] = task

    def find_project(self, work: Work) -> Project | None:
        """By client and name; without a client the one that has none, or the only one of the name."""
        name = project_name(work).casefold()
        if not name:
            return None
        if work.client:
            client = self.clients.get(work.client.casefold())
            return self.projects.get((client.pk, name)) if client else None
        alone = self.projects.get((None, name))
        namesakes = self._everywhere[name]
        return alone or (namesakes[0] if len(namesakes) == 1 else None)

    def find(self, work: Work) -> Place:
        """Project, task and tags of a row, as far as they are there."""
        project = self.find_project(work)
        task = self.tasks.get((project.pk, work.task.casefold())) if project and work.task else None
        tags = (self.tags.get(tag.casefold()) for tag in work.tags)
        return Place(project, task, tuple(tag for tag in tags if tag))

    def note_missing(self, works: Iterable[Work], missing: Missing) -> None:
        """Add to `missing` what these rows name and nobody has."""
        for work in works:
            client, name = work.client.casefold(), project_name(work)
            if client and client not in self.clients:
                missing.clients.setdefault(client, work.client)
            place = self.find(work)
            if name and place.project is None:
                missing.projects.setdefault((client, name.casefold()), name)
            if work.task and place.task is None:
                missing.tasks.setdefault((client, name.casefold(), work.task.casefold()), work.task)
            for tag in work.tags:
                if tag.casefold() not in self.tags:
                    missing.tags.setdefault(tag.casefold(), tag)

    # ── Making what is missing ────────────────────────────────────────────────────────────────────────────────────────

    def make(self, works: Iterable[Work]) -> dict[str, list[int]]:
        """Make all that these rows name and nobody has, in the caller's transaction; returns the ids of what is new."""
        made: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for work in works:
            if work.client and work.client.casefold() not in self.clients:
                made["clients"].append(self._make_client(work).pk)
            if project_name(work) and self.find_project(work) is None:
                made["projects"].append(self._make_project(work).pk)
            if work.task and self.find(work).task is None:
                made["tasks"].append(self._make_task(work).pk)
            for name in work.tags:
                if name.casefold() not in self.tags:
                    tag = Tag.objects.create(workspace=self.workspace, name=name)
                    self.tags[name.casefold()] = tag
                    made["tags"].append(tag.pk)
        return made

    def _make_client(self, work: Work) -> Client:
        currency = work.currency or self.workspace.currency
        client = Client.objects.create(workspace=self.workspace, name=work.client, currency=currency)
        self.clients[work.client.casefold()] = client
        return client

    def _make_project(self, work: Work) -> Project:
        project = Project.objects.create(
            workspace=self.workspace,
            client=self.clients.get(work.client.casefold()) if work.client else None,
            name=project_name(work),
            colour=len(self.projects) % COLOURS + 1,
        )
        self._learn_project(project)
        return project

    def _make_task(self, work: Work) -> Task:
        project = self.find_project(work)
        (task,) = Task.objects.add_to(project, [Task(title=work.task)])
        if task.pk is None:  # MySQL does not tell the keys of many rows at once
            task = project.tasks.get(position=task.position)
            task.project = project
        self.tasks[project.pk, work.task.casefold()] = task
        return task

    def _learn_project(self, project: Project) -> None:
        project.workspace = self.workspace
        name = project.name.casefold()
        self.projects[project.client_id, name] = project
        self._everywhere[name].append(project)
