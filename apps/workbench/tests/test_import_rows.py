"""One row as work: when it was, on every kind of night; and where work without a clock finds its place."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.core import days
from apps.workbench.importing.calendar import Calendar
from apps.workbench.importing.columns import Mapping
from apps.workbench.importing.rows import RowReader, SomebodyElses, Work

HEADERS = ["day", "start", "end_day", "end", "length", "client", "project", "task", "note", "tags", "billable", "rate"]
HEADERS += ["amount", "currency", "person"]
BERLIN = ZoneInfo("Europe/Berlin")


def read(zone: str = "Europe/Berlin", whose: str = "", **cells) -> Work:
    """The work of a row with these cells; only their columns are in the file."""
    names = [name for name in HEADERS if name in cells]
    mapping = Mapping({name: place for place, name in enumerate(names)}, zone, "dmy", "hours", whose)
    return RowReader(mapping, names, "EUR").read([cells[name] for name in names])


def refusal(**cells) -> str:
    with pytest.raises(ValidationError) as refused:
        read(**cells)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        ({"start": "22:00", "end": "02:00"}, 4),
        ({"start": "22:00", "end": "02:00", "length": "4:00"}, 4),
        ({"start": "20:00", "end": "24:00"}, 4),
        ({"start": "09:00", "length": "1,5"}, 1.5),
        ({"start": "23:00", "length": "2:00"}, 2),
        ({"start": "09:00", "end_day": "29.03.2026", "end": "10:00"}, 24),
    ],
)
def test_a_span_is_what_start_and_end_or_length_say(cells, hours):
    assert read(day="28.03.2026", **cells).seconds == hours * 3600


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"start": "12:00", "end_day": "02.03.2026", "end": "11:00"}, "The end lies before the start."),
        ({"start": "12:00", "end": "11:00", "length": "1:00"}, "The end lies before the start."),
        ({"start": "12:00", "end": "12:00"}, "no time in this row"),
        ({"length": "0:00"}, "no time in this row"),
        ({"length": "24:01"}, "more than 24 hours"),
        ({"start": "09:00", "end_day": "04.03.2026", "end": "09:00"}, "24 hours at most"),
        ({"start": "09:00"}, "still be running"),
        ({}, "neither start and end nor a duration"),
        ({"start": "half past nine", "length": "1:00"}, "no time of day"),
        ({"length": "1:00", "note": "a\x00b"}, "character (zero)"),
        ({"length": "1:00", "note": "x" * 10_001}, "longer than 10,000"),
        ({"length": "1:00", "client": "x" * 121}, "longer than 120"),
        ({"length": "1:00", "tags": "x" * 41}, "tag"),
        ({"length": "1:00", "billable": "perhaps"}, "neither yes nor no"),
        ({"length": "1:00", "rate": "eighty"}, "no amount"),
    ],
)
def test_a_row_that_cannot_be_says_why(cells, told):
    assert told in refusal(day="02.03.2026", **cells)


@pytest.mark.parametrize("day", ["", "31.12.1999", "01.01.2101", "30.02.2026", "soon"])
def test_a_day_that_cannot_be_is_refused(day):
    assert refusal(day=day, length="1:00")


def test_more_cells_than_columns_are_refused():
    with pytest.raises(ValidationError, match="more cells than the header"):
        RowReader(Mapping({"day": 0, "length": 1}), ["day", "length"], "EUR").read(["02.03.2026", "1", "left over"])


def test_rows_of_others_are_left_out():
    with pytest.raises(SomebodyElses):
        read(day="02.03.2026", length="1", person="nils@example.com", whose="ada@example.com")
    assert read(day="02.03.2026", length="1", person="ada@example.com", whose="ada@example.com").seconds == 3600


def test_the_same_work_has_the_same_key_whatever_its_zone_tags_and_rate():
    row = {"day": "02.03.2026", "start": "09:00", "end": "10:00", "client": "Harbour Books", "note": "Proofs"}
    key = read(**row).key
    assert read(zone="Asia/Tokyo", **row).key == key
    assert read(**row | {"tags": "print", "rate": "95", "billable": "no", "client": "HARBOUR BOOKS"}).key == key
    assert read(**row | {"end": "10:01"}).key != key
    assert read(**row | {"note": "Proofs, second"}).key != key


def test_nothing_and_dashes_are_no_names():
    work = read(day="02.03.2026", length="1", client="(Without client)", project="-", tags="-; print ;Print|web")
    assert (work.client, work.project, work.tags) == ("", "", ("Print", "web"))


def test_a_rate_is_taken_from_the_amount_where_none_stands_beside_it():
    assert read(day="02.03.2026", length="0:50", amount="83,33").rate_minor == 10000
    assert read(day="02.03.2026", length="1:00", rate="95", amount="1").rate_minor == 9500
    assert read(day="02.03.2026", length="1:00", rate="0.00", amount="0.00").rate_minor is None


# ── Nights on which the clocks change ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [("29.03.2026", "01:30", "03:30", 1), ("25.10.2026", "00:00", "24:00", 25), ("28.03.2026", "22:00", "04:00", 5)],
)
def test_time_over_a_clock_change_is_as_long_as_it_was(day, start, end, hours):
    work = read(day=day, start=start, end=end)
    assert work.seconds == hours * 3600
    assert work.remarks == ()


def test_a_time_that_the_clocks_skip_is_moved_forward_with_a_remark():
    work = read(day="29.03.2026", start="02:30", end="04:00")
    assert work.started_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert "02:30 did not exist" in work.remarks[0]
    assert "03:30 is taken" in work.remarks[0]


def test_of_a_time_that_comes_twice_the_first_is_taken_with_a_remark():
    work = read(day="25.10.2026", start="02:30", end="04:00")
    assert work.started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "02:30 came twice" in work.remarks[0]


def test_the_length_decides_which_of_two_equal_times_is_meant():
    work = read(day="25.10.2026", start="02:30", end="04:00", length="1:30")
    assert work.started_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    backwards = read(day="25.10.2026", start="02:45", end_day="25.10.2026", end="02:15", length="0:30")
    assert backwards.seconds == 1800


def test_a_time_with_its_own_offset_needs_no_zone():
    work = read(zone="Asia/Kolkata", day="2026-03-02T22:58:00Z", length="0:57")
    assert work.started_at == datetime(2026, 3, 2, 22, 58, tzinfo=UTC)
    assert work.day == date(2026, 3, 3)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.integers(1, 86399),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_what_a_tracker_exports_comes_back_as_the_same_instants(moment, seconds, name):
    zone = ZoneInfo(name)
    start = moment.replace(microsecond=0, tzinfo=UTC)
    end = start + timedelta(seconds=seconds)
    told = [instant.astimezone(zone) for instant in (start, end)]
    work = read(
        zone=name,
        day=f"{told[0]:%d.%m.%Y}",
        start=f"{told[0]:%H:%M:%S}",
        end_day=f"{told[1]:%d.%m.%Y}",
        end=f"{told[1]:%H:%M:%S}",
        length=f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}",
    ) if told[0].replace(tzinfo=None) < told[1].replace(tzinfo=None) else None  # fmt: skip
    if work:
        # Both instants may lie in an hour that comes twice: then the length is right, whichever is taken.
        assert abs(work.seconds - seconds) <= 60
        assert work.started_at == start or work.remarks


# ── Places in the day ─────────────────────────────────────────────────────────────────────────────────────────────────


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_work_without_a_clock_begins_at_nine_and_goes_on_behind_what_is_there():
    calendar = Calendar([(at("2026-03-02 10:00"), at("2026-03-02 11:00"))])
    placed = []
    for hours in (1, 2, 0.5):
        span = calendar.place(date(2026, 3, 2), int(hours * 3600), BERLIN)
        calendar.add(span)
        placed.append(f"{span[0].astimezone(BERLIN):%H:%M}")
    assert placed == ["09:00", "11:00", "13:00"]


def test_work_that_does_not_fit_behind_nine_goes_before_and_then_over_other_work():
    calendar = Calendar([(at("2026-03-02 09:00"), at("2026-03-02 23:00"))])
    start, _end = calendar.place(date(2026, 3, 2), 2 * 3600, BERLIN)
    assert start == at("2026-03-02 00:00")
    start, end = calendar.place(date(2026, 3, 2), 20 * 3600, BERLIN)
    assert end == at("2026-03-03 00:00")
    assert calendar.meets(start, end)


@given(st.lists(st.integers(60, 8 * 3600), max_size=12), st.sampled_from(["2026-03-29", "2026-10-25", "2026-06-01"]))
def test_placed_work_stays_on_its_day_and_overlaps_only_when_the_day_is_full(lengths, day):
    day, calendar = date.fromisoformat(day), Calendar()
    midnight, next_midnight = days.day_bounds(day, BERLIN)
    for number, seconds in enumerate(lengths):
        start, end = calendar.place(day, seconds, BERLIN)
        assert midnight <= start < end <= next_midnight
        assert (end - start).total_seconds() == seconds
        if calendar.meets(start, end):
            # Neither the hours before nine nor those after it had room for another eight.
            assert sum(lengths[:number]) > 7 * 3600
        calendar.add((start, end))
