"""Which letters of a document the bundled fonts can print."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from apps.invoicing.press import FONTS

# Spaces, marks that join or direct letters, and line ends are not drawn.
_NOT_DRAWN = {"Zs", "Zl", "Zp", "Cc", "Cf"}


@lru_cache(maxsize=1)
def _printable() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    return frozenset(code for path in FONTS.values() for code in TTFont(path, lazy=True).getBestCmap())


def unprintable(snapshot: dict) -> dict[str, list[str]]:
    """Letters that no bundled font has, by where they stand: `{"client": ["山"]}`. Empty for nearly everybody."""
    found: dict[str, list[str]] = {}
    for place, text in _texts(snapshot):
        letters = [sign for sign in text if ord(sign) not in _printable() and _is_drawn(sign)]
        if letters:
            found[place] = list(dict.fromkeys([*found.get(place, []), *letters]))
    return found


def _is_drawn(sign: str) -> bool:
    is_variation = "\ufe00" <= sign <= "\ufe0f"
    return unicodedata.category(sign) not in _NOT_DRAWN and not is_variation


def _texts(snapshot: dict) -> Iterator[tuple[str, str]]:
    for name in ("seller", "buyer"):
        place = _("your business") if name == "seller" else _("the client")
        yield place, " ".join(str(value) for value in snapshot[name].values())
    for line in snapshot["lines"]:
        yield _("lines"), line["description"]
    for tax in snapshot["taxes"]:
        yield _("taxes"), f"{tax['name']} {tax['reason']}"
    yield _("note"), snapshot["notes"]
    yield _("reference"), snapshot["reference"]
