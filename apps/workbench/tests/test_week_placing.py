"""Where typed hours go: never over what is there, never out of the day, and exactly as many as were asked for."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.core import days
from apps.workbench.week.placing import SHORTEST_GAP, Change, Piece, Plan, Span, free_gaps, plan

BERLIN = ZoneInfo("Europe/Berlin")
# An ordinary day, the one without 2:30, the one with two of them, and one that has no midnight.
DAYS = [
    Span(*days.day_bounds(date.fromisoformat(day), ZoneInfo(zone)))
    for day, zone in [
        ("2026-05-04", "Europe/Berlin"),
        ("2026-03-29", "Europe/Berlin"),
        ("2026-10-25", "Europe/Berlin"),
        ("2018-11-04", "America/Sao_Paulo"),
        ("2026-05-04", "Asia/Kolkata"),
    ]
]
MONDAY = DAYS[0]


def at(clock: str, day: str = "2026-05-04") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=BERLIN).astimezone(UTC)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def piece(key, *work: Span, **more) -> Piece:
    return Piece(key, work, MONDAY, **more)


def plan_monday(pieces, others, wanted: int, *, usual="09:00", begin=None) -> Plan:
    taken = [*(part for one in pieces for part in one.work), *others]
    last = max((part.end for part in taken), default=at(usual))
    begin = at(begin) if begin else max(at(usual), last)
    return plan(pieces, taken, MONDAY, wanted, usual=at(usual), begin=begin)


def test_an_empty_day_begins_at_the_usual_start():
    assert plan_monday([], [], 5400).made == [span("09:00", "10:30")]


def test_new_time_is_stacked_behind_the_last_work_of_the_day():
    assert plan_monday([], [span("08:00", "10:15")], 3600).made == [span("10:15", "11:15")]


def test_more_makes_the_last_entry_of_the_cell_longer():
    found = plan_monday([piece("a", span("09:00", "10:00")), piece("b", span("14:00", "15:00"))], [], 3 * 3600)
    assert found == Plan(changed=[Change("b", ended_at=at("16:00"))])


def test_where_the_last_entry_has_no_room_a_free_gap_takes_all():
    found = plan_monday([piece("a", span("09:00", "10:00"))], [span("10:00", "11:00")], 2 * 3600)
    assert found == Plan(made=[span("11:00", "12:00")])


def test_time_is_split_round_what_is_there_where_no_gap_takes_all():
    others = [span("02:00", "10:30"), span("12:00", "20:00"), span("21:00", "23:00")]
    found = plan_monday([piece("a", span("20:00", "20:30"))], others, 3 * 3600 + 1800)
    assert found.changed == [Change("a", ended_at=at("21:00"))]
    assert found.made == [span("10:30", "12:00"), Span(at("23:00"), MONDAY.end)]


def test_time_before_the_usual_start_is_taken_last_and_from_its_end():
    assert plan_monday([], [Span(at("09:00"), MONDAY.end)], 3600).made == [span("08:00", "09:00")]


def test_work_begins_only_as_early_as_it_must():
    assert plan_monday([], [Span(at("11:00"), MONDAY.end)], 3 * 3600).made == [span("08:00", "11:00")]


def test_what_does_not_fit_is_refused_with_what_is_free():
    with pytest.raises(ValidationError) as refusal:
        plan_monday([], [span("01:00", "23:30")], 2 * 3600)
    assert refusal.value.code == "no_room"
    assert refusal.value.params["seconds"] == 5400
    assert "1 h 30 m" in refusal.value.messages[0]


def test_less_takes_from_the_last_entries():
    pieces = [piece("a", span("09:00", "10:00")), piece("b", span("14:00", "15:00"))]
    assert plan_monday(pieces, [], 1800) == Plan(changed=[Change("a", ended_at=at("09:30"))], gone=["b"])
    assert plan_monday(pieces, [], 0) == Plan(gone=["b", "a"])


def test_a_new_end_lies_in_work_and_never_in_a_pause():
    paused = piece("a", span("09:00", "10:00"), span("11:00", "12:00"))
    assert paused.shortened(3600) == Change("a", ended_at=at("10:00"))
    assert paused.shortened(1800) == Change("a", ended_at=at("11:30"))


def test_an_entry_that_goes_on_after_midnight_begins_later():
    late = Piece("a", (Span(at("22:00"), at("02:00", "2026-05-05")),), MONDAY)
    assert late.seconds == 7200
    assert late.shortened(1800) == Change("a", started_at=at("22:30"))
    assert late.shortened(7200) == Change("a", started_at=MONDAY.end)


def test_an_entry_that_comes_from_the_day_before_ends_sooner():
    early = Piece("a", (Span(at("22:00", "2026-05-03"), at("02:00")),), MONDAY)
    assert early.shortened(1800) == Change("a", ended_at=at("01:30"))
    assert early.shortened(7200) == Change("a", ended_at=MONDAY.start)


def test_an_entry_around_the_whole_day_cannot_become_less():
    around = Piece("a", (Span(at("22:00", "2026-05-03"), at("02:00", "2026-05-05")),), MONDAY)
    with pytest.raises(ValidationError) as refusal:
        plan([around], around.work, MONDAY, 3600, usual=at("09:00"), begin=at("09:00"))
    assert refusal.value.code == "fixed"


def test_an_entry_that_ends_in_a_break_is_not_made_longer():
    found = plan_monday([piece("a", span("09:00", "10:00"), ends_in_work=False)], [span("10:00", "10:30")], 7200)
    assert found == Plan(made=[span("10:30", "11:30")])


@st.composite
def days_with_work(draw):
    """A day, what was recorded around it without overlaps, and which of that is in the cell."""
    day = draw(st.sampled_from(DAYS))
    edges = draw(st.lists(st.integers(-3 * 60, day.seconds // 60 + 3 * 60), unique=True, max_size=16))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    spans = [
        Span(*(day.start + timedelta(minutes=edge) for edge in pair))
        for pair in zip(edges[::2], edges[1::2], strict=True)
    ]
    pieces, others, number = [], [], 0
    while number < len(spans):
        size = draw(st.integers(1, 2))
        group = tuple(spans[number : number + size])
        number += size
        one = Piece(number, group, day, draw(st.booleans()) and draw(st.booleans()), draw(st.booleans()))
        if draw(st.booleans()) and one.seconds:
            pieces.append(one)
        else:
            others += group
    return day, pieces, others


@given(
    days_with_work(),
    st.integers(0, 26 * 3600),
    st.integers(0, 23 * 60),
    st.integers(0, 23 * 60),
)
def test_a_plan_never_overlaps_never_leaves_the_day_and_sums_to_what_was_asked(world, wanted, usual, begin):
    day, pieces, others = world
    usual, begin = (day.start + timedelta(minutes=minutes) for minutes in (usual, begin))
    taken = [*others, *(part for one in pieces for part in one.work)]
    before = sum(one.seconds for one in pieces)
    try:
        found = plan(pieces, taken, day, wanted, usual=usual, begin=begin)
    except ValidationError as refusal:
        assert_refused_for_a_reason(refusal, day, pieces, taken, wanted - before)
        return
    after = carried_out(found, pieces)
    assert sum(one.seconds for one in after) + sum(part.seconds for part in found.made) == wanted
    for part in found.made:
        assert part.within(day) == part
    assert_nothing_overlaps([*others, *found.made, *(part for one in after for part in one.work)])
    for was, now in ((one, other) for one in pieces for other in after if one.key == other.key):
        assert not was.is_fixed or was == now
        assert outside(was, day) == outside(now, day)
    assert {one.key for one in pieces if outside(one, day)} <= {one.key for one in after}


def carried_out(found: Plan, pieces: list[Piece]) -> list[Piece]:
    """The pieces as the entry's own verbs would leave them."""
    changes = {change.key: change for change in found.changed}
    kept = [one for one in pieces if one.key not in found.gone]
    return [moved(one, changes[one.key]) if one.key in changes else one for one in kept]


def moved(one: Piece, change: Change) -> Piece:
    start, end = change.started_at or one.work[0].start, change.ended_at or one.work[-1].end
    work = [part for part in one.work if part.end > start and part.start < end]
    work[0] = Span(start, work[0].end)
    work[-1] = Span(work[-1].start, end)
    return Piece(one.key, tuple(work), one.day, one.is_fixed, one.ends_in_work)


def outside(one: Piece, day: Span) -> int:
    return sum(part.seconds for part in one.work) - one.seconds


def assert_nothing_overlaps(spans: list[Span]) -> None:
    ordered = sorted(spans, key=lambda part: part.start)
    for former, latter in zip(ordered, ordered[1:], strict=False):
        assert former.end <= latter.start


def assert_refused_for_a_reason(refusal, day: Span, pieces: list[Piece], taken: list[Span], missing: int) -> None:
    if refusal.code == "no_room":
        usable = sum(gap.seconds for gap in free_gaps(day, taken) if gap.seconds >= 2 * SHORTEST_GAP)
        assert usable < missing + 2 * SHORTEST_GAP
    else:
        assert refusal.code == "fixed"
        assert -missing > sum(one.seconds for one in pieces if not one.is_stuck)


@given(st.lists(st.tuples(st.integers(-90, 1600), st.integers(1, 400)), max_size=12), st.sampled_from(DAYS))
def test_gaps_and_what_is_taken_fill_the_day_between_them(pairs, day):
    taken = [
        Span(day.start + timedelta(minutes=start), day.start + timedelta(minutes=start + length))
        for start, length in pairs
    ]
    gaps = free_gaps(day, taken)
    assert all(gap.within(day) == gap for gap in gaps)
    assert not [gap for gap in gaps for part in taken if gap.within(part)]
    minutes = {
        minute
        for minute in range(day.seconds // 60)
        if any(part.start <= day.start + timedelta(minutes=minute) < part.end for part in taken)
    }
    assert sum(gap.seconds for gap in gaps) == day.seconds - 60 * len(minutes)
