"""Rows out of the bytes of a CSV file: which encoding, which separator, and one row after the other.

The file is never held as a whole: it comes as an iterable of pieces of bytes and leaves as rows.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SAMPLE = 64 * 1024
SEPARATORS = ",;\t|"
# What a file begins with that is no text, however its name ends.
_NOT_TEXT = {
    b"PK\x03\x04": _("This is a workbook or an archive, not a CSV file. Open it, and save it as CSV."),
    b"\xd0\xcf\x11\xe0": _("This is an Excel workbook. Open it, and save it as CSV."),
    b"%PDF": _("This is a PDF. Export the report as CSV instead."),
    b"\x1f\x8b": _("This file is compressed. Unpack it, and choose the CSV file inside."),
    b"\x89PNG": _("This is a picture. Export the report as CSV instead."),
}


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    encoding: str
    delimiter: str
    quote: str = '"'


def find_encoding(pieces: Iterable[bytes]) -> str:
    """`utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be`, `utf-8` or, where it is none of these, `cp1252`.

    Raises ValidationError for what is no text at all. A file that breaks off in the middle of a letter is still UTF-8.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")
    for start, sentence in _NOT_TEXT.items():
        if first.startswith(start):
            raise ValidationError(sentence, code="no_text")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _wide_without_mark(first[:SAMPLE]):
        return wide
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in chain([first], pieces):
            decoder.decode(piece)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig" if first.startswith(codecs.BOM_UTF8) else "utf-8"


def _wide_without_mark(sample: bytes) -> str:
    """UTF-16 without a mark shows by its zeros: in Western text every other byte is one."""
    half = len(sample) // 2
    if half < 8:
        return ""
    if sample[1::2].count(0) > 0.7 * half and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def find_dialect(pieces: Iterable[bytes], encoding: str) -> Dialect:
    """The separator that cuts the header into most columns; outside of quotes, so that a comma in a name is none."""
    lines = _lines(pieces, encoding)
    header = next((line for line in lines if line.strip()), "")
    if header.lower().startswith("sep=") and len(header.strip()) == 5:
        return Dialect(encoding, header.strip()[4])
    quote = "'" if header.startswith("'") else '"'
    counts = {mark: _columns(header, mark, quote) for mark in SEPARATORS}
    return Dialect(encoding, max(SEPARATORS, key=counts.get), quote)


def _columns(line: str, delimiter: str, quote: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, quotechar=quote), []))
    except csv.Error:
        return 0


def read_rows(pieces: Iterable[bytes], dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each row that is not empty; the number is that of a spreadsheet, so the header is 1.

    Raises ValidationError at a row that no reader can get past, which ends the file.
    """
    reader = csv.reader(_lines(pieces, dialect.encoding), delimiter=dialect.delimiter, quotechar=dialect.quote)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep="):
                continue
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise ValidationError(
            _("From row %(number)d on nothing can be read: a quotation mark is missing, or a cell is far too long."),
            code="row",
            params={"number": number + 1},
        ) from None


def _lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    raw = io.BufferedReader(_Pieces(pieces), SAMPLE)
    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a stream to read from."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces, self._rest = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = bytes(piece)
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
