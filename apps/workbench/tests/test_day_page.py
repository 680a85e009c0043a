"""The page of a day: what it adds up, on which day, and that it does not grow more expensive."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.clients.models import Client
from apps.core import days
from apps.projects.models import Project
from apps.workbench.daypage import DayPage
from apps.workbench.listing import Listing
from apps.workbench.models import TimeEntry
from apps.workbench.tests.conftest import live_of

HX = {"HX-Request": "true"}


def page_of(world, day: str) -> DayPage:
    return DayPage(world.workspace, world.owner, date.fromisoformat(day), live_of(world))


def in_week(world, shown: str, day: str) -> int:
    return next(part.seconds for part in page_of(world, shown).week if part.day == date.fromisoformat(day))


def listed(world, **asked) -> Listing:
    return Listing(world.workspace, world.owner, asked, live_of(world))


def listed_seconds(world, day: str) -> int:
    return listed(world, period="custom", first=day, last=day).seconds


def move(world, zone: str) -> None:
    world.owner.timezone = zone
    world.owner.save()


def test_an_entry_over_midnight_is_two_hours_on_each_day_in_every_view(alice, clock, log, as_alice):
    log(alice, "2026-05-05 22:00", "02:00")
    for day in ("2026-05-05", "2026-05-06"):
        assert page_of(alice, day).seconds == 2 * 3600
        assert in_week(alice, "2026-05-04", day) == 2 * 3600
        assert listed_seconds(alice, day) == 2 * 3600
    assert page_of(alice, "2026-05-05").week_seconds == 4 * 3600
    assert listed(alice, period="week").seconds == 4 * 3600
    first = as_alice.get(reverse("workbench:day"), {"day": "2026-05-05"}).content.decode()
    assert "22:00" in first
    assert "+1" in first
    second = as_alice.get(reverse("workbench:day"), {"day": "2026-05-06"}).content.decode()
    assert "→" in second


def test_the_hour_that_the_spring_change_skips_is_not_counted(alice, log):
    log(alice, "2026-03-29 01:30", "03:30")
    assert page_of(alice, "2026-03-29").seconds == 3600
    assert listed_seconds(alice, "2026-03-29") == 3600


def test_the_day_on_which_the_clocks_go_back_has_25_hours(alice, log):
    log(alice, "2026-10-25 00:00", "24:00")
    page = page_of(alice, "2026-10-25")
    assert page.seconds == 25 * 3600
    assert page.lines[0].days_on == 0
    assert page_of(alice, "2026-10-26").seconds == 0
    assert listed_seconds(alice, "2026-10-25") == 25 * 3600
    assert [block.width for block in page.ribbon.blocks] == [pytest.approx(100, abs=0.1)]


def test_today_is_the_persons_own_day(alice, log, as_alice):
    move(alice, "Asia/Kolkata")
    with time_machine.travel(datetime(2026, 5, 4, 23, 30, tzinfo=UTC), tick=False):  # 5:00 on the 5th in Kolkata
        log(alice, "2026-05-05 04:28", "04:58")
        page = page_of(alice, "2026-05-05")
        assert page.is_today
        assert page.seconds == 1800
        assert listed(alice, period="today").seconds == 1800
        assert "Tuesday, 5 May" in as_alice.get(reverse("workbench:day")).content.decode()


def test_touching_entries_leave_no_gap_and_do_not_overlap(alice, clock, log):
    log(alice, "2026-05-04 09:00", "10:00")
    log(alice, "2026-05-04 10:00", "11:00")
    page = page_of(alice, "2026-05-04")
    assert page.gaps == []
    assert page.to_review == []
    assert {block.height for block in page.ribbon.blocks} == {44}


def test_overlaps_are_drawn_side_by_side_and_gaps_are_shown(alice, clock, log):
    log(alice, "2026-05-04 08:00", "09:00")
    log(alice, "2026-05-04 09:15", "10:00")
    log(alice, "2026-05-04 09:30", "10:30")
    page = page_of(alice, "2026-05-04")
    assert [gap.seconds for gap in page.gaps] == [15 * 60]
    assert [(block.top, block.height) for block in page.ribbon.blocks] == [(26, 44), (26, 22), (48, 22)]
    assert len(page.to_review) == 1


def test_another_time_zone_in_the_profile_keeps_the_wall_clock_of_old_entries(alice, clock, log, as_alice):
    log(alice, "2026-05-04 22:00", "23:00", note="late work")
    move(alice, "Asia/Kolkata")
    page = page_of(alice, "2026-05-04")
    assert [(line.starts, line.ends, line.foreign_zone) for line in page.lines] == [("22:00", "23:00", "Europe/Berlin")]
    assert page.ribbon.blocks[0].width < 10
    text = as_alice.get(reverse("workbench:day"), {"day": "2026-05-04"}).content.decode()
    assert "22:00" in text
    assert "Europe/Berlin time" in text


def test_what_runs_is_in_every_total_to_the_second(alice, clock, log, as_alice):
    log(alice, "2026-05-04 08:00", "09:00")
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(754)
    page = page_of(alice, "2026-05-04")
    assert page.seconds == page.week_seconds == in_week(alice, "2026-05-04", "2026-05-04") == 3600 + 754
    assert page.billable_seconds == 3600 + 754
    assert listed(alice, period="today").seconds == 3600 + 754
    assert page.standing_seconds == 3600
    text = as_alice.get(reverse("workbench:day")).content.decode()
    assert text.count("0:12:34") == 2  # in the bar and in the ledger


def test_a_timer_that_runs_over_midnight_is_split_between_the_days(alice):
    with time_machine.travel(datetime(2026, 5, 4, 20, 0, tzinfo=UTC), tick=False) as traveller:  # 22:00 in Berlin
        TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
        traveller.shift(4 * 3600)
        assert page_of(alice, "2026-05-04").seconds == 2 * 3600
        today = page_of(alice, "2026-05-05")
        assert (today.seconds, today.standing_seconds) == (2 * 3600, 0)
        assert today.runs_since == days.day_start(date(2026, 5, 5), alice.owner.zone)
        assert listed(alice, period="month").seconds == 4 * 3600
        assert [len(group.lines) for group in listed(alice, period="month").shown] == [1, 1]


def test_a_paused_timer_stands_on_the_page_of_today(alice, clock, as_alice):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(600)
    entry.pause()
    clock.shift(600)
    page = page_of(alice, "2026-05-04")
    assert page.seconds == 600
    assert page.runs_since is None
    assert "Paused" in as_alice.get(reverse("workbench:day")).content.decode()


def test_breaks_are_rows_of_their_own_and_no_gaps(alice, clock, as_alice):
    entry = TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(600)
    entry.take_break()
    clock.shift(900)
    entry.end_break()
    clock.shift(600)
    page = page_of(alice, "2026-05-04")
    assert page.gaps == []
    assert page.seconds == 1200
    assert "Break, in alice task" in as_alice.get(reverse("workbench:day")).content.decode()


def test_totals_are_the_sum_of_slices(alice, clock, log):
    for hour in range(6, 11):
        log(alice, f"2026-05-04 {hour:02d}:00", f"{hour:02d}:37", billable=hour % 2 == 0)
    page = page_of(alice, "2026-05-04")
    slices = alice.workspace.time_slices
    assert page.seconds == slices.total_seconds()
    assert page.billable_seconds == slices.filter(billable=True).total_seconds()
    assert dict(page.amounts) == slices.amounts() == dict(listed(alice, period="month").amounts)


def test_continue_offers_the_last_five_that_differ(alice, clock, log):
    for number in range(7):
        log(alice, f"2026-05-0{1 + number % 3} {8 + number:02d}:00", f"{8 + number}:30", note=f"work {number % 6}")
    assert len(page_of(alice, "2026-05-04").again) == 5


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "1999-12-31", "2101-01-01", "9" * 400, "2026-05-04\x00"])
def test_nonsense_in_the_address_shows_today(as_alice, clock, day):
    answer = as_alice.get(reverse("workbench:day"), {"day": day})
    assert answer.status_code == 200
    assert "Monday, 4 May" in answer.content.decode()


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_are_shown(as_alice, day):
    assert as_alice.get(reverse("workbench:day"), {"day": day}).status_code == 200


def test_a_new_workspace_is_told_what_to_do(as_alice, alice, clock):
    alice.task.delete()
    alice.project.delete()
    assert "Your workbench is ready" in as_alice.get(reverse("workbench:day")).content.decode()


def test_htmx_gets_the_day_alone(as_alice, clock):
    answer = as_alice.get(reverse("workbench:day"), headers=HX)
    assert answer.content.decode().strip().startswith('<div id="day"')
    assert "HX-Request" in answer.headers["Vary"]


def test_the_overview_sums_day_and_week_by_currency_and_tells_the_utilisation(alice, clock, log):
    other = Client.objects.create(workspace=alice.workspace, name="dollars", currency="USD", hourly_rate_minor=10000)
    abroad = Project.objects.create(workspace=alice.workspace, client=other, name="abroad")
    log(alice, "2026-05-04 08:00", "10:00")
    log(alice, "2026-05-04 10:00", "11:00", billable=False)
    log(alice, "2026-05-06 08:00", "09:30", project=abroad)
    figures = page_of(alice, "2026-05-04").overview
    assert (figures.seconds, figures.week_seconds, figures.billable_seconds) == (3 * 3600, 16200, 12600)
    assert (figures.amounts, figures.week_amounts) == ([("EUR", 16000)], [("EUR", 16000), ("USD", 15000)])
    assert (figures.available_seconds, figures.utilisation) == (8 * 3600, 44)  # of Monday alone
    clock.shift(3 * 86400)
    assert page_of(alice, "2026-05-05").overview.available_seconds == 32 * 3600
    assert page_of(alice, "2026-05-13").overview.utilisation is None
    clock.shift(30 * 86400)
    assert page_of(alice, "2026-05-05").overview.available_seconds == 40 * 3600


def test_what_runs_is_in_the_overview(alice, clock):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    clock.shift(1800)
    figures = page_of(alice, "2026-05-04").overview
    assert (figures.seconds, figures.billable_seconds) == (1800, 1800)
    assert figures.amounts == figures.week_amounts == [("EUR", 4000)]


def fill(world, log, first: int, count: int) -> None:
    for number in range(first, first + count):
        hour, half = divmod(number, 2)
        log(world, f"2026-05-04 {hour:02d}:{30 * half:02d}", f"{hour}:{30 * half + 25}", note=f"work {number}")


@pytest.mark.parametrize("name", ["day", "entries"])
def test_more_entries_need_no_more_queries(as_alice, alice, clock, log, name):
    TimeEntry.start(user=alice.owner, workspace=alice.workspace, task=alice.task)
    fill(alice, log, 0, 2)
    address = reverse(f"workbench:{name}")
    as_alice.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        as_alice.get(address)
    fill(alice, log, 2, 18)
    with CaptureQueriesContext(connection) as many:
        as_alice.get(address)
    assert len(many) == len(few)
    assert len(many) <= 15


def test_strangers_and_other_members_see_nothing_of_it(client, alice, bob, charlie, clock, log):
    log(alice, "2026-05-04 09:00", "10:00", note="canary")
    for person in (bob, charlie.owner):
        client.force_login(person)
        for name in ("day", "entries"):
            assert "canary" not in client.get(reverse(f"workbench:{name}")).content.decode()


def test_both_entries_that_overlap_are_marked_and_say_by_how_much(as_alice, alice, clock, log):
    log(alice, "2026-05-03 09:00", "10:00", note="Sheets")
    log(alice, "2026-05-03 09:40", "11:00", note="Letters & more")
    log(alice, "2026-05-03 11:00", "12:00", note="touches only")
    page = as_alice.get(reverse("workbench:day"), {"day": "2026-05-03"}).text
    assert page.count("is-overlap") == 2
    assert "Overlaps Letters &amp; more by 20 m." in page
    assert "Overlaps Sheets by 20 m." in page
    assert f'href="{reverse("workbench:entries")}?period=all&amp;review=any"' in page
