"""Fifty starts at once, by real processes on a database of the run's own engine, with and without protection."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.workbench.tests.race_children"
PROCESSES, TABS = 5, 10
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("timer_races")) as env:
        yield env | {"DEBUG": "1"}  # static files by their plain names, without collecting them first


def race(env, function: str, **job) -> list:
    """All tabs of all processes press at once."""
    jobs = [{"count": TABS, "first": TABS * number, **job} for number in range(PROCESSES)]
    return [result for results in together(env, f"{CHILDREN}:{function}", jobs) for result in results]


def test_fifty_tabs_that_saw_no_timer_start_exactly_one(env):
    world = alone(env, f"{CHILDREN}:prepare", name="one")
    results = race(env, "start_at_once", session=world["session"], fields={"replacing": ""})
    assert results == [[200, True]] * PROCESSES * TABS
    facts = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert facts == {"live": 1, "open_segments": 1, "entries": 1}


def test_fifty_starts_that_each_replace_the_one_before_leave_one_running(env):
    world = alone(env, f"{CHILDREN}:prepare", name="each")
    results = race(env, "start_at_once", session=world["session"], fields={})
    assert results == [[200, True]] * PROCESSES * TABS
    facts = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert (facts["live"], facts["open_segments"]) == (1, 1)


def test_without_the_lock_and_the_unique_column_the_same_race_is_lost(env):
    world = alone(env, f"{CHILDREN}:prepare", name="control")
    race(env, "start_unprotected", workspace=world["workspace"])
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["live"] > 1


def test_what_is_taken_back_from_the_trash_while_somebody_deletes_it_for_good_is_kept(env):
    workspace = alone(env, f"{CHILDREN}:prepare", name="trash")["workspace"]
    alone(env, f"{CHILDREN}:throw_away", workspace=workspace)
    jobs = [{"workspace": workspace, "restores": restores} for restores in (True, False)]
    together(env, f"{CHILDREN}:restore_or_delete", jobs)
    assert alone(env, f"{CHILDREN}:kept", workspace=workspace) == [1, 3600, 3600]
