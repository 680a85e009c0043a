"""The background jobs of imports. Each works through the file a batch at a time, a transaction for each.

Whatever kills a worker, what was committed stands, and the next turn goes on behind the last row that is dealt with.
"""

from collections.abc import Callable

from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.activity.models import record
from apps.core.jobs import task
from apps.core.transactions import atomic
from apps.workbench.bulk import ROWS_OF_STATEMENT, write_finished
from apps.workbench.importing import undo
from apps.workbench.importing.batches import LONGEST_MESSAGE, Row, already_there, notes_of, read_batches
from apps.workbench.importing.entries import EntryMaker, Made
from apps.workbench.importing.names import KINDS, Missing, Names
from apps.workbench.models import ImportedRow, ImportRun

ROWS_CHECKED, ROWS_WRITTEN = 2000, 1000
NAMES_SHOWN = 12


@task()
def work_on_import(workspace_id: int, run_id: int, turn: int) -> None:
    """Do what the run waits for; nothing, when a later turn has taken over."""
    runs = ImportRun.objects.select_related("workspace", "user")
    run = runs.filter(workspace=workspace_id, pk=run_id, turn=turn).first()
    jobs = {run.State.CHECKING: check, run.State.IMPORTING: write, run.State.UNDOING: undo.take_back} if run else {}
    if run is None or run.state not in jobs:
        return
    try:
        jobs[run.state](run, turn)
    except Exception:
        _stumble(run, turn)
        raise


@atomic
def _stumble(run: ImportRun, turn: int) -> None:
    """Leave a sentence for the person; the reason is in the log of jobs."""
    if run.take_turn(turn):
        told = _("The server stumbled behind row %(row)d. What is done stays done; press “Go on” to try the rest.")
        run.note(problem=told % {"row": run.last_row})


def _work_through(run: ImportRun, turn: int, size: int, deal: Callable[[ImportRun, int, list[Row]], bool]) -> bool:
    """Deal with every batch behind the last row; False as soon as another turn has taken over."""
    for batch in read_batches(run, size):
        if batch[-1].number <= run.last_row:
            continue
        rows = [row for row in batch if row.number > run.last_row]
        try:
            goes_on = deal(run, turn, rows)
        except IntegrityError:
            # Another import of the same person wrote one of these rows a moment ago: now it is known.
            goes_on = deal(run, turn, rows)
        if not goes_on:
            return False
    return True


def _progress(run: ImportRun, rows: list[Row], *, added: int, present: int) -> dict:
    failed = sum(row.is_error for row in rows)
    return {
        "last_row": rows[-1].number,
        "rows_done": run.rows_done + len(rows),
        "added": run.added + added,
        "present": run.present + present,
        "failed": run.failed + failed,
        "skipped": run.skipped + sum(row.work is None and not row.is_error for row in rows),
    }


# ── The check ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(run: ImportRun, turn: int) -> None:
    """Count what an import would do. It begins at the top each time, since it writes nothing that could be doubled."""
    if not _clear(run, turn):
        return
    missing = Missing()

    @atomic
    def deal(run: ImportRun, turn: int, rows: list[Row]) -> bool:
        if not run.take_turn(turn):
            return False
        known = already_there(run, rows)
        fresh = [row.work for row in rows if row.work and row.fingerprint not in known]
        names = Names(run.workspace)
        names.learn_tasks(fresh)
        names.note_missing(fresh, missing)
        ImportedRow.objects.bulk_create(notes_of(run, _telling(rows, known)), batch_size=ROWS_OF_STATEMENT)
        run.note(**_progress(run, rows, added=0, present=sum(row.fingerprint in known for row in rows)))
        return True

    if _work_through(run, turn, ROWS_CHECKED, deal):
        _close_check(run, turn, missing)


def _telling(rows: list[Row], known: set[str]) -> list[Row]:
    return [row for row in rows if row.fingerprint not in known]


@atomic
def _clear(run: ImportRun, turn: int) -> bool:
    if not run.take_turn(turn):
        return False
    run.rows.filter(entry=None).delete()
    run.note(last_row=0, rows_done=0, present=0, failed=0, skipped=0)
    return True


@atomic
def _close_check(run: ImportRun, turn: int, missing: Missing) -> None:
    if run.take_turn(turn):
        run.note(state=run.State.CHECKED, names=missing.as_json(NAMES_SHOWN))


# ── The import ────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(run: ImportRun, turn: int) -> None:
    """Write the entries, from behind the last row that an earlier turn has dealt with."""
    if _work_through(run, turn, ROWS_WRITTEN, _write_batch):
        _close_import(run, turn)


@atomic
def _write_batch(run: ImportRun, turn: int, rows: list[Row]) -> bool:
    if not run.take_turn(turn):
        return False
    known = already_there(run, rows)
    fresh = [row for row in rows if row.work and row.fingerprint not in known]
    works = [row.work for row in fresh]
    names = Names(run.workspace)
    names.learn_tasks(works)
    new = names.make(works)
    maker = EntryMaker(run, names, works)
    made = [maker.make(row) for row in fresh]
    write_finished([one.entry for one in made], ((one.entry, tag.pk) for one in made for tag in one.place.tags))
    failed = notes_of(run, [row for row in rows if row.is_error])
    ImportedRow.objects.bulk_create([*(_imported(run, one) for one in made), *failed], batch_size=ROWS_OF_STATEMENT)
    run.note(
        made={kind: run.made.get(kind, []) + new[kind] for kind in KINDS},
        **_progress(run, rows, added=len(made), present=sum(row.fingerprint in known for row in rows)),
    )
    return True


def _imported(run: ImportRun, one: Made) -> ImportedRow:
    return ImportedRow(
        workspace_id=run.workspace_id,
        user_id=run.user_id,
        run=run,
        number=one.row.number,
        fingerprint=one.row.fingerprint,
        entry=one.entry,
        message=one.message[:LONGEST_MESSAGE],
    )


@atomic
def _close_import(run: ImportRun, turn: int) -> None:
    if run.take_turn(turn):
        run.note(state=run.State.DONE)
        record("time.imported", run, actor=run.user, file=run.file_name, entries=run.added)
