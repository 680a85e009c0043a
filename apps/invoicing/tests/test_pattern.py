"""Patterns: what they print, when they start anew, and that no number comes twice."""

from datetime import date
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from apps.invoicing.models.collisions import can_meet
from apps.invoicing.models.pattern import Pattern, Reset, validate_pattern

NEW_YEAR_EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
LAST_OF_MARCH, FIRST_OF_APRIL = date(2027, 3, 31), date(2027, 4, 1)


@pytest.mark.parametrize(
    ("text", "sequence", "number"),
    [
        ("{seq:3}", 999, "999"),
        ("{seq:3}", 1000, "1000"),
        ("{seq:4}", 999, "0999"),
        ("{seq:4}", 1000, "1000"),
        ("{seq}", 9, "9"),
        ("{seq}", 10, "10"),
        ("{seq:0}", 7, "7"),
        ("{prefix}{year}/{month}.{yy} No {seq:2}", 7, "R2026/12.26 No 07"),
    ],
)
def test_padding_is_a_least_width(text, sequence, number):
    assert Pattern(text, "R").number(sequence, NEW_YEAR_EVE) == number


@pytest.mark.parametrize(
    ("start", "day", "long", "short"),
    [
        (4, LAST_OF_MARCH, "2026-27", "26-27"),
        (4, FIRST_OF_APRIL, "2027-28", "27-28"),
        (4, NEW_YEAR, "2026-27", "26-27"),
        (1, NEW_YEAR_EVE, "2026", "26"),
        (1, NEW_YEAR, "2027", "27"),
        (12, date(2026, 11, 30), "2025-26", "25-26"),
        (12, date(2026, 12, 1), "2026-27", "26-27"),
        (4, date(2000, 1, 1), "1999-00", "99-00"),
        (4, date(2100, 12, 31), "2100-01", "00-01"),
    ],
)
def test_a_fiscal_year_is_named_after_the_years_that_it_touches(start, day, long, short):
    assert Pattern("{fy} {seq}", fiscal_start=start).number(1, day) == f"{long} 1"
    assert Pattern("{fyy} {seq}", fiscal_start=start).number(1, day) == f"{short} 1"


@pytest.mark.parametrize(
    ("text", "with_code", "without"),
    [
        ("{prefix}-{client}-{seq:3}", "INV-ACME-001", "INV-001"),
        ("{client}/{seq}", "ACME/1", "1"),
        ("{seq}/{client}", "1/ACME", "1"),
        ("{prefix}{client}-{seq}", "INVACME-1", "INV-1"),
        ("{prefix}-{client}{year}-{seq}", "INV-ACME2026-1", "INV-2026-1"),
        ("No {client}: {seq}", "No ACME: 1", "No 1"),
        ("{prefix} / {client} / {seq}.", "INV / ACME / 1.", "INV / 1."),
    ],
)
def test_without_a_code_the_client_and_one_separator_vanish(text, with_code, without):
    pattern = Pattern(text, "INV")
    assert pattern.number(1, NEW_YEAR_EVE, "ACME") == with_code
    assert pattern.number(1, NEW_YEAR_EVE) == without


@pytest.mark.parametrize(
    ("text", "resets"),
    [
        ("{prefix}{seq}", Reset.NEVER),
        ("{year}-{seq}", Reset.YEARLY),
        ("{yy}-{seq}", Reset.YEARLY),
        ("{fy}-{seq}", Reset.FISCAL),
        ("{year}-{month}-{seq}", Reset.MONTHLY),
    ],
)
def test_without_a_choice_the_pattern_says_when_to_start_anew(text, resets):
    assert Pattern(text).resets == resets
    assert Pattern("{fy}-{year}-{month}-{seq}", reset=resets).resets == resets


# Of each way to start anew: does it, from the last day of December to January, of March to April, of October to
# November?
@pytest.mark.parametrize(
    ("reset", "start", "in_january", "in_april", "in_november"),
    [
        (Reset.NEVER, 4, False, False, False),
        (Reset.YEARLY, 4, True, False, False),
        (Reset.FISCAL, 4, False, True, False),
        (Reset.FISCAL, 1, True, False, False),
        (Reset.MONTHLY, 4, True, True, True),
    ],
)
def test_the_sequence_starts_anew_at_the_end_of_its_period(reset, start, in_january, in_april, in_november):
    pattern = Pattern("{year}{month}-{seq}", reset=reset, fiscal_start=start)

    def changes(last: date, first: date) -> bool:
        assert (pattern.starts_anew_on(last) == first) == (pattern.period(last) != pattern.period(first))
        return pattern.period(last) != pattern.period(first)

    assert changes(NEW_YEAR_EVE, NEW_YEAR) == in_january
    assert changes(LAST_OF_MARCH, FIRST_OF_APRIL) == in_april
    assert changes(date(2026, 10, 31), date(2026, 11, 1)) == in_november


def test_periods_of_different_length_are_never_taken_for_each_other():
    names = {
        Pattern("", reset=reset, fiscal_start=4).period(date(year, month, 1))
        for year in range(2000, 2101)
        for month in range(1, 13)
        for reset in Reset
    }
    assert len(names) == 1 + 101 + 102 + 1212
    assert max(map(len, names)) <= 7


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("", "needs {seq} once"),
        ("{prefix}-{year}", "needs {seq} once"),
        ("{seq}-{seq}", "needs {seq} once"),
        ("{seq:100}", "needs {seq} once"),
        ("{month}-{seq:3}", "needs {year} too"),
        ("{year}-{seq}-{day}", "Use only"),
        ("{seq}}", "Use only"),
        ("{client}{client}-{seq}", "only once"),
        ("{client}{seq}", "Put a sign"),
        ("{seq}{client}", "Put a sign"),
        ("{client}7{year}{seq}", "Put a sign"),
    ],
)
def test_a_pattern_that_could_repeat_itself_is_refused_in_words(pattern, told):
    with pytest.raises(ValidationError, match=told):
        validate_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["{prefix}-{year}-{seq:3}", "{seq}", "{yy}{month}/{seq:5}", "{fy}{month}{seq}", "{client}-{fyy}{seq}", "№ {seq}"],
)
def test_good_patterns_pass(pattern):
    validate_pattern(pattern)
    Pattern(pattern).check()


@pytest.mark.parametrize(
    ("text", "reset", "start", "told"),
    [
        ("{seq}", Reset.YEARLY, 1, "every year"),
        ("{fy}-{seq}", Reset.YEARLY, 4, "every year"),
        ("{seq}", Reset.FISCAL, 1, "every fiscal year"),
        ("{year}-{seq}", Reset.FISCAL, 4, "every fiscal year"),
        ("{year}-{seq}", Reset.MONTHLY, 1, "every month"),
    ],
)
def test_what_starts_anew_must_print_what_keeps_its_numbers_apart(text, reset, start, told):
    with pytest.raises(ValidationError, match=told):
        Pattern(text, reset=reset, fiscal_start=start).check()


@pytest.mark.parametrize(
    ("text", "reset", "start"),
    [
        ("{fy}-{seq}", Reset.YEARLY, 1),
        ("{year}-{seq}", Reset.FISCAL, 1),
        ("{year}{month}-{seq}", Reset.FISCAL, 4),
        ("{fy}{month}-{seq}", Reset.YEARLY, 4),
        ("{seq}", Reset.NEVER, 4),
    ],
)
def test_what_prints_enough_may_start_anew(text, reset, start):
    Pattern(text, reset=reset, fiscal_start=start).check()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Pattern("{prefix}-{seq}", "A"), Pattern("A-{seq:3}")),
        (Pattern("{prefix}-{seq}", "INV"), Pattern("{prefix}-{seq}", "inv")),
        (Pattern("{prefix}-{seq}", "É"), Pattern("{prefix}-{seq}", "E")),
        (Pattern("{year}-{seq}"), Pattern("{prefix}-{seq:3}", "2026")),
        (Pattern("{year}{seq}"), Pattern("{seq:3}")),
        (Pattern("{fy}-{seq}", fiscal_start=4), Pattern("{year}-{yy}-{seq}")),
        (Pattern("{client}-{seq}"), Pattern("INV-{year}-{seq}")),
        (Pattern("{prefix}-{client}-{seq}", "A"), Pattern("A-{seq}")),
    ],
)
def test_patterns_that_could_print_the_same_number_meet(one, other):
    assert can_meet(one, other)
    assert can_meet(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Pattern("{prefix}-{year}-{seq:3}", "INV"), Pattern("{prefix}-{year}-{seq:3}", "CN")),
        (Pattern("{prefix}-{seq}", "A"), Pattern("{prefix}-{seq}", "A1")),
        (Pattern("{seq}/{year}"), Pattern("{seq}-{year}")),
        (Pattern("{prefix}-{client}-{seq}", "A"), Pattern("{prefix}-{client}-{seq}", "B")),
        (Pattern("{fy}-{seq}", fiscal_start=4), Pattern("{year}-{seq}")),
    ],
)
def test_patterns_that_never_print_the_same_number_do_not_meet(one, other):
    assert not can_meet(one, other)
    assert not can_meet(other, one)


some = st.lists(
    st.sampled_from(
        ["{prefix}", "{year}", "{yy}", "{year}{month}", "{fy}", "{fyy}", "{client}", "-", "/", "1", "2", "A", "-2"]
    ),
    max_size=3,
).map("".join)
texts = st.builds("{}{}{}".format, some, st.sampled_from(["{seq}", "{seq:3}"]), some)
patterns = st.builds(
    Pattern,
    text=texts,
    prefix=st.sampled_from(["", "A", "2", "A-2", "20"]),
    reset=st.sampled_from(["", *Reset.values]),
    fiscal_start=st.sampled_from([1, 4]),
)
# Few, but such that what runs into each other becomes the same: 1 and 11, code A1 and number 1, fiscal year and year.
DOCUMENTS = list(
    product(
        [1, 2, 11, 12, 21, 101, 111, 202, 2026, 20261],
        [date(2026, 1, 1), date(2026, 5, 4), date(2026, 11, 30), NEW_YEAR, FIRST_OF_APRIL],
        ["", "A", "1", "2", "A1", "A-2", "2026", "-"],
    )
)


def is_accepted(pattern: Pattern) -> bool:
    """Whether somebody may use it."""
    try:
        validate_pattern(pattern.text)
        pattern.check()
    except ValidationError:
        return False
    return True


@given(patterns.filter(is_accepted))
@example(Pattern("{client}-{seq}"))
def test_an_accepted_pattern_never_prints_a_number_twice(pattern):
    known = {}
    for sequence, day, code in DOCUMENTS:
        place = pattern.period(day), sequence
        number = pattern.number(sequence, day, code)
        assert known.setdefault(number, place) == place, f"{number} from {place} and {known[number]}"


@given(patterns.filter(is_accepted), patterns.filter(is_accepted))
def test_two_patterns_that_print_the_same_number_are_never_accepted_side_by_side(one, other):
    printed, printed_by_other = ({pattern.number(*each).casefold() for each in DOCUMENTS} for pattern in (one, other))
    if shared := printed & printed_by_other:
        assert can_meet(one, other), shared


@pytest.mark.parametrize(
    "pattern", [Pattern("{client}{seq}"), Pattern("{seq}", reset=Reset.YEARLY), Pattern("{fy}{seq}", "", "yearly", 4)]
)
def test_the_documents_of_these_tests_find_a_pattern_that_repeats_itself(pattern):
    places = {}
    for sequence, day, code in DOCUMENTS:
        places.setdefault(pattern.number(sequence, day, code), set()).add((pattern.period(day), sequence))
    assert not is_accepted(pattern)
    assert max(map(len, places.values())) > 1
