"""Many tabs type into one cell of the week at once, by real processes, with and without taking turns."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.workbench.tests.week_race_children"
PREPARE = "apps.workbench.tests.race_children:prepare"
PROCESSES, TABS = 4, 5
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("week_races")) as env:
        yield env


def race(env, function: str, world: dict) -> list[bool]:
    jobs = [{"workspace": world["workspace"], "count": TABS, "first": TABS * number} for number in range(PROCESSES)]
    return [saved for results in together(env, f"{CHILDREN}:{function}", jobs) for saved in results]


def test_of_twenty_tabs_one_fills_the_cell_and_the_others_are_told(env):
    world = alone(env, PREPARE, name="cell")
    saved = race(env, "type_at_once", world)
    facts = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert saved.count(True) == 1
    assert facts == {"entries": 1, "seconds": 3600 + 60 * saved.index(True), "to_review": 0}


def test_without_taking_turns_the_same_race_is_lost(env):
    world = alone(env, PREPARE, name="control")
    race(env, "type_unprotected", world)
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["entries"] > 1
