"""What the picker offers: the last work of a person, then projects with their open tasks, filtered by a few letters."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django import forms

from apps.core import days
from apps.projects.forms import ProjectForm, TaskForm
from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry
from apps.workbench.quick_names import Known, KnownProject, KnownTask
from apps.workspaces.forms import WorkspaceForm
from apps.workspaces.models import Workspace

RECENT = 5
PROJECTS = 12
TASKS = 30
TEXT_LENGTH = 80
NAMEABLE = 5000


@dataclass
class ProjectChoice:
    """A project and those of its open tasks that are offered."""

    project: Project
    tasks: list[Task] = field(default_factory=list)


class WorkChoices:
    """The offer for one person and one text, in a fixed number of queries and of bounded length."""

    def __init__(self, workspace: Workspace, user, text: str, chosen: str = ""):
        self.workspace = workspace
        self.user = user
        self.text = _tidy(text)
        self.chosen = chosen

    @cached_property
    def recent(self) -> list[TimeEntry]:
        """The last entries that differ, with the text in note, task, project or client."""
        found = self.workspace.time_entries.of(self.user).recent_distinct(RECENT * 4)
        wanted = self.text.lower()
        return [entry for entry in found if wanted in _all_words(entry) and _can_go_on(entry)][:RECENT]

    @cached_property
    def projects(self) -> list[ProjectChoice]:
        """Projects that are found themselves or through a task, each with its open tasks."""
        tasks = list(
            self.workspace.tasks.open().search(self.text).select_related("project__client").order_by("position")[:TASKS]
        )
        found = self.workspace.projects.active().search(self.text).to_work_on().select_related("client")[:PROJECTS]
        groups = {project.pk: ProjectChoice(project) for project in found}
        for task in tasks:
            groups.setdefault(task.project_id, ProjectChoice(task.project)).tasks.append(task)
        return list(groups.values())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.recent or self.projects)

    @property
    def to_create(self) -> str:
        """The name of a project that could be made: what was typed, unless one is called so."""
        names = {choice.project.name.casefold() for choice in self.projects}
        return "" if self.text.casefold() in names else self.text

    @cached_property
    def project_of_task(self) -> Project | None:
        """Where a task of this title could be made: in the project that is chosen already."""
        if not (self.text and self.chosen.isascii() and self.chosen.isdigit() and len(self.chosen) <= 18):
            return None
        titles = {task.title.casefold() for choice in self.projects for task in choice.tasks}
        if self.text.casefold() in titles:
            return None
        return self.workspace.projects.active().filter(pk=int(self.chosen)).first()


def _tidy(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:TEXT_LENGTH]


def _all_words(entry: TimeEntry) -> str:
    client = entry.project.client if entry.project else None
    return " ".join(str(part) for part in (entry.note, entry.task, entry.project, client) if part).lower()


def _can_go_on(entry: TimeEntry) -> bool:
    return not ((entry.project and entry.project.is_archived) or (entry.task and entry.task.is_archived))


class NewWorkForm(WorkspaceForm):
    """A project by its name, or with `project` a task of it; made by the forms of projects and tasks, with what they
    begin with. What is there already is taken instead, so a second press makes no second one."""

    name = forms.CharField(max_length=200)
    project = forms.ModelChoiceField(Project.objects.active(), required=False)

    def clean(self):
        cleaned = super().clean()
        self.made = None
        if self.errors:
            return cleaned
        self.rows = self.workspace.tasks.open() if cleaned["project"] else self.workspace.projects.active()
        same = {"title__iexact": cleaned["name"], "project": cleaned["project"]}
        self.made = self.rows.filter(**same if cleaned["project"] else {"name__iexact": cleaned["name"]}).first()
        if self.made is None:
            self.inner = self._inner()
            for errors in self.inner.errors.values():
                self.add_error("name", errors)
        return cleaned

    def _inner(self) -> ProjectForm | TaskForm:
        name, project = self.cleaned_data["name"], self.cleaned_data["project"]
        if project:
            facts = {
                "title": name,
                "project": str(project.pk),
                "status": Task.Status.TODO,
                "priority": Task.Priority.NORMAL,
            }
            return TaskForm(facts | {"billable": "on"}, workspace=self.workspace)
        facts = {"name": name, "colour": 1, "status": Project.Status.ACTIVE, "billing": Project.Billing.HOURLY}
        return ProjectForm(facts, workspace=self.workspace)

    def save(self) -> Project | Task:
        """The new row, or the one that was there."""
        return self.made or self.inner.save()


def recent_to_start(workspace: Workspace, user, text: str) -> list[TimeEntry]:
    """The last work that differs in text, project, task, tags or billing, with `text` in it, newest first."""
    wanted = _tidy(text).lower()
    entries = workspace.time_entries.of(user).stopped().latest_first()
    entries = entries.select_related("project__client", "task").prefetch_related("tags")[: RECENT * 12]
    found: dict[tuple, TimeEntry] = {}
    for entry in entries:
        if (entry.note or entry.project_id) and _can_go_on(entry) and wanted in _all_words(entry):
            tags = frozenset(tag.pk for tag in entry.tags.all())
            found.setdefault((entry.note, entry.project_id, entry.task_id, tags, entry.billable), entry)
    return list(found.values())[:RECENT]


class PlainChoices:
    """The same for a select without JavaScript: projects with their open tasks, at most `LIMIT` lines."""

    LIMIT = 300

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    @cached_property
    def projects(self) -> list[ProjectChoice]:
        """Active projects by name, each with its open tasks as far as there is room."""
        found = self.workspace.projects.active().to_work_on().select_related("client")[: self.LIMIT]
        groups = {project.pk: ProjectChoice(project) for project in found}
        for task in self.workspace.tasks.open().order_by("project", "position")[: self.LIMIT - len(groups)]:
            if task.project_id in groups:
                groups[task.project_id].tasks.append(task)
        return list(groups.values())


def last_end(workspace: Workspace, user, day: date) -> datetime | None:
    """When the work of a person on a local day ended so far; None where there is none, or it went on after midnight."""
    start, end = days.day_bounds(day, user.zone)
    done = workspace.segments.filter(user=user, entry__deleted_at=None).meeting(start, end)
    last = done.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return last if last and last < end and last <= days.now() else None


def known_names(workspace: Workspace, text: str) -> Known:
    """What a line of quick entry may name; tasks and projects are only read for an @, tags for a #."""
    projects = tasks = tags = ()
    if "@" in text:
        rows = workspace.projects.active().order_by("name").values_list("pk", "name", "code", "client__name")
        projects = tuple(KnownProject(pk, name, code, client or "") for pk, name, code, client in rows[:NAMEABLE])
        found = workspace.tasks.open().order_by("title").values_list("pk", "title", "project")
        tasks = tuple(KnownTask(*row) for row in found[:NAMEABLE])
    if "#" in text:
        tags = tuple(workspace.tags.values_list("name", flat=True)[:NAMEABLE])
    return Known(projects, tasks, tags)
