"""Whether anybody was there while a timer ran: the last sign of life, kept in the cache beside the live entry.

A sign of life is a page that was asked for or a press on the timer, on any device. What the cache forgets is not known;
then the last change of the entry itself is the last thing that is.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache

from apps.core import days
from apps.workbench.models import TimeEntry

# A sign of life is written down once in this time by each process; being away begins after the second.
WRITTEN_EVERY = timedelta(minutes=2)
ABSENCE = timedelta(minutes=30)
KEPT_SECONDS = 14 * 24 * 3600
REMEMBERED = 2000

# When this process last wrote, by entry.
_written: dict = {}


@dataclass(frozen=True)
class Forgotten:
    """A live entry that runs longer than the workspace expects, and from when on perhaps nobody was there."""

    entry: TimeEntry
    last_seen: datetime | None = None
    last_changed: datetime | None = None

    @property
    def last_activity(self) -> datetime | None:
        """The last moment at which somebody is known to have been there."""
        return self.last_seen or self.last_changed


def seen(entry: TimeEntry) -> None:
    """Somebody is there now."""
    now = days.now()
    if now - entry.started_at < WRITTEN_EVERY or now - _written.get(entry.pk, now - ABSENCE) < WRITTEN_EVERY:
        return
    if len(_written) > REMEMBERED:
        _written.clear()
    _written[entry.pk] = now
    known = _read(entry)
    if "last" in known and now.timestamp() - known["last"] >= ABSENCE.total_seconds():
        known["away"] = known["last"]
    _write(entry, known | {"last": int(now.timestamp())})


def keep(entry: TimeEntry) -> None:
    """The person says that it runs rightly: nobody asks again."""
    _write(entry, _read(entry) | {"kept": True})


def forgotten(entry: TimeEntry, limit_minutes: int) -> Forgotten | None:
    """What to ask about a timer that runs for longer than the limit; None when there is nothing to ask."""
    if entry.state != TimeEntry.State.RUNNING or entry.elapsed_seconds <= limit_minutes * 60:
        return None
    known = _read(entry)
    if known.get("kept"):
        return None
    away = datetime.fromtimestamp(known["away"], UTC) if "away" in known else None
    changed = entry.changed_at.replace(microsecond=0)
    return Forgotten(entry, _within(entry, away), None if away else _within(entry, changed))


def _within(entry: TimeEntry, moment: datetime | None) -> datetime | None:
    """The moment, if it lies in the stretch that runs and leaves some work before it."""
    if moment and moment - entry.current_segment.started_at >= timedelta(minutes=1) and days.now() - moment >= ABSENCE:
        return moment
    return None


def _read(entry: TimeEntry) -> dict:
    """What is known; nothing where the cache is down, which is no reason for a page to fail."""
    with suppress(Exception):
        return cache.get(f"workbench.presence.{entry.pk}") or {}
    return {}


def _write(entry: TimeEntry, known: dict) -> None:
    with suppress(Exception):
        cache.set(f"workbench.presence.{entry.pk}", known, KEPT_SECONDS)
