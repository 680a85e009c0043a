"""Duplicating and splitting an entry: nothing is lost, nothing is counted twice."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.projects.models import Tag
from apps.workbench.models import ProjectTotal, Segment, TimeEntry
from apps.workbench.tests.conftest import NINE, live_of

BERLIN = ZoneInfo("Europe/Berlin")


def at(time: str, day: str = "2026-05-04") -> datetime:
    """A wall-clock time in Berlin, as an instant."""
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=BERLIN).astimezone(UTC)


def with_break(entry: TimeEntry, start: str, end: str) -> TimeEntry:
    """The entry with a break cut out of its one stretch."""
    first = entry.segments.get()
    ended_at, first.ended_at = first.ended_at, at(start)
    first.save()
    own = {"workspace": entry.workspace, "user": entry.user, "entry": entry}
    Segment.objects.create(**own, kind=Segment.Kind.BREAK, started_at=at(start), ended_at=at(end))
    Segment.objects.create(**own, started_at=at(end), ended_at=ended_at)
    entry = TimeEntry.objects.get(pk=entry.pk)
    entry.cut_slices()
    return TimeEntry.objects.get(pk=entry.pk)


def told(entry: TimeEntry) -> str:
    """Its stretches, such as `work 9-11, break 11-11:30`."""
    times = re.compile(r"0?(\d+):(\d\d) – 0?(\d+):(\d\d)")
    entry = TimeEntry.objects.get(pk=entry.pk)
    text = ", ".join(f"{part.kind} {part.from_to}" for part in entry.parts)
    return times.sub(r"\1:\2-\3:\4", text).replace(":00", "")


def facts(entry: TimeEntry) -> tuple:
    entry = TimeEntry.objects.get(pk=entry.pk)
    tags = sorted(tag.name for tag in entry.tags.all())
    return entry.project, entry.task, entry.note, entry.billable, entry.rate_minor, entry.currency, tags


@pytest.fixture
def morning(alice, clock, log) -> TimeEntry:
    """Nine to one with a break from eleven to half past, tagged, at a rate that has changed since."""
    clock.shift(36 * 3600)
    entry = log(alice, "2026-05-04 09:00", "13:00", note="Index", task=alice.task)
    entry.tags.add(Tag.objects.create(workspace=alice.workspace, name="print"))
    TimeEntry.objects.filter(pk=entry.pk).update(rate_minor=6543)
    return with_break(entry, "11:00", "11:30")


# ── Split ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_halves_say_what_the_whole_said(morning):
    later = morning.split(at("10:00"))
    assert facts(morning) == facts(later)
    assert facts(later)[4] == 6543


@pytest.mark.parametrize(
    ("moment", "earlier", "later"),
    [
        ("10:00", "work 9-10", "work 10-11, break 11-11:30, work 11:30-13"),
        ("11:00", "work 9-11", "break 11-11:30, work 11:30-13"),
        ("11:10", "work 9-11, break 11-11:10", "break 11:10-11:30, work 11:30-13"),
        ("11:30", "work 9-11, break 11-11:30", "work 11:30-13"),
        ("12:00", "work 9-11, break 11-11:30, work 11:30-12", "work 12-13"),
    ],
)
def test_breaks_land_on_their_side_of_the_cut(morning, moment, earlier, later):
    new = morning.split(at(moment))
    assert told(morning) == earlier
    assert told(new) == later
    assert TimeEntry.objects.get(pk=morning.pk).ended_at == TimeEntry.objects.get(pk=morning.pk).parts[-1].ended_at
    assert not morning.needs_review
    assert not new.needs_review


@pytest.mark.parametrize("moment", ["08:00", "09:00", "13:00", "14:00"])
def test_a_cut_outside_the_work_is_refused(morning, moment):
    with pytest.raises(ValidationError):
        morning.split(at(moment))
    assert TimeEntry.objects.count() == 1
    assert told(morning) == "work 9-11, break 11-11:30, work 11:30-13"


def test_a_billed_entry_is_not_split(alice, morning):
    alice.workspace.time_entries.bill()
    with pytest.raises(ValidationError, match="invoice"):
        morning.split(at("10:00"))
    assert told(morning) == "work 9-11, break 11-11:30, work 11:30-13"


def test_a_pause_at_the_cut_belongs_to_neither_half(alice, clock):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="paused")
    clock.shift(600)
    entry.pause()
    clock.shift(600)
    entry.resume()
    clock.shift(600)
    entry.stop()
    later = entry.split(NINE + timedelta(minutes=15))
    assert told(entry) == "work 11-11:10"
    assert told(later) == "work 11:20-11:30"


def test_a_running_timer_goes_on_and_the_earlier_half_is_the_new_entry(alice, clock):
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task, note="long")
    clock.shift(3 * 3600)
    earlier = live_of(alice).split(NINE + timedelta(hours=1))
    live = live_of(alice)
    assert (live.started_at, live.state, live.elapsed_seconds) == (NINE + timedelta(hours=1), "running", 7200)
    assert (earlier.started_at, earlier.ended_at) == (NINE, NINE + timedelta(hours=1))
    assert not earlier.needs_review
    clock.shift(60)
    live.stop()
    assert alice.workspace.time_slices.total_seconds() == 3 * 3600 + 60


def test_a_paused_timer_is_split_and_stays_paused(alice, clock):
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="long")
    clock.shift(3600)
    live.pause()
    live.split(NINE + timedelta(minutes=20))
    live = live_of(alice)
    assert (live.state, live.elapsed_seconds, live.ended_at) == ("paused", 2400, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=st.lists(st.integers(1, 4000), min_size=1, max_size=7),
    kinds=st.lists(st.sampled_from(["work", "break", "pause"]), min_size=7, max_size=7),
    cut=st.integers(-10, 30_000),
)
def test_a_split_keeps_every_second_of_every_day(alice, lengths, kinds, cut):
    start = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    entry = TimeEntry.log(
        user=alice.owner, workspace=alice.workspace, project=alice.project, started_at=start,
        ended_at=start + timedelta(seconds=1),
    )  # fmt: skip
    entry.segments.all().delete()
    parts, moment = [], start
    for length, kind in zip(lengths, ["work", *kinds], strict=False):
        until = moment + timedelta(seconds=length)
        if kind != "pause":
            parts.append(Segment(**entry._owner, kind=kind, started_at=moment, ended_at=until))
        moment = until
    entry._hold(parts)
    entry.cut_slices()

    def days_of(entries) -> dict:
        found = {}
        for part in alice.workspace.time_slices.filter(entry__in=entries):
            found[part.day] = found.get(part.day, 0) + part.seconds
        return found

    def lengths_of(entries) -> dict:
        found = {}
        for part in Segment.objects.filter(entry__in=entries):
            found[part.kind] = found.get(part.kind, 0) + part.seconds
        return found

    before = days_of([entry]), lengths_of([entry])
    try:
        new = entry.split(start + timedelta(seconds=cut))
    except ValidationError:
        assert (days_of([entry]), lengths_of([entry])) == before
    else:
        assert (days_of([entry, new]), lengths_of([entry, new])) == before
        assert entry.ended_at <= start + timedelta(seconds=cut) <= new.started_at
    total = ProjectTotal.objects.get(project=alice.project)
    assert total.seconds == alice.workspace.time_slices.total_seconds()
    TimeEntry.with_trash.all().delete()
    ProjectTotal.objects.all().delete()


@pytest.mark.parametrize("moment", ["10:00", "11:00", "11:10", "12:00"])
def test_a_split_that_is_taken_back_leaves_what_was(alice, morning, moment):
    before, slices = told(morning), list(alice.workspace.time_slices.values_list("day", "seconds", "amount_minor"))
    half = morning.split(at(moment))
    morning.rejoin(half)
    assert told(TimeEntry.objects.get()) == before
    assert list(alice.workspace.time_slices.values_list("day", "seconds", "amount_minor")) == slices
    half.restore()
    assert alice.workspace.time_slices.total_seconds() == sum(seconds for _day, seconds, _amount in slices)


def test_a_split_of_a_running_timer_is_taken_back_while_it_runs(alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task, note="long")
    clock.shift(7200)
    half = live_of(alice).split(NINE + timedelta(hours=1))
    clock.shift(60)
    live_of(alice).rejoin(half)
    live = live_of(alice)
    assert (live.started_at, live.state, live.elapsed_seconds) == (NINE, "running", 7260)
    live.stop()
    assert alice.workspace.time_slices.total_seconds() == 7260


def segments() -> list:
    return list(Segment.objects.order_by("pk").values_list("pk", "entry", "kind", "started_at", "ended_at"))


def change_note(half, _whole):
    half.revise(note="other")


def throw_half_away(half, _whole):
    half.trash()


def bill_half(half, _whole):
    TimeEntry.objects.filter(pk=half.pk).bill()


def lay_over(half, whole):
    half.revise(started_at=whole.started_at, ended_at=half.ended_at)


@pytest.mark.parametrize("change", [change_note, throw_half_away, bill_half, lay_over])
def test_halves_that_were_changed_since_stay_two(alice, morning, change):
    half = morning.split(at("10:00"))
    change(half, morning)
    before = segments()
    with pytest.raises(ValidationError):
        morning.rejoin(half)
    assert segments() == before


# ── Duplicate ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_duplicate_has_the_same_work_breaks_and_tags_at_the_rate_of_today(alice, morning):
    copy = morning.duplicate(started_at=at("14:00", "2026-05-05"), zone=BERLIN)
    assert told(copy) == "work 14-16, break 16-16:30, work 16:30-18"
    assert facts(copy) == (*facts(morning)[:4], alice.task.rate_minor, *facts(morning)[5:])
    assert copy.work_seconds == morning.work_seconds


def test_a_duplicate_on_top_of_other_work_is_marked(morning):
    assert morning.duplicate(started_at=at("12:59"), zone=BERLIN).needs_review == "overlap"
    assert morning.duplicate(started_at=at("09:00", "2026-05-03"), zone=BERLIN).needs_review == ""


def test_a_duplicate_of_billed_time_is_free(alice, morning):
    alice.workspace.time_entries.bill()
    morning.refresh_from_db()
    copy = morning.duplicate(started_at=at("09:00", "2026-05-03"), zone=BERLIN)
    assert not TimeEntry.objects.get(pk=copy.pk).billed
    assert alice.workspace.time_slices.filter(entry=copy, billed=False).exists()


def test_a_live_entry_is_not_duplicated(alice, clock):
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace)
    with pytest.raises(ValidationError, match="Stop the timer"):
        live.duplicate(started_at=NINE, zone=BERLIN)


# ── Tags ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_work_that_is_continued_keeps_its_tags(alice, morning):
    live = morning.again()
    assert [tag.name for tag in live.tags.all()] == ["print"]


def test_logging_without_tags_asks_no_more_than_before(alice, clock, log):
    with CaptureQueriesContext(connection) as captured:
        log(alice, "2026-05-04 09:00", "10:00")
    assert not any("timeentry_tags" in query["sql"] for query in captured.captured_queries)
