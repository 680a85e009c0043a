"""Amounts as banks write them in CSV files: point or comma, signs before and behind, credit and debit in words."""

import re
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.money import MAX_MINOR, exponent, to_minor

POINT, COMMA = ".", ","
LONGEST_AMOUNT = 40
_DROPPED = re.compile(r"[\s'’]|[A-Za-z]{3}|[€$£₹¥]")
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d{1,6})?", re.ASCII)
_CREDIT = {"c", "cr", "crdt", "credit", "h", "haben", "gutschrift", "+", "in"}
_DEBIT = {"d", "dr", "db", "dbit", "debit", "s", "soll", "lastschrift", "-", "out"}


def decimal_mark(texts: Iterable[str]) -> str:
    """Whether a column of amounts writes its decimals behind a point or a comma, decided over all of them."""
    votes = {POINT: 0, COMMA: 0}
    for text in texts:
        last = max(text.rfind(POINT), text.rfind(COMMA))
        if last < 0:
            continue
        behind = sum(letter.isdigit() for letter in text[last + 1 :])
        other = COMMA if text[last] == POINT else POINT
        if other in text[:last] or behind != 3:
            votes[text[last]] += 1
        elif text.count(text[last]) > 1:
            votes[other] += 1
    return COMMA if votes[COMMA] > votes[POINT] else POINT


def parse_amount(text: str, currency: str, mark: str) -> int:
    """Minor units of `-1.234,56`, `1,234.56-`, `(12.50)`, `€ 95`. Raises ValidationError for anything else."""
    plain = _DROPPED.sub("", text.replace("\u2212", "-"))[:LONGEST_AMOUNT]
    plain, is_negative = _unsigned(plain)
    if mark == COMMA:
        plain = plain.translate({ord(POINT): COMMA, ord(COMMA): POINT})
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(COMMA, "")
    if not _PLAIN.fullmatch(plain):
        raise ValidationError(_("“%(text)s” is no amount."), params={"text": text[:LONGEST_AMOUNT]}, code="cell")
    major = Decimal(plain)
    if major != round(major, exponent(currency)) or major.scaleb(exponent(currency)) > MAX_MINOR:
        told = {"text": text[:LONGEST_AMOUNT], "currency": currency}
        raise ValidationError(_("“%(text)s” is no amount in %(currency)s."), params=told, code="cell")
    minor = to_minor(major, currency)
    return -minor if is_negative else minor


def _unsigned(text: str) -> tuple[str, bool]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], True
    for sign, is_negative in (("-", True), ("+", False)):
        if text.startswith(sign):
            return text[1:], is_negative
        if text.endswith(sign):
            return text[:-1], is_negative
    return text, False


def is_debit(text: str) -> bool:
    """Whether a column of its own says that money went out. Raises ValidationError for a word that says neither."""
    word = text.strip().casefold()
    if word in _CREDIT or word in _DEBIT:
        return word in _DEBIT
    raise ValidationError(_("“%(text)s” says neither credit nor debit."), params={"text": text[:40]}, code="cell")
