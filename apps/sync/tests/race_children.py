"""What the processes of the sync's races do; each function returns something that JSON can carry."""

import random
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Sum
from django.test import Client

from apps.sync.models import Operation
from apps.sync.tests.sending import Device, Said, state_of, uuid_from
from apps.workbench.models import ProjectTotal, TimeEntry
from apps.workbench.models.presses import TimerPress
from apps.workspaces.models import Workspace


@transaction.atomic
def prepare(name: str) -> dict:
    """A person with a workspace, signed in."""
    from conftest import make_world

    world = make_world(name)
    browser = Client()
    browser.force_login(world.owner)
    return {
        "session": browser.cookies[settings.SESSION_COOKIE_NAME].value,
        "workspace": world.workspace.pk,
        "user": world.owner.pk,
        "task": world.task.pk,
    }


def story(seed: int, task: int) -> list[Said]:
    """Two hundred operations, the same for the same seed: timers that cut each other, work recorded, changes."""
    chance = random.Random(seed)
    begin = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
    told: list[Said] = []

    def say(kind: str, entity: str, **data) -> None:
        at = begin + timedelta(seconds=chance.randrange(36_000))
        told.append(Said(kind, entity, at, data, uuid_from(chance)))

    for _number in range(40):
        timer, recorded = uuid_from(chance), uuid_from(chance)
        say("timer.start", timer, task=task)
        for kind in chance.sample(["timer.pause", "timer.resume", "timer.stop", "entry.update"], 2):
            say(kind, timer, **({"note": "later"} if kind == "entry.update" else {}))
        start = begin + timedelta(seconds=chance.randrange(36_000))
        span = {"started_at": start.isoformat(), "ended_at": (start + timedelta(minutes=20)).isoformat()}
        say("entry.create", recorded, task=task, **span)
        say("entry.update", recorded, note="changed")
    return told


def tell(session: str, user: int, task: int, seed: int, order: int) -> dict:
    """Tell the story in an order of one's own, in batches; how often each status was answered."""
    browser = Client(raise_request_exception=False, headers={"Host": "localhost"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    device, told = Device(browser, user), story(seed, task)
    random.Random(order).shuffle(told)
    counts: dict[str, int] = {}
    while told:
        batch, told = told[:20], told[20:]
        answer = device.post(device.body(*batch))
        while answer.status_code == 503:
            answer = device.post(device.body(*batch))
        assert answer.status_code == 200, answer.content
        for result in answer.json()["results"]:
            counts[result["status"]] = counts.get(result["status"], 0) + 1
    return counts


def wipe(workspace: int) -> None:
    """Everything that was told is gone again."""
    for model in (Operation, ProjectTotal, TimerPress, TimeEntry):
        models.QuerySet(model).filter(workspace=workspace).delete()


def facts(workspace: int) -> dict:
    """How it stands afterwards, with all of it as text."""
    owner = Workspace.objects.get(pk=workspace)
    entries = TimeEntry.with_trash.filter(workspace=workspace)
    return {
        "live": entries.filter(ended_at=None).count(),
        "open_segments": owner.segments.filter(ended_at=None).count(),
        "entries": entries.count(),
        "operations": owner.operations.count(),
        "state": {name: sorted(map(str, part.items())) for name, part in state_of(owner).items()},
        "seconds": owner.time_slices.exclude(project=None).total_seconds(),
        "kept_seconds": owner.project_totals.aggregate(all=Sum("seconds"))["all"],
    }


def missing(workspace: int, ops: list[str], entries: list[str]) -> list[str]:
    """Of what was acknowledged, what is not there: operations, and entries with a segment and a slice."""
    owner = Workspace.objects.get(pk=workspace)
    whole = owner.time_entries.filter(segments__isnull=False, slices__isnull=False)
    there = {str(pk) for pk in [*owner.operations.values_list("op", flat=True), *whole.values_list("pk", flat=True)]}
    return [pk for pk in [*ops, *entries] if pk not in there]
