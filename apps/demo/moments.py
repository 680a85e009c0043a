"""When something in the demo world happened, to the minute, so that its past is told as a past and not as today."""

import random
from datetime import UTC, date, datetime, time, timedelta

from django.db import models

from apps.core import days

OPENS = time(9, 30)
MINUTES_OPEN = 7 * 60


def office_hour(day: date, zone, words: str) -> datetime:
    """A minute of the working day at which the thing that `words` name happened: always the same one, never to come."""
    minute = random.Random(f"moment of {words}").randrange(MINUTES_OPEN)
    return min(days.now(), (datetime.combine(day, OPENS, zone) + timedelta(minutes=minute)).astimezone(UTC))


def date_back(row: models.Model, at: datetime) -> None:
    """Let a new row be from that instant: `created_at` fills itself, so that only an update can move it."""
    row.created_at = at
    type(row).objects.filter(pk=row.pk).update(created_at=at)
