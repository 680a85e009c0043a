"""A device of Alice, and a clock in the test's hand."""

from datetime import UTC, datetime

import pytest
import time_machine

from apps.sync.tests.sending import Device

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    """Monday 4 May 2026, 12:00 UTC; it stands until it is shifted."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def device(as_alice, alice):
    """Alice's telephone, whose clock is right."""
    return Device(as_alice, alice.owner.pk)
