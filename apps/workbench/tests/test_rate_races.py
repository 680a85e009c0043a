"""A rate changes for all unbilled time while time is recorded, changed and billed: every sum holds."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.workbench.tests.rate_race_children"
WORKERS, ENTRIES, CHANGES = 3, 24, 24
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("rate_races")) as env:
        yield env


def race(env, name: str, function: str) -> list[str]:
    """What does not add up after people worked while another changed the rate by `function`."""
    workspace = alone(env, f"{CHILDREN}:prepare", name=name)
    work = {"function": "work", "workspace": workspace, "count": ENTRIES}
    jobs = [work | {"first": ENTRIES * number} for number in range(WORKERS)]
    together(env, f"{CHILDREN}:do", [*jobs, {"function": function, "workspace": workspace, "times": CHANGES}])
    return alone(env, f"{CHILDREN}:differences", workspace=workspace)


def test_every_sum_holds_when_a_rate_changes_while_people_work(env):
    assert race(env, "protected", "reprice") == []


def test_without_transaction_and_lock_the_same_race_is_lost(env):
    assert race(env, "control", "reprice_unprotected") != []
