"""Sets of data as files: JSON, CSV, XLSX, and all of them at once in a ZIP, each in flat memory."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import BinaryIO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from apps.core import days
from apps.core.export import ANSWERS, Cell, Export, csv_text, write_xlsx
from apps.sync.datasets import DATASETS, EVERYTHING, Dataset
from apps.workspaces.models import Membership

KINDS = ("json", "csv", "xlsx")
ROWS_AT_ONCE = 200


def answer(name: str, kind: str, membership: Membership) -> HttpResponseBase:
    """The download of one set of data, or of everything."""
    if name == EVERYTHING:
        return _zip_answer(kind, membership)
    dataset = DATASETS[name]
    if kind != "json":
        return ANSWERS[kind](_export(dataset, membership))
    found = StreamingHttpResponse(json_text(dataset, membership), content_type="application/json")
    found.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.json")
    return found


def _export(dataset: Dataset, membership: Membership) -> Export:
    titles = [str(column.title) for column in dataset.columns]
    return Export(dataset.name, titles, dataset.read(membership))


def json_text(dataset: Dataset, membership: Membership) -> Iterator[str]:
    """A list of objects, in pieces."""
    names = [column.name for column in dataset.columns]
    waiting, before = ["["], "\n"
    for number, cells in enumerate(dataset.read(membership), 1):
        waiting.append(before + json.dumps(dict(zip(names, map(_plain, cells), strict=True)), ensure_ascii=False))
        before = ",\n"
        if number % ROWS_AT_ONCE == 0:
            yield "".join(waiting)
            waiting.clear()
    yield "".join([*waiting, "\n]\n"])


def _plain(cell: Cell) -> object:
    """As JSON has it: amounts and hours as text, since they are exact; instants with their offset; spans in seconds."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return int(cell.total_seconds())
    return cell


def _zip_answer(kind: str, membership: Membership) -> HttpResponseBase:
    """All sets of data, written to a file on disk first, since the table of contents of a ZIP comes last."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for dataset in DATASETS.values():
            with archive.open(f"{dataset.name}.{kind}", "w", force_zip64=True) as part:
                _write(dataset, kind, membership, part)
    file.seek(0)
    today = days.local_day(days.now(), membership.workspace.zone)
    name = f"{_('workhub')}-{today:%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _write(dataset: Dataset, kind: str, membership: Membership, part: BinaryIO) -> None:
    if kind == "xlsx":
        with tempfile.TemporaryFile() as sheet:
            write_xlsx(_export(dataset, membership), sheet)
            sheet.seek(0)
            while piece := sheet.read(1 << 16):
                part.write(piece)
        return
    pieces: Iterable[str] = json_text(dataset, membership) if kind == "json" else csv_text(_export(dataset, membership))
    for piece in pieces:
        part.write(piece.encode())
