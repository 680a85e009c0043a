"""Away from the desk while the timer runs: asked on return, in every tab, until it is answered."""

import re
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

MINUTES = 60 * 1000


def bar(page: Page):
    """The timer bar."""
    return page.locator("#timer")


def dialog(page: Page):
    """The question."""
    return page.get_by_role("dialog", name=re.compile("Away for"))


def run_for_an_hour(ada):
    """A timer of Ada's that runs since an hour ago."""
    from apps.core import days
    from apps.workbench.models import TimeEntry

    at = days.now() - timedelta(hours=1)
    return TimeEntry.start(user=ada.user, workspace=ada.workspace, note="Letters", project=ada.project, at=at)


def go_away(page: Page, minutes: int) -> None:
    """Touch the page, leave it for so long, and come back."""
    page.mouse.move(200, 300)
    page.clock.fast_forward(minutes * MINUTES)
    page.mouse.move(260, 320)


def open_page(context) -> Page:
    """A page whose clock is in the test's hand."""
    page = context.new_page()
    page.goto("/clients/")
    page.clock.install()
    return page


def test_on_return_it_asks_and_names_the_minutes(new_device, ada):
    run_for_an_hour(ada)
    page = open_page(new_device(ada.user))
    go_away(page, 9)
    expect(dialog(page)).to_have_count(0)
    go_away(page, 32)
    expect(dialog(page)).to_contain_text("Away for 32 m")
    for choice in (
        "Work: keep the 32 m", "No work: leave out 32 m and go on", "No work: leave out 32 m and stop at",
        "Something else: 32 m as an entry of its own",
    ):  # fmt: skip
        expect(dialog(page).get_by_role("button", name=choice)).to_be_visible()
    assert [each["id"] for each in Axe().run(page, "#idle").response["violations"]] == []
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    assert ada.workspace.time_entries.get().elapsed_seconds >= 3600


def test_the_question_survives_a_reload_and_an_answer_closes_it_in_the_other_tab(new_device, ada):
    run_for_an_hour(ada)
    device = new_device(ada.user)
    first, second = open_page(device), open_page(device)
    go_away(first, 32)
    expect(dialog(first)).to_be_visible()
    first.reload()
    expect(dialog(first)).to_contain_text("Away for 32 m")
    expect(dialog(second)).to_contain_text("Away for 32 m")
    dialog(first).get_by_role("button", name="and stop at").click()
    expect(bar(first).get_by_role("button", name="Start")).to_be_visible()
    expect(dialog(first)).to_have_count(0)
    expect(dialog(second)).to_have_count(0)
    expect(bar(second).get_by_role("button", name="Start")).to_be_visible()
    assert ada.workspace.time_entries.get().ended_at is not None


def test_a_touch_in_another_tab_counts(new_device, ada):
    run_for_an_hour(ada)
    device = new_device(ada.user)
    first, second = open_page(device), open_page(device)
    first.mouse.move(200, 300)
    first.clock.fast_forward(8 * MINUTES)  # it is the clock of both
    second.mouse.move(200, 300)
    first.clock.fast_forward(8 * MINUTES)
    first.mouse.move(260, 320)
    expect(dialog(first)).to_have_count(0)
    expect(dialog(second)).to_have_count(0)


def test_what_is_left_out_is_a_pause_and_pressed_twice_it_counts_once(new_device, ada):
    run_for_an_hour(ada)
    page = open_page(new_device(ada.user))
    go_away(page, 32)
    dialog(page).get_by_role("button", name="and go on").dblclick()
    expect(dialog(page)).to_have_count(0)
    expect(bar(page)).to_have_accessible_name("Timer, running")
    assert ada.workspace.segments.count() <= 2
    assert ada.workspace.time_entries.get().ended_at is None


def test_it_becomes_an_entry_of_its_own(new_device, ada):
    entry = run_for_an_hour(ada)
    page = open_page(new_device(ada.user))
    page.evaluate(
        "entry => localStorage.setItem('wh-touched', JSON.stringify({ entry, at: Date.now() - 20 * 60000 }))",
        str(entry.pk),
    )
    page.mouse.move(260, 320)
    dialog(page).get_by_role("button", name="as an entry of its own").click()
    expect(dialog(page)).to_have_count(0)
    aside = ada.workspace.time_entries.exclude(pk=entry.pk).get()
    assert abs(aside.work_seconds - 1200) <= 10


def test_it_closes_itself_when_the_timer_was_stopped_elsewhere(new_device, ada):
    entry = run_for_an_hour(ada)
    page = open_page(new_device(ada.user))
    go_away(page, 32)
    expect(dialog(page)).to_be_visible()
    entry.stop()
    expect(dialog(page)).to_have_count(0, timeout=20_000)  # it looks every quarter of a minute
    expect(bar(page).get_by_role("button", name="Start")).to_be_visible()


def test_nothing_is_asked_where_the_workspace_does_not_want_it(new_device, ada):
    ada.workspace.idle_limit_minutes = 0
    ada.workspace.save()
    run_for_an_hour(ada)
    page = open_page(new_device(ada.user))
    go_away(page, 60)
    expect(dialog(page)).to_have_count(0)
