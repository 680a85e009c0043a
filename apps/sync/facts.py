"""What operations say of an entry: of each fact the latest word counts, whichever is heard first."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.projects.models import Project, Tag, Task
from apps.sync.operations import Op
from apps.sync.timeline import Course, Said, Stretch
from apps.workbench.models import TimeEntry
from apps.workspaces.models import Workspace

# The facts, by the fields of `data` that say them. Start and end of a timer's session are told by its presses.
FACTS_OF = {"note": "note", "project": "work", "task": "work", "billable": "billable", "tags": "tags"}


class Work:
    """Projects and tasks of the workspace, each read once."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._projects: dict[int, Project | None] = {}
        self._tasks: dict[int, Task | None] = {}
        self.wanted: tuple[set[int], set[int]] = (set(), set())

    def want(self, operations: "list[Op]") -> None:
        """All that these name will be read at once."""
        for name, wanted in zip(("project", "task"), self.wanted, strict=True):
            wanted |= {op.data[name] for op in operations if op.data.get(name)}

    def forget(self) -> None:
        """Read what is wanted anew."""
        projects, tasks = self.wanted
        self._tasks = dict.fromkeys(tasks) | self.workspace.tasks.in_bulk(tasks)
        projects = projects | {task.project_id for task in self._tasks.values() if task}
        self._projects = dict.fromkeys(projects) | self.workspace.projects.select_related("client").in_bulk(projects)
        for task in self._tasks.values():
            if task:
                task.project = self._projects[task.project_id]

    def attach(self, entry: TimeEntry) -> None:
        """Give an entry of the workspace its project and task, so that it need not ask for them."""
        entry.workspace = self.workspace
        entry.project, entry.task = self._get_project(entry.project_id), self._get_task(entry.task_id)

    def find(self, data: dict) -> tuple[Project | None, Task | None]:
        """What `project` and `task` name. Raises ValidationError where there is no such one here."""
        project = self._found(self._get_project(data.get("project")), data.get("project"))
        task = self._found(self._get_task(data.get("task")), data.get("task"))
        if task and project and task.project_id != project.pk:
            raise ValidationError(_("This task is in another project."), code="unknown_work")
        return (task.project if task else project), task

    def _get_project(self, pk: int | None) -> Project | None:
        if pk is not None and pk not in self._projects:
            self._projects[pk] = next(iter(self.workspace.projects.select_related("client").filter(pk=pk)), None)
        return self._projects.get(pk)

    def _get_task(self, pk: int | None) -> Task | None:
        if pk is not None and pk not in self._tasks:
            self._tasks[pk] = next(iter(self.workspace.tasks.filter(pk=pk)), None)
            if self._tasks[pk]:
                self._tasks[pk].project = self._get_project(self._tasks[pk].project_id)
        return self._tasks.get(pk)

    def _found(self, row, pk: int | None):
        if row is None and pk is not None:
            raise ValidationError(
                _("This project or task is not there any more. Choose another one."), code="unknown_work"
            )
        return row


def said_in(op: Op) -> list[str]:
    """The facts that an operation says."""
    facts = dict.fromkeys(FACTS_OF[name] for name, value in op.data.items() if name in FACTS_OF and value is not None)
    if {"project", "task"} & set(op.data):
        facts["work"] = None
    if not op.kind.startswith("timer."):
        if "ended_at" in op.data:
            facts["span"] = None
        elif "started_at" in op.data:
            facts["started"] = None
    return list(facts)


def say(entry: TimeEntry, op: Op, work: Work) -> list[str]:
    """Write into `entry`, unsaved, what this operation is the latest to say; returns those facts.

    Raises ValidationError for a project or task that is not there.
    """
    fresh = [fact for fact in said_in(op) if op.stamp > entry.stamps.get(fact, "")]
    if "work" in fresh:
        entry.project, entry.task = work.find(op.data)
    if "note" in fresh:
        entry.note = op.data["note"]
    if "billable" in fresh:
        entry.billable = op.data["billable"]
    entry.stamps = {**entry.stamps, **dict.fromkeys(fresh, op.stamp)}
    if {"span", "started"} & set(fresh):
        entry.stamps["said"] = entry.stamps.get("said", {}) | {
            fact: [op.stamp, *(op.data[name].isoformat() for name in ("started_at", "ended_at") if name in op.data)]
            for fact in ("span", "started") if fact in fresh
        }  # fmt: skip
    if {"work", "billable"} & set(fresh):
        settle_terms(entry)
    return fresh


def settle_terms(entry: TimeEntry) -> None:
    """Take rate and currency anew; an entry whose making was told here is billable as its work says, until somebody
    says otherwise."""
    said = "billable" in entry.stamps or "made" not in entry.stamps
    entry._take_terms(entry.billable if said else None)


def save_tags(entry: TimeEntry, names: list[str]) -> None:
    """The entry has these tags now."""
    entry.tags.set(Tag.objects.named(entry.workspace, names))


def said_of(entry: TimeEntry) -> Said:
    """What operations said of start and end, unless a page has been told otherwise since."""
    said = {
        fact: [parse_datetime(text) for text in told[1:]]
        for fact, told in entry.stamps.get("said", {}).items()
        if told[0] == entry.stamps.get(fact)
    }
    span, started = said.get("span"), said.get("started")
    if span and started and entry.stamps["started"] < entry.stamps["span"]:
        started = None
    return Said(
        started=started and started[0],
        span=tuple(span) if span else None,
        base=_base_of(entry),
        reopened=entry.stamps.get("reopened", ""),
    )


def _base_of(entry: TimeEntry) -> tuple[str, Course] | None:
    """How a live one stood when its times were changed by hand last (see `Pressed.stand`)."""
    if "base" not in entry.stamps:
        return None
    place, started_at, parts = entry.stamps["base"]
    stretches = tuple(Stretch(kind, parse_datetime(start), end and parse_datetime(end)) for kind, start, end in parts)
    return place, Course(parse_datetime(started_at), stretches, is_live=True)


def rows_of(entry: TimeEntry) -> Course:
    """How it went, by its rows."""
    parts = tuple(Stretch(part.kind, part.started_at, part.ended_at) for part in entry.parts)
    return Course(entry.started_at, parts, is_live=entry.is_live)


def single(span: tuple[datetime, datetime]) -> Course:
    """Work from start to end."""
    return Course(span[0], (Stretch("work", *span),), is_live=False)
