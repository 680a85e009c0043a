"""Cells of foreign files: what can be read is read rightly, and anything else is a sentence, never another error."""

from contextlib import suppress
from datetime import UTC, date, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.workbench.importing.values import (
    DAY_FIRST,
    HOURS,
    MINUTES,
    MONTH_FIRST,
    SECONDS,
    find_currency,
    parse_clock,
    parse_length,
    parse_moment,
    parse_money,
    parse_yes_no,
    possible_orders,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
SECONDS_OF_A_DAY = st.integers(0, 86399)
ANY_TEXT = st.text(max_size=60) | st.sampled_from(
    ["", "NaN", "1e400", "-1", "9" * 5000, "\x00", "٣:٠٠", "½", "24:01", "2026-02-30", "31/31/2026", "25 PM", "1:60"]
)


@given(DAYS, st.sampled_from(["-", "/", "."]), st.booleans())
def test_a_day_is_read_back_in_each_way_of_writing_it(day, mark, two_digits):
    year = f"{day.year % 100:02d}" if two_digits and day.year < 2100 else f"{day.year}"
    assert parse_moment(mark.join([f"{day.day}", f"{day.month}", year]), DAY_FIRST).day == day
    assert parse_moment(mark.join([f"{day.year}", f"{day.month:02d}", f"{day.day:02d}"]), MONTH_FIRST).day == day
    if mark != ".":
        assert parse_moment(mark.join([f"{day.month:02d}", f"{day.day:02d}", year]), MONTH_FIRST).day == day


@given(DAYS)
def test_the_orders_in_which_a_day_can_be_read_are_those_in_which_it_exists(day):
    orders = possible_orders(f"{day.day}/{day.month}/{day.year}")
    assert DAY_FIRST in orders
    assert (MONTH_FIRST in orders) == (day.day <= 12)
    assert possible_orders(day.isoformat()) == {"ymd"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 Jan 2026", date(2026, 1, 5)),
        ("Jan 5, 2026", date(2026, 1, 5)),
        ("5. March 2026", date(2026, 3, 5)),
        ("13.01.26", date(2026, 1, 13)),
        # With points, the day always comes first.
        ("03.04.2026", date(2026, 4, 3)),
    ],
)
def test_a_day_with_a_named_month_or_points_needs_no_order(text, day):
    assert parse_moment(text, MONTH_FIRST).day == day


@pytest.mark.parametrize(
    ("text", "clock", "offset"),
    [
        ("2026-03-02T09:05:00Z", 32700, UTC),
        ("2026-03-02 09:05", 32700, None),
        ("2026-03-02T09:05:00+05:30", 32700, timezone(timedelta(hours=5, minutes=30))),
        ("2026-03-02T09:05:00.123-0800", 32700, timezone(-timedelta(hours=8))),
        ("3/2/2026 9:05 PM", 75900, None),
    ],
)
def test_a_day_with_a_time_brings_clock_and_offset(text, clock, offset):
    moment = parse_moment(text, MONTH_FIRST)
    assert (moment.day, moment.clock, moment.offset) == (date(2026, 3, 2), clock, offset)


@pytest.mark.parametrize("text", ["1999-12-31", "2101-01-01", "2026-02-30", "31/12/1999", "2026-13-01", "today", "9/9"])
def test_no_day_or_one_outside_2000_to_2100_is_refused(text):
    with pytest.raises(ValidationError):
        parse_moment(text, DAY_FIRST)


@given(SECONDS_OF_A_DAY)
def test_a_clock_is_read_back_with_24_and_with_12_hours(seconds):
    hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    assert parse_clock(f"{hour:02d}:{minute:02d}:{second:02d}") == seconds
    half = "PM" if hour >= 12 else "AM"
    assert parse_clock(f"{hour % 12 or 12}:{minute:02d}:{second:02d}\u202f{half}") == seconds
    assert parse_clock(f"{hour % 12 or 12}:{minute:02d}:{second:02d} {half[0].lower()}.m.") == seconds


def test_the_end_of_a_day_is_a_clock_and_a_minute_later_is_none():
    assert parse_clock("24:00") == 86400
    assert parse_clock("12:30 AM") == 1800
    assert parse_clock("9 pm") == 75600
    assert parse_clock("14h30") == 52200
    for text in ("24:01", "9:60", "9", "13:99 PM", "09:00:60", ""):
        with pytest.raises(ValidationError):
            parse_clock(text)


@given(st.integers(0, 86400))
def test_a_length_is_read_back_from_clock_decimal_and_seconds(seconds):
    assert parse_length(f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", HOURS) == seconds
    assert parse_length(str(seconds), SECONDS) == seconds
    assert parse_length(f"{seconds / 3600:.6f}", HOURS) == seconds
    assert parse_length(f"{seconds / 3600:.6f}".replace(".", ","), HOURS) == seconds
    assert parse_length(f"{seconds / 60:.6f}", MINUTES) == seconds


@pytest.mark.parametrize("text", ["-1:00", "24:00:01", "25", "1.2.3", "9" * 30, "NaN", "1e3", "", "1:60"])
def test_a_length_below_zero_above_a_day_or_of_no_sense_is_refused(text):
    with pytest.raises(ValidationError):
        parse_length(text, HOURS)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("95.00", "EUR", 9500), ("2.000,0", "EUR", 200000), ("€ 1,240.50", "EUR", 124050), ("1500", "JPY", 1500)],
)
def test_money_is_read_with_either_decimal_mark(text, currency, minor):
    assert parse_money(text, currency) == minor


def test_a_currency_is_found_in_headers_and_cells():
    assert find_currency("Billable Rate (USD)") == "USD"
    assert find_currency("Euro - EUR") == "EUR"
    assert find_currency("Amount ()") == find_currency("XXX") == ""


@pytest.mark.parametrize(("text", "said"), [("Yes", True), ("NEIN", False), (" ja ", True), ("0", False), ("Sí", True)])
def test_yes_and_no_are_understood_in_several_languages(text, said):
    assert parse_yes_no(text) is said


@given(ANY_TEXT)
def test_whatever_a_cell_holds_it_is_a_value_or_a_sentence(text):
    for parse in (
        lambda: parse_moment(text, DAY_FIRST),
        lambda: parse_moment(text, MONTH_FIRST),
        lambda: parse_clock(text),
        lambda: parse_length(text, HOURS),
        lambda: parse_length(text, SECONDS),
        lambda: parse_money(text, "EUR"),
        lambda: parse_yes_no(text),
    ):
        with suppress(ValidationError):
            parse()
    possible_orders(text)
    find_currency(text)
