"""One look over a whole file before anybody decides anything: how it is written, and what its columns hold."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.workbench.importing import sources
from apps.workbench.importing.columns import Mapping, guess
from apps.workbench.importing.text import Dialect, find_dialect, find_encoding, read_rows
from apps.workbench.importing.values import (
    DAY_FIRST,
    HOURS,
    MINUTES,
    MONTH_FIRST,
    SECONDS,
    is_clock,
    plain_number,
    possible_orders,
)

MOST_ROWS = 100_000
MOST_COLUMNS = 100
SAMPLE_ROWS = 8
LONGEST_SHOWN = 160
MOST_VALUES = 30
LONGEST_VALUE = 100
HOURS_OF_A_DAY, MINUTES_OF_A_DAY = 24, 1440


@dataclass
class Column:
    """What one column holds.

    `orders` are those in which all days like `03/04/2026` in it can be read, None where there are no such days.
    """

    name: str
    orders: list[str] | None = None
    has_dates: bool = False
    has_clocks: bool = False
    largest: float = 0
    values: list[str] | None = field(default_factory=list)


@dataclass
class Survey:
    """The whole file at a glance; `first` are its first rows as (number, cells)."""

    encoding: str
    delimiter: str
    quote: str
    source: str
    columns: list[Column]
    first: list[tuple[int, list[str]]]
    rows: int
    fault: str = ""

    @property
    def dialect(self) -> Dialect:
        """How to read it."""
        return Dialect(self.encoding, self.delimiter, self.quote)

    def as_json(self) -> dict:
        """For a JSON field; `from_json` takes it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict) -> "Survey":
        """What `as_json` stored."""
        return cls(**stored | {"columns": [Column(**column) for column in stored["columns"]]})

    # ── What it suggests ──────────────────────────────────────────────────────────────────────────────────────────────

    def order_of(self, places: Iterable[int]) -> str:
        """The order of day and month in these columns, decided over all rows; empty where both could be."""
        dated = [set(orders) for place in places if (orders := self.columns[place].orders) is not None]
        possible = set.intersection(*dated) if dated else {DAY_FIRST}
        return possible.pop() if len(possible) == 1 else ""

    def suggestion(self, *, zone: str, email: str, name: str) -> Mapping:
        """What each column most likely is, for a person with this address and name."""
        places = self._by_content(guess([column.name for column in self.columns]))
        mapping = Mapping(places, zone, self.order_of(_day_places(places)), self._unit(places))
        people = self.people(places.get("person"))
        mapping.whose = next((one for one in people if one.casefold() in (email.casefold(), name.casefold())), "")
        return mapping

    def people(self, place: int | None) -> list[str]:
        """Whose time a column tells of; empty where there is only one, or too many to choose from."""
        values = self.columns[place].values if place is not None else None
        return sorted(values) if values and len(values) > 1 else []

    def _by_content(self, places: dict[str, int]) -> dict[str, int]:
        """A column called Start may hold days with times; then it is the date."""
        found = dict(places)
        for clock, day in (("start", "day"), ("end", "end_day")):
            place = found.get(clock)
            if place is not None and self.columns[place].has_dates and day not in found:
                found[day] = found.pop(clock)
        return found

    def _unit(self, places: dict[str, int]) -> str:
        """What plain numbers of the duration count: nobody works 90 hours, or 7,260 minutes, at a stretch."""
        place = places.get("length")
        largest = self.columns[place].largest if place is not None else 0
        if largest > MINUTES_OF_A_DAY:
            return SECONDS
        return MINUTES if largest > HOURS_OF_A_DAY else HOURS


def _day_places(places: dict[str, int]) -> list[int]:
    return [places[name] for name in ("day", "end_day") if name in places]


def look_over(pieces: Callable[[], Iterable[bytes]]) -> Survey:
    """Read the whole file, a piece at a time. Raises ValidationError where there is nothing to import.

    `pieces()` gives the file anew each time.
    """
    encoding = find_encoding(pieces())
    dialect = find_dialect(pieces(), encoding)
    rows = read_rows(pieces(), dialect)
    header = _header(rows)
    watchers = [_Watcher(Column(name)) for name in header]
    survey = Survey(encoding, dialect.delimiter, dialect.quote, sources.recognise(header), [], [], 0)
    try:
        for number, cells in rows:
            survey.rows += 1
            if survey.rows > MOST_ROWS:
                raise ValidationError(
                    _("The file has more than %(most)s rows. Export it year by year, and import one after the other."),
                    code="rows",
                    params={"most": f"{MOST_ROWS:,}"},
                )
            if len(survey.first) < SAMPLE_ROWS:
                survey.first.append((number, [cell[:LONGEST_SHOWN] for cell in cells]))
            for watcher, cell in zip(watchers, cells, strict=False):
                watcher.note(cell)
    except ValidationError as fault:
        if fault.code != "row" or not survey.rows:
            raise
        survey.fault = fault.messages[0]
    if not survey.rows:
        raise ValidationError(_("There is only a header in this file, and no time beneath it."), code="empty")
    survey.columns = [watcher.result() for watcher in watchers]
    return survey


def _header(rows) -> list[str]:
    header = [cell.replace("\x00", "").strip()[:LONGEST_VALUE] for cell in next(rows, (0, []))[1]]
    if not header:
        raise ValidationError(_("This file is empty."), code="empty")
    if len(header) < 2 or len(header) > MOST_COLUMNS:
        raise ValidationError(
            _("No columns can be made out in this file. Is it a CSV file, with their names in its first row?"),
            code="columns",
        )
    return [name or _("Column %(number)d") % {"number": place} for place, name in enumerate(header, start=1)]


class _Watcher:
    """Notes what one column holds, row by row; gives up early on what it turns out not to be."""

    TRIES = 30
    POSSIBLE = frozenset({DAY_FIRST, MONTH_FIRST})

    def __init__(self, column: Column):
        self.column = column
        self.orders = self.POSSIBLE
        self.values: set[str] | None = set()
        self.seen = self.dates = self.numeric_dates = self.clocks = self.numbers = 0

    def note(self, cell: str) -> None:
        """One more cell."""
        cell = cell.strip()
        if not cell:
            return
        self.seen += 1
        trying = self.seen <= self.TRIES
        if (trying or self.dates) and (orders := possible_orders(cell)):
            self.dates += 1
            if orders <= self.POSSIBLE:
                self.numeric_dates += 1
                self.orders &= orders
        elif trying and is_clock(cell):
            self.clocks += 1
        elif (trying or self.numbers) and (number := plain_number(cell)) is not None:
            self.numbers += 1
            self.column.largest = max(self.column.largest, number)
        if self.values is not None:
            self.values.add(cell)
            if len(self.values) > MOST_VALUES or len(cell) > LONGEST_VALUE:
                self.values = None

    def result(self) -> Column:
        """The column as it is known at the end."""
        self.column.has_dates = self.dates > 0
        self.column.has_clocks = self.clocks > 0
        self.column.orders = sorted(self.orders) if self.numeric_dates else None
        self.column.values = None if self.values is None else sorted(self.values)
        return self.column
