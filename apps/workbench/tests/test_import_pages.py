"""The pages of imports: a file is chosen, its columns named, the check and the import watched, all of it taken back."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core import days
from apps.workbench.importing import jobs
from apps.workbench.models import ImportRun
from apps.workbench.models.imports import LARGEST_FILE, SILENCE

SAMPLES = Path(__file__).parent / "samples"
IMPORTS = "/workbench/import/"

pytestmark = pytest.mark.django_db


def upload(client, data: bytes | str, name: str = "time.csv"):
    data = data if isinstance(data, bytes) else data.encode()
    return client.post(IMPORTS, {"file": SimpleUploadedFile(name, data, "text/csv")})


def uploaded(client, name: str) -> ImportRun:
    """A file of the samples that was just sent."""
    answer = upload(client, (SAMPLES / name).read_bytes(), name)
    assert answer.status_code == 302
    return ImportRun.objects.latest("pk")


def at(name: str, run: ImportRun) -> str:
    return reverse(f"workbench:import{name}", args=[run.pk])


def columns_of(run: ImportRun, **changes) -> dict:
    """What the form of the columns sends when nobody changes it."""
    mapping = run.chosen_mapping
    fields = {f"column_{name}": place for name, place in mapping.places.items()}
    return (
        fields | {"zone": mapping.zone, "order": mapping.order, "unit": mapping.unit, "whose": mapping.whose} | changes
    )


def work(run: ImportRun) -> ImportRun:
    """Let the worker do what was put in the queue."""
    run.refresh_from_db()
    jobs.work_on_import.func(run.workspace_id, run.pk, run.turn)
    return ImportRun.objects.get(pk=run.pk)


def test_the_first_page_tells_how_to_get_a_file_out_of_each_tracker(as_alice):
    page = as_alice.get(IMPORTS).text
    for tracker in ("Toggl Track", "Clockify", "Harvest", "Kimai"):
        assert f"<dt>{tracker}</dt>" in page
    assert 'enctype="multipart/form-data"' in page


def test_a_file_goes_all_the_way_in_and_out_again(as_alice, alice):
    run = uploaded(as_alice, "toggl.csv")
    page = as_alice.get(at("_columns", run)).text
    assert "4 rows from <strong>Toggl Track</strong>" in page
    assert "The end lies before the start." in page

    assert as_alice.post(at("_columns", run), columns_of(run)).url == at("", run)
    busy = as_alice.get(at("", run)).text
    assert 'hx-trigger="every 1s"' in busy
    assert "<progress" in busy
    assert not alice.workspace.time_entries.exists()

    run = work(run)
    page = as_alice.get(at("", run)).text
    assert "Import 3 entries" in page
    assert "1 row could not be read" in page
    assert "Harbour Books" in page

    assert as_alice.post(at("_start", run)).url == at("", run)
    run = work(run)
    fragment = as_alice.get(at("", run), headers={"HX-Request": "true"}).text
    assert "every 1s" not in fragment
    assert 'hx-swap-oob="innerHTML"' in fragment
    assert "3 entries were added" in fragment
    assert alice.workspace.time_entries.count() == 3

    question = as_alice.get(at("_undo", run)).text
    assert "3 entries go to the trash" in question
    as_alice.post(at("_undo", run))
    work(run)
    assert "All of it was taken back" in as_alice.get(at("", run)).text
    assert not alice.workspace.time_entries.exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04", "save it as CSV"),
        (b"Date,Hours\n", "only a header"),
        (b"\x00" * 1000, "No columns"),
        (b"just words", "No columns"),
    ],
)
def test_a_file_that_is_no_table_of_time_is_refused_at_its_field(as_alice, data, told):
    answer = upload(as_alice, data)
    assert answer.status_code == 422
    assert told in answer.text
    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_what_to_do(as_alice):
    answer = upload(as_alice, b"Date,Hours\n" + b"2026-03-02,1\n" * (LARGEST_FILE // 13 + 1))
    assert answer.status_code == 422
    assert "up to 20 MB" in answer.text
    assert "year by year" in answer.text


def test_sending_nothing_asks_for_a_file(as_alice):
    answer = as_alice.post(IMPORTS, {})
    assert answer.status_code == 422
    assert "Choose a CSV file first." in answer.text


def test_dates_that_may_be_read_two_ways_have_to_be_decided(as_alice):
    run = uploaded(as_alice, "own_tab_utf16.csv")
    answer = as_alice.post(at("_columns", run), columns_of(run))
    assert answer.status_code == 422
    assert "3/4 could be March or April" in answer.text
    assert as_alice.post(at("_columns", run), columns_of(run, order="mdy")).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.chosen_mapping.order) == ("checking", "mdy")


def test_a_file_whose_dates_are_plain_is_not_asked_about_them(as_alice):
    run = uploaded(as_alice, "clockify.csv")
    assert 'name="order"' not in as_alice.get(at("_columns", run)).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"column_day": "", "column_start": ""}, "Choose the column with the date."),
        ({"column_end": "", "column_end_day": "", "column_length": ""}, "Choose the column with the duration"),
        ({"column_note": "5", "column_task": "5"}, "is chosen for Task already"),
        ({"column_day": "99"}, "Select a valid choice"),
        ({"column_day": "x" * 500}, "Select a valid choice"),
        ({"zone": "Middle/Earth"}, "Choose a time zone from the list."),
        ({"whose": "nobody@example.com"}, "Select a valid choice"),
        ({"column_person": "-1"}, "Select a valid choice"),
    ],
)
def test_columns_that_make_no_entry_are_refused_at_their_field(as_alice, changes, told):
    run = uploaded(as_alice, "toggl.csv")
    answer = as_alice.post(at("_columns", run), columns_of(run, **changes))
    assert answer.status_code == 422
    assert told in answer.text
    run.refresh_from_db()
    assert run.state == "chosen"


def test_the_preview_follows_what_is_chosen_and_starts_nothing(as_alice):
    run = uploaded(as_alice, "toggl.csv")
    chosen = columns_of(run, column_note="", then="preview")
    answer = as_alice.post(at("_columns", run), chosen, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<!doctype" not in answer.text.lower()
    assert "Cover, second draft <" not in answer.text
    run.refresh_from_db()
    assert run.state == "chosen"


def test_of_a_team_one_person_is_chosen(as_alice, alice):
    run = uploaded(as_alice, "toggl_members.csv")
    assert "nils@example.com" in as_alice.get(at("_columns", run)).text
    as_alice.post(at("_columns", run), columns_of(run, whose="nils@example.com"))
    run = work(run)
    assert (run.to_add, run.skipped) == (1, 2)


def test_rows_with_errors_come_back_as_a_file_to_mend(as_alice):
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_columns", run), columns_of(run))
    work(run)
    answer = as_alice.get(at("_problems", run))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="toggl-problems.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert (row["Row"], row["Kind"], row["Message"]) == ("5", "Error", "The end lies before the start.")
    assert (row["Description"], row["Start time"]) == ("Backwards", "12:00:00")
    # A cell that a spreadsheet would take for a formula is none any more.
    assert row["Duration"] == "'-01:00:00"


def test_undo_tells_what_is_billed_and_does_not_offer_it(as_alice, alice):
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_columns", run), columns_of(run))
    work(run)
    as_alice.post(at("_start", run))
    run = work(run)
    alice.workspace.time_entries.filter(note__startswith="Cover").bill()
    question = as_alice.get(at("_undo", run)).text
    assert "2 entries go to the trash" in question
    assert "1 entry is on an invoice and stays" in question
    as_alice.post(at("_undo", run))
    run = work(run)
    assert "1 entry is on an invoice and stays" in as_alice.get(at("", run)).text
    refusal = as_alice.get(at("_undo", run)).text
    assert "btn-danger" not in refusal


def test_a_silent_job_can_be_given_to_a_new_one(as_alice):
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_columns", run), columns_of(run))
    assert "Go on" not in as_alice.get(at("", run)).text
    ImportRun.objects.filter(pk=run.pk).update(touched_at=days.now() - SILENCE * 2)
    assert "Go on" in as_alice.get(at("", run)).text
    as_alice.post(at("_go_on", run))
    run.refresh_from_db()
    assert run.turn == 2
    assert work(run).state == "checked"


def test_an_import_that_brought_nothing_is_thrown_away_and_another_is_not(as_alice):
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_delete", run))
    assert not ImportRun.objects.exists()
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_columns", run), columns_of(run))
    work(run)
    as_alice.post(at("_start", run))
    work(run)
    as_alice.post(at("_delete", run))
    assert ImportRun.objects.exists()


def test_pressing_start_before_the_check_or_twice_begins_nothing_more(as_alice):
    run = uploaded(as_alice, "toggl.csv")
    as_alice.post(at("_start", run))
    run.refresh_from_db()
    assert (run.state, run.turn) == ("chosen", 0)
    as_alice.post(at("_columns", run), columns_of(run))
    work(run)
    as_alice.post(at("_start", run))
    as_alice.post(at("_start", run))
    run.refresh_from_db()
    assert (run.state, run.turn) == ("importing", 2)


def test_a_colleague_does_not_see_it(as_alice, client, bob):
    run = uploaded(as_alice, "toggl.csv")
    client.force_login(bob)
    assert client.get(at("", run)).status_code == 404
    assert "toggl.csv" not in client.get(IMPORTS).text


def test_the_list_asks_no_more_with_many_imports_than_with_one(as_alice):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            as_alice.get(IMPORTS)
        return len(captured)

    uploaded(as_alice, "toggl.csv")
    queries()
    few = queries()
    for _again in range(8):
        uploaded(as_alice, "kimai.csv")
    assert queries() == few <= 10


@pytest.mark.parametrize("name", ["a\x00b.csv", "../../etc/passwd", "<b>x</b>.csv", "x" * 400 + ".csv", "\u202e.csv"])
def test_a_strange_name_of_a_file_is_only_a_name(as_alice, name):
    answer = upload(as_alice, "Date,Hours\n2026-03-02,1\n", name)
    assert answer.status_code == 302
    page = as_alice.get(IMPORTS).text
    assert "<b>x</b>" not in page
    run = ImportRun.objects.get()
    assert as_alice.get(at("_columns", run)).status_code == 200
    assert as_alice.get(at("_problems", run)).status_code == 200
