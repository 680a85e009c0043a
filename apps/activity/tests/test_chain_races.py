"""Fifty processes that add events at once make one chain; without the lock on its head they do not."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.activity.tests.race_children"
WRITERS, EACH = 50, 4
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("chain_races")) as env:
        yield env


@pytest.fixture(scope="module")
def clients(env):
    return alone(env, f"{CHILDREN}:prepare", names=["locked", "control"])


def test_fifty_writers_at_once_make_one_unbroken_chain(env, clients):
    """From the very first event on: the head, too, is made by one of them."""
    stood = together(env, f"{CHILDREN}:add", [{"client": clients["locked"], "events": EACH}] * WRITERS)
    assert stood == [EACH] * WRITERS
    facts = alone(env, f"{CHILDREN}:facts", client=clients["locked"])
    count = WRITERS * EACH
    assert facts == {"events": count, "fault": "None", "positions": list(range(1, count + 1)), "links": count}


def test_without_the_lock_the_same_race_is_lost(env, clients):
    together(env, f"{CHILDREN}:add_without_lock", [{"client": clients["control"], "events": EACH}] * WRITERS)
    facts = alone(env, f"{CHILDREN}:facts", client=clients["control"])
    assert facts["fault"] != "None" or facts["events"] < WRITERS * EACH
