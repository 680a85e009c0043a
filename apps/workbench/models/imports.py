"""Imports of time from other trackers: the run, its file, and what became of each row."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Max, Min, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.addresses import row_address
from apps.core.transactions import atomic, lock_rows
from apps.workbench.importing.columns import Mapping
from apps.workbench.importing.sources import CHOICES, OTHER
from apps.workbench.importing.survey import Survey
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

LARGEST_FILE = 20 * 1024 * 1024
PIECE = 256 * 1024
# So long a file is kept, to run it again with other columns; a run itself is remembered for good.
KEPT_FOR = timedelta(days=30)
# A batch takes a second or two: nothing heard for so long means that the worker is gone or busy elsewhere.
SILENCE = timedelta(seconds=45)


class ImportRunQuerySet(OwnedQuerySet):
    """Questions about imports."""

    def of(self, user) -> Self:
        """One person's."""
        return self.filter(user=user)

    def for_list(self) -> Self:
        """Newest first, without what only their own page shows."""
        return self.defer("survey", "mapping", "names", "made").order_by("-pk")

    @atomic
    def forget_old_files(self) -> None:
        """Throw away the files that nobody will run again."""
        old = self.filter(created_at__lt=days.now() - KEPT_FOR).exclude(state__in=self.model.BUSY)
        ImportPiece.objects.filter(run__in=list(old.values_list("pk", flat=True))).delete()


class ImportRun(WorkspaceOwned):
    """One file on its way in: chosen, columns named, checked, imported, perhaps taken back.

    `turn` counts the jobs that were started for it: an older job that still runs sees that its turn is over and stops,
    so that pressing "Go on" after a worker was killed, or was only slow, never makes two of them write.
    """

    class State(models.TextChoices):
        CHOSEN = "chosen", _("Columns to check")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Ready to import")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    BUSY = (State.CHECKING, State.IMPORTING, State.UNDOING)
    # Which mark stands beside the word (see static/css/components/status.css).
    MARKS = {State.CHOSEN: "draft", State.CHECKED: "viewed", State.DONE: "paid", State.UNDONE: "draft"}

    workspace = WorkspaceKey("import_runs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    file_name = models.CharField(max_length=200)
    file_size = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=CHOICES, default=OTHER)
    survey = models.JSONField()
    mapping = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.CHOSEN)
    turn = models.PositiveIntegerField(default=0)
    # Of the present turn: the number of the last row of the file that is dealt with, and how it went so far.
    last_row = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    present = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    # What the check found to be missing: kind → {count, first names}; and what the import made: kind → ids.
    names = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=days.now, editable=False)
    touched_at = models.DateTimeField(default=days.now, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["workspace", "user", "id"], name="imports_of_person")]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return row_address("workbench:import", self.pk)

    # ── What it is ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def is_busy(self) -> bool:
        """Whether a job has it in hand."""
        return self.state in self.BUSY and not self.problem

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of its job for so long that somebody should press "Go on"."""
        return self.is_busy and self.touched_at < days.now() - SILENCE

    @property
    def mark(self) -> str:
        """The mark of its state."""
        return self.MARKS.get(self.state, "sent")

    @property
    def to_add(self) -> int:
        """How many entries a check has found to be new."""
        return self.rows_done - self.present - self.skipped - self.failed

    @property
    def new_names(self) -> list[tuple[str, int, list[str], int]]:
        """What an import would make: (kind in words, how many, the first names, how many more), no empty kinds."""
        kinds = {"clients": _("Clients"), "projects": _("Projects"), "tasks": _("Tasks"), "tags": _("Tags")}
        found = [(label, self.names[kind]) for kind, label in kinds.items() if self.names.get(kind, {}).get("count")]
        return [(label, new["count"], new["first"], new["count"] - len(new["first"])) for label, new in found]

    @property
    def days(self) -> tuple[date, date] | None:
        """The local days of its first and last entry; None while it has none."""
        entries = self.workspace.time_entries.filter(imported_row__run=self)
        span = entries.aggregate(first=Min("started_at"), last=Max("ended_at"))
        if span["first"] is None:
            return None
        return tuple(days.local_day(instant, self.user.zone) for instant in span.values())

    @property
    def can_be_mapped(self) -> bool:
        """Whether its columns may be named, anew or for the first time."""
        return not self.is_busy and self.state not in (self.State.UNDOING, self.State.UNDONE) and self.has_file

    @property
    def can_be_imported(self) -> bool:
        """Whether the check has gone through and the file is still there."""
        return self.state == self.State.CHECKED and self.has_file

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back."""
        return not self.is_busy and self.state != self.State.UNDOING and self.added > self.taken_back

    @property
    def can_be_deleted(self) -> bool:
        """Whether it may be thrown away: it left nothing behind."""
        return not self.is_busy and not self.rows.filter(entry__isnull=False).exists()

    @property
    def taken_back(self) -> int:
        """How many of its entries an undo has removed already."""
        return self.added - self.kept if self.state == self.State.UNDONE else 0

    @cached_property
    def has_file(self) -> bool:
        """Whether the file is still kept."""
        return self.pieces.exists()

    @property
    def percent(self) -> int:
        """How far the present job is."""
        whole = self.added if self.state == self.State.UNDOING else self.row_count
        return min(100, 100 * self.rows_done // whole) if whole else 0

    @property
    def row_count(self) -> int:
        """How many rows of time the file has."""
        return self.file_survey.rows

    @cached_property
    def file_survey(self) -> Survey:
        """What the file holds at a glance."""
        return Survey.from_json(self.survey)

    @property
    def chosen_mapping(self) -> Mapping:
        """Which column is what."""
        return Mapping(**self.mapping)

    @property
    def source_name(self) -> str:
        """Where the file comes from, in words."""
        return self.get_source_display()

    # ── Its file ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def contents(self) -> Iterator[bytes]:
        """The file, a piece at a time."""
        numbers = list(self.pieces.order_by("number").values_list("number", flat=True))
        for number in numbers:
            yield zlib.decompress(self.pieces.values_list("content", flat=True).get(number=number))

    @classmethod
    @atomic
    def keep(cls, *, workspace, user, file_name: str, file_size: int, survey: Survey, mapping: Mapping, pieces) -> Self:
        """A new run with its file, `pieces` of bytes."""
        run = cls.objects.create(
            workspace=workspace,
            user=user,
            file_name=file_name,
            file_size=file_size,
            source=survey.source,
            survey=survey.as_json(),
            mapping=mapping.as_json(),
        )
        for number, piece in enumerate(_cut(pieces)):
            ImportPiece.objects.create(workspace=workspace, run=run, number=number, content=zlib.compress(piece))
        return run

    # ── Its jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def check_with(self, mapping: Mapping) -> None:
        """Go through the file with these columns and count, without writing any time."""
        self._begin(self.State.CHECKING, mapping=mapping.as_json())

    def begin_import(self) -> None:
        """Write the time of a file that was checked."""
        self._begin(self.State.IMPORTING)

    def begin_undo(self) -> None:
        """Take everything back that it brought."""
        self._begin(self.State.UNDOING)

    @atomic
    def go_on(self) -> None:
        """Start a new job where the last one stopped."""
        from apps.workbench.importing.jobs import work_on_import

        self._lock()
        if self.state not in self.BUSY:
            return
        self.turn += 1
        self.problem, self.touched_at = "", days.now()
        self.save(update_fields=["turn", "problem", "touched_at"])
        work_on_import.enqueue(self.workspace_id, self.pk, self.turn)

    @atomic
    def _begin(self, state: str, **changes) -> None:
        from apps.workbench.importing.jobs import work_on_import

        self._lock()
        if self.is_busy:
            return
        if state != self.State.UNDOING:
            self.rows.filter(entry=None).delete()
            changes |= dict.fromkeys(("present", "skipped", "failed"), 0)
        if state == self.State.CHECKING:
            changes |= {"names": {}}
        changes |= {"state": state, "turn": self.turn + 1, "last_row": 0, "rows_done": 0, "problem": ""}
        self._write(changes | {"touched_at": days.now()})
        work_on_import.enqueue(self.workspace_id, self.pk, self.turn)

    def take_turn(self, turn: int) -> bool:
        """Be alone with the run until the transaction ends; False where another job has taken over meanwhile."""
        self._lock()
        return self.turn == turn and self.state in self.BUSY

    def note(self, **changes) -> None:
        """Write down how far it is, in the caller's transaction."""
        self._write(changes | {"touched_at": days.now()})

    def _lock(self) -> None:
        """Read the row again, alone with it, without the big fields that never change."""
        lock_rows(ImportRun.objects.filter(pk=self.pk))
        self.refresh_from_db(
            fields=["state", "turn", "last_row", "rows_done", "added", "present", "skipped", "failed", "kept", "made",
                    "names", "problem"]
        )  # fmt: skip

    def _write(self, changes: dict) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))


class ImportPiece(WorkspaceOwned):
    """A compressed piece of a file: a whole one would be too large for one row of MariaDB, and for memory."""

    workspace = WorkspaceKey("import_pieces")
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_piece_of_a_number")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class ImportedRow(WorkspaceOwned):
    """What became of one row: an entry, a remark, or an error with the row itself, so that it can be mended.

    `fingerprint` is the same for the same work in any file, so that nothing comes in twice; a row that failed has none.
    """

    workspace = WorkspaceKey("imported_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=32, null=True, editable=False)
    entry = models.OneToOneField(
        "workbench.TimeEntry", models.CASCADE, null=True, editable=False, related_name="imported_row"
    )
    is_error = models.BooleanField(default=False)
    message = models.CharField(max_length=400, blank=True)
    cells = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user", "fingerprint"], name="nothing_imported_twice"),
            models.CheckConstraint(condition=Q(is_error=False) | Q(entry=None), name="failed_row_has_no_entry"),
        ]
        indexes = [models.Index(fields=["run", "is_error", "number"], name="rows_of_import")]

    def __str__(self) -> str:
        return f"{self.number}: {self.message or self.fingerprint}"


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
