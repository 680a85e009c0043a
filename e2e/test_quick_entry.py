"""Time logged in one line of text, read while it is typed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

A_DAY = "/workbench/?day=2025-03-03"


def line(page: Page):
    """The field of the line."""
    return page.get_by_label("What did you do?")


def preview(page: Page):
    """What is understood so far."""
    return page.locator("#quick-preview")


def row(page: Page, title: str):
    """The entry's row in the day's ledger."""
    return page.locator("main").get_by_role("row").filter(has_text=title)


def test_what_is_typed_is_read_aloud_and_enter_saves_it(adas_page, ada):
    adas_page.goto(A_DAY)
    adas_page.keyboard.press("q")
    expect(line(adas_page)).to_be_focused()
    adas_page.keyboard.type("1h30 @harbour #proof 14:00 review the draft")
    expect(preview(adas_page)).to_contain_text("Mon 3 Mar 2025, 14:00 – 15:30")
    expect(preview(adas_page)).to_contain_text("1 h 30 m · Autumn catalogue · #proof · “review the draft” · billable")
    assert not ada.workspace.time_entries.exists()
    adas_page.keyboard.press("Enter")
    expect(row(adas_page, "review the draft")).to_contain_text("1:30")
    expect(line(adas_page)).to_have_value("")
    expect(line(adas_page)).to_be_focused()
    expect(preview(adas_page)).to_have_text("")
    entry = ada.workspace.time_entries.get()
    assert (entry.project, [tag.name for tag in entry.tags.all()]) == (ada.project, ["proof"])


def test_a_whole_day_is_logged_without_leaving_the_line(adas_page, ada):
    adas_page.goto(A_DAY)
    line(adas_page).focus()
    for text, shown in (("9-10:30 letters", "1:30"), ("45 @autumn draw the cover", "0:45"), ("22:00-1 proofs", "2:00")):
        adas_page.keyboard.type(text)
        adas_page.keyboard.press("Enter")
        expect(line(adas_page)).to_have_value("")
        expect(adas_page.locator(".entries-table")).to_contain_text(shown)
    assert ada.workspace.time_entries.get(task=ada.task).work_seconds == 45 * 60
    assert ada.workspace.time_entries.count() == 3


def test_what_is_not_understood_is_said_and_kept(adas_page, ada, faults):
    faults.expect("422")
    adas_page.goto(A_DAY)
    line(adas_page).fill("1h @nobody letters")
    expect(preview(adas_page)).to_contain_text("is called “nobody”")
    line(adas_page).press("Enter")
    expect(preview(adas_page).get_by_role("alert")).to_contain_text("is called “nobody”")
    expect(line(adas_page)).to_have_attribute("aria-invalid", "true")
    expect(line(adas_page)).to_have_value("1h @nobody letters")
    assert not ada.workspace.time_entries.exists()
    adas_page.get_by_role("link", name="Show all fields").click()
    form = adas_page.get_by_role("dialog", name="Log time")
    expect(form.get_by_label("Note")).to_have_value("letters")
    expect(form.get_by_label("From")).to_have_value("09:00")
    form.get_by_label("Duration").fill("1h")
    form.get_by_role("button", name="Log time").click()
    expect(row(adas_page, "letters")).to_contain_text("1:00")
    expect(line(adas_page)).to_have_value("")


def test_what_is_being_typed_survives_a_change_elsewhere_on_the_page(adas_page, ada):
    adas_page.goto("/workbench/")
    line(adas_page).fill("1h half a thought")
    expect(preview(adas_page)).to_contain_text("half a thought")
    adas_page.locator("#timer").get_by_role("button", name="Start").click()
    expect(adas_page.locator("#timer")).to_have_accessible_name("Timer, running")
    expect(adas_page.locator(".entries-table")).to_contain_text("now")
    expect(line(adas_page)).to_have_value("1h half a thought")


def test_without_scripts_the_line_posts_and_says_the_same(new_device, ada, faults):
    faults.expect("422")
    page = new_device(ada.user, java_script_enabled=False).new_page()
    page.goto(A_DAY)
    line(page).fill("@nobody letters")
    page.locator(".quick-add").get_by_role("button", name="Log", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("is called “nobody”")
    line(page).fill("1h letters 9:00")
    page.get_by_role("button", name="Log", exact=True).click()
    expect(page.get_by_role("heading", name="Monday, 3 March")).to_be_visible()
    expect(row(page, "letters")).to_contain_text("1:00")


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_line(adas_page, width):
    adas_page.set_viewport_size({"width": width, "height": 844})
    adas_page.goto(A_DAY)
    adas_page.locator(".quick-fields summary").click()
    line(adas_page).fill("1h @nobody letters")
    expect(preview(adas_page)).to_contain_text("nobody")
    assert [each["id"] for each in Axe().run(adas_page, ".quick-add").response["violations"]] == []
