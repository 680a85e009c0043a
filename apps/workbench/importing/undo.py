"""Taking a whole import back: its entries go to the trash, and what it made and nobody uses is removed."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.activity.models import record
from apps.clients.removal import remove
from apps.core.transactions import atomic
from apps.workbench.models import ImportedRow, ImportRun, ProjectTotal, TimeEntry
from apps.workbench.together import Together

ENTRIES_AT_ONCE, MADE_AT_ONCE = 1000, 50


@dataclass(frozen=True)
class Question:
    """What a person is asked before an import is taken back; `refused` says why it cannot be."""

    text: str
    refused: str


def question(run: ImportRun) -> Question:
    """How much goes, and what is on invoices and stays."""
    billed = run.rows.filter(entry__billed=True).count()
    unbilled = _unbilled(run).count()
    stays = ngettext(
        "%(count)d entry is on an invoice and stays.", "%(count)d entries are on invoices and stay.", billed
    )
    if not unbilled:
        return Question("", stays % {"count": billed})
    goes = ngettext(
        "%(count)d entry goes to the trash, and with it what you changed in it since.",
        "%(count)d entries go to the trash, and with them what you changed in them since.",
        unbilled,
    )
    made = _("Clients, projects, tasks and tags that it made and nothing else uses are removed.")
    sentences = [goes % {"count": unbilled}, stays % {"count": billed} if billed else "", made]
    return Question(" ".join(filter(None, sentences)), "")


def take_back(run: ImportRun, turn: int) -> None:
    """Remove all that is not billed. An entry on an invoice stays, and so does all that it needs."""
    while _take_some(run, turn):
        pass
    _remove_made(run, turn)
    _close(run, turn)


def _unbilled(run: ImportRun):
    return ImportedRow.objects.filter(run=run, entry__billed=False)


@atomic
def _take_some(run: ImportRun, turn: int) -> int:
    """How many entries went; none where another turn has taken over."""
    if not run.take_turn(turn):
        return 0
    ids = list(_unbilled(run).order_by("entry").values_list("entry", flat=True)[:ENTRIES_AT_ONCE])
    Together(TimeEntry.with_trash.filter(pk__in=ids, deleted_at=None)).trash()
    gone, _each = ImportedRow.objects.filter(run=run, entry__in=ids, entry__billed=False).delete()
    run.note(rows_done=run.rows_done + gone)
    return gone


def _remove_made(run: ImportRun, turn: int) -> None:
    """Tasks before projects before clients: what is used stays, and so do those that it belongs to."""
    for kind in ("tasks", "projects", "clients", "tags"):
        ids = run.made.get(kind, [])
        for place in range(0, len(ids), MADE_AT_ONCE):
            _remove_some(run, turn, kind, ids[place : place + MADE_AT_ONCE])


@atomic
def _remove_some(run: ImportRun, turn: int, kind: str, ids: list[int]) -> None:
    if not run.take_turn(turn):
        return
    rows = getattr(run.workspace, kind).filter(pk__in=ids)
    gone = set(ids) - {row.pk for row in rows if not _removed(row)}
    run.note(made=run.made | {kind: [pk for pk in run.made[kind] if pk not in gone]})


@atomic
def _close(run: ImportRun, turn: int) -> None:
    if not run.take_turn(turn):
        return
    kept = run.rows.filter(entry__isnull=False).count()
    run.note(state=run.State.UNDONE, kept=kept)
    run.pieces.all().delete()
    record("time.import_undone", run, actor=run.user, file=run.file_name, kept=kept)


def _removed(row: Model) -> bool:
    if _is_used(row):
        return False
    try:
        remove(row)
    except ValidationError:
        return False
    return True


def _is_used(row: Model) -> bool:
    """Whether anything points to it but totals and what lies in the trash."""
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.related_objects
        if relation.related_model is not ProjectTotal
    )
