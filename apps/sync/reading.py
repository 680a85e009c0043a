"""What programs send, read with suspicion: whatever it is, it is taken, or refused with a code.

A refusal of the whole request is a ValidationError with a code of `apps.core.api`; one of a single operation has a code
of its own (see docs/api.md) and stops nothing else.
"""

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.core import days

MOST_BYTES = 2**20
LARGEST = 2**63 - 1
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NoNumber:
    """Stands for a number that is none, or too long to be read: refused where it is met."""


NO_NUMBER = NoNumber()


def read_json(request: HttpRequest) -> dict:
    """The object in the body. Raises ValidationError for anything else."""
    if request.content_type != "application/json":
        raise ValidationError(_("Send application/json."), code="not_json")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:20]) > MOST_BYTES:
        raise ValidationError(_("Send 1 MiB at most."), code="too_large")
    body = request.body
    if len(body) > MOST_BYTES:
        raise ValidationError(_("Send 1 MiB at most."), code="too_large")
    try:
        found = json.loads(body.decode(), parse_int=_whole, parse_float=_no_number, parse_constant=_bad_constant)
    except UnicodeDecodeError as error:
        raise ValidationError(_("The text is not UTF-8."), code="not_utf8") from error
    except RecursionError as error:
        raise ValidationError(_("That is nested too deep."), code="too_deep") from error
    except ValueError as error:
        raise ValidationError(_("That is no JSON."), code="bad_json") from error
    if not isinstance(found, dict):
        raise ValidationError(_("Send a JSON object."), code="bad_json")
    return found


def _whole(text: str) -> int | NoNumber:
    return int(text) if len(text) <= 20 else NO_NUMBER


def _no_number(_text: str) -> NoNumber:
    """Nothing here is counted in fractions."""
    return NO_NUMBER


def _bad_constant(text: str):
    raise ValueError(text)


def refuse(name: str, text: str, code: str):
    """Raise the refusal of one field."""
    raise ValidationError(f"{name}: {text}", code=code)


# Takes the name of a field and its value, and returns what it means, or refuses. Only `optional` takes null.
Reader = Callable[[str, object], object]


def optional(reader: Reader) -> Reader:
    """The same, or None."""
    return lambda name, value: None if value is None else reader(name, value)


def whole(least: int = 0, most: int = LARGEST) -> Reader:
    """A whole number between the two."""

    def read(name: str, value) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            refuse(name, _("a whole number is expected."), "bad_number")
        return value

    return read


def text(most: int, *, required: bool = False, strip: bool = True) -> Reader:
    """Text of at most so many characters, without white space at its ends."""

    def read(name: str, value) -> str:
        if not isinstance(value, str):
            refuse(name, _("a text is expected."), "bad_text")
        value = value.strip() if strip else value
        if _SURROGATE.search(value) or "\x00" in value:
            refuse(name, _("it holds characters that are none."), "bad_text")
        if len(value) > most:
            refuse(name, _("%(most)d characters at most.") % {"most": most}, "too_long")
        if required and not value:
            refuse(name, _("it is empty."), "bad_text")
        return value

    return read


def flag(name: str, value) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        refuse(name, _("true or false is expected."), "bad_flag")
    return value


def identifier(name: str, value) -> uuid.UUID:
    """A UUID of RFC 9562, in its usual spelling."""
    if not isinstance(value, str) or not _UUID.fullmatch(value.lower()):
        refuse(name, _("a UUID is expected."), "bad_id")
    return uuid.UUID(value)


def own_identifier(name: str, value) -> uuid.UUID:
    """A UUID of version 7, which a device makes itself."""
    found = identifier(name, value)
    if found.version != 7:
        refuse(name, _("a UUID of version 7 is expected."), "bad_id")
    return found


def instant(name: str, value) -> datetime:
    """An instant with its offset, such as `2026-05-04T09:00:00.000Z`; any year, in UTC."""
    if not isinstance(value, str) or len(value) > 40 or not _INSTANT.fullmatch(value) or not value.isascii():
        refuse(name, _("an instant such as 2026-05-04T09:00:00.000Z is expected."), "bad_time")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse(name, _("there is no such day or time."), "bad_time")


def typed_instant(name: str, value) -> datetime:
    """An instant that somebody typed: in 2000–2100, cut to the whole second."""
    found = instant(name, value).replace(microsecond=0)
    if not days.FIRST_DAY <= found.date() <= days.LAST_DAY:
        refuse(name, _("choose a date between 2000 and 2100."), "bad_time")
    return found


def on_our_clock(at: datetime, offset: timedelta, now: datetime) -> datetime:
    """A moment of a device's clock on ours, never later than now."""
    try:
        corrected = at + offset
    except OverflowError:
        refuse("at", _("there is no such day or time."), "bad_time")
    if not days.FIRST_DAY <= corrected.date() <= days.LAST_DAY:
        refuse("at", _("choose a date between 2000 and 2100."), "bad_time")
    return min(corrected, now)


def texts(most: int, longest: int) -> Reader:
    """At most so many texts, none twice."""

    def read(name: str, value) -> list[str]:
        if not isinstance(value, list) or len(value) > most:
            refuse(name, _("a list of %(most)d texts at most is expected.") % {"most": most}, "bad_list")
        return list(dict.fromkeys(text(longest, required=True)(name, item) for item in value))

    return read


def believable(ids: set) -> tuple[list[uuid.UUID], list[int]]:
    """Of what was sent as ids: those that can be an entry's, and those that can be a task's."""
    entries = [uuid.UUID(text) for text in ids if isinstance(text, str) and _UUID.fullmatch(text.lower())]
    tasks = [number for number in ids if isinstance(number, int) and 0 < number <= LARGEST]
    return entries, tasks
