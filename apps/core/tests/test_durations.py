"""Durations as people type and read them."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.core.durations import format_clock, format_duration, format_words, parse_duration

HOUR_AND_A_HALF = 5400


@pytest.mark.parametrize(
    "text",
    ["1:30", "1h30", "1h 30m", "1h30m", "90m", "90 min", "90", "1.5", "1,5", "1.5h", "1:30:00", " 1:30 ", "1H30"],
)
def test_the_usual_ways_to_write_an_hour_and_a_half(text):
    assert parse_duration(text) == HOUR_AND_A_HALF


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8.20", 8 * 3600 + 12 * 60),
        ("8,20", 8 * 3600 + 12 * 60),
        (".5", 1800),
        ("0", 0),
        ("45", 45 * 60),
        ("2h", 7200),
        ("2 hours", 7200),
        ("45s", 45),
        ("1:24:08", 5048),
        ("878400:00", 878400 * 3600),
    ],
)
def test_a_bare_integer_is_minutes_and_a_decimal_is_hours(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "h", "m", ":", "1:", ":30", "1:60", "1:30:99", "-1:30", "−5", "1e3", "1.5.2", "1,5,2", "NaN", "inf",
        "Infinity", "one hour", "1h30x", "1 30", "0x10", "½", "²", "1_000", "9" * 10_000, "9" * 10_000 + "m", "🙂",
        "1:3 0", "\u202e1:30", "1h\x0030",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused_with_a_message(text):
    with pytest.raises(ValidationError) as refused:
        parse_duration(text)
    assert refused.value.messages


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_a_message(text):
    with contextlib.suppress(ValidationError):
        assert parse_duration(text) >= 0


@given(st.integers(0, 100 * 366 * 24 * 60))
def test_whole_minutes_survive_being_written_and_read(minutes):
    assert parse_duration(format_duration(minutes * 60)) == minutes * 60


@given(st.integers(0, 100 * 366 * 24 * 3600))
def test_seconds_survive_being_written_as_a_clock(seconds):
    assert parse_duration(format_clock(seconds)) == seconds


def test_durations_are_written_in_three_ways():
    assert (format_duration(5400), format_duration(59), format_duration(-5400)) == ("1:30", "0:00", "\u22121:30")
    assert format_clock(5048) == "1:24:08"
    assert (format_words(20160), format_words(2400), format_words(7200), format_words(0)) == (
        "5 h 36 m", "40 m", "2 h", "0 m",
    )  # fmt: skip
