"""The frame around every page: the line of the day follows what was recorded."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from apps.workbench.models import TimeEntry

HX = {"HX-Request": "true"}


@pytest.fixture
def noon():
    """Monday 4 May 2026, 12:00 in Berlin."""
    with time_machine.travel(datetime(2026, 5, 4, 10, 0, tzinfo=UTC), tick=False):
        yield


def log_morning(world) -> None:
    """9:00 to 10:30, billable."""
    TimeEntry.log(
        user=world.owner,
        workspace=world.workspace,
        project=world.project,
        started_at=datetime(2026, 5, 4, 7, 0, tzinfo=UTC),
        ended_at=datetime(2026, 5, 4, 8, 30, tzinfo=UTC),
    )


def test_the_line_of_the_day_is_fetched_anew_when_time_changed(as_alice, alice, noon):
    page = as_alice.get(reverse("clients:list")).content.decode()
    assert f'hx-get="{reverse("day_line")}"' in page
    assert 'class="is-billable"' not in page

    log_morning(alice)
    line = as_alice.get(reverse("day_line"), headers=HX).content.decode()
    assert '<rect class="is-billable" x="8.33%" width="12.5%"' in line
    assert line.strip().startswith("<svg")
    assert line.strip().endswith("</svg>")


def test_the_workbench_has_its_ribbon_instead(as_alice):
    assert 'id="day-line"' not in as_alice.get(reverse("workbench:day")).content.decode()


def test_nobody_is_left_looking_at_a_bare_line(as_alice):
    answer = as_alice.get(reverse("day_line"))
    assert (answer.status_code, answer.url) == (302, reverse("workbench:day"))
