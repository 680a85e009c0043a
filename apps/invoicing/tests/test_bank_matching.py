"""What a line of a bank statement most likely pays, and why."""

from datetime import date

import pytest

from apps.invoicing.bank.lines import Line
from apps.invoicing.bank.matching import Facts, Matcher, OpenInvoice

ACME, HARBOUR, TINY = 1, 2, 3


def facts() -> Facts:
    """Two clients with a few open invoices; Acme paid from an account before."""
    return Facts(
        [
            OpenInvoice(1, "INV-2026-001", ACME, "Acme GmbH", "EUR", 10_000),
            OpenInvoice(2, "INV-2026-002", ACME, "Acme GmbH", "EUR", 25_000),
            OpenInvoice(12, "INV-2026-0012", HARBOUR, "Harbour Books", "EUR", 7000),
            OpenInvoice(3, "INV-2026-003", HARBOUR, "Harbour Books", "EUR", 30_000),
            OpenInvoice(4, "INV-2026-004", HARBOUR, "Harbour Books", "EUR", 30_000),
            OpenInvoice(5, "007", TINY, "Io", "EUR", 5000),
            OpenInvoice(6, "2026-031", TINY, "Io", "EUR", 6100),
            OpenInvoice(7, "INV-2026-005", ACME, "Acme GmbH", "USD", 44_400),
        ],
        {"DE89 3704 0044 0532 0130 00": ACME},
    )


def line(amount: int, text: str = "", party: str = "Somebody", iban: str = "", currency: str = "EUR") -> Line:
    return Line(date(2026, 5, 4), amount, currency, party, iban, text)


@pytest.mark.parametrize(
    ("amount", "text", "expected"),
    [
        (10_000, "Invoice INV-2026-001, thank you", ("sure", {1: 10_000})),
        (10_000, "inv 2026 001", ("sure", {1: 10_000})),
        (10_000, "RE: INV2026001", ("sure", {1: 10_000})),
        (10_000, "INV-2026-001EUR 100,00", ("sure", {1: 10_000})),
        (35_000, "INV-2026-001 and INV-2026-002", ("sure", {1: 10_000, 2: 25_000})),
        (35_000, "INV-2026-001/INV-2026-002", ("sure", {1: 10_000, 2: 25_000})),
        (30_000, "INV-2026-001, INV-2026-002", ("likely", {1: 10_000, 2: 20_000})),
        (4000, "part of INV-2026-001", ("likely", {1: 4000})),
        (12_000, "INV-2026-001", ("likely", {1: 10_000})),
        (7000, "INV-2026-0012", ("sure", {12: 7000})),
        # The number of one is the beginning of the other's.
        (999, "INV-2026-00123", None),
        (999, "XINV-2026-001", None),
        (999, "AB-INV-2026-001", None),
        (999, "INV-2026-001-7", None),
        # Invoices of several clients are for a person to tell apart.
        (999, "INV-2026-001 INV-2026-003", None),
        # A few digits by chance say nothing, unless the amount is right as well.
        (999, "on the 007 of May", None),
        (5000, "no. 007", ("sure", {5: 5000})),
        (6100, "Rechnung 2026-031", ("sure", {6: 6100})),
        (999, "CN-2026-031", None),
        (999, "", None),
    ],
)
def test_by_the_number_in_the_text(amount, text, expected):
    found = Matcher(facts()).suggest(line(amount, text))
    assert (found and (found.confidence, found.shares)) == expected


@pytest.mark.parametrize(
    ("amount", "more", "expected"),
    [
        (25_000, {"iban": "de89370400440532013000"}, ("sure", {2: 25_000})),
        (25_000, {"party": "ACME GMBH"}, ("likely", {2: 25_000})),
        (25_000, {"text": "transfer from Acme GmbH Berlin"}, ("likely", {2: 25_000})),
        (35_000, {"party": "Acme GmbH"}, ("likely", {1: 10_000, 2: 25_000})),
        (30_000, {"party": "Harbour Books Ltd"}, ("likely", {3: 30_000})),
        (26_000, {"party": "Acme GmbH"}, None),
        # "Io" is too short to mean anybody, and "Acme" alone is not the whole name.
        (30_000, {"party": "Io"}, None),
        (30_000, {"party": "Acmeric GmbH"}, None),
        (10_000, {"party": "Acme GmbH", "currency": "USD"}, None),
        (44_400, {"party": "Acme GmbH", "currency": "USD"}, ("likely", {7: 44_400})),
        # Two names in one line are none.
        (26_000, {"party": "Acme GmbH", "text": "for Harbour Books"}, None),
    ],
)
def test_by_who_paid(amount, more, expected):
    found = Matcher(facts()).suggest(line(amount, **more))
    assert (found and (found.confidence, found.shares)) == expected


def test_the_amount_alone_is_a_guess_and_none_where_several_fit():
    found = Matcher(facts()).suggest(line(25_000))
    assert (found.confidence, found.shares) == ("weak", {2: 25_000})
    assert "Only the amount fits" in found.reason
    assert Matcher(facts()).suggest(line(30_000)) is None
    assert Matcher(facts()).suggest(line(25_000, currency="USD")) is None


def test_what_one_line_pays_is_not_open_for_the_next():
    matcher = Matcher(facts())
    first = matcher.suggest(line(10_000, "INV-2026-001"))
    assert first.confidence == "sure"
    assert matcher.suggest(line(10_000, "INV-2026-001")) is None
    assert matcher.suggest(line(30_000, "INV-2026-003")).shares == {3: 30_000}
    # Of two that were open by as much, one is left.
    assert matcher.suggest(line(30_000)).shares == {4: 30_000}


def test_the_reason_says_what_speaks_for_it():
    found = Matcher(facts()).suggest(line(12_000, "INV-2026-001"))
    assert "names INV-2026-001" in found.reason
    assert "20.00 more than is open" in found.reason
    assert found.rest_minor == 2000


def test_nobody_is_open():
    assert Matcher(Facts([])).suggest(line(100, "INV-2026-001", "Acme GmbH")) is None


def test_five_thousand_lines_beside_a_thousand_invoices_take_few_looks():
    """Each line looks its words up; a walk over all invoices for each would be five million steps."""
    invoices = [
        OpenInvoice(n, f"INV-2026-{n:04d}", n % 50, f"Client number {n % 50}", "EUR", 100 + n) for n in range(1000)
    ]
    looked = 0

    class Counted(OpenInvoice):
        def __getattribute__(self, name):
            nonlocal looked
            looked += 1
            return super().__getattribute__(name)

    counted = [Counted(**vars(invoice)) for invoice in invoices]
    matcher, looked = Matcher(Facts(counted)), 0
    for number in range(5000):
        matcher.suggest(line(100 + number % 1000, f"Order {number} INV-2026-{number % 1500:04d} of May", "Client"))
    assert looked < 5000 * 60
