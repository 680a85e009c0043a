"""Many entries changed at once are what they would be had each been changed alone; with few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core import days
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import ProjectTotal, Segment, TimeEntry, TimeSlice
from apps.workbench.together import Together

SLICE = ("day", "seconds", "amount_minor", "billable", "billed", "currency", "project", "task")
ENTRY = ("project", "task", "note", "billable", "rate_minor", "currency", "needs_review", "deleted_at")


def everything(world) -> tuple:
    """All that entries and totals say, without the ids of rows that are written anew."""
    slices = TimeSlice.objects.filter(workspace=world.workspace).order_by("entry", "day")
    totals = ProjectTotal.objects.filter(workspace=world.workspace, seconds__gt=0).order_by("project", "currency")
    return (
        list(TimeEntry.with_trash.filter(workspace=world.workspace).order_by("pk").values_list("pk", *ENTRY)),
        list(slices.values_list("entry", *SLICE)),
        list(totals.values_list("project", "currency", "seconds", "billable_seconds", "unbilled_minor", "value_minor")),
        sorted(TimeEntry.tags.through.objects.values_list("timeentry_id", "tag_id")),
    )


@pytest.fixture
def dear(alice) -> Task:
    """A task at a rate of its own, in another project."""
    project = Project.objects.create(workspace=alice.workspace, client=alice.client, name="dear")
    return Task.objects.create(workspace=alice.workspace, project=project, title="dear", hourly_rate_minor=12345)


@pytest.fixture
def week(alice, clock, log) -> list[TimeEntry]:
    """Entries of several kinds: over midnight, with a break, without a project, overlapping."""
    clock.shift(30 * 24 * 3600)
    entries = [
        log(alice, "2026-05-04 09:00", "10:00", note="plain", task=alice.task),
        log(alice, "2026-05-04 22:00", "02:00", note="night", task=alice.task),
        log(alice, "2026-05-05 09:00", "12:00", note="loose", project=None),
        log(alice, "2026-05-06 09:00", "10:00", note="under"),
        log(alice, "2026-05-06 09:30", "10:10", note="over"),
    ]
    first = entries[2].segments.get()
    ended_at, first.ended_at = first.ended_at, first.started_at + timedelta(minutes=50)
    first.save()
    own = {"workspace": alice.workspace, "user": alice.owner, "entry": entries[2]}
    Segment.objects.create(**own, kind="break", started_at=first.ended_at, ended_at=ended_at)
    settle(TimeEntry.objects.all())
    return list(TimeEntry.objects.order_by("pk"))


def settle(entries) -> None:
    """Slices and marks as they are with all entries in place: one that came first could not know of later ones."""
    for entry in entries:
        entry.cut_slices()
        entry._review()


def all_of(world) -> Together:
    return Together(world.workspace.time_entries.all())


def singly(entries, change) -> None:
    for entry in TimeEntry.with_trash.filter(pk__in=[entry.pk for entry in entries]).order_by("pk"):
        change(entry)


def taken_back(action) -> tuple:
    """What `action` leads to, taken back afterwards."""
    from django.db import transaction

    class Back(Exception):  # noqa: N818
        pass

    result = None
    try:
        with transaction.atomic():
            result = action()
            raise Back
    except Back:
        return result


@pytest.mark.parametrize("billable", [..., True, False])
@pytest.mark.parametrize("place", [..., "task", "project", "nowhere"])
def test_a_change_of_all_is_the_change_of_each(alice, week, dear, place, billable):
    work = {"task": (dear.project, dear), "project": (dear.project, None), "nowhere": (None, None)}.get(place, ...)
    given = {} if billable is ... else {"billable": billable}

    def one_by_one():
        moved = {} if work is ... else {"project": work[0], "task": work[1]}
        singly(week, lambda entry: entry.revise(**moved, **given))
        return everything(alice)

    def together():
        all_of(alice).revise(**given, **({} if work is ... else {"work": work}))
        return everything(alice)

    assert taken_back(together) == taken_back(one_by_one)


def test_throwing_away_and_taking_back_are_those_of_each(alice, week):
    clock_stands_at = days.now()

    def one_by_one():
        singly(week, TimeEntry.trash)
        thrown = everything(alice)
        singly(week, TimeEntry.restore)
        settle(TimeEntry.objects.all())
        return thrown, everything(alice)

    def together():
        outcome = all_of(alice).trash()
        assert outcome.at == clock_stands_at
        thrown = everything(alice)
        Together(TimeEntry.with_trash.filter(deleted_at=outcome.at)).restore()
        return thrown, everything(alice)

    assert taken_back(together) == taken_back(one_by_one)


def test_what_comes_back_on_top_of_newer_work_is_marked(alice, clock, log):
    clock.shift(48 * 3600)
    old = log(alice, "2026-05-04 09:00", "10:00", note="old")
    all_of(alice).trash()
    log(alice, "2026-05-04 09:59", "11:00", note="new")
    Together(TimeEntry.with_trash.filter(pk=old.pk)).restore()
    assert TimeEntry.objects.get(pk=old.pk).needs_review == "overlap"


def test_time_under_the_running_timer_is_marked_when_it_comes_back(alice, clock):
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="runs")
    clock.shift(7200)
    entry = TimeEntry.log(
        user=alice.owner, workspace=alice.workspace, started_at=live.started_at + timedelta(minutes=5),
        ended_at=live.started_at + timedelta(minutes=9),
    )  # fmt: skip
    entry.trash()
    TimeEntry.with_trash.filter(pk=entry.pk).update(needs_review="")
    Together(TimeEntry.with_trash.filter(pk=entry.pk)).restore()
    assert TimeEntry.objects.get(pk=entry.pk).needs_review == "overlap"


def test_billed_and_live_entries_stay_as_they_are_and_are_counted(alice, clock, week, dear):
    TimeEntry.objects.filter(pk__in=[week[0].pk, week[1].pk]).bill()
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="runs")
    kept = set(TimeEntry.objects.filter(pk__in=[week[0].pk, week[1].pk]).values_list("pk", *ENTRY))
    for change in (lambda: all_of(alice).revise(work=(dear.project, dear)), lambda: all_of(alice).trash()):
        outcome = change()
        assert (len(outcome.changed), outcome.billed, outcome.live) == (3, 2, 1)
        assert kept == set(TimeEntry.objects.filter(billed=True).values_list("pk", *ENTRY))
    assert TimeEntry.objects.filter(note="runs").exists()


def test_tags_are_added_and_taken_away_and_the_rest_is_kept(alice, week):
    red, blue, green = (Tag.objects.create(workspace=alice.workspace, name=name) for name in ("red", "blue", "green"))
    week[0].tags.set([red, green])
    week[1].tags.set([blue])
    all_of(alice).revise(add_tags=[blue], remove_tags=[red])
    assert [sorted(tag.name for tag in entry.tags.all()) for entry in week[:3]] == [
        ["blue", "green"],
        ["blue"],
        ["blue"],
    ]


def test_undo_brings_back_what_each_said(alice, week, dear):
    red, blue = (Tag.objects.create(workspace=alice.workspace, name=name) for name in ("red", "blue"))
    week[0].tags.set([red])
    TimeEntry.objects.filter(pk=week[3].pk).update(rate_minor=4321)
    TimeEntry.objects.get(pk=week[3].pk).cut_slices()
    before = everything(alice)
    outcome = all_of(alice).revise(work=(dear.project, dear), billable=False, add_tags=[blue], remove_tags=[red])
    assert everything(alice) != before
    assert len(Together(TimeEntry.objects.all()).put_back(outcome.before).changed) == 5
    assert everything(alice) == before


def test_undo_leaves_alone_what_was_billed_meanwhile(alice, week, dear):
    outcome = all_of(alice).revise(work=(dear.project, dear), billable=True)
    TimeEntry.objects.filter(pk=week[0].pk).bill()
    back = all_of(alice).put_back(outcome.before)
    assert (len(back.changed), back.billed) == (4, 1)
    assert TimeEntry.objects.get(pk=week[0].pk).task == dear


@pytest.mark.parametrize("count", [500])
def test_hundreds_take_as_many_queries_as_two(alice, clock, dear, count):
    clock.shift(400 * 24 * 3600)
    tag = Tag.objects.create(workspace=alice.workspace, name="tag")

    def asked() -> list[int]:
        numbers = []
        for change in (
            lambda: all_of(alice).revise(work=(dear.project, dear), billable=False, add_tags=[tag]),
            lambda: all_of(alice).trash(),
            lambda: Together(TimeEntry.with_trash.all()).restore(),
        ):
            with CaptureQueriesContext(connection) as captured:
                change()
            numbers.append(len(captured))
        return numbers

    log_many(alice, 2)
    few = asked()
    TimeEntry.objects.update(billable=True)
    log_many(alice, count - 2)
    many = asked()
    # Beyond a few hundred rows one insert is two: SQLite takes so many parameters in a statement.
    assert all(more <= less + 8 for less, more in zip(few, many, strict=True)), (few, many)


def log_many(world, count: int) -> None:
    first = TimeEntry.objects.count()
    for number in range(first, first + count):
        start = days.now() - timedelta(days=380, hours=-number)
        TimeEntry.log(
            user=world.owner, workspace=world.workspace, task=world.task, started_at=start,
            ended_at=start + timedelta(minutes=30),
        )  # fmt: skip
