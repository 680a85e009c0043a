"""Whether two patterns can ever print the same number: asked of their shapes, so that no sample can be missed.

Databases take INV for inv and É for E; so do shapes. Years and months count as any digits, client codes as any text.
"""

import unicodedata
from typing import NamedTuple

from apps.invoicing.models.pattern import Pattern, Piece

_DIGIT, _ANY = "digit", "any"
_DIGITS = {_DIGIT, *"0123456789"}
_DATES = {"year": 4, "yy": 2, "month": 2}


class Sign(NamedTuple):
    """One place of a shape: a character, any digit or anything; `repeats` any number of times, also none."""

    what: str
    repeats: bool = False


def can_meet(one: Pattern, other: Pattern) -> bool:
    """Whether some number could come from both."""
    return any(_overlap(first, second) for first in _shapes(one) for second in _shapes(other))


def _shapes(pattern: Pattern) -> list[list[Sign]]:
    """What it prints for clients with a code, and what for those without."""
    variants = [pattern.pieces]
    if "client" in pattern.parts:
        variants.append(pattern.pieces_without_client)
    return [[sign for piece in pieces for sign in _signs(piece, pattern)] for pieces in variants]


def _signs(piece: Piece, pattern: Pattern) -> list[Sign]:
    if piece.name in _DATES:
        return [Sign(_DIGIT)] * _DATES[piece.name]
    if piece.name in ("fy", "fyy"):
        first = [Sign(_DIGIT)] * (4 if piece.name == "fy" else 2)
        return first if pattern.fiscal_start == 1 else [*first, Sign("-"), Sign(_DIGIT), Sign(_DIGIT)]
    if piece.name == "seq":
        return [*[Sign(_DIGIT)] * piece.width, Sign(_DIGIT, repeats=True)]
    if piece.name == "client":
        return [Sign(_ANY, repeats=True)]
    return [Sign(char) for char in _folded(piece.text or pattern.prefix)]


def _folded(text: str) -> str:
    """Without case and accents; what lies beyond the basic plane is one sign, as in MariaDB's usual collation."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "".join(char if ord(char) < 0x10000 else "\ufffd" for char in bare.casefold())


def _overlap(one: list[Sign], other: list[Sign]) -> bool:
    """Walk both shapes at once over every text that fits both so far; true when some text reaches both ends."""
    waiting, seen = [(0, 0)], set()
    while waiting:
        place = first, second = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        left, right = one[first : first + 1], other[second : second + 1]
        if not left and not right:
            return True
        if left and left[0].repeats:
            waiting.append((first + 1, second))
        if right and right[0].repeats:
            waiting.append((first, second + 1))
        if left and right and _agree(left[0].what, right[0].what):
            waiting.append((first + (not left[0].repeats), second + (not right[0].repeats)))
    return False


def _agree(one: str, other: str) -> bool:
    return one == other or _ANY in (one, other) or (_DIGIT in (one, other) and {one, other} <= _DIGITS)
