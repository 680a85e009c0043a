"""The rows of a run's file, understood, a batch at a time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from django.core.exceptions import ValidationError

from apps.workbench.importing.rows import RowReader, SomebodyElses, Work
from apps.workbench.importing.text import read_rows
from apps.workbench.models import ImportedRow, ImportRun

LONGEST_CELL_KEPT, MOST_CELLS_KEPT = 500, 60
LONGEST_MESSAGE = 400


@dataclass
class Row:
    """One row: its work, or why there is none. Other people's rows have neither."""

    number: int
    work: Work | None = None
    fingerprint: str | None = None
    message: str = ""
    cells: list[str] | None = None

    @property
    def is_error(self) -> bool:
        """Whether it could not be understood."""
        return self.work is None and bool(self.message)


def read_batches(run: ImportRun, size: int) -> Iterator[list[Row]]:
    """All rows of the file, `size` at a time."""
    rows = _read(run)
    while batch := list(islice(rows, size)):
        yield batch


def _read(run: ImportRun) -> Iterator[Row]:
    survey = run.file_survey
    reader = RowReader(run.chosen_mapping, [column.name for column in survey.columns], run.workspace.currency)
    seen: Counter[bytes] = Counter()
    lines = read_rows(run.contents(), survey.dialect)
    number = next(lines)[0]
    try:
        for number, cells in lines:
            yield _understood(reader, number, cells, seen)
    except ValidationError as fault:
        yield Row(number + 1, message=fault.messages[0])


def _understood(reader: RowReader, number: int, cells: list[str], seen: Counter) -> Row:
    try:
        work = reader.read(cells)
    except SomebodyElses:
        return Row(number)
    except ValidationError as fault:
        return Row(number, message=" ".join(fault.messages), cells=_kept(cells))
    seen[work.key] += 1
    return Row(number, work, _fingerprint(work.key, seen[work.key]), " ".join(work.remarks))


def _fingerprint(key: bytes, count: int) -> str:
    """The same for the same work in any file: the second of two equal rows is the second in the next export too."""
    return sha256(key + count.to_bytes(4, "big")).hexdigest()[:32]


def _kept(cells: list[str]) -> list[str]:
    return [cell[:LONGEST_CELL_KEPT].replace("\x00", "") for cell in cells[:MOST_CELLS_KEPT]]


def already_there(run: ImportRun, rows: list[Row]) -> set[str]:
    """Those fingerprints that the person has imported before."""
    asked = [row.fingerprint for row in rows if row.fingerprint]
    known = run.workspace.imported_rows.filter(user=run.user_id, fingerprint__in=asked)
    return set(known.values_list("fingerprint", flat=True))


def notes_of(run: ImportRun, rows: list[Row]) -> list[ImportedRow]:
    """What there is to say about rows that bring no entry, not saved."""
    return [_noted(run, row) for row in rows if row.message]


def _noted(run: ImportRun, row: Row) -> ImportedRow:
    return ImportedRow(
        workspace_id=run.workspace_id,
        user_id=run.user_id,
        run=run,
        number=row.number,
        is_error=row.is_error,
        message=row.message[:LONGEST_MESSAGE],
        cells=row.cells,
    )
