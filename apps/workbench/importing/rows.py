"""One row of a foreign file as work that somebody did."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core import days
from apps.workbench.importing import values
from apps.workbench.importing.clocks import NEARLY, to_instant, to_span
from apps.workbench.importing.columns import Mapping
from apps.workbench.importing.values import Moment
from apps.workbench.models.segments import check_span

# What the columns of the database hold.
LONGEST = {"client": 120, "project": 120, "task": 200, "note": 10_000}
LONGEST_TAG, MOST_TAGS = 40, 50
# How trackers write that there is nothing.
_NOTHING = {"-", "–", "(no client)", "(no project)", "(no task)", "(without client)", "(without project)"}
_NOTHING |= {"without client", "without project", "no client", "no project", "no task"}


class SomebodyElses(Exception):  # noqa: N818, it is no error: the row is left out on purpose
    """The row tells of another person's time."""


@dataclass(frozen=True)
class Work:
    """What a row says. Without a time of day `started_at` and `ended_at` are None, and its place is still to be found.

    `key` is the same for every row that says the same, whatever its tags, rates and time zone.
    """

    day: date
    seconds: int
    started_at: datetime | None
    ended_at: datetime | None
    client: str
    project: str
    task: str
    note: str
    tags: tuple[str, ...]
    billable: bool | None
    rate_minor: int | None
    currency: str
    remarks: tuple[str, ...]
    key: bytes


@dataclass(frozen=True)
class Times:
    """When a row was, on its own wall clock (`told`) and as instants."""

    day: date
    seconds: int
    told: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    remarks: tuple[str, ...] = ()


class RowReader:
    """Understands rows by a mapping; `currencies` are those that the headers of the money columns name."""

    def __init__(self, mapping: Mapping, headers: list[str], currency: str):
        self.mapping, self.columns, self.currency = mapping, len(headers), currency
        self.zone = ZoneInfo(mapping.zone)
        self.named_currency = next(
            (
                code
                for name in ("rate", "amount")
                if name in mapping.places and (code := values.find_currency(headers[mapping.places[name]]))
            ),
            "",
        )

    def read(self, cells: list[str]) -> Work:
        """The work; raises ValidationError with a sentence about the row, SomebodyElses for other people's time."""
        if any(cell.strip() for cell in cells[self.columns :]):
            raise ValidationError(_("The row has more cells than the header: a separator stands where none belongs."))
        found = self._cells(cells)
        if self.mapping.whose and found.get("person", "") != self.mapping.whose:
            raise SomebodyElses
        if any("\x00" in text for text in found.values()):
            raise ValidationError(_("The row holds a character (zero) that no text can have."))
        times = self._times(found)
        names = {name: _name(found, name) for name in LONGEST}
        currency = values.find_currency(found.get("currency", "")) or self.named_currency
        said = "\x1f".join([times.told, *(text.casefold() for text in names.values())])
        return Work(
            day=times.day,
            seconds=times.seconds,
            started_at=times.started_at,
            ended_at=times.ended_at,
            **names,
            tags=_tags(found.get("tags", "")),
            billable=values.parse_yes_no(text) if (text := found.get("billable", "")) else None,
            rate_minor=self._rate(found, times.seconds, currency),
            currency=currency,
            remarks=times.remarks,
            key=sha256(said.encode("utf-8", "replace")).digest()[:16],
        )

    def _cells(self, cells: list[str]) -> dict[str, str]:
        """What each field holds, without the spaces around it."""
        return {name: cells[place].strip() for name, place in self.mapping.places.items() if place < len(cells)}

    # ── When ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _times(self, found: dict[str, str]) -> Times:
        start = self._point(found.get("day", ""), found.get("start", ""))
        end = self._point(found.get("end_day", ""), found.get("end", ""), start)
        if start is None:
            raise ValidationError(_("The row has no date."))
        if start.clock is not None and end is not None and end.clock is not None:
            return self._span(start, end, self._hint(found), has_end_day=bool(found.get("end_day")))
        length = values.parse_length(text, self.mapping.unit) if (text := found.get("length", "")) else None
        if length is None:
            raise ValidationError(
                _("The row has a start but no end: its timer may still be running.")
                if start.clock is not None
                else _("The row has neither start and end nor a duration.")
            )
        if not length:
            raise ValidationError(_("There is no time in this row."))
        if start.clock is not None:
            return self._from_start(start, length)
        return Times(start.day, length, f"{start.day} {length}")

    def _point(self, day_text: str, clock_text: str, before: Moment | None = None) -> Moment | None:
        """Day and clock of two cells, either of which may hold both; without a day of its own that of `before`."""
        if not day_text and not clock_text:
            return None
        clock = None
        if clock_text and values.possible_orders(clock_text):
            moment = values.parse_moment(clock_text, self.mapping.order)
            return moment if not day_text else replace(moment, day=self._day(day_text))
        if clock_text:
            clock = values.parse_clock(clock_text)
        if day_text:
            moment = values.parse_moment(day_text, self.mapping.order)
            return moment if clock is None else replace(moment, clock=clock)
        return Moment(before.day, clock, before.offset) if before else None

    def _hint(self, found: dict[str, str]) -> int | None:
        """The length beside start and end, which only decides where these leave a doubt."""
        try:
            return values.parse_length(found.get("length", ""), self.mapping.unit)
        except ValidationError:
            return None

    def _day(self, text: str) -> date:
        return values.parse_moment(text, self.mapping.order).day

    def _span(self, start: Moment, end: Moment, length: int | None, *, has_end_day: bool) -> Times:
        begins, ends = values.at(start.day, start.clock), values.at(end.day, end.clock)
        if ends <= begins and not has_end_day and end.day == start.day:
            ends = _over_midnight(begins, ends, length)
        told = f"{begins} {ends}"
        if start.offset or end.offset:
            started_at = _fixed(begins, start, self.zone)
            ended_at, remarks = _fixed(ends, end, self.zone), []
        else:
            started_at, ended_at, remarks = to_span(begins, ends, self.zone, length)
        return self._checked(started_at, ended_at, told, remarks)

    def _from_start(self, start: Moment, length: int) -> Times:
        begins = values.at(start.day, start.clock)
        started_at, remark = (_fixed(begins, start, self.zone), "") if start.offset else to_instant(begins, self.zone)
        told = f"{begins} {begins + timedelta(seconds=length)}"
        return self._checked(started_at, started_at + timedelta(seconds=length), told, [remark] if remark else [])

    def _checked(self, started_at: datetime, ended_at: datetime, told: str, remarks: list[str]) -> Times:
        if ended_at == started_at:
            raise ValidationError(_("There is no time in this row."))
        if ended_at < started_at:
            raise ValidationError(_("The end lies before the start."), code="order")
        check_span(started_at, ended_at)
        seconds = int((ended_at - started_at).total_seconds())
        return Times(days.local_day(started_at, self.zone), seconds, told, started_at, ended_at, tuple(remarks))

    # ── What it is worth ──────────────────────────────────────────────────────────────────────────────────────────────

    def _rate(self, found: dict[str, str], seconds: int, currency: str) -> int | None:
        """Minor units an hour, from the rate or else from the amount; None where the file says nothing, or zero."""
        currency = currency or self.currency
        if (text := found.get("rate", "")) and (rate := values.parse_money(text, currency)):
            return rate
        if (text := found.get("amount", "")) and (amount := values.parse_money(text, currency)):
            return (amount * 3600 * 2 + seconds) // (seconds * 2)
        return None


def _over_midnight(begins: datetime, ends: datetime, length: int | None) -> datetime:
    """The end on the next day, which is meant where no day stands beside it and the length does not deny it."""
    tomorrow = ends + timedelta(days=1)
    meant = ends < begins and (length is None or abs((tomorrow - begins).total_seconds() - length) <= NEARLY)
    # The length was measured on a day that may have had 23 or 25 hours.
    shifted = ends < begins and length and abs(abs((tomorrow - begins).total_seconds() - length) - 3600) <= NEARLY
    return tomorrow if meant or shifted else ends


def _fixed(wall: datetime, moment: Moment, zone: ZoneInfo) -> datetime:
    """The instant of a time that says its offset itself."""
    return wall.replace(tzinfo=moment.offset or zone).astimezone(UTC)


def _name(found: dict[str, str], name: str) -> str:
    text = found.get(name, "")
    if name != "note":
        text = values.tidy(text)
    if text.casefold() in _NOTHING:
        return ""
    if len(text) > LONGEST[name]:
        sentence = _("%(name)s is longer than %(most)s characters.")
        raise ValidationError(sentence, params={"name": name.capitalize(), "most": f"{LONGEST[name]:,}"})
    return text


def _tags(text: str) -> tuple[str, ...]:
    """`a, b` or `a; b` or `a|b`, each once whatever its capitals."""
    for mark in ";|\n":
        text = text.replace(mark, ",")
    tags = {tag.casefold(): tag for part in text.split(",") if (tag := values.tidy(part)) and tag not in _NOTHING}
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise ValidationError(_("A tag has at most 40 characters, and a row at most 50 tags."))
    return tuple(tags.values())
