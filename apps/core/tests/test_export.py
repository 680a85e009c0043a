"""Tables as files: what a spreadsheet reads back, and how much memory it takes to write them."""

import csv
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.core import export
from apps.core.export import ANSWERS, Export, csv_text, decimal_hours, write_xlsx
from apps.core.money import to_major

# Closing an answer looks at the connection that another test may have left open.
pytestmark = pytest.mark.django_db


def csv_rows(titles, rows) -> list[list[str]]:
    text = "".join(csv_text(Export("table", titles, rows)))
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def xlsx_book(titles, rows):
    file = BytesIO()
    write_xlsx(Export("table", titles, rows), file)
    return load_workbook(BytesIO(file.getvalue()))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("plain", "plain"),
        ("two\r\nlines, and “quotes”", "two\r\nlines, and “quotes”"),
        (-5, "-5"),
        (to_major(-120050, "EUR"), "-1200.50"),
        (to_major(9_007_199_254_740_993, "EUR"), "90071992547409.93"),
        (to_major(1500, "JPY"), "1500"),
        (to_major(1, "KWD"), "0.001"),
        (date(2026, 3, 29), "2026-03-29"),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")), "2026-10-25T02:30:00+01:00"),
        (timedelta(hours=25, minutes=3, seconds=9), "25:03:09"),
        (True, "yes"),
        (False, "no"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_cell_in_csv_says_exactly_what_it_is(cell, text):
    assert csv_rows(["a", "b"], [[cell, "end"]]) == [["a", "b"], [text, "end"]]


def test_lines_end_as_the_standard_says_and_quotes_are_doubled():
    text = "".join(csv_text(Export("table", ["a"], [['say "so"'], ["x,y"]])))
    assert text == '\ufeffa\r\n"say ""so"""\r\n"x,y"\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_looks_like_a_formula_stays_text(start):
    text = f'{start}HYPERLINK("https://example.com")'
    assert csv_rows(["a"], [[text]])[1][0] == f"'{text}"
    cell = xlsx_book(["a"], [[text]]).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.strip() == text.strip()


def test_a_title_is_neutralised_like_any_other_text():
    assert csv_rows(["=1+1"], []) == [["'=1+1"]]


def test_a_workbook_holds_real_numbers_dates_and_durations():
    berlin = ZoneInfo("Europe/Berlin")
    row = [
        date(2026, 5, 4),
        datetime(2026, 5, 4, 9, 30, 15, tzinfo=berlin),
        timedelta(hours=30, seconds=1),
        Decimal("83.33"),
        to_major(1500, "JPY"),
        7,
        True,
        None,
        "text",
    ]
    sheet = xlsx_book([str(number) for number in range(len(row))], [row]).active
    values = [cell.value for cell in sheet[2]]
    assert values[0] == datetime(2026, 5, 4)
    assert values[1] == datetime(2026, 5, 4, 9, 30, 15)
    assert values[2] == timedelta(hours=30, seconds=1)
    assert values[3:] == [83.33, 1500, 7, "yes", None, "text"]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats[:5] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "[h]:mm:ss", "0.00", "0"]


def test_what_does_not_fit_on_a_sheet_goes_on_on_the_next(monkeypatch):
    monkeypatch.setattr(export, "SHEET_ROWS", 11)
    book = xlsx_book(["n"], ([number] for number in range(25)))
    found = [[row[0].value for row in sheet.iter_rows()] for sheet in book]
    assert [len(sheet) for sheet in found] == [11, 11, 6]
    assert [value for sheet in found for value in sheet[1:]] == list(range(25))
    assert {sheet[0] for sheet in found} == {"n"}


def test_an_empty_table_has_its_head():
    assert csv_rows(["day", "hours"], []) == [["day", "hours"]]
    assert [cell.value for cell in xlsx_book(["day", "hours"], []).active[1]] == ["day", "hours"]


@given(st.integers(0, 25 * 3600))
@example(3000)
@example(36_000)
def test_decimal_hours_tell_every_second_apart(seconds):
    hours = decimal_hours(seconds)
    assert round(hours * 3600) == seconds
    assert "E" not in str(hours)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2)))
def test_any_text_comes_back_from_csv_but_for_the_apostrophe(rows):
    found = csv_rows(["a", "b"], rows)[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def many(count: int):
    start = datetime(2026, 5, 4, 9, tzinfo=UTC)
    return ([f"work {number}", start, timedelta(seconds=number), Decimal(number)] for number in range(count))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_six_times_the_rows_take_the_same_memory(kind):
    peaks = []
    # The first one warms up what is kept for good.
    for count in (1_000, 1_000, 6_000):
        tracemalloc.start()
        answer = ANSWERS[kind](Export("table", ["note", "start", "time", "amount"], many(count)))
        size = sum(len(chunk) for chunk in answer)
        answer.close()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert size > count * 10
    assert peaks[2] < peaks[1] + 200_000


def test_a_download_carries_its_name_and_kind():
    answer = ANSWERS["csv"](Export("time 2026-05", ["a"], []))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="time 2026-05.csv"'
    answer = ANSWERS["xlsx"](Export("time", ["a"], []))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="time.xlsx"'
    answer.close()
