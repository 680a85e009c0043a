"""The timer in the bar of every page: the same in each tab and on each device."""

import re

from playwright.sync_api import Page, expect

HOURS_AND_MINUTES = re.compile(r"\d:\d\d")
AFTER_A_SECOND = re.compile(r"0:00:0[1-9]")


def bar(page: Page):
    """The timer bar."""
    return page.locator("#timer")


def start(page: Page, note: str) -> None:
    """Type what one works on, press Start, wait until it runs."""
    bar(page).get_by_label("What are you working on?").fill(note)
    bar(page).get_by_role("button", name="Start").click()
    expect(bar(page)).to_have_accessible_name("Timer, running")


def stop(page: Page) -> None:
    """Let it run for a second at least, since less leaves no entry; press Stop."""
    expect(bar(page).get_by_role("timer")).to_have_text(AFTER_A_SECOND)
    bar(page).get_by_role("button", name="Stop").click()


def expect_running(page: Page, note: str) -> None:
    """The bar shows this entry, and that it runs."""
    expect(bar(page)).to_have_accessible_name("Timer, running")
    expect(bar(page).get_by_label("What are you working on?")).to_have_value(note)


def expect_idle(page: Page) -> None:
    """The bar invites to start."""
    expect(bar(page).get_by_role("button", name="Start")).to_be_visible()


def test_a_running_timer_survives_a_reload_and_shows_on_another_device(adas_page, ada, new_device):
    adas_page.goto("/workbench/")
    start(adas_page, "Sketches for the cover")
    adas_page.reload()
    expect_running(adas_page, "Sketches for the cover")

    telephone = new_device(ada.user, viewport={"width": 390, "height": 844}).new_page()
    telephone.goto("/clients/")
    expect(telephone.locator(".tab-timer")).to_contain_text(HOURS_AND_MINUTES)
    telephone.locator(".tab-timer").click()
    expect_running(telephone, "Sketches for the cover")


def test_the_title_of_the_tab_counts_while_the_timer_runs(adas_page):
    adas_page.goto("/workbench/")
    plain = adas_page.title()
    start(adas_page, "Sketches")
    expect(adas_page).to_have_title(re.compile(rf"^0:00:0[1-9] · {re.escape(plain)}$"))
    assert "mark-live" in adas_page.locator('link[rel="icon"]').get_attribute("href")
    stop(adas_page)
    expect(adas_page).to_have_title(plain)


def test_stopping_in_a_stale_tab_changes_nothing(adas_page, ada, new_device):
    adas_page.goto("/workbench/")
    start(adas_page, "Letters")
    stale = new_device(ada.user).new_page()
    stale.goto("/workbench/")
    expect_running(stale, "Letters")
    stop(adas_page)
    expect_idle(adas_page)
    ended_at = ada.workspace.time_entries.get().ended_at

    bar(stale).get_by_role("button", name="Stop").click()
    expect_idle(stale)
    assert ada.workspace.time_entries.get().ended_at == ended_at


def test_a_stale_tab_does_not_stop_what_was_started_since(adas_page, ada, new_device):
    adas_page.goto("/workbench/")
    start(adas_page, "Letters")
    stale = new_device(ada.user).new_page()
    stale.goto("/workbench/")
    stop(adas_page)
    expect_idle(adas_page)
    start(adas_page, "The catalogue")

    bar(stale).get_by_role("button", name="Stop").click()
    expect_running(stale, "The catalogue")
    assert ada.workspace.time_entries.get(ended_at__isnull=True).note == "The catalogue"


def test_the_bar_goes_through_pause_and_break_and_back_to_work(adas_page, ada):
    adas_page.goto("/workbench/")
    start(adas_page, "Letters")
    bar(adas_page).get_by_role("button", name="Pause").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, paused")
    bar(adas_page).get_by_role("button", name="Resume").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    bar(adas_page).get_by_role("button", name="Take a break").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, on a break")
    adas_page.wait_for_timeout(1100)  # a break of less than a second leaves no segment
    bar(adas_page).get_by_role("button", name="Back to work").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    kinds = [segment.kind for segment in ada.workspace.time_entries.get().segments.order_by("started_at")]
    assert kinds[-2:] == ["break", "work"]


def test_throwing_the_timer_away_can_be_undone(adas_page, ada):
    adas_page.goto("/workbench/")
    start(adas_page, "A thought too early")
    expect(bar(adas_page).get_by_role("timer")).to_have_text(AFTER_A_SECOND)
    bar(adas_page).locator("summary").click()
    bar(adas_page).get_by_role("button", name="Throw away").click()
    expect_idle(adas_page)
    assert not ada.workspace.time_entries.exists()
    adas_page.get_by_role("button", name="Undo").click()
    expect(adas_page.get_by_text("Taken back: A thought too early.")).to_be_visible()
    expect(adas_page.locator("main")).to_contain_text("A thought too early")
    assert ada.workspace.time_entries.get().note == "A thought too early"


def test_the_line_of_the_day_shows_what_was_logged_without_a_reload(adas_page):
    adas_page.goto("/clients/")
    line = adas_page.get_by_role("img", name="Today from 8:00 to 20:00")
    expect(line.locator("rect")).to_have_count(0)
    adas_page.keyboard.press("Control+k")
    adas_page.get_by_role("option", name="Log time").click()
    form = adas_page.get_by_role("dialog", name="Log time")
    form.get_by_label("From").fill("9:00")
    form.get_by_label("To", exact=True).fill("12:00")
    form.get_by_role("button", name="Log time").click()
    expect(form).to_be_hidden()
    expect(line.locator("rect")).to_have_attribute("width", "25.0%")
