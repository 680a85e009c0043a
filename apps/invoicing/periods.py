"""Periods that figures are asked for, and the one before each."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

MONTHS_OF_YEAR = 12


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @classmethod
    def since(cls, first: date, today: date, *, before: date) -> tuple[Self, Self]:
        """A calendar period that goes on, up to today; and as many days of the one before, which began on `before`."""
        running = cls(first, today)
        as_long = before + timedelta(days=running.days - 1)
        return running, cls(before, min(as_long, first - timedelta(days=1)))

    @classmethod
    def between(cls, first: date, last: date) -> tuple[Self, Self]:
        """Two days and what lies between; and as many days right before."""
        asked = cls(first, last)
        return asked, cls(first - timedelta(days=asked.days), first - timedelta(days=1))

    @classmethod
    def twelve_months(cls, today: date) -> tuple[Self, Self]:
        """The twelve months up to today; and the twelve before."""
        first = _a_year_before(today) + timedelta(days=1)
        last_before = first - timedelta(days=1)
        return cls(first, today), cls(_a_year_before(last_before) + timedelta(days=1), last_before)


def months_up_to(day: date) -> list[date]:
    """The first days of the twelve months of which the last holds `day`."""
    return [month_before(day, back) for back in reversed(range(MONTHS_OF_YEAR))]


def month_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months back."""
    number = day.year * MONTHS_OF_YEAR + day.month - 1 - months
    return date(number // MONTHS_OF_YEAR, number % MONTHS_OF_YEAR + 1, 1)


def quarter_start(day: date) -> date:
    """The first day of the calendar quarter that `day` is in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _a_year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
