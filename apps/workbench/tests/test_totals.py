"""Whatever is done to entries, in whatever order: kept totals and pages equal the sum of slices."""

import random
from datetime import timedelta

import pytest

from apps.core import days
from apps.projects.models import Project
from apps.workbench.models import ProjectTotal, TimeEntry
from apps.workbench.models.slices import part_of_total

FIELDS = ("seconds", "billable_seconds", "unbilled_seconds", "unbilled_minor", "value_minor")


class Chance:
    """Random verbs on one person's entries, the same for the same seed."""

    def __init__(self, world, clock, seed: int):
        self.world, self.clock = world, clock
        self.random = random.Random(seed)
        self.projects = [
            world.project,
            None,
            Project.objects.create(workspace=world.workspace, name="inside", billing=Project.Billing.NON_BILLABLE),
            Project.objects.create(workspace=world.workspace, name="dear", hourly_rate_minor=12_345),
        ]

    def step(self) -> None:
        self.clock.shift(self.random.randrange(1, 20_000))
        self.random.choice([self.start, self.press, self.press, self.log, self.revise, self.trash, self.bill])()

    def any_entry(self, **which) -> TimeEntry | None:
        entries = list(TimeEntry.with_trash.filter(**which).order_by("pk"))
        return self.random.choice(entries) if entries else None

    def start(self):
        project = self.random.choice(self.projects)
        TimeEntry.start(user=self.world.owner, workspace=self.world.workspace, project=project)

    def press(self):
        if entry := self.any_entry():
            verb = self.random.choice(["pause", "resume", "take_break", "end_break", "stop"])
            getattr(entry, verb)()

    def log(self):
        ended_at = days.now() - timedelta(seconds=self.random.randrange(100_000))
        TimeEntry.log(
            user=self.world.owner, workspace=self.world.workspace, project=self.random.choice(self.projects),
            started_at=ended_at - timedelta(seconds=self.random.randrange(1, 80_000)), ended_at=ended_at,
        )  # fmt: skip

    def revise(self):
        entry = self.any_entry(billed=False, deleted_at=None)
        if entry and not entry.is_live:
            entry.revise(
                project=self.random.choice(self.projects), billable=self.random.random() < 0.5,
                ended_at=entry.started_at + timedelta(seconds=self.random.randrange(1, 80_000)),
            )  # fmt: skip

    def trash(self):
        entry = self.any_entry(billed=False)
        if entry and entry.deleted_at:
            entry.restore()
        elif entry:
            entry.trash()

    def bill(self):
        entry = self.any_entry(deleted_at=None)
        if entry and not entry.is_live:
            entries = TimeEntry.objects.filter(pk=entry.pk)
            entries.release() if entry.billed else entries.bill()


def sums_of_slices(project) -> dict[str, int]:
    parts = [part_of_total(part) for part in project.time_slices.all()]
    return {name: sum(part[name] for part in parts) for name in FIELDS}


@pytest.mark.parametrize("seed", range(4))
def test_kept_totals_equal_the_sum_of_slices_after_anything(alice, clock, seed):
    chance = Chance(alice, clock, seed)
    for _step in range(60):
        chance.step()
    for project in Project.objects.all():
        kept = {name: sum(getattr(total, name) for total in project.totals.all()) for name in FIELDS}
        assert kept == sums_of_slices(project), project
    assert not ProjectTotal.objects.filter(seconds__lt=0).exists()
    assert TimeEntry.objects.filter(ended_at=None).count() <= 1
    assert not alice.workspace.time_slices.exclude(entry__deleted_at=None).exists()


def test_slices_belong_to_the_workspace_and_the_person_of_their_entry(alice, charlie, clock, log):
    log(alice, "2026-05-04 09:00", "10:00")
    log(charlie, "2026-05-04 09:00", "11:00")
    assert alice.workspace.time_slices.total_seconds() == 3600
    assert charlie.workspace.time_slices.total_seconds() == 7200
    assert alice.workspace.time_slices.of(charlie.owner).total_seconds() == 0
