"""The calculation: exact to the minor unit, on the examples that go wrong elsewhere."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import amount_for_time
from apps.invoicing.totals import Item, calculate, hours, line_net, trim


def items(*rows) -> list[Item]:
    return [Item(*(Decimal(value) for value in row)) for row in rows]


@pytest.mark.parametrize(
    ("rows", "net", "tax", "total"),
    [
        ([("1", "299.33", "20"), ("1", "179.33", "20"), ("1", "99.34", "20")], 57800, 11560, 69360),
        ([("1", "55.55", "23"), ("1", "11.11", "23")], 6666, 1533, 8199),
        ([("1", "8500", "19"), ("1", "-7500", "19")], 100000, 19000, 119000),
        ([("3", "45", "21"), ("1", "-60", "21")], 7500, 1575, 9075),
        ([("0.77", "48", "0")], 3696, 0, 3696),
        ([], 0, 0, 0),
    ],
)
def test_tax_is_rounded_once_for_each_rate(rows, net, tax, total):
    sums = calculate(items(*rows), "EUR")
    assert (sums.net_minor, sums.tax_minor, sums.total_minor) == (net, tax, total)


def test_each_rate_stands_for_itself():
    sums = calculate(items(("1", "100", "19"), ("2", "50", "7"), ("1", "10", "19.0")), "EUR")
    assert [(tax.rate, tax.base_minor, tax.tax_minor) for tax in sums.taxes] == [(7, 10000, 700), (19, 11000, 2090)]


@pytest.mark.parametrize(
    ("seconds", "rate", "printed", "amount"),
    [(3000, "100", "0.8333", 8333), (1800, "68", "0.5000", 3400), (2772, "48", "0.7700", 3696), (1, "90", "0.0003", 3)],
)
def test_printed_hours_times_rate_is_the_printed_amount(seconds, rate, printed, amount):
    assert f"{hours(seconds)}" == printed
    assert line_net(Item(hours(seconds), Decimal(rate), Decimal(0)), "EUR") == amount


@pytest.mark.parametrize(("currency", "net"), [("JPY", 3), ("EUR", 250), ("KWD", 2500)])
def test_amounts_have_the_decimals_of_their_currency(currency, net):
    assert line_net(Item(Decimal("2.5"), Decimal(1), Decimal(0)), currency) == net


@pytest.mark.parametrize(
    ("number", "least", "shown"),
    [("9.5000", 2, "9.50"), ("0.8333", 2, "0.8333"), ("18", 2, "18.00"), ("19.000", 0, "19"), ("1E+2", 0, "100")],
)
def test_numbers_lose_only_needless_zeros(number, least, shown):
    assert trim(Decimal(number), least) == shown


ROWS = st.lists(
    st.tuples(
        st.decimals("0", "9999.9999", places=4),
        st.decimals("0", "99999.9999", places=4),
        st.sampled_from([Decimal(rate) for rate in ("0", "5", "7", "19", "20", "23", "7.7")]),
    ),
    max_size=30,
)


@given(ROWS, st.sampled_from(["EUR", "JPY", "KWD", "INR"]))
def test_the_total_is_the_sum_of_its_parts(rows, currency):
    sums = calculate([Item(*row) for row in rows], currency)
    assert sum(sums.line_nets) == sums.net_minor == sum(tax.base_minor for tax in sums.taxes)
    assert sums.net_minor + sum(tax.tax_minor for tax in sums.taxes) == sums.total_minor


@given(st.integers(1, 10**7), st.integers(0, 10**6))
def test_hours_to_four_decimals_stay_close_to_the_exact_amount(seconds, rate_minor):
    printed = line_net(Item(hours(seconds), Decimal(rate_minor).scaleb(-2), Decimal(0)), "EUR")
    assert abs(printed - amount_for_time(seconds, rate_minor)) <= rate_minor * Decimal("0.00005") + 1
