"""Money: exponents, half-up rounding, shares that add up, and how amounts are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import (
    CURRENCIES,
    MAX_MINOR,
    amount_for_time,
    exponent,
    format_money,
    round_half_up,
    split_by_largest_remainder,
    to_major,
    to_minor,
)

amounts = st.integers(-MAX_MINOR, MAX_MINOR)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("INR", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_the_decimals_of_iso_4217(currency, digits):
    assert exponent(currency) == digits


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("2.4999", 2), ("-2.4", -2)]
)
def test_a_half_is_rounded_away_from_zero(value, rounded):
    assert round_half_up(Decimal(value)) == rounded


def test_major_units_become_minor_units_of_the_currency():
    assert to_minor(Decimal("12.345"), "EUR") == 1235
    assert to_minor(Decimal("1240"), "JPY") == 1240
    assert to_minor(Decimal("1.2345"), "KWD") == 1235


@given(amounts, st.sampled_from(sorted(CURRENCIES)))
def test_minor_units_survive_the_way_through_major_units(minor, currency):
    assert to_minor(to_major(minor, currency), currency) == minor


def test_time_costs_its_share_of_the_hourly_rate_rounded_once():
    assert amount_for_time(50 * 60, 100_00) == 83_33
    assert amount_for_time(3600, 80_00) == 80_00
    assert amount_for_time(1, 18_00) == 1
    assert amount_for_time(0, 80_00) == 0


@given(st.integers(0, MAX_MINOR), st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_shares_add_up_and_differ_from_the_exact_share_by_less_than_one(total, weights):
    parts = split_by_largest_remainder(total, weights)
    assert sum(parts) == total
    if whole := sum(weights):
        assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


@given(st.integers(-MAX_MINOR, -1), st.lists(st.integers(0, 10**6), min_size=1, max_size=10))
def test_shares_of_a_negative_amount_add_up_too(total, weights):
    assert sum(split_by_largest_remainder(total, weights)) == total


def test_shares_of_nothing_and_without_weights():
    assert split_by_largest_remainder(10, []) == []
    assert split_by_largest_remainder(10, [0, 0]) == [10, 0]
    assert split_by_largest_remainder(100, [1, 1, 1]) == [34, 33, 33]


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (124000, "EUR", "€\u00a01,240.00"),
        (155639500, "INR", "₹\u00a015,56,395.00"),
        (99, "INR", "₹\u00a00.99"),
        (1234567, "JPY", "¥\u00a01,234,567"),
        (1234567, "KWD", "KWD\u00a01,234.567"),
        (-50, "EUR", "\u2212€\u00a00.50"),
        (0, "USD", "$\u00a00.00"),
        (123456789012, "CHF", "CHF\u00a01,234,567,890.12"),
    ],
)
def test_an_amount_is_written_with_the_grouping_of_its_currency(minor, currency, written):
    assert str(format_money(minor, currency)) == written


@given(amounts, st.sampled_from(sorted(CURRENCIES)))
def test_the_written_digits_are_those_of_the_amount(minor, currency):
    parts = format_money(minor, currency)
    assert int((parts.whole + parts.decimals).replace(",", "").replace(".", "")) == abs(minor)
    assert bool(parts.sign) == (minor < 0)


def test_an_unknown_currency_is_still_written():
    assert str(format_money(100, "XXX")).endswith("1.00")
