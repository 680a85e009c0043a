"""Files of banks: how they are written is found out, lines are read exactly, and what is none is refused in words."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from apps.invoicing.bank.amounts import COMMA, POINT, decimal_mark, is_debit, parse_amount
from apps.invoicing.bank.camt import looks_like_xml, read_camt
from apps.invoicing.bank.csv_file import CsvFile, Mapping
from apps.invoicing.bank.lines import MOST_LINES, Line, sort_out

GERMAN = """Girokonto;DE02120300000000202051;
Zeitraum:;01.05.2026 - 31.05.2026;

Buchungstag;Wertstellung;Zahlungspflichtige*r;Verwendungszweck;IBAN;Betrag (€);Währung
04.05.2026;04.05.2026;Müller & Söhne;"Rechnung INV-2026-001; danke";DE89370400440532013000;1.234,56;EUR
05.05.2026;05.05.2026;Stadtwerke;Strom;DE11520513735120710131;-80,00;EUR
"""
ENGLISH = """Date,Description,Paid in,Paid out,Balance
05/13/2026,INV-2026-002,"1,240.50",,2000.00
05/14/2026,Rent,,900.00,1100.00
"""
TABBED = "Booking date\tAmount\tCredit/Debit\tPayer\n2026-05-04\t95.10\tCRDT\tAcme\n2026-05-04\t95.10\tDBIT\tShop\n"


def lines_of(text: str | bytes, encoding: str = "utf-8", currency: str = "EUR") -> list:
    file = CsvFile(text if isinstance(text, bytes) else text.encode(encoding))
    return list(file.lines(file.suggestion, currency))


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_german_file_with_lines_above_its_table(encoding):
    paid, spent = lines_of(GERMAN, encoding)
    assert paid == Line(
        date(2026, 5, 4), 123_456, "EUR", "Müller & Söhne", "DE89370400440532013000", "Rechnung INV-2026-001; danke"
    )
    assert (spent.amount_minor, spent.party) == (-8000, "Stadtwerke")


def test_columns_of_their_own_for_in_and_out_and_the_month_first():
    paid, spent = lines_of(ENGLISH, currency="USD")
    assert (paid.day, paid.amount_minor, paid.currency, paid.text) == (
        date(2026, 5, 13),
        124_050,
        "USD",
        "INV-2026-002",
    )
    assert spent.amount_minor == -90_000


def test_a_column_that_says_credit_or_debit():
    assert [line.amount_minor for line in lines_of(TABBED)] == [9510, -9510]


def test_days_that_could_be_two_are_asked_for():
    text = "Date,Amount,Name\n03/04/2026,10.00,Acme\n05/06/2026,10.00,Acme\n"
    file = CsvFile(text.encode())
    assert (file.suggestion.order, file.has_doubtful_days(0)) == ("", True)
    days = {order: next(file.lines(Mapping(file.suggestion.places, order), "EUR")).day for order in ("dmy", "mdy")}
    assert days == {"dmy": date(2026, 4, 3), "mdy": date(2026, 3, 4)}
    assert not CsvFile(GERMAN.encode()).has_doubtful_days(0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-13-04,10,Acme,EUR", "no day of the calendar"),
        ("soon,10,Acme,EUR", "no date"),
        ("1999-01-01,10,Acme,EUR", "between 2000 and 2100"),
        ("2026-05-04,ten,Acme,EUR", "no amount"),
        ("2026-05-04,,Acme,EUR", "no amount"),
        ("2026-05-04,10.001,Acme,EUR", "no amount in EUR"),
        ("2026-05-04,1e9,Acme,EUR", "no amount"),
        ("2026-05-04,٣٤,Acme,EUR", "no amount"),
        ("2026-05-04,99999999999999,Acme,EUR", "no amount"),
        ("2026-05-04,10.5,Acme,JPY", "no amount in JPY"),
        ("2026-05-04,10,Acme,XXX", "no currency"),
        ("2026-05-04", "no amount"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_others_are_read(row, said):
    fault, fine = lines_of(f"Date,Amount,Name,Currency\n{row}\n2026-05-04,12.00,Acme,EUR\n")
    assert said in fault
    assert fault.startswith("Row 2:")
    assert fine.amount_minor == 1200


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No columns"),
        (b"hello world", "No columns"),
        (b"Date,Amount\n", "only a header"),
        (b"PK\x03\x04 a workbook", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x00\x01\x02\x03" * 50, "columns|header|quotation"),
        (b'Date,Amount\n"2026-05-04,10\n' * 3 + b'"' + b"x" * 200_000, "quotation|header|columns"),
        (b"Date,Amount\n" + b"2026-05-04,10\n" * (MOST_LINES + 1), "more than 10,000"),
    ],
)
def test_what_is_no_statement_is_refused_in_words(content, said):
    with pytest.raises(ValidationError, match=said):
        CsvFile(content)


def test_texts_have_no_zeros_and_a_length():
    [line] = lines_of("Date,Amount,Name,Details\n2026-05-04,10,A\x00cme," + "x" * 2000 + "\n")
    assert (line.party, len(line.text)) == ("Acme", 500)


# ── Amounts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "mark", "minor"),
    [
        ("1.234,56", COMMA, 123_456), ("1,234.56", POINT, 123_456), ("1234.5", POINT, 123_450), ("12", POINT, 1200),
        ("-80,00", COMMA, -8000), ("80.00-", POINT, -8000), ("(12.50)", POINT, -1250), ("+3,10", COMMA, 310),
        ("€ 95", POINT, 9500), ("95,00 EUR", COMMA, 9500), ("1'234.50", POINT, 123_450), ("\u221280,00", COMMA, -8000),
        ("1,23,456.00", POINT, 12_345_600), ("1 234,50", COMMA, 123_450), ("1.234", COMMA, 123_400),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(text, mark, minor):
    assert parse_amount(text, "EUR", mark) == minor


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["10,50", "1.000"], COMMA), (["10.50", "1,000"], POINT), (["1.234,56"], COMMA), (["1,234.56"], POINT),
        (["1.000.000"], COMMA), (["12"], POINT), ([], POINT), (["10.5", "7"], POINT),
    ],
)  # fmt: skip
def test_point_or_comma_is_decided_over_the_whole_column(texts, mark):
    assert decimal_mark(texts) == mark


@pytest.mark.parametrize(("text", "debit"), [("S", True), ("Haben", False), (" crdt ", False), ("DR", True)])
def test_credit_or_debit_in_words(text, debit):
    assert is_debit(text) is debit
    with pytest.raises(ValidationError, match="neither"):
        is_debit("perhaps")


# ── camt.053 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def camt(*entries: str, version: str = "02") -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrStmt><Stmt><Id>1</Id>'
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(amount="10.00", direction="CRDT", status="<Sts>BOOK</Sts>", day="2026-05-04", details="", more="") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}{status}'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>BANK-7</AcctSvcrRef>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


DETAILS = (
    "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{amount}<RltdPties><Dbtr>{name}</Dbtr><DbtrAcct><Id>"
    "<IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
)


@pytest.mark.parametrize("name", ["<Nm>Acme &amp; Co</Nm>", "<Pty><Nm>Acme &amp; Co</Nm></Pty>"])
def test_a_camt_line_in_the_old_and_the_new_shape(name):
    details = DETAILS.format(amount="", name=name, text="INV-2026-001")
    [line] = read_camt(camt(entry("1234.50", details=details), version="08"))
    assert line == Line(
        date(2026, 5, 4), 123_450, "EUR", "Acme & Co", "DE89370400440532013000", "INV-2026-001", "BANK-7"
    )


def test_a_collective_entry_is_a_line_for_each_payment():
    parts = [DETAILS.format(amount=f'<Amt Ccy="EUR">{amount}</Amt>', name="<Nm>A</Nm>", text="t") for amount in (4, 6)]
    lines = read_camt(camt(entry("10.00", details="".join(parts))))
    assert [(line.amount_minor, line.reference) for line in lines] == [(400, "BANK-7/0"), (600, "BANK-7/1")]


def test_debits_reversals_and_what_is_not_booked_yet_are_no_payments():
    contents = sort_out(
        read_camt(
            camt(
                entry(), entry(direction="DBIT"), entry(more="<RvslInd>true</RvslInd>"),
                entry(status="<Sts>PDNG</Sts>"), entry(status="<Sts><Cd>INFO</Cd></Sts>"),
                entry(amount="-5"), entry(amount="1e400"), entry(day="2026-02-30"),
            )
        )
    )  # fmt: skip
    assert (len(contents.credits), contents.debits, len(contents.faults)) == (1, 2, 3)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><Document>&c;</Document>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LAUGHS, "declares things"),
        (OUTSIDE, "declares things"),
        (b"<!DOCTYPE html><html></html>", "declares things"),
        (camt(entry())[:-40], "damaged"),
        (b"<a>\xff\xfe</a>", "damaged"),
        (b'<?xml version="1.0" encoding="no-such-code"?><a/>', "damaged"),
        (b"<Document><other/></Document>", "no booked line"),
        (camt(), "no booked line"),
    ],
)
def test_xml_that_is_no_statement_is_refused_and_nothing_is_expanded(content, said):
    assert looks_like_xml(content)
    with pytest.raises(ValidationError, match=said):
        read_camt(content)


# ── Fingerprints ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_line_has_the_same_fingerprint_in_any_file_and_its_double_another():
    line = Line(date(2026, 5, 4), 100, "EUR", "Acme GmbH", "", "Thank you")
    again = Line(date(2026, 5, 4), 100, "EUR", "ACME  GmbH", "", "thank-you")
    other = Line(date(2026, 5, 5), 100, "EUR", "Acme GmbH", "", "Thank you")
    first, second = sort_out([line, line]).credits, sort_out([other, again, line]).credits
    assert [key for key, _line in first] == [key for key, _line in second[1:]]
    assert len({key for key, _line in second}) == 3
