"""Local days: where they begin, and how work falls on them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.core.days import (
    day_bounds,
    day_start,
    local_day,
    split_by_day,
    validate_day,
    validate_zone,
    week_start,
    zone_choices,
    zone_names,
)

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
# Half hours, quarter hours, a skipped day (Apia, 30 December 2011), a clock change at midnight (Havana, Beirut).
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/Havana", "Asia/Beirut", "Pacific/Apia",
         "Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati"]  # fmt: skip
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


def local(zone: ZoneInfo, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=zone).astimezone(UTC)


def test_work_over_midnight_falls_on_both_days():
    parts = list(split_by_day(local(BERLIN, 2026, 5, 4, 22), local(BERLIN, 2026, 5, 5, 2), BERLIN))
    assert parts == [(date(2026, 5, 4), 7200), (date(2026, 5, 5), 7200)]


def test_the_hour_that_the_clock_skips_is_not_worked():
    start, end = local(BERLIN, 2026, 3, 29, 1, 30), local(BERLIN, 2026, 3, 29, 3, 30)
    assert list(split_by_day(start, end, BERLIN)) == [(date(2026, 3, 29), 3600)]


def test_the_day_on_which_the_clock_goes_back_has_25_hours():
    start, end = day_bounds(date(2026, 10, 25), BERLIN)
    assert list(split_by_day(start, end, BERLIN)) == [(date(2026, 10, 25), 25 * 3600)]


def test_an_early_morning_in_kolkata_is_that_day_and_not_the_day_before():
    start, end = local(KOLKATA, 2026, 5, 4, 4, 28), local(KOLKATA, 2026, 5, 4, 5, 25)
    assert start.date() == date(2026, 5, 3)
    assert local_day(start, KOLKATA) == date(2026, 5, 4)
    assert list(split_by_day(start, end, KOLKATA)) == [(date(2026, 5, 4), 57 * 60)]


def test_nothing_is_split_into_nothing():
    assert list(split_by_day(local(BERLIN, 2026, 5, 4), local(BERLIN, 2026, 5, 4), BERLIN)) == []


@given(instants, st.integers(0, 3 * 24 * 3600), st.sampled_from(ZONES))
def test_the_parts_of_an_interval_add_up_to_it_on_days_in_order(start, seconds, zone):
    parts = list(split_by_day(start, start + timedelta(seconds=seconds), ZoneInfo(zone)))
    assert sum(length for _day, length in parts) == seconds
    assert all(length > 0 for _day, length in parts)
    found = [day for day, _length in parts]
    assert found == sorted(set(found))


@given(instants, st.sampled_from(ZONES))
def test_an_instant_lies_within_the_day_that_it_falls_on(instant, zone):
    start, end = day_bounds(local_day(instant, ZoneInfo(zone)), ZoneInfo(zone))
    assert start <= instant < end


def test_days_touch_without_a_gap():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(400)]
    assert all(day_bounds(day, BERLIN)[1] == day_start(day + timedelta(days=1), BERLIN) for day in days)


def test_a_week_starts_on_the_chosen_weekday():
    wednesday = date(2026, 5, 6)
    assert week_start(wednesday) == date(2026, 5, 4)
    assert week_start(wednesday, 6) == date(2026, 5, 3)
    assert week_start(date(2026, 5, 4)) == date(2026, 5, 4)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2101, 1, 1), date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_outside_2000_to_2100_is_refused(day):
    with pytest.raises(ValidationError):
        validate_day(day)


def test_the_first_and_the_last_day_are_fine():
    validate_day(date(2000, 1, 1))
    validate_day(date(2100, 12, 31))


@pytest.mark.parametrize("name", ["", "Europe/Atlantis", "../../etc/passwd", "europe/berlin", "CET\x00", "local"])
def test_what_is_no_time_zone_is_refused(name):
    with pytest.raises(ValidationError):
        validate_zone(name)


def test_every_zone_that_is_offered_exists_and_is_offered_once():
    offered = [name for _region, zones in zone_choices() for name, _label in zones]
    assert len(offered) == len(set(offered)) > 400
    assert set(offered) <= zone_names()
    assert {"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires"} <= set(offered)
