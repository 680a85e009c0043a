"""Local days: where a day begins in a time zone, and how an interval falls on days.

Instants are aware UTC. A local day is from one midnight to the next on that zone's wall clock, so it has 23, 24 or
25 hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)

_REGIONS = {
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"
}  # fmt: skip


def now() -> datetime:
    """The present instant in UTC, cut to the whole second: nothing in WorkHub is finer."""
    return timezone.now().replace(microsecond=0)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which `day` begins in `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open interval of instants that `day` covers in `zone`."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day on which `instant` falls in `zone`."""
    return instant.astimezone(zone).date()


def split_by_day(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """How many seconds of the half-open interval fall on each local day; days without any are left out."""
    while start < end:
        day = local_day(start, zone)
        until = min(end, day_start(day + timedelta(days=1), zone))
        yield day, int((until - start).total_seconds())
        start = until


def week_start(day: date, first_weekday: int = 0) -> date:
    """The first day of the week that `day` is in; `first_weekday` 0 is Monday, 6 Sunday."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def validate_day(day: date) -> None:
    """Refuse a date outside 2000–2100, before a database does it with an error of its own."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Choose a date between 2000 and 2100."), code="day")


def validate_instant(instant: datetime) -> None:
    """Refuse an instant outside 2000–2100."""
    validate_day(instant.date())


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All IANA time zones; finding them opens some 600 files, so it is done once."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The time zones of today by region, for a select: `("Europe", [("Europe/Berlin", "Berlin"), …])`."""
    regions: dict[str, list[tuple[str, str]]] = {"UTC": [("UTC", "UTC")]}
    for name in sorted(zone_names()):
        region, _slash, place = name.partition("/")
        if region in _REGIONS:
            regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return list(regions.items())


def validate_zone(name: str) -> None:
    """Refuse what is no IANA time zone."""
    if name not in zone_names():
        raise ValidationError(_("Choose a time zone from the list."), code="zone")
