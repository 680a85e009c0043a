"""Money booked by many at once, with real processes on a database of the run's own engine; with a control."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.invoicing.tests.race_children"
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("payment_races")) as env:
        yield env


@pytest.fixture(scope="module")
def worlds(env):
    """A workspace for each test."""
    wanted = {"form": {"drafts": 3}, "several": {"drafts": 5}, "credit": {}, "control": {}, "bank": {}}
    return alone(env, f"{CHILDREN}:prepare", worlds=wanted)


def place(world: dict) -> dict:
    """Where the money is."""
    return {name: world[name] for name in ("workspace", "client")}


def issue(env, world: dict) -> list[int]:
    """Its invoices, to be paid."""
    assert not [said for said in alone(env, f"{CHILDREN}:issue", ids=world["drafts"]) if said.startswith("refused")]
    return world["drafts"]


def test_one_form_sent_by_many_at_once_books_once(env, worlds):
    own, ids = place(worlds["form"]), issue(env, worlds["form"])
    jobs = [{**own, "ids": ids, "keys": ["a", "b", "c"], "backwards": number % 2 == 1} for number in range(4)]
    results = together(env, f"{CHILDREN}:receive", jobs)
    assert len({tuple(result) for result in results}) == 1, results
    assert len(set(results[0])) == 3
    assert alone(env, f"{CHILDREN}:facts", workspace=own["workspace"])["payments"] == 3
    assert alone(env, f"{CHILDREN}:credit", **own) == 3 * 50


def test_payments_over_the_same_invoices_at_once_all_come_through(env, worlds):
    own, ids = place(worlds["several"]), issue(env, worlds["several"])
    jobs = [
        {**own, "ids": ids, "keys": [f"{number}-{each}" for each in range(6)], "backwards": number % 2 == 1}
        for number in range(4)
    ]
    results = together(env, f"{CHILDREN}:receive", jobs)
    assert not [said for result in results for said in result if said.startswith("refused")]
    assert alone(env, f"{CHILDREN}:facts", workspace=own["workspace"])["payments"] == 24


def spend(env, world: dict, *, locks: bool) -> list[str]:
    """Four people pay back 1,000 at a time, a hundred each press, of a credit of 1,000."""
    own = place(world)
    assert alone(env, f"{CHILDREN}:credit", **own, amount=1000, key="first") == 1000
    jobs = [{**own, "keys": [f"{number}-{each}" for each in range(10)], "locks": locks} for number in range(4)]
    results = together(env, f"{CHILDREN}:spend", jobs)
    return [said for result in results for said in result if not said.startswith("refused")]


def test_no_more_credit_is_paid_back_than_there_is(env, worlds):
    assert len(spend(env, worlds["credit"], locks=True)) == 10
    assert alone(env, f"{CHILDREN}:credit", **place(worlds["credit"])) == 0


def test_without_the_lock_more_is_paid_back_than_there_is(env, worlds):
    assert len(spend(env, worlds["control"], locks=False)) > 10
    assert alone(env, f"{CHILDREN}:credit", **place(worlds["control"])) < 0


def test_a_line_of_two_files_booked_for_two_clients_at_once_is_one_payment(env, worlds):
    own = place(worlds["bank"])
    found = alone(env, f"{CHILDREN}:bank_line", **own)
    jobs = [{"line": line, "client": client} for line in found["lines"] for client in found["clients"]]
    outcomes = together(env, f"{CHILDREN}:book_line", jobs)
    assert len({said for said in outcomes if not said.startswith("refused")}) == 1, outcomes
    assert alone(env, f"{CHILDREN}:facts", workspace=own["workspace"])["payments"] == 1
