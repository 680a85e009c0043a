"""Whatever devices did, in whatever order, how often and by whose clock it is told: the same time comes of it."""

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.projects.models import Project, Task
from apps.sync.tests.sending import Device, Said, state_of, uuid_from
from apps.sync.timeline import Press, timeline
from apps.sync.timeline import Said as SaidOfTimes
from apps.workbench.models import TimeEntry
from apps.workbench.models.presses import TimerPress

NOW = datetime(2026, 5, 4, 20, 0, tzinfo=UTC)
TIMERS, RECORDED, SENDERS, TIMES = 4, 3, 4, 3
PRESSES = ("pause", "resume", "break", "break_stop", "stop", "discard")

# Hours of a day in steps of five minutes: often two things happen in the same moment.
moments = st.integers(0, 12 * 11).map(lambda step: NOW - timedelta(minutes=5 * step))
seeds = st.integers(0, 2**32)


@st.composite
def stories(draw) -> list[Said]:
    """What happened, in any order: each entity is made at least once, somewhere."""
    chance = random.Random(draw(seeds))
    timers = [uuid_from(chance) for _ in range(TIMERS)]
    recorded = [uuid_from(chance) for _ in range(RECORDED)]
    said = []

    def say(kind, entity, **data):
        said.append(Said(kind, entity, draw(moments), data, uuid_from(chance)))

    for entity in timers[: draw(st.integers(1, TIMERS))]:
        say("timer.start", entity, **draw(facts))
        if draw(st.booleans()) and draw(st.booleans()):
            say("timer.start", entity, **draw(facts))
        for press in draw(st.lists(st.sampled_from(PRESSES), max_size=5)):
            say(f"timer.{press}", entity)
        for _ in range(draw(st.integers(0, 2))):
            change(draw, say, entity, live=True)
    for entity in recorded[: draw(st.integers(0, RECORDED))]:
        say("entry.create", entity, **draw(facts), **draw(spans))
        for _ in range(draw(st.integers(0, 3))):
            change(draw, say, entity, live=False)
    for kind in draw(st.lists(st.sampled_from(["task.complete", "task.reopen"]), max_size=4)):
        said.append(Said(kind, "task", draw(moments), {}, uuid_from(chance)))
    return said


@st.composite
def _spans(draw) -> dict:
    start = NOW - timedelta(minutes=5 * draw(st.integers(1, 150)))
    return {
        "started_at": start.isoformat(),
        "ended_at": (start + timedelta(minutes=5 * draw(st.integers(1, 40)))).isoformat(),
    }


spans = _spans()
facts = st.fixed_dictionaries(
    {},
    optional={
        "note": st.sampled_from(["draft", "review", ""]),
        "project": st.sampled_from([None, "first", "second"]),
        "billable": st.sampled_from([True, False, None]),
        "tags": st.sampled_from([[], ["deep"], ["deep", "call"]]),
    },
)


def change(draw, say, entity: str, *, live: bool) -> None:
    kind = draw(st.sampled_from(["update", "update", "delete", "restore", "span"]))
    if kind == "span":
        say("entry.update", entity, **draw(spans))
    else:
        say(f"entry.{kind}", entity, **(draw(facts) if kind == "update" else {}))


@pytest.fixture
def projects(alice):
    other = Project.objects.create(
        workspace=alice.workspace, client=alice.client, name="second", hourly_rate_minor=12_000
    )
    inside = Task.objects.create(workspace=alice.workspace, project=other, title="inside")
    return {"first": alice.project.pk, "second": other.pk, "task": inside.pk}


def with_ids(story: list[Said], ids: dict) -> list[Said]:
    """The story with the projects and the task of this world."""
    real = []
    for one in story:
        data = {**one.data, "project": ids.get(one.data["project"])} if "project" in one.data else one.data
        real.append(Said(one.kind, ids.get(one.entity, one.entity), one.at, data, one.op))
    return real


def tell(client, world, story: list[Said], seed: int, times: int) -> dict:
    """Tell it so often, in an order of the seed, by four senders whose clocks are off; what comes of it is undone."""
    chance = random.Random(seed)
    skews = [timedelta(seconds=chance.randint(-600, 600)) for _ in range(SENDERS)]
    devices = [Device(client, world.owner.pk, fast) for fast in skews]
    told = story * times
    chance.shuffle(told)
    with transaction.atomic():
        while told:
            size = chance.randint(1, 12)
            batch, told = told[:size], told[size:]
            results = chance.choice(devices).send(*batch)
            assert {result.get("code") for result in results} <= {None, "waiting", "newer", "by_hand"}, results
            live = TimeEntry.objects.filter(ended_at=None).count()
            assert live <= 1
        state = state_of(world.workspace)
        assert_told_by_the_timeline(world)
        transaction.set_rollback(True)
    return state


def assert_told_by_the_timeline(world) -> None:
    """The rows are what the plain function says of all presses."""
    from apps.sync.facts import rows_of, said_of

    sessions = {}
    for press in TimerPress.objects.filter(workspace=world.workspace).select_related("entry"):
        presses, _said = sessions.setdefault(press.entry_id, ([], SaidOfTimes()))
        presses.append(Press(press.place, press.kind, press.at))
    entries = TimeEntry.with_trash.in_bulk(list(sessions))
    started = {
        pk: (presses, said_of(entries[pk]))
        for pk, (presses, _said) in sessions.items()
        if any(press.kind == "start" for press in presses)
    }
    for pk, course in timeline(started).items():
        assert rows_of(entries[pk]) == course


@settings(
    max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=stories(), seed=seeds)
def test_told_three_times_in_any_order_by_four_senders_it_comes_to_the_same(as_alice, alice, projects, story, seed):
    with time_machine.travel(NOW, tick=False):
        story = with_ids(story, projects)
        in_order = sorted(story, key=lambda one: (one.at, one.op))
        once = tell_in_order(as_alice, alice, in_order)
        assert tell(as_alice, alice, story, seed, TIMES) == once
        assert tell(as_alice, alice, story, seed + 1, 1) == once


def tell_in_order(client, world, story: list[Said]) -> dict:
    """As one device with a true clock would tell it, as it happens."""
    with transaction.atomic():
        Device(client, world.owner.pk).send(*story)
        state = state_of(world.workspace)
        transaction.set_rollback(True)
    return state
