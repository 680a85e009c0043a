"""Tables as files: CSV and XLSX, written row by row so that a hundred thousand rows take no more memory than ten.

A cell's type says how it is written:

| value | CSV | XLSX |
|---|---|---|
| text | text, harmless to a spreadsheet | text, never a formula |
| `int`, `Decimal` | digits, as many decimals as the value has | a number with as many decimals |
| `date`, aware `datetime` | ISO 8601, the instant with its offset | a real date; the wall clock of its zone |
| `timedelta` | `h:mm:ss` | a duration that can be summed |
| `bool` | yes, no | yes, no |
| None | empty | empty |

Money comes as `to_major(minor, currency)`, decimal hours as `decimal_hours(seconds)`: both exact.
"""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import BinaryIO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from apps.core.durations import HOUR, format_clock

Cell = str | int | Decimal | date | datetime | timedelta | bool | None

BOM = "\ufeff"
ROWS_AT_ONCE = 200

# What a spreadsheet takes for the beginning of a formula, or skips on the way to one; the last four are full-width.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

# The most that one cell and one sheet of an XLSX file can hold.
CELL_LENGTH = 32_767
SHEET_ROWS = 1_048_576


@dataclass(frozen=True)
class Export:
    """A table to write: the file's name without its ending, the titles of the columns, and the rows as they come."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def decimal_hours(seconds: int) -> Decimal:
    """Hours to a millionth, which tells every second apart: 5400 → `1.5`, 3000 → `0.833333`."""
    hours = round(Decimal(seconds) / HOUR, 6).normalize()
    return hours if hours.as_tuple().exponent <= 0 else hours.quantize(Decimal(1))


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def csv_text(export: Export) -> Iterator[str]:
    """The file in pieces, by RFC 4180, with the mark by which spreadsheets know UTF-8."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([_plain(title) for title in export.titles])
    for number, row in enumerate(export.rows, 1):
        writer.writerow([_plain(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield _taken_from(buffer)
    yield _taken_from(buffer)


def _taken_from(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _yes_or_no(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _hours_minutes_seconds(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = str(cell)
    # An apostrophe is how spreadsheets themselves mark what is text whatever it looks like.
    return f"'{text}" if not isinstance(cell, int) and text.startswith(FORMULA_STARTS) else text


def _hours_minutes_seconds(duration: timedelta) -> str:
    seconds = duration // timedelta(seconds=1)
    return f"-{format_clock(-seconds)}" if seconds < 0 else format_clock(seconds)


def _yes_or_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


# ── XLSX ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_xlsx(export: Export, file: BinaryIO) -> None:
    """Write the workbook into `file`; what does not fit on one sheet goes on on the next."""
    with Workbook(file, {"constant_memory": True}) as workbook:
        cells = _Cells(workbook)
        rows = iter(export.rows)
        first: Sequence[Cell] | None = next(rows, None)
        while True:
            sheet = workbook.add_worksheet()
            _write_head(sheet, cells, export.titles, first)
            number = 0
            while first is not None and number < SHEET_ROWS - 1:
                number += 1
                for column, cell in enumerate(first):
                    cells.write(sheet, number, column, cell)
                first = next(rows, None)
            sheet.autofilter(0, 0, number, len(export.titles) - 1)
            if first is None:
                return


def _write_head(sheet: Worksheet, cells: "_Cells", titles: Sequence[str], first: Sequence[Cell] | None) -> None:
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(titles):
        sheet.set_column(column, column, max(len(title) + 4, _width(first[column] if first else None)))
        sheet.write_string(0, column, title, cells.head)


def _width(cell: Cell) -> int:
    """How wide a column of such cells is, in characters."""
    if isinstance(cell, datetime):
        return 20
    if isinstance(cell, str):
        return 24
    return 11


class _Cells:
    """The looks of cells in one workbook, each made once."""

    def __init__(self, workbook: Workbook):
        self.workbook = workbook
        self.head = workbook.add_format({"bold": True})
        self.text_like_a_formula = workbook.add_format({"quote_prefix": True})
        self.numbers: dict[str, object] = {}

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        """One cell by its type; an empty one leaves no trace."""
        if isinstance(cell, bool):
            cell = _yes_or_no(cell)
        if isinstance(cell, str):
            look = self.text_like_a_formula if cell.startswith(FORMULA_STARTS) else None
            if cell:
                # The line end of a cell; anything else stands there as a code.
                text = cell.replace("\r\n", "\n").replace("\r", "\n")
                sheet.write_string(row, column, text[:CELL_LENGTH], look)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), self._number("yyyy-mm-dd hh:mm:ss"))
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._number("yyyy-mm-dd"))
        elif isinstance(cell, timedelta):
            sheet.write_datetime(row, column, cell, self._number("[h]:mm:ss"))
        elif isinstance(cell, Decimal):
            decimals = max(0, -cell.as_tuple().exponent)
            sheet.write_number(row, column, cell, self._number(f"0.{'0' * decimals}" if decimals else "0"))
        elif cell is not None:
            sheet.write_number(row, column, cell)

    def _number(self, pattern: str):
        if pattern not in self.numbers:
            self.numbers[pattern] = self.workbook.add_format({"num_format": pattern})
        return self.numbers[pattern]


# ── Answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def csv_answer(export: Export) -> HttpResponseBase:
    """The table as a CSV download that goes out while it is read."""
    answer = StreamingHttpResponse(csv_text(export), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{export.name}.csv")
    return answer


def xlsx_answer(export: Export) -> HttpResponseBase:
    """The table as an XLSX download: written to a file on disk first, since its table of contents comes last."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    write_xlsx(export, file)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=f"{export.name}.xlsx", content_type=kind)


ANSWERS: dict[str, Callable[[Export], HttpResponseBase]] = {"csv": csv_answer, "xlsx": xlsx_answer}
