"""Files of other trackers: recognised, decoded, cut into columns, and their dates decided over all rows."""

import csv
import io
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.workbench.importing.columns import Mapping, guess
from apps.workbench.importing.preview import preview
from apps.workbench.importing.sources import recognise
from apps.workbench.importing.survey import MOST_ROWS, Survey, look_over
from apps.workbench.importing.text import Dialect, find_encoding, read_rows
from apps.workbench.importing.values import DAY_FIRST, MINUTES, MONTH_FIRST, SECONDS

SAMPLES = Path(__file__).parent / "samples"


def look(data: bytes | str, encoding: str = "utf-8") -> Survey:
    """The survey of a file, handed over in small pieces."""
    data = data if isinstance(data, bytes) else data.encode(encoding)
    return look_over(lambda: (data[place : place + 97] for place in range(0, len(data), 97)))


def suggested(survey: Survey, **person) -> Mapping:
    return survey.suggestion(**{"zone": "Europe/Berlin", "email": "ada@example.com", "name": "Ada"} | person)


def understood(name: str) -> tuple[Survey, Mapping, list]:
    survey = look((SAMPLES / name).read_bytes())
    mapping = suggested(survey)
    return survey, mapping, preview(survey, mapping, "EUR")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("toggl.csv", "toggl"),
        ("toggl_members.csv", "toggl"),
        ("clockify.csv", "clockify"),
        ("harvest.csv", "harvest"),
        ("kimai.csv", "kimai"),
        ("kimai_german.csv", "kimai"),
        ("own_tab_utf16.csv", "other"),
    ],
)
def test_the_tracker_is_known_by_its_header(name, source):
    survey, mapping, _lines = understood(name)
    assert survey.source == source
    assert {"day", "length"} <= mapping.places.keys()
    # What was stored is what is read back.
    assert Survey.from_json(survey.as_json()) == survey


def test_toggl_times_quotes_line_breaks_and_nights_are_understood():
    survey, _mapping, lines = understood("toggl.csv")
    assert survey.encoding == "utf-8-sig"
    cover, call, books, backwards = lines
    assert (cover.work.seconds, cover.times, cover.work.tags) == (9015, "09:00 – 11:30", ("design", "print"))
    assert cover.work.rate_minor == 8000
    assert call.work.note == 'Call with "Nils"\nabout the spine'
    assert (call.times, call.work.billable) == ("22:30 – 00:15 +1", False)
    assert (books.work.client, books.work.project) == ("", "")
    assert backwards.message == "The end lies before the start."


def test_only_the_own_rows_of_a_team_are_taken():
    survey, mapping, lines = understood("toggl_members.csv")
    assert mapping.whose == "ada@example.com"
    assert survey.people(mapping.places["person"]) == ["ada@example.com", "nils@example.com"]
    assert [bool(line.work) for line in lines] == [True, False, False]
    assert "still be running" in lines[2].message


def test_clockify_months_come_first_and_its_clock_has_twelve_hours():
    _survey, mapping, (menu, release, lunch) = understood("clockify.csv")
    assert mapping.order == MONTH_FIRST
    assert (menu.work.day, menu.times, menu.work.currency) == (date(2026, 3, 2), "09:05 – 12:00", "USD")
    assert (release.times, release.work.seconds) == ("23:30 – 00:30 +1", 3600)
    assert (lunch.times, lunch.work.rate_minor, lunch.work.billable) == ("12:15 – 13:00", None, False)


def test_harvest_has_days_and_decimal_hours_without_times():
    _survey, _mapping, (first, second, meeting, nothing) = understood("harvest.csv")
    assert (first.work.seconds, first.work.started_at, first.work.rate_minor) == (9000, None, 9000)
    assert first.work.key == second.work.key
    assert (meeting.work.seconds, meeting.work.task) == (900, "Meeting")
    assert nothing.message == "There is no time in this row."


def test_kimai_seconds_and_nights_without_an_end_date_are_understood():
    _survey, mapping, (index, last) = understood("kimai.csv")
    assert mapping.unit == SECONDS
    assert (index.work.seconds, index.work.task, index.work.rate_minor) == (7260, "Layout", 11500)
    assert last.times == "23:30 – 00:30 +1"


def test_a_german_kimai_file_of_windows_is_understood():
    survey, _mapping, (cover, night, backwards) = understood("kimai_german.csv")
    assert (survey.encoding, survey.delimiter) == ("cp1252", ";")
    assert (cover.work.client, cover.work.rate_minor, cover.work.billable) == ("Bücherstube Köhler", 8500, True)
    assert (night.times, night.work.seconds) == ("22:00 – 02:00 +1", 14400)
    assert backwards.message == "The end lies before the start."


def test_a_file_of_ones_own_in_utf_16_asks_for_the_order_of_its_dates():
    survey, mapping, _lines = understood("own_tab_utf16.csv")
    assert (survey.encoding, survey.delimiter) == ("utf-16", "\t")
    assert mapping.order == ""
    assert mapping.unit == MINUTES
    assert mapping.places == {"day": 0, "length": 3}


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["3/4/2026", "13/4/2026"], DAY_FIRST),
        (["3/4/2026", "4/13/2026"], MONTH_FIRST),
        (["3/4/2026", "5/6/2026"], ""),
        (["13/4/2026", "4/13/2026"], ""),
        (["3.4.2026", "5.6.2026"], DAY_FIRST),
        (["2026-03-04", "2026-05-06"], DAY_FIRST),
        (["3/4/2026", *["4/4/2026"] * 400, "28/4/2026"], DAY_FIRST),
    ],
)
def test_the_order_of_day_and_month_is_decided_over_the_whole_file(days, order):
    survey = look("Date,Hours\n" + "".join(f"{day},1\n" for day in days))
    assert suggested(survey).order == order


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("mark", list(",;\t|"))
def test_encoding_and_separator_are_found_out(encoding, mark):
    text = mark.join(["Date", "Client, and co", "Hours"]) + "\r\n" + mark.join(["2026-03-02", '"Köln; Ltd, Co"', "1.5"])
    quoted = text.replace("Client, and co", '"Client, and co"')
    survey = look(quoted, encoding)
    assert [column.name for column in survey.columns] == ["Date", "Client, and co", "Hours"]
    assert survey.first[0][1] == ["2026-03-02", "Köln; Ltd, Co", "1.5"]


def test_a_file_that_breaks_off_in_a_letter_is_utf_8_still():
    assert find_encoding(["Datum;Stunden;Büro".encode(), "ü".encode()[:1]]) == "utf-8"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"\n\n\n", "empty"),
        (b"Date,Hours\n", "only a header"),
        (b"Just one line of text\nand another", "No columns"),
        (b"PK\x03\x04rest of a workbook", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"Date,Hours\n" + b"2026-03-02,1\n" * (MOST_ROWS + 1), "year by year"),
        (b'Date,Hours\n"' + b"x" * 200_000, "nothing can be read"),
        (b"a," * 500 + b"\n1,2\n", "No columns"),
    ],
)
def test_a_file_with_nothing_to_import_is_refused_in_words(data, told):
    with pytest.raises(ValidationError, match=told):
        look(data)


def test_a_quotation_mark_that_is_never_closed_ends_the_file_with_a_sentence():
    survey = look(b'Date,Hours,Notes\n2026-03-02,1,fine\n2026-03-03,1,"' + b"and on\n" * 40_000)
    assert survey.rows == 1
    assert "From row 3 on" in survey.fault


def test_the_separator_that_a_spreadsheet_names_is_used_and_its_line_left_out():
    survey = look("sep=;\nDate;Hours\n2026-03-02;1,5\n")
    assert [column.name for column in survey.columns] == ["Date", "Hours"]
    assert survey.first == [(3, ["2026-03-02", "1,5"])]


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_a_file_or_a_sentence(data):
    with suppress(ValidationError):
        survey = look(data)
        preview(survey, suggested(survey), "EUR")


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")), min_size=2, max_size=4)))
def test_rows_come_out_as_they_were_written(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    read = [cells for _number, cells in read_rows([buffer.getvalue().encode()], Dialect("utf-8", ","))]
    kept = [row for row in rows if any(cell.strip() for cell in row) and not row[0].lower().startswith("sep=")]
    assert [row for row in read if not row[0].lower().startswith("sep=")] == kept


def test_no_column_is_taken_for_two_fields_and_the_better_name_wins():
    headers = ["Duration (decimal)", "Duration (h)", "Start", "Date", "Rate", "Hourly rate", "Client", "Customer"]
    places = guess(headers)
    assert (places["length"], places["rate"], places["amount"], places["client"]) == (1, 5, 4, 6)
    assert len(set(places.values())) == len(places)


@pytest.mark.parametrize("header", ["A,B,C", "Date,Hours", "Name,E-mail,Phone"])
def test_what_no_tracker_writes_is_another_file(header):
    assert recognise(header.split(",")) == "other"
