"""The calculation: exact to the minor unit, on the examples that go wrong elsewhere."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import amount_for_time
from apps.invoicing.totals import Discount, Item, calculate, hours, line_amount, trim


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


def test_categories_of_the_same_rate_are_groups_of_their_own():
    rows = [Item(Decimal(1), Decimal(100), Decimal(0), category) for category in ("Z", "AE", "Z")]
    assert [(tax.category, tax.base_minor) for tax in calculate(rows, "EUR").taxes] == [("AE", 10000), ("Z", 20000)]


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("3", "45", Discount(amount_minor=6000), 7500),
        ("3", "45", Discount(percent=Decimal(10)), 12150),
        ("1", "0.33", Discount(percent=Decimal(50)), 16),
        ("-1", "100", Discount(percent=Decimal(10)), -9000),
        ("1", "100", Discount(percent=Decimal(100)), 0),
    ],
)
def test_a_line_is_less_its_own_discount(quantity, price, discount, amount):
    assert line_amount(Item(Decimal(quantity), Decimal(price), Decimal(0), discount=discount), "EUR") == amount


@pytest.mark.parametrize(
    ("rows", "discount", "off", "taxes", "total"),
    [
        ([("1", "8500", "19")], Discount(amount_minor=750000), 750000, [(100000, 19000)], 119000),
        ([("1", "3159.50", "0")], Discount(percent=Decimal(5)), 15798, [(300152, 0)], 300152),
        # 1.00 off 100 at 7 % and 200 at 19 %: 0.33 and 0.67, the odd cent where more was cut off.
        ([("1", "100", "7"), ("1", "200", "19")], Discount(amount_minor=100), 100, [(9967, 698), (19933, 3787)], 34385),
        # What is below zero already bears nothing of it.
        ([("1", "100", "7"), ("-1", "20", "19")], Discount(amount_minor=100), 100, [(9900, 693), (-2000, -380)], 8213),
    ],
)
def test_the_discount_of_the_document_is_shared_among_the_rates(rows, discount, off, taxes, total):
    sums = calculate(items(*rows), "EUR", discount=discount)
    assert (sums.discount_minor, sums.total_minor) == (off, total)
    assert [(tax.base_minor, tax.tax_minor) for tax in sums.taxes] == taxes


def test_prices_with_tax_add_up_to_themselves():
    sums = calculate(items(("1", "340", "19"), ("1", "13.90", "19")), "EUR", includes_tax=True)
    assert (sums.net_minor, sums.tax_minor, sums.total_minor) == (29739, 5651, 35390)
    assert sums.line_amounts == (34000, 1390)


def test_a_discount_of_prices_with_tax_is_with_tax_too():
    sums = calculate(items(("1", "119", "19")), "EUR", discount=Discount(percent=Decimal(10)), includes_tax=True)
    assert (sums.discount_minor, sums.net_minor, sums.tax_minor, sums.total_minor) == (1190, 9000, 1710, 10710)


@pytest.mark.parametrize(
    ("seconds", "rate", "printed", "amount"),
    [(3000, "100", "0.8333", 8333), (1800, "68", "0.5000", 3400), (2772, "48", "0.7700", 3696), (1, "90", "0.0003", 3)],
)
def test_printed_hours_times_rate_is_the_printed_amount(seconds, rate, printed, amount):
    assert f"{hours(seconds)}" == printed
    assert line_amount(Item(hours(seconds), Decimal(rate), Decimal(0)), "EUR") == amount


@pytest.mark.parametrize(("currency", "net"), [("JPY", 3), ("EUR", 250), ("KWD", 2500)])
def test_amounts_have_the_decimals_of_their_currency(currency, net):
    assert line_amount(Item(Decimal("2.5"), Decimal(1), Decimal(0)), currency) == net


@pytest.mark.parametrize(
    ("number", "least", "shown"),
    [("9.5000", 2, "9.50"), ("0.8333", 2, "0.8333"), ("18", 2, "18.00"), ("19.000", 0, "19"), ("1E+2", 0, "100")],
)
def test_numbers_lose_only_needless_zeros(number, least, shown):
    assert trim(Decimal(number), least) == shown


RATES = st.sampled_from([Decimal(rate) for rate in ("0", "5", "7", "19", "20", "23", "7.7")])
PERCENTS = st.decimals("0", "100", places=3)
DISCOUNTS = st.one_of(
    st.just(Discount()),
    st.builds(Discount, percent=PERCENTS),
    st.builds(Discount, amount_minor=st.integers(0, 10**6)),
)
ITEMS = st.builds(
    Item,
    st.decimals("-99", "9999.9999", places=4),
    st.decimals("0", "99999.9999", places=4),
    RATES,
    st.sampled_from(["S", "AE", "E"]),
    DISCOUNTS,
)


@settings(max_examples=10_000, deadline=None)
@given(st.lists(ITEMS, max_size=12), st.sampled_from(["EUR", "JPY", "KWD", "INR"]), DISCOUNTS, st.booleans())
def test_the_total_is_the_sum_of_its_parts(rows, currency, discount, includes_tax):
    sums = calculate(rows, currency, discount=discount, includes_tax=includes_tax)
    assert sums.net_minor == sum(tax.base_minor for tax in sums.taxes)
    assert sums.tax_minor == sum(tax.tax_minor for tax in sums.taxes)
    assert sums.total_minor == sums.net_minor + sums.tax_minor
    left = sums.lines_minor - sums.discount_minor if rows else 0
    assert left == (sums.total_minor if includes_tax else sums.net_minor)
    for tax in sums.taxes:
        exact = Decimal(tax.base_minor) * tax.rate / 100
        assert abs(tax.tax_minor - exact) <= (1 if includes_tax else Decimal("0.5"))


@given(st.integers(1, 10**7), st.integers(0, 10**6))
def test_hours_to_four_decimals_stay_close_to_the_exact_amount(seconds, rate_minor):
    printed = line_amount(Item(hours(seconds), Decimal(rate_minor).scaleb(-2), Decimal(0)), "EUR")
    assert abs(printed - amount_for_time(seconds, rate_minor)) <= rate_minor * Decimal("0.00005") + 1
