"""Many at once, with real processes on a database of the run's own engine; each with its control where one helps."""

import pytest

from workhub.tests.processes import alone, own_database, together

CHILDREN = "apps.invoicing.tests.race_children"
pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("invoice_races")) as env:
        yield env


@pytest.fixture(scope="module")
def worlds(env):
    """A workspace for each test, in one go: starting an interpreter is what costs here."""
    wanted = {
        "fifty": {"drafts": 50},
        "control": {"drafts": 50},
        "changes": {"drafts": 30},
        "windows": {"drafts": 1},
        "payments": {"drafts": 20},
        "time": {"entries": 200},
        "misfortune": {"drafts": 50},
        "estimate": {"drafts": 1, "kind": "estimate"},
        "recurring": {"schedules": 2},
    }
    return alone(env, f"{CHILDREN}:prepare", worlds=wanted)


def shares(ids: list, count: int) -> list[dict]:
    """The ids dealt out to so many processes."""
    return [{"ids": ids[start::count]} for start in range(count)]


def test_fifty_submits_at_once_give_one_to_fifty(env, worlds):
    world = worlds["fifty"]
    results = together(env, f"{CHILDREN}:issue", shares(world["drafts"], 4))
    numbers = sorted(number for result in results for number in result)
    assert numbers == [f"INV-2026-{value:03d}" for value in range(1, 51)]
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["last"] == [50]


def test_fifty_submits_of_which_three_in_ten_fail_leave_no_gap(env, worlds):
    world = worlds["misfortune"]
    results = together(env, f"{CHILDREN}:issue_with_misfortune", shares(world["drafts"], 4))
    numbers = sorted(number for result in results for number in result)
    assert numbers == [f"INV-2026-{value:03d}" for value in range(1, len(numbers) + 1)]
    assert len(numbers) == 35
    left = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert left["numbers"] == numbers
    assert left["last"] == [len(numbers)]


def test_four_workers_make_each_period_of_a_schedule_once(env, worlds):
    schedule = worlds["recurring"]["schedules"][0]
    made = together(env, f"{CHILDREN}:make_due", [{"schedule": schedule, "today": "2026-06-15", "rounds": 5}] * 4)
    assert sum(made) == 3


def test_without_the_lock_a_period_is_made_twice(env, worlds):
    schedule = worlds["recurring"]["schedules"][1]
    jobs = [{"schedule": schedule, "today": "2026-06-15", "rounds": 5}] * 4
    assert sum(together(env, f"{CHILDREN}:make_due_without_lock", jobs)) > 3


def test_an_estimate_that_four_turn_into_an_invoice_is_one_invoice(env, worlds):
    world = worlds["estimate"]
    [estimate] = world["drafts"]
    alone(env, f"{CHILDREN}:issue", ids=[estimate])
    made = together(env, f"{CHILDREN}:bill_estimate", [{"estimate": estimate}] * 4)
    assert len(set(made)) == 1
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["invoices"] == 2


def test_without_the_lock_the_same_race_is_lost(env, worlds):
    world = worlds["control"]
    results = together(env, f"{CHILDREN}:issue_without_lock", shares(world["drafts"], 4))
    numbers = [number for result in results for number in result]
    assert sorted(numbers) != [f"INV-2026-{value:03d}" for value in range(1, 51)]


def test_numbers_have_no_gap_and_no_double_while_somebody_changes_how_they_count(env, worlds):
    world = worlds["changes"]
    jobs = [job | {"workspace": world["workspace"], "changes": 0} for job in shares(world["drafts"], 3)]
    jobs.append({"ids": [], "workspace": world["workspace"], "changes": 8})
    *results, changed = together(env, f"{CHILDREN}:issue_or_change", jobs)
    numbers = sorted(number for result in results for number in result)
    assert numbers == [f"INV-2026-{value:03d}" for value in range(1, 31)]
    assert changed == ["never", "yearly"] * 8


def test_one_draft_issued_in_several_windows_takes_one_number(env, worlds):
    world = worlds["windows"]
    results = together(env, f"{CHILDREN}:issue", [{"ids": world["drafts"]}] * 3)
    outcomes = sorted(result[0] for result in results)
    assert outcomes[0] == "INV-2026-001"
    assert all(outcome.startswith("refused") for outcome in outcomes[1:])
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["last"] == [1]


@pytest.mark.parametrize("keys", [["same"] * 3, ["first", "second", "third"]], ids=["one-form", "three-windows"])
def test_an_invoice_marked_paid_several_times_at_once_is_paid_once(env, worlds, keys):
    world = worlds["payments"]
    half = world["drafts"][:10] if keys[0] == "same" else world["drafts"][10:]
    before = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["payments"]
    assert not [said for said in alone(env, f"{CHILDREN}:issue", ids=half) if said.startswith("refused")]
    results = together(env, f"{CHILDREN}:pay", [{"ids": half, "key": key} for key in keys])
    for outcomes in zip(*results, strict=True):
        assert len({said for said in outcomes if not said.startswith("refused")}) == 1, outcomes
    assert alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])["payments"] == before + 10


def test_the_same_time_billed_twice_at_once_is_billed_once(env, worlds):
    world = worlds["time"]
    job = {name: world[name] for name in ("workspace", "client", "entries")}
    results = together(env, f"{CHILDREN}:bill", [job, job])
    won, lost = sorted(results, key=lambda result: -result["lines"])
    assert (won["lines"], lost["lines"]) == (200, 0)
    assert "already billed" in lost["refused"]
    facts = alone(env, f"{CHILDREN}:facts", workspace=world["workspace"])
    assert (facts["invoices"], facts["lines"], facts["billed"], facts["locked"]) == (1, 200, 200, 200)
