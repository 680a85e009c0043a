"""Durations as whole seconds: what people type, and what they read."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

HOUR = 3600
DAY = 24 * HOUR
MINUS = "\u2212"
LONGEST_TEXT = 30

_CLOCK = re.compile(r"^(\d{1,6}):([0-5]?\d)(?::([0-5]?\d))?$")
_UNITS = re.compile(
    r"^(?:(\d+(?:[.,]\d+)?)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*(?:m(?:in(?:ute)?s?)?|$))?\s*(?:(\d+)\s*s)?$", re.I
)
_MINUTES = re.compile(r"^(\d+)\s*m(?:in(?:ute)?s?)?$", re.I)
_DECIMAL = re.compile(r"^(\d*)[.,](\d+)$")


def parse_duration(text: str) -> int:
    """Seconds from what a person typed.

    `1:30`, `1h30`, `1h 30m`, `90m`, `1.5`, `1,5` are 5400; a bare integer is minutes; a decimal is hours
    (`8.20` is 8 h 12 min). Raises ValidationError for anything else.
    """
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise ValidationError(_("That is too long to be a duration."), code="duration")
    if match := _CLOCK.match(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * HOUR + minutes * 60 + seconds
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return int(text) * 60
    if match := _MINUTES.match(text):
        return int(match[1]) * 60
    if match := _DECIMAL.match(text):
        return _hours_to_seconds(f"{match[1] or 0}.{match[2]}")
    if (match := _UNITS.match(text)) and any(match.groups()):
        hours, minutes, seconds = match.groups()
        whole_hours = _hours_to_seconds((hours or "0").replace(",", "."))
        return whole_hours + int(minutes or 0) * 60 + int(seconds or 0)
    raise ValidationError(_("Write a duration such as 1:30, 1h30, 90m or 1.5."), code="duration")


def _hours_to_seconds(hours: str) -> int:
    if len(hours) > 12:
        raise ValidationError(_("That is too long to be a duration."), code="duration")
    return int(float(hours) * HOUR + 0.5)


def format_duration(seconds: int) -> str:
    """`H:MM`, seconds cut off: 5400 → `1:30`."""
    hours, rest = divmod(abs(seconds), HOUR)
    sign = MINUS if seconds < 0 else ""
    return f"{sign}{hours}:{rest // 60:02d}"


def format_clock(seconds: int) -> str:
    """`H:MM:SS`, for what is running: 5048 → `1:24:08`."""
    return f"{format_duration(seconds)}:{abs(seconds) % 60:02d}"


def format_words(seconds: int) -> str:
    """For sentences: `5 h 36 m`, `40 m`, `0 m`."""
    hours, rest = divmod(abs(seconds), HOUR)
    minutes = rest // 60
    if hours and minutes:
        return _("%(hours)d h %(minutes)d m") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(minutes)d m") % {"minutes": minutes}
