"""One line of text as an entry: `1h30 @acme #design yesterday 14:00 review the draft`. Plain functions, no database.

What is read, in this order; each thing once, and what is left over is the note:

1. `@name` a project, client or task; `@client/project/task`; names with spaces as they are or in quotation marks.
2. `#tag`; a number such as #12 stays in the note.
3. A day: today, yesterday, a weekday (the last one), `2026-11-12`, `12.11.`, `11/12`. A day without a year is the last
   that has come; `11/12` begins with the month where `month_first` says so, unless only the other way is a date.
4. A range `9-10:30`, a time with am or pm, or behind "from" or "at". An end before the start is on the next day.
5. A duration with units, `1h30`, `90m`; before the first word of the note also `1.5` (hours) and `90` (minutes).
6. `H:MM`: `1:30` is a duration while there is none, `09:30` and `14:00` are times. Of two such the shorter is the
   duration; two that can only be times are from and to. With a duration known, `930` before the note is a time.

What stands in quotation marks is note, whatever it says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from apps.core import days
from apps.core.durations import format_words, parse_duration
from apps.workbench.fields import parse_time_of_day
from apps.workbench.quick_names import Known, Target

LONGEST_LINE = 300
CANDIDATES = 5
TAG_LENGTH = 40
_TAKEN, _QUOTED = "\x00", "\x01"
_CONTROLS = dict.fromkeys(range(32), " ")

_FROM, _TO = r"(?<![^\s,;\x00])", r"(?=[\s,;\x00]|$)"
_TIME = r"\d{1,2}(?:[:.;h]?\d{2})?(?:\s?[ap]\.?m\b\.?)?"
_QUOTATION = re.compile(r"(?<![@#/])(?:\"[^\"]*\"|“[^”]*”)")
_MENTION = re.compile(_FROM + r"@(?=[^\s@])")
_TAG = re.compile(_FROM + r"#(\"[^\"]*\"|[^\W\d_][\w&+.-]*)")
_ISO = re.compile(_FROM + r"(\d{4})-(\d{1,2})-(\d{1,2})" + _TO)
_DOTTED = re.compile(_FROM + r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?" + _TO)
_SLASHED = re.compile(_FROM + r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?" + _TO)
_WORD = re.compile(_FROM + r"([^\W\d_]+)\.?" + _TO)
_RANGE = re.compile(_FROM + rf"(?:from\s+)?({_TIME})\s*(?:[-–—]|to\b|until\b)\s*({_TIME})" + _TO, re.I)
_SAID_TIME = re.compile(
    _FROM + rf"(?:from\s+({_TIME})|(?:at\s+)?(\d{{1,2}}(?:[:.;]?\d{{2}})?\s?[ap]\.?m\b\.?))" + _TO, re.I
)
_AT_TIME = re.compile(_FROM + r"at\s+(\d{1,2}[:.;]?\d{2})" + _TO, re.I)
_HOURS = r"\d{1,4}(?:[.,]\d{1,3})?\s?h(?:ours?|rs?)?(?:\d{1,2}(?:m|min)?|\s\d{1,2}\s?m(?:in(?:ute)?s?)?)?"
_UNITS = re.compile(_FROM + rf"(?:{_HOURS}|\d{{1,5}}\s?m(?:in(?:ute)?s?)?)" + _TO, re.I)
_NUMBER = re.compile(_FROM + r"(\d{0,3}[.,]\d{1,3}|\d{1,6})" + _TO)
_CLOCK = re.compile(_FROM + r"\d{1,2}:\d{2}" + _TO)


@dataclass(frozen=True)
class Clock:
    """When and where the line is written: the instant, the person's zone, the day that is meant unless one is named."""

    now: datetime
    zone: ZoneInfo
    day: date
    month_first: bool = False

    @property
    def today(self) -> date:
        return days.local_day(self.now, self.zone)


@dataclass(frozen=True)
class Understood:
    """What the line says: `start` and `end` in minutes since midnight, `seconds` as a duration, None for unsaid.

    `problems` are sentences about what was written but cannot be taken.
    """

    day: date
    start: int | None = None
    end: int | None = None
    seconds: int | None = None
    work: Target | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    problems: tuple[str, ...] = ()


def read(text: str, clock: Clock, known: Known) -> Understood:
    """What `text` says; it never raises."""
    line = _Line(" ".join(text.translate(_CONTROLS).split())[:LONGEST_LINE])
    work = _read_work(line, known)
    tags = _read_tags(line, known)
    day = _read_day(line, clock) or clock.day
    start, end = _read_range(line)
    seconds = _read_units(line, start, end)
    if end is None:
        start = _read_said_time(line) if start is None else start
        seconds = _read_leading_number(line) if seconds is None else seconds
        start, end, seconds = _read_clocks(line, start, seconds)
        start = _read_leading_time(line) if start is None and seconds is not None else start
    return Understood(day, start, end, seconds, work, tags, line.note, tuple(line.problems))


@dataclass
class _Line:
    """The text, and `open`: the same with a mark in each place that is read already or stands in quotation marks."""

    text: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self):
        clean = self.text.replace(_TAKEN, " ")
        self.text = clean
        self.open = _QUOTATION.sub(lambda match: _QUOTED * len(match[0]), clean)

    def matches(self, pattern: re.Pattern) -> Iterator[re.Match]:
        return pattern.finditer(self.open)

    def take(self, start: int, end: int) -> None:
        self.open = self.open[:start] + _TAKEN * (end - start) + self.open[end:]

    def is_before_note(self, place: int) -> bool:
        """Whether no word of the note stands before `place`."""
        return not re.search(r"[^\s,;:.\-\d\x00]", self.open[:place])

    def is_first(self, place: int) -> bool:
        """Whether nothing that is left stands before `place`."""
        return not self.open[:place].strip(f" ,;{_TAKEN}")

    @property
    def note(self) -> str:
        left = "".join(letter for letter, mark in zip(self.text, self.open, strict=True) if mark != _TAKEN)
        return " ".join(left.split()).strip(" ,;")


# ── Names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_work(line: _Line, known: Known) -> Target | None:
    work = None
    while match := next(line.matches(_MENTION), None):
        mention = known.read(line.text, match.end(), inside=work)
        line.take(match.start(), max(mention.end, match.end()))
        if len(mention.targets) == 1:
            work = mention.targets[0]
        elif mention.targets:
            names = [target.label for target in mention.targets]
            listed = ", ".join(names[:CANDIDATES]) + (" …" if len(names) > CANDIDATES else "")
            line.problems.append(
                _("“@%(text)s” could be: %(names)s. Write a little more.") % {"text": mention.text, "names": listed}
            )
        else:
            line.problems.append(_("No open project, client or task is called “%(text)s”.") % {"text": mention.text})
    return work


def _read_tags(line: _Line, known: Known) -> tuple[str, ...]:
    present = {tag.casefold(): tag for tag in known.tags}
    found: dict[str, str] = {}
    while match := next(line.matches(_TAG), None):
        name = match[1].strip('"').rstrip(".").strip()
        line.take(match.start(), match.end())
        if len(name) > TAG_LENGTH:
            line.problems.append(_("“%(name)s…” is too long for a tag.") % {"name": name[:20]})
        elif name:
            found.setdefault(name.casefold(), present.get(name.casefold(), name))
    return tuple(found.values())


# ── The day ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_day(line: _Line, clock: Clock) -> date | None:
    for pattern, order in ((_ISO, "ymd"), (_DOTTED, "dmy"), (_SLASHED, "mdy" if clock.month_first else "dmy")):
        for match in line.matches(pattern):
            parts = dict(zip(order, match.groups(), strict=True))
            if pattern is _SLASHED and int(parts["m"]) > 12 >= int(parts["d"]):
                parts["d"], parts["m"] = parts["m"], parts["d"]
            line.take(match.start(), match.end())
            found = _date(parts, clock.today)
            if found is None:
                line.problems.append(_("There is no day “%(text)s”.") % {"text": match[0]})
            return found
    return _read_day_word(line, clock.today)


def _date(parts: dict[str, str | None], today: date) -> date | None:
    """The day; without a year the last such that has come. None where there is none between 2000 and 2100."""
    month, day, year = int(parts["m"]), int(parts["d"]), parts["y"]
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else range(today.year, today.year - 9, -1)
    for each in years:
        try:
            found = date(each, month, day)
            days.validate_day(found)
        except (ValueError, ValidationError):
            continue
        if year or found <= today:
            return found
    return None


def _read_day_word(line: _Line, today: date) -> date | None:
    words = _day_words(today)
    for match in line.matches(_WORD):
        found, is_short = words.get(match[1].casefold(), (None, False))
        if found and (not is_short or line.is_before_note(match.start())):
            line.take(match.start(), match.end())
            return found
    return None


def _day_words(today: date) -> dict[str, tuple[date, bool]]:
    """Words for days in English and the present language; True for those too short to be trusted amid a sentence."""
    words = {}
    for number in range(7):
        last = today - timedelta(days=(today.weekday() - number) % 7)
        for name in (_ENGLISH[number], str(WEEKDAYS[number])):
            words[name.casefold()] = (last, False)
        for name in (_ENGLISH[number][:3], str(WEEKDAYS_ABBR[number])):
            words[name.casefold()] = (last, True)
    for names, day in (
        (("today", _("today")), today),
        (("yesterday", _("yesterday")), today - timedelta(days=1)),
    ):
        words |= {name.casefold(): (day, False) for name in names}
    return words


_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# ── Times and durations ───────────────────────────────────────────────────────────────────────────────────────────────


def _read_range(line: _Line) -> tuple[int | None, int | None]:
    for match in line.matches(_RANGE):
        first, last = match[1], match[2]
        if first.isdigit() and last.isdigit() and len(first) < 3 and next(line.matches(_UNITS), None):
            continue  # "1h read pages 9-12"
        start, end = _minutes(first), _minutes(last)
        if start is None or end is None:
            continue
        if _half(last) and not _half(first) and (start + 720 if start < 720 else start) < end:
            start += 720 if start < 720 else 0  # 2-5pm
        line.take(match.start(), match.end())
        return start, end
    return None, None


def _half(text: str) -> bool:
    return "m" in text.lower()


def _read_units(line: _Line, start: int | None, end: int | None) -> int | None:
    """The first duration with units. Beside a range it may only say the same."""
    match = next(line.matches(_UNITS), None)
    if match is None:
        return None
    seconds = _seconds(match[0])
    if seconds is None:
        return None
    line.take(match.start(), match.end())
    if end is None:
        return seconds
    length = (end - start) % 1440 * 60
    if seconds != length:
        written = {"range": format_words(length), "duration": format_words(seconds)}
        line.problems.append(_("From and to are %(range)s apart, not %(duration)s. Write one of both.") % written)
    return None


def _read_said_time(line: _Line) -> int | None:
    for pattern in (_SAID_TIME, _AT_TIME):
        for match in line.matches(pattern):
            minutes = _minutes(next(filter(None, match.groups())))
            if minutes is not None:
                line.take(match.start(), match.end())
                return minutes
    return None


def _read_leading_number(line: _Line) -> int | None:
    """`90` or `1.5` before everything else that is left."""
    for match in line.matches(_NUMBER):
        decimal = not match[1].isdigit()
        if line.is_first(match.start()) or (decimal and line.is_before_note(match.start())):
            seconds = _seconds(match[1])
            if seconds is not None:
                line.take(match.start(), match.end())
            return seconds
    return None


def _read_clocks(line: _Line, start: int | None, seconds: int | None) -> tuple[int | None, int | None, int | None]:
    """`H:MM` as times, or as the duration while there is none."""
    found = [match for match in line.matches(_CLOCK) if _minutes(match[0]) is not None]
    found = found[: (start is None) + (seconds is None)]
    end = None
    for match in found:
        line.take(match.start(), match.end())
    times = [match[0] for match in found]
    if seconds is None:
        short = sorted((text for text in times if _may_be_duration(text)), key=_minutes)
        if short:
            seconds = _seconds(short[0])
            times.remove(short[0])
    if times and start is None:
        start = _minutes(times.pop(0))
    if times and seconds is None:
        end = _minutes(times[0])
    return start, end, seconds


def _may_be_duration(text: str) -> bool:
    """`1:30` is one; `09:30` and `14:00` look like times."""
    return len(text) == 4


def _read_leading_time(line: _Line) -> int | None:
    """`930` before the note."""
    for match in line.matches(_NUMBER):
        if match[1].isdigit() and len(match[1]) in (3, 4) and line.is_before_note(match.start()):
            minutes = _minutes(match[1])
            if minutes is not None:
                line.take(match.start(), match.end())
                return minutes
    return None


def _minutes(text: str) -> int | None:
    try:
        return parse_time_of_day(text)
    except ValidationError:
        return None


def _seconds(text: str) -> int | None:
    try:
        return parse_duration(text)
    except ValidationError:
        return None
