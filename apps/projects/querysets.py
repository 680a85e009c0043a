"""Questions about projects and tasks."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Max, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.core.transactions import atomic
from apps.workspaces.tenancy import OwnedQuerySet

if TYPE_CHECKING:
    from apps.projects.models import Project, Tag, Task


# What a row of the list of projects reads.
IN_LIST = (
    "workspace", "name", "code", "colour", "status", "due_on", "archived_at", "billing", "budget_seconds",
    "budget_minor", "client__workspace", "client__name", "client__currency",
)  # fmt: skip

TASK_IN_LIST = (
    "workspace", "title", "status", "priority", "due_on", "estimate_seconds", "completed_at", "archived_at",
    "project__workspace", "project__name", "project__colour", "project__archived_at", "assignee__name",
    "assignee__email",
)  # fmt: skip


def at_a_price(path: str = "") -> Q:
    """`Project.is_fixed_price` for the database; `path` leads to the project: `project__`."""
    retainer = Q(**{f"{path}billing": "retainer", f"{path}fixed_price_minor__isnull": False})
    return Q(**{f"{path}billing": "fixed"}) | retainer


class ProjectQuerySet(OwnedQuerySet):
    """Questions about many projects."""

    def active(self) -> "ProjectQuerySet":
        """Those that can be worked on: neither archived nor of an archived client."""
        return self.filter(archived_at=None).exclude(client__archived_at__isnull=False)

    def search(self, text: str) -> "ProjectQuerySet":
        """Those with `text` in their name, code or client's name."""
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(client__name__icontains=text))

    def for_list(self) -> "ProjectQuerySet":
        """With all that a row of a list shows but the totals; `workspace.projects` brings the workspace itself."""
        return self.select_related("client").only(*IN_LIST)

    def for_overview(self) -> "ProjectQuerySet":
        """As their client's page shows them: those in use first."""
        in_use_first = F("archived_at").asc(nulls_first=True)
        return self.select_related("client", "workspace").defer("notes").order_by(in_use_first, "name", "pk")

    def by_due(self, *, descending: bool = False) -> "ProjectQuerySet":
        """In order of deadlines; those without one last either way."""
        due = F("due_on").desc(nulls_last=True) if descending else F("due_on").asc(nulls_last=True)
        return self.order_by(due, "name", "pk")

    def to_work_on(self) -> "ProjectQuerySet":
        """By name, those in progress before the planned ones, the ones that wait, and those that are done."""
        places = enumerate(("active", "planned", "on_hold", "completed"))
        place = Case(*(When(status=status, then=Value(number)) for number, status in places))
        return self.order_by(place, "name", "pk")

    def by_hours(self, *, descending: bool) -> "ProjectQuerySet":
        """In order of all time that was recorded."""
        ordered = self.annotate(all_seconds=Coalesce(Sum("totals__seconds"), 0))
        return ordered.order_by("-all_seconds" if descending else "all_seconds", "name", "pk")

    def by_unbilled(self, *, descending: bool) -> "ProjectQuerySet":
        """In order of what is not billed yet in their own currency; projects of one currency stand together."""
        ordered = self.annotate(own_currency=Coalesce("client__currency", "workspace__currency"))
        own = Q(totals__currency=F("own_currency"))
        ordered = ordered.annotate(own_unbilled=Coalesce(Sum("totals__unbilled_minor", filter=own), 0))
        return ordered.order_by("own_currency", "-own_unbilled" if descending else "own_unbilled", "name", "pk")

    def clients_and_lateness(self, today: date) -> "ProjectQuerySet":
        """(client's id, name, how many of their projects in use are past the deadline), in order of names."""
        late = Q(archived_at=None, due_on__lt=today) & ~Q(status="completed")
        rows = self.order_by("client__name", "client").values_list("client", "client__name")
        return rows.annotate(late_count=Count("pk", filter=late))

    def task_counts(self) -> list:
        """Rows in order of names, no models, since there may be hundreds: `pk`, `name`, `client`, `client__name`.

        `task_count` is of all tasks; `open_count` and `late_count` of those in use.
        """
        is_open = Q(tasks__archived_at=None, tasks__completed_at=None, archived_at=None)
        counted = self.annotate(
            task_count=Count("tasks"),
            open_count=Count("tasks", filter=is_open),
            late_count=Count("tasks", filter=is_open & Q(tasks__due_on__lt=timezone.localdate())),
        ).order_by("name", "pk")
        counts = ("task_count", "open_count", "late_count")
        return list(counted.values_list("pk", "name", "client", "client__name", *counts, named=True))


class TagQuerySet(OwnedQuerySet):
    """Tags by their names."""

    def named(self, workspace, names: Iterable[str]) -> "list[Tag]":
        """The workspace's tags of these names, whatever their case; those that are missing are made."""
        present = {tag.name.casefold(): tag for tag in self.filter(workspace=workspace)}
        found = {}
        for name in names:
            tag = present.get(name.casefold()) or self.get_or_create(workspace=workspace, name=name)[0]
            found[tag.pk] = tag
        return list(found.values())


class TaskQuerySet(OwnedQuerySet):
    """Questions about many tasks."""

    def active(self) -> "TaskQuerySet":
        """Those that are not archived, in a project that is not."""
        return self.filter(archived_at=None, project__archived_at=None)

    def open(self) -> "TaskQuerySet":
        """Those still to be done."""
        return self.active().filter(completed_at=None)

    def search(self, text: str) -> "TaskQuerySet":
        """Those with `text` in their title, project or client."""
        if not text:
            return self
        return self.filter(
            Q(title__icontains=text) | Q(project__name__icontains=text) | Q(project__client__name__icontains=text)
        )

    def of_status(self, status: str) -> "TaskQuerySet":
        """Of one status; `all` of them; open ones where none is named."""
        if status == "all":
            return self
        return self.filter(status=status) if status else self.filter(completed_at=None)

    def due(self, when: str) -> "TaskQuerySet":
        """Those due `late`, `today`, within a `week`, or at no time (`none`)."""
        today = timezone.localdate()
        if when == "late":
            return self.late()
        if when == "none":
            return self.filter(due_on=None)
        return self.filter(due_on__gte=today, due_on__lte=today + timedelta(days=6 if when == "week" else 0))

    def for_list(self) -> "TaskQuerySet":
        """With all that a row of a list shows but the tracked time."""
        return self.select_related("project", "assignee").only(*TASK_IN_LIST)

    def late(self) -> "TaskQuerySet":
        """Open ones whose due day has passed."""
        return self.filter(completed_at=None, due_on__lt=timezone.localdate())

    def by_due(self, *, descending: bool = False) -> "TaskQuerySet":
        """The most pressing first; those without a due day last either way."""
        due = F("due_on").desc(nulls_last=True) if descending else F("due_on").asc(nulls_last=True)
        return self.order_by(due, "-priority", "pk")

    @atomic
    def add_to(self, project: "Project", drafts: "Iterable[Task]") -> "list[Task]":
        """Put new tasks at the end of a project, all or none."""
        last = project.tasks.aggregate(last=Max("position"))["last"]
        first = 0 if last is None else last + 1
        drafts = list(drafts)
        for position, task in enumerate(drafts, start=first):
            task.workspace_id, task.project, task.position = project.workspace_id, project, position
        return self.bulk_create(drafts)


def attach_tracked(tasks: "Iterable[Task]") -> None:
    """Give each of `tasks` its `tracked_seconds`, in one query."""
    by_id = {task.pk: task for task in tasks}
    for task in by_id.values():
        task.tracked_seconds = 0
    if not by_id:
        return
    model = type(next(iter(by_id.values())))
    rows = model._base_manager.filter(pk__in=by_id, time_slices__isnull=False).order_by().values_list("pk")
    for pk, seconds in rows.annotate(Sum("time_slices__seconds")):
        by_id[pk].tracked_seconds = seconds
