"""The list as a file: the same rows, order and sums as on the pages."""

import csv
import re
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.projects.models import Project, Tag
from apps.workbench import listing as listing_module
from apps.workbench.listing import Listing
from apps.workbench.models import TimeEntry
from apps.workbench.tests.conftest import live_of

CSV, XLSX = reverse("workbench:entries_csv"), reverse("workbench:entries_xlsx")


def rows_of(answer) -> list[dict]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def seconds_of(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@pytest.fixture
def month(alice, clock, log) -> Project:
    """Sixty rows in April, some over midnight, some not billable, in two currencies, with tags."""
    yen = Project.objects.create(workspace=alice.workspace, client=alice.client, name="in yen")
    tag = Tag.objects.create(workspace=alice.workspace, name="print")
    for number in range(50):
        day = 1 + number // 2
        start = f"2026-04-{day:02d} {'09' if number % 2 else '23'}:10"
        entry = log(
            alice, start, "00:20" if number % 2 == 0 else "09:45", note=f"work {number}", billable=number % 5 > 0
        )
        if number % 3 == 0:
            entry.tags.add(tag)
    alice.client.currency = "JPY"
    alice.client.hourly_rate_minor = 5000
    alice.client.save()
    log(alice, "2026-04-28 09:00", "10:30", project=yen, note="yen")
    return yen


def test_the_file_has_the_rows_of_all_pages_in_their_order(as_alice, alice, month, monkeypatch):
    monkeypatch.setattr(listing_module, "ROWS_AT_ONCE", 7)
    asked = {"period": "last_month", "billable": "yes"}
    listed = []
    for number in range(1, 99):
        listing = Listing(alice.workspace, alice.owner, asked | {"page": str(number)}, live_of(alice))
        listed += [(str(line.day), line.entry.note) for group in listing.shown for line in group.lines]
        if not listing.page.has_next():
            break
    rows = rows_of(as_alice.get(CSV, asked | {"page": "2"}))
    assert len(rows) > 50
    assert [(row["Day"], row["Note"]) for row in rows] == listed


def test_the_columns_sum_to_what_stands_under_the_list(as_alice, alice, month):
    listing = Listing(alice.workspace, alice.owner, {"period": "last_month"}, None)
    rows = rows_of(as_alice.get(CSV, {"period": "last_month"}))
    assert sum(seconds_of(row["Duration"]) for row in rows) == listing.seconds
    amounts = {}
    for row in rows:
        if row["Amount"]:
            amounts[row["Currency"]] = amounts.get(row["Currency"], 0) + Decimal(row["Amount"])
    assert amounts["JPY"] == dict(listing.amounts)["JPY"]
    assert amounts["EUR"] * 100 == dict(listing.amounts)["EUR"]


def test_every_column_says_what_it_means(as_alice, alice, clock, log):
    entry = log(alice, "2026-05-02 22:00", "01:30", task=alice.task, note="=1+1\r\nmore")
    for name in ("b", "A"):
        entry.tags.add(Tag.objects.create(workspace=alice.workspace, name=name))
    first, second = reversed(rows_of(as_alice.get(CSV)))
    assert first == {
        "Day": "2026-05-02",
        "Start": "2026-05-02T22:00:00+02:00",
        "End": "2026-05-03T00:00:00+02:00",
        "Duration": "2:00:00",
        "Hours": "2",
        "Project": "alice project",
        "Client": "alice client",
        "Task": "alice task",
        "Note": "'=1+1\r\nmore",
        "Tags": "A, b",
        "Billable": "yes",
        "Billed": "no",
        "Rate": "80.00",
        "Amount": "160.00",
        "Currency": "EUR",
        "Time zone": "Europe/Berlin",
    }
    assert (second["Start"], second["End"]) == ("2026-05-03T00:00:00+02:00", "2026-05-03T01:30:00+02:00")
    assert second["Amount"] == "120.00"


def test_a_workbook_says_the_same_as_the_text(as_alice, month):
    asked = {"period": "last_month", "q": "work 1"}
    told = rows_of(as_alice.get(CSV, asked))
    answer = as_alice.get(XLSX, asked)
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    titles, *rows = sheet.iter_rows(values_only=True)
    assert list(titles) == list(told[0])
    assert len(rows) == len(told)
    for row, text in zip(rows, told, strict=True):
        assert f"{row[0]:%Y-%m-%d}" == text["Day"]
        assert f"{row[1]:%Y-%m-%dT%H:%M:%S}" == text["Start"][:19]
        assert int(row[3].total_seconds()) == seconds_of(text["Duration"])
        assert (row[13] is None) == (text["Amount"] == "")
        assert row[13] is None or Decimal(str(row[13])) == Decimal(text["Amount"])


def test_the_running_timer_is_there_without_an_end(as_alice, alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="runs", task=alice.task)
    clock.shift(5400)
    assert [(row["Note"], row["End"], row["Duration"]) for row in rows_of(as_alice.get(CSV))] == [
        ("runs", "", "1:30:00")
    ]


def test_what_is_paused_on_a_later_day_ends_where_its_first_day_does(as_alice, alice, clock):
    clock.shift(12 * 3600)
    live = TimeEntry.start(user=alice.owner, workspace=alice.workspace, note="night", task=alice.task)
    clock.shift(3 * 3600)
    live.pause()
    later, earlier = rows_of(as_alice.get(CSV))
    assert (earlier["End"], later["End"]) == ("2026-05-05T00:00:00+02:00", "")


def test_nothing_of_others_is_in_the_file(as_alice, alice, bob, charlie, clock, log):
    log(charlie, "2026-05-02 09:00", "10:00", note="canary")
    TimeEntry.start(user=bob, workspace=alice.workspace, note="bob's")
    clock.shift(600)
    assert rows_of(as_alice.get(CSV, {"client": charlie.client.pk})) == []
    assert rows_of(as_alice.get(CSV, {"period": "all"})) == []


def test_the_links_of_the_list_carry_its_filters(as_alice, month):
    page = as_alice.get(
        reverse("workbench:entries"), {"period": "last_month", "q": "work 1", "client": "", "page": "2"}
    )
    assert re.findall(r'href="(/workbench/entries/export[^"]*)"', page.text) == [
        f"{url}?q=work+1&amp;period=last_month" for url in (CSV, XLSX)
    ]


def test_the_file_is_named_after_its_days(as_alice, clock):
    assert as_alice.get(CSV, {"period": "all"}).headers["Content-Disposition"].endswith('"time-entries.csv"')
    named = as_alice.get(XLSX, {"period": "month"}).headers["Content-Disposition"]
    assert named.endswith('"time-entries-2026-05-01-to-2026-05-31.xlsx"')
