"""What the page of a week shows: rows of work, seven days, their sums, and how much was meant to be worked."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q, Sum

from apps.core import days
from apps.core.durations import format_duration
from apps.projects.models import Project, Task
from apps.workbench.daybook import LiveTime
from apps.workbench.models import TimeEntry
from apps.workbench.week.work import Work, work_of_keys
from apps.workspaces.models import Workspace

WEEK = timedelta(days=7)


@dataclass
class Cell:
    """What one row has on one day, in seconds.

    `kept` comes from slices, `billed` of it is on an invoice; `running` is the stretch that runs now, since
    `runs_since`. `typed` and `error` are what a refused form brought.
    """

    key: str
    day: date
    kept: int = 0
    billed: int = 0
    running: int = 0
    runs_since: datetime | None = None
    typed: str | None = None
    error: str = ""

    @property
    def seconds(self) -> int:
        return self.kept + self.running

    @property
    def standing(self) -> int:
        """Without what ticks since `runs_since`."""
        return Total.of("", [self]).standing

    @property
    def name(self) -> str:
        """Its name in the form, without what says that it is a cell."""
        return f"{self.key}-{self.day:%Y-%m-%d}"

    @property
    def text(self) -> str:
        """What stands in it."""
        return format_duration(self.seconds) if self.seconds or self.runs_since else ""

    @property
    def was(self) -> str:
        """The truth that it is drawn with, told again when it is saved: seconds kept, and seconds running then."""
        return f"{self.kept}+{self.running}" if self.runs_since or self.running else str(self.kept)


@dataclass
class Row:
    """Work with its seven cells."""

    work: Work
    project: str = ""
    client: str = ""
    task: str = ""
    colour: int = 6
    is_archived: bool = False
    is_new: bool = False
    cells: list[Cell] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.work.key

    @property
    def seconds(self) -> int:
        """All of the week, with what runs now."""
        return sum(cell.seconds for cell in self.cells)

    @property
    def title(self) -> str:
        """The task, else the project; empty where there is neither."""
        return self.task or self.project

    @property
    def belongs_to(self) -> str:
        """What stands beneath the title: the project of a task, the client of a project."""
        return ", ".join(part for part in (self.project if self.task else "", self.client) if part)

    @property
    def order(self) -> tuple:
        """By project, what has no project last."""
        return (not self.project, self.project.casefold(), self.work.project_id or 0, self.task.casefold(), self.key)

    @classmethod
    def of(cls, project: Project | None, task: Task | None, **more) -> "Row":
        """A row without time in it yet."""
        client = project.client if project else None
        return cls(
            Work.of(project, task), str(project or ""), str(client or ""), str(task or ""),
            project.colour if project else 6, any(item.is_archived for item in (project, task) if item), **more,
        )  # fmt: skip


@dataclass(frozen=True)
class Total:
    """A sum in the grid; `name` is its place in the page. The clock ticks where something runs."""

    name: str
    seconds: int
    standing: int
    runs_since: datetime | None

    @classmethod
    def of(cls, name: str, cells: list[Cell]) -> "Total":
        runs_since = next((cell.runs_since for cell in cells if cell.runs_since), None)
        seconds = sum(cell.seconds for cell in cells)
        ticking = max(0, int((days.now() - runs_since).total_seconds())) if runs_since else 0
        return cls(name, seconds, seconds - ticking, runs_since)


@dataclass(frozen=True)
class Column:
    """A day of the week with its sum and what was meant to be worked."""

    day: date
    total: Total
    target: int
    is_today: bool


class WeekGrid:
    """The week in which `day` lies, for one person in one workspace; each question is asked once.

    `live` is the person's live entry, as `for_timer` brings it; `extra` are keys of rows to show though they are empty,
    `added` the one that came last.
    """

    def __init__(self, workspace: Workspace, user, day: date, live: TimeEntry | None, extra=(), added: str = ""):
        self.workspace = workspace
        self.user = user
        self.first = days.week_start(day, workspace.week_start)
        self.last = self.first + WEEK - timedelta(days=1)
        self.today = days.local_day(days.now(), user.zone)
        self.live = LiveTime(live)
        self.extra = list(extra)
        self.added = added

    # ── Which week ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=count) for count in range(7)]

    @property
    def number(self) -> int:
        """The ISO week that most of these days are in."""
        return (self.first + timedelta(days=3)).isocalendar().week

    @property
    def is_this_week(self) -> bool:
        return self.first <= self.today <= self.last

    @property
    def previous(self) -> date | None:
        return self.first - WEEK if self.first > days.FIRST_DAY else None

    @property
    def next(self) -> date | None:
        return self.first + WEEK if self.last < days.LAST_DAY else None

    # ── What was done ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def rows(self) -> list[Row]:
        """Rows with time, with what runs, and those that were added, by project and task."""
        found = self._rows_with_time()
        self._add_live(found)
        missing = [key for key in self.extra if key not in found]
        for key, (project, task) in work_of_keys(self.workspace, missing).items() if missing else ():
            found[key] = Row.of(project, task)
        for row in found.values():
            present = {cell.day: cell for cell in row.cells}
            row.cells = [present.get(day) or Cell(row.key, day) for day in self.days]
            row.is_new = row.key == self.added
        return sorted(found.values(), key=lambda row: row.order)

    def _rows_with_time(self) -> dict[str, Row]:
        sums = (
            self.workspace.time_slices.of(self.user)
            .between(self.first, self.last)
            .order_by()
            .values_list(
                "project", "task", "project__name", "project__client__name", "task__title", "project__colour",
                "project__archived_at", "task__archived_at", "day",
            )
            .annotate(total=Sum("seconds"), locked=Sum("seconds", filter=Q(billed=True)))
        )  # fmt: skip
        found: dict[str, Row] = {}
        for project_id, task_id, project, client, task, colour, gone, task_gone, day, total, locked in sums:
            work = Work(project_id, task_id)
            row = found.get(work.key)
            if row is None:
                is_archived = bool(gone or task_gone)
                row = Row(work, project or "", client or "", task or "", colour or 6, is_archived)
                found[work.key] = row
            row.cells.append(Cell(work.key, day, total, locked or 0))
        return found

    def _add_live(self, found: dict[str, Row]) -> None:
        """Bring the row of the running timer up to now."""
        entry = self.live.entry
        wanted = [day for day in self.live.seconds_of_day if self.first <= day <= self.last]
        if not wanted:
            return
        row = found.setdefault(Work(entry.project_id, entry.task_id).key, Row.of(entry.project, entry.task))
        for day in wanted:
            cell = next((cell for cell in row.cells if cell.day == day), None)
            if cell is None:
                cell = Cell(row.key, day)
                row.cells.append(cell)
            cell.running = self.live.seconds_of_day[day]
            cell.runs_since = self.live.runs_since(day)

    def row(self, key: str | None) -> Row | None:
        """The row of this key."""
        return next((row for row in self.rows if row.key == key), None)

    def cell(self, key: str, day: date) -> Cell:
        """The cell of a row on a day; an empty one where there is no such row."""
        row = self.row(key)
        return next((cell for cell in row.cells if cell.day == day), None) if row else Cell(key, day)

    def take_back(self, typed: dict[str, str], errors: dict[str, list[str]]) -> None:
        """Put what was typed and why it was refused into the cells, both by name."""
        for row in self.rows:
            for cell in row.cells:
                cell.typed, cell.error = typed.get(cell.name), " ".join(errors.get(cell.name, []))

    # ── What it sums to ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def columns(self) -> list[Column]:
        """The seven days."""
        by_day = {day: [row.cells[number] for row in self.rows] for number, day in enumerate(self.days)}
        return [
            Column(
                day, Total.of(f"sum-{day:%Y-%m-%d}", cells), self.workspace.working_seconds(day.weekday()),
                day == self.today,
            )
            for day, cells in by_day.items()
        ]  # fmt: skip

    @property
    def total(self) -> Total:
        """All of the week."""
        return Total.of("sum-week", [cell for row in self.rows for cell in row.cells])

    def totals_of(self, cell: Cell) -> list[Total]:
        """The sums that the cell is part of: its row's, its day's and the week's."""
        row = self.row(cell.key)
        of_row = [Total.of(f"sum-{row.key}", row.cells)] if row else []
        return [*of_row, *(column.total for column in self.columns if column.day == cell.day), self.total]

    @property
    def target(self) -> int:
        """What the week was meant to hold."""
        return sum(self.workspace.working_seconds(weekday) for weekday in range(7))

    @property
    def over_target(self) -> int:
        """How much more than the target was worked, in whole minutes as they are told; below zero, how much is left."""
        return self.total.seconds // 60 * 60 - self.target

    @property
    def left(self) -> int:
        """How much is left until the target."""
        return max(0, -self.over_target)
