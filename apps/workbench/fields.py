"""Times of day as people type them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import dateformat
from django.utils.translation import gettext_lazy as _

from apps.core.fields import TypedField

DAY_MINUTES = 24 * 60

_TIME = re.compile(r"^(\d{1,2})(?:[:.;,h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$", re.I)


def parse_time_of_day(text: str) -> int:
    """Minutes since midnight from what a person typed, 0 to 1440.

    `9:30`, `9.30`, `9;30`, `930`, `9h30` are 570; `9` is 540; `9pm` is 1260; `24:00` is 1440, the end of the day.
    Raises ValidationError for anything else.
    """
    match = _TIME.match(text.strip()) if text.isascii() else None
    if match:
        hours, minutes, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
        if half and 1 <= hours <= 12 and minutes < 60:
            return (hours % 12 + (12 if half == "p" else 0)) * 60 + minutes
        if not half and (hours < 24 and minutes < 60 or (hours, minutes) == (24, 0)):
            return hours * 60 + minutes
    raise ValidationError(_("Write a time such as 9:30, 930 or 9pm."), code="time")


def format_time_of_day(minutes: int) -> str:
    """`HH:MM`: 570 → `09:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def instant_at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, of a wall-clock time; `minutes` since midnight may go past the day.

    Of a time that exists twice, when the clocks go back, it is the first. Raises ValidationError for one that does not
    exist, when they go forward.
    """
    naive = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    instant = naive.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValidationError(
            _("%(time)s does not exist on %(day)s: the clocks went forward."),
            code="missing",
            params={"time": format_time_of_day(minutes % DAY_MINUTES), "day": dateformat.format(naive.date(), "j F")},
        )
    return instant


class TimeOfDayField(TypedField):
    """A time of day as text, cleaned to minutes since midnight (None when empty)."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 12)
        super().__init__(**kwargs)

    def parse(self, text: str) -> int:
        """Minutes since midnight; ValidationError says what to write instead."""
        return parse_time_of_day(text)

    def prepare_value(self, value):
        return format_time_of_day(value) if isinstance(value, int) else value
