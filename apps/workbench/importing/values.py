"""Single cells of foreign files: days, clocks, lengths, amounts, yes and no.

Each function takes text and gives a value, or raises ValidationError with a sentence about that text. Digits are the
ten ASCII ones only, so that no other alphabet's digits and no `1e400` get through.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core.days import validate_day
from apps.core.durations import DAY, HOUR, parse_duration
from apps.core.fields import MoneyField
from apps.core.money import CURRENCIES

LONGEST_CELL = 40

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "dmy", "mdy", "ymd"
HOURS, MINUTES, SECONDS = "hours", "minutes", "seconds"
UNITS = {HOURS: HOUR, MINUTES: 60, SECONDS: 1}

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})\.?[ -]([a-z]{3,9})\.?,?[ -](\d{4})", re.ASCII | re.I)
_MONTH_NAMED = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII | re.I)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?)? ?(?:([ap])\.?m\.?)?", re.ASCII | re.I)
_OFFSET = re.compile(r"(.*?\d) ?(?:(Z)|([+-])(\d{2}):?(\d{2}))", re.ASCII | re.I)
_LENGTH = re.compile(r"(\d{1,5}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?|[.,]\d{1,9}", re.ASCII)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_YES = {"yes", "y", "true", "1", "x", "billable", "ja", "oui", "si", "sí", "sì", "sim", "tak"}
_NO = {"no", "n", "false", "0", "non-billable", "not billable", "nein", "non", "nee", "não", "nie"}
_CURRENCY = re.compile(r"\b([A-Z]{3})\b")


@dataclass(frozen=True)
class Moment:
    """A day, perhaps with a clock (seconds since midnight, 0–86400) and an offset from UTC."""

    day: date
    clock: int | None = None
    offset: timezone | None = None


def tidy(text: str) -> str:
    """One line, single plain spaces, without any at the ends."""
    return " ".join(text.split())


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def _refuse(sentence: str, text: str) -> ValidationError:
    return ValidationError(sentence, params={"text": _short(text)}, code="cell")


# ── Days ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def possible_orders(text: str) -> set[str]:
    """In which orders the day of `text` can be read; empty where it is no day in numbers at all."""
    head = _first_word(text)
    if match := _ISO.fullmatch(head):
        return {YEAR_FIRST} if _exists(int(match[1]), int(match[3]), int(match[4])) else set()
    if not (match := _NUMERIC.fullmatch(head)):
        return set()
    first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
    found = {DAY_FIRST} if _exists(year, second, first) else set()
    # With points, nobody writes the month first.
    if match[2] != "." and _exists(year, first, second):
        found.add(MONTH_FIRST)
    return found


def parse_moment(text: str, order: str) -> Moment:
    """A day, with the time behind it where there is one; `order` decides what `03/04/2026` is."""
    text = tidy(text)
    for parse in (_iso_moment, _named_moment):
        if moment := parse(text, order):
            validate_day(moment.day)
            return moment
    raise _refuse(_("“%(text)s” is no date that can be read."), text)


def _iso_moment(text: str, order: str) -> Moment | None:
    head = _first_word(text)
    day = _numeric_day(head, order, text)
    if day is None:
        return None
    rest = text[len(head) :].lstrip("Tt ,")
    return _with_clock(day, rest)


def _named_moment(text: str, order: str) -> Moment | None:
    if match := _DAY_NAMED.match(text):
        day, month, year = match.groups()
    elif match := _MONTH_NAMED.match(text):
        month, day, year = match.groups()
    else:
        return None
    if month[:3].lower() not in _MONTHS:
        return None
    return _with_clock(_day_of(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day), text), text[match.end() :])


def _with_clock(day: date, rest: str) -> Moment:
    rest = rest.strip(" ,")
    if not rest:
        return Moment(day)
    offset = None
    if match := _OFFSET.fullmatch(rest):
        rest = match[1]
        offset = UTC if match[2] else _offset(match[3], int(match[4]), int(match[5]))
    return Moment(day, parse_clock(rest), offset)


def _offset(sign: str, hours: int, minutes: int) -> timezone:
    if hours > 14 or minutes > 59:
        raise ValidationError(_("A time zone lies at most 14 hours from UTC."), code="cell")
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if sign == "-" else away)


def _first_word(text: str) -> str:
    return re.split(r"[T ,]", text.strip(), maxsplit=1, flags=re.I)[0]


def _numeric_day(head: str, order: str, text: str) -> date | None:
    if match := _ISO.fullmatch(head):
        return _day_of(int(match[1]), int(match[3]), int(match[4]), text)
    if not (match := _NUMERIC.fullmatch(head)):
        return None
    first, second, year = int(match[1]), int(match[3]), _full_year(match[4])
    if order == MONTH_FIRST and match[2] != ".":
        first, second = second, first
    return _day_of(year, second, first, text)


def _day_of(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _refuse(_("“%(text)s” is no day of the calendar in the order that was chosen."), text) from None


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


# ── Clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_clock(text: str) -> int:
    """Seconds since midnight of `9:05`, `09.05`, `9h05`, `21:05:30`, `9 pm`; `24:00` is the end of the day."""
    text = tidy(text)
    match = _CLOCK.fullmatch(text)
    if not match or (match[2] is None and match[4] is None):
        raise _refuse(_("“%(text)s” is no time of day that can be read."), text)
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[4].lower() == "p" else 0)
    if minute > 59 or second > 59 or hour * HOUR + minute * 60 + second > DAY:
        raise _refuse(_("“%(text)s” is no time of day that can be read."), text)
    return hour * HOUR + minute * 60 + second


def is_clock(text: str) -> bool:
    """Whether the text is a time of day and nothing else."""
    try:
        parse_clock(text)
    except ValidationError:
        return False
    return True


def at(day: date, clock: int) -> datetime:
    """The wall clock `clock` seconds after midnight of `day`, without a zone."""
    return datetime(day.year, day.month, day.day) + timedelta(seconds=clock)


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def plain_number(text: str) -> float | None:
    """`1.5`, `1,5` or `90` as a number; None for anything else, `1:30` included."""
    text = text.strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def parse_length(text: str, unit: str) -> int:
    """Whole seconds of `1:30`, `1:30:15`, `1h 30m`, or of a plain number counted in `unit`."""
    text = tidy(text)
    if match := _LENGTH.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        length = hours * HOUR + minutes * 60 + seconds
    elif (number := plain_number(text)) is not None:
        length = int(number * UNITS[unit] + 0.5)
    else:
        length = _length_in_words(text)
    if length > DAY:
        raise _refuse(_("“%(text)s” is more than 24 hours."), text)
    return length


def _length_in_words(text: str) -> int:
    try:
        return parse_duration(text)
    except ValidationError:
        raise _refuse(_("“%(text)s” is no duration that can be read."), text) from None


# ── Money, yes and no ─────────────────────────────────────────────────────────────────────────────────────────────────


def find_currency(text: str) -> str:
    """The code in `EUR`, `Euro - EUR` or `Billable Rate (EUR)` that WorkHub knows, or an empty text."""
    return next((code for code in _CURRENCY.findall(text) if code in CURRENCIES), "")


def parse_money(text: str, currency: str) -> int:
    """Minor units of `1,240.50`, `1.240,50` or `€ 95`."""
    number = re.sub(r"[^\d.,'’\u2212+-]", "", text, flags=re.ASCII)
    try:
        return MoneyField(currency=currency).parse(number[:LONGEST_CELL])
    except ValidationError as refusal:
        raise _refuse(_("“%(text)s” is no amount that can be read.") + f" {' '.join(refusal.messages)}", text) from None


def parse_yes_no(text: str) -> bool:
    """Yes or no in the languages that the trackers export."""
    word = tidy(text).casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise _refuse(_("“%(text)s” says neither yes nor no."), text)
