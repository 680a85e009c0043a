"""Times of day as people type them."""

import pytest
from django.core.exceptions import ValidationError

from apps.workbench.fields import format_time_of_day, parse_time_of_day


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9:30", "09:30"), ("930", "09:30"), ("0930", "09:30"), ("9.30", "09:30"), ("9;30", "09:30"), ("9h30", "09:30"),
        ("9", "09:00"), ("21", "21:00"), ("9pm", "21:00"), ("9:30 pm", "21:30"), ("12am", "00:00"),
        ("0:00", "00:00"), ("23:59", "23:59"), ("24:00", "24:00"), (" 7:05 ", "07:05"), ("12 p.m.", "12:00"),
    ],
)  # fmt: skip
def test_a_time_is_understood_as_people_write_it(text, shown):
    assert format_time_of_day(parse_time_of_day(text)) == shown


@pytest.mark.parametrize("text", ["", "25:00", "9:75", "24:01", "13pm", "0pm", "soon", "9:3:0", "-9", "٩:٣٠", "99999"])
def test_what_is_no_time_says_how_to_write_one(text):
    with pytest.raises(ValidationError, match="9:30"):
        parse_time_of_day(text)
