"""What a row of the grid stands for, and the rows that somebody asked for before there is any time in them."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from apps.projects.models import Project, Task
from apps.workspaces.models import Workspace

# In the session: so many weeks of so many rows are kept, the last ones that were touched.
SESSION_KEY = "week_rows"
MOST_WEEKS, MOST_ROWS = 12, 80
NOTHING = "none"

# Project and task of a row; a task brings its project.
RowWork = tuple[Project | None, Task | None]


@dataclass(frozen=True)
class Work:
    """A task, a project without a task, or neither; `key` names it in forms: `t34`, `p12`, `none`."""

    project_id: int | None = None
    task_id: int | None = None

    @property
    def key(self) -> str:
        if self.task_id:
            return f"t{self.task_id}"
        return f"p{self.project_id}" if self.project_id else NOTHING

    @classmethod
    def of(cls, project: Project | None, task: Task | None) -> "Work":
        """The row for a project and a task of it."""
        return cls(project and project.pk, task and task.pk)


def work_of_keys(workspace: Workspace, keys: Iterable[str]) -> dict[str, RowWork]:
    """Project and task of each key, in two queries at most; keys that name nothing of the workspace are left out."""
    wanted = {key: _parsed(key) for key in keys}
    ids = {kind: {number for found, number in filter(None, wanted.values()) if found == kind} for kind in "pt"}
    # By their own keys alone: with the workspace as well, SQLite would read all that the workspace has.
    projects = Project.objects.select_related("client").in_bulk(ids["p"])
    tasks = Task.objects.select_related("project__client").in_bulk(ids["t"])
    found: dict[str, RowWork] = {}
    for key, parsed in wanted.items():
        kind, number = parsed or ("", 0)
        row = {"p": projects, "t": tasks}.get(kind, {}).get(number)
        if row is not None and row.workspace_id == workspace.pk:
            row.workspace = workspace
            found[key] = (row.project, row) if kind == "t" else (row, None)
        elif kind == NOTHING:
            found[key] = (None, None)
    for project, _task in found.values():
        if project:
            project.workspace = workspace
    return found


def work_or_404(workspace: Workspace, key: str) -> RowWork:
    """Project and task of one key; Http404 for what is not there or a stranger's."""
    if found := work_of_keys(workspace, [key]).get(key):
        return found
    raise Http404


def _parsed(key: str) -> tuple[str, int] | None:
    """(`p`, 12) of `p12`; None for nonsense."""
    if key == NOTHING:
        return NOTHING, 0
    kind, number = key[:1], key[1:]
    if kind in ("p", "t") and number.isascii() and number.isdigit() and len(number) <= 18:
        return kind, int(number)
    return None


class ExtraRows:
    """The rows that a person added to the weeks of a workspace, kept in the session until there is time in them."""

    def __init__(self, session: MutableMapping, workspace: Workspace):
        self.session = session
        self.workspace = workspace

    def of(self, first: date) -> list[str]:
        """The keys of the week that begins on `first`."""
        return list(self._kept.get(self._name(first), []))

    def add(self, first: date, keys: Iterable[str]) -> None:
        """Show these rows in that week from now on."""
        present = self.of(first)
        self._keep(first, [*present, *(key for key in dict.fromkeys(keys) if key not in present)][:MOST_ROWS])

    def remove(self, first: date, key: str) -> None:
        """Show that row only while there is time in it."""
        self._keep(first, [other for other in self.of(first) if other != key])

    @property
    def _kept(self) -> dict[str, list[str]]:
        return self.session.get(SESSION_KEY, {})

    def _name(self, first: date) -> str:
        return f"{self.workspace.pk} {first:%Y-%m-%d}"

    def _keep(self, first: date, keys: list[str]) -> None:
        others = [(name, rows) for name, rows in self._kept.items() if name != self._name(first)]
        mine = [(self._name(first), keys)] if keys else []
        self.session[SESSION_KEY] = dict([*others, *mine][-MOST_WEEKS:])
