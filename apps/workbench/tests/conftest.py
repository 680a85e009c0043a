"""A clock in the test's hand, and ways to log time in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.workbench.models import TimeEntry, live_entry_of

NINE = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def live_of(world) -> TimeEntry | None:
    """The live entry of the world's owner, with what the bar shows."""
    return live_entry_of(world.workspace, world.owner)


@pytest.fixture
def clock():
    """Monday 4 May 2026, 9:00 UTC, which is 11:00 in Berlin; it stands until it is shifted."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def log():
    """`log(world, "2026-05-04 22:00", "02:00", …)` on the wall clock of the person; an end before it is tomorrow's."""

    def record(world, start: str, end: str, **more) -> TimeEntry:
        zone = ZoneInfo(world.owner.timezone)
        started = datetime.fromisoformat(start).replace(tzinfo=zone)
        hours, minutes = map(int, end.split(":"))
        day = started.date() + timedelta(days=hours // 24)
        ended = datetime(day.year, day.month, day.day, hours % 24, minutes, tzinfo=zone)
        if ended <= started:
            ended = (ended.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
        more.setdefault("project", world.project)
        return TimeEntry.log(
            user=world.owner, workspace=world.workspace, started_at=started.astimezone(UTC),
            ended_at=ended.astimezone(UTC), **more,
        )  # fmt: skip

    return record
