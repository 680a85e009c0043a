"""One line of a bank statement, as every kind of file gives it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

# Statements of several years come in several files.
MOST_LINES = 10_000
_NOT_TEXT = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Line:
    """Money that came in (or, below zero, went out) on a day: minor units, and who says what about it.

    `reference` is the bank's own for this line; most files have none.
    """

    day: date
    amount_minor: int
    currency: str
    party: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""

    @property
    def key(self) -> str:
        """All that tells it from other lines, as far as two files of one bank write it alike."""
        said = self.reference or "".join(_plain(part) for part in (self.party, self.iban, self.text))
        return f"{self.day}|{self.amount_minor}|{self.currency}|{said}"


@dataclass
class Contents:
    """What a file holds: credits with their fingerprints, how many lines were debits, and which cannot be read."""

    credits: list[tuple[str, Line]] = field(default_factory=list)
    debits: int = 0
    faults: list[str] = field(default_factory=list)


def sort_out(lines: Iterable[Line | str]) -> Contents:
    """Credits, debits and faults (texts) out of what a reader gives, each credit with its fingerprint."""
    contents = Contents()
    contents.credits = list(_with_fingerprints(_credits(lines, contents)))
    return contents


def _credits(lines: Iterable[Line | str], contents: Contents) -> Iterator[Line]:
    for line in lines:
        if isinstance(line, str):
            contents.faults.append(line)
        elif line.amount_minor > 0:
            yield line
        else:
            contents.debits += 1


def _with_fingerprints(lines: Iterable[Line]) -> Iterator[tuple[str, Line]]:
    """The same for the same line in any file: of two equal ones, the second is the second in the next file too."""
    seen: Counter[str] = Counter()
    for line in lines:
        seen[line.key] += 1
        yield sha256(f"{line.key}|{seen[line.key]}".encode()).hexdigest()[:32], line


def _plain(text: str) -> str:
    return _NOT_TEXT.sub("", text.casefold())
