"""A working day without a mouse: from signing in to the draft of an invoice, by keys alone."""

import re

from playwright.sync_api import Locator, Page, expect

from e2e.keyboard import choose
from e2e.people import PASSWORD
from e2e.test_timer import AFTER_A_SECOND, bar

A_DAY = "/workbench/?day=2025-03-03"
LIST = "/workbench/entries/?period=custom&first=2025-03-03&last=2025-03-03"
MOST_TABS = 60


UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def press(page: Page, *keys: str) -> None:
    """One key after the other, none before the answer to the one before stands."""
    for key in keys:
        expect(page.locator(UNSETTLED)).to_have_count(0)
        page.keyboard.press(key)


def tab_to(target: Locator, key: str = "Tab") -> None:
    """Go on with Tab until the target has the focus, as somebody does who sees where it is."""
    expect(target).to_be_visible()
    for _each in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        target.page.keyboard.press(key)
    raise AssertionError(f"{MOST_TABS} times {key} did not lead to {target}")


def write(target: Locator, text: str) -> None:
    """Go to a field, and write over what is there."""
    tab_to(target)
    press(target.page, "Control+a")
    target.page.keyboard.type(text)


def row(page: Page, title: str) -> Locator:
    """The row of an entry."""
    return page.locator("main").get_by_role("row").filter(has_text=title)


def go_to_row(page: Page, title: str) -> None:
    """Down the list with J, to the row of this entry."""
    target = row(page, title)
    expect(target).to_be_visible()
    for _each in range(10):
        if target.evaluate("element => element === document.activeElement"):
            return
        press(page, "j")
    raise AssertionError(f"J did not lead to {title}")


def test_a_day_by_keyboard_alone(page, ada):
    sign_in(page, ada)
    work_with_the_timer(page, ada)
    log_time(page)
    edit_an_entry(page)
    fill_the_week(page)
    change_two_entries(page, ada)
    look_up_the_keys(page)
    draft_an_invoice(page, ada)


def sign_in(page: Page, ada) -> None:
    page.goto("/accounts/login/")
    write(page.locator("input[type=email]"), ada.user.email)
    write(page.locator("input[type=password]"), PASSWORD)
    press(page, "Enter")
    expect(page).to_have_url(re.compile("/workbench/$"))


def work_with_the_timer(page: Page, ada) -> None:
    press(page, "Control+k")
    page.keyboard.type("Draw the")
    choose(page.locator("#palette").get_by_role("option", name="Draw the cover").first)
    expect(bar(page)).to_have_accessible_name("Timer, running")
    expect(bar(page).get_by_role("timer")).to_have_text(AFTER_A_SECOND)
    for key, state in (("Shift+T", "paused"), ("Shift+T", "running"), ("b", "on a break"), ("b", "running")):
        press(page, key)
        expect(bar(page)).to_have_accessible_name(f"Timer, {state}")
    press(page, "t")
    expect(bar(page)).to_have_accessible_name("Timer")
    assert ada.workspace.time_entries.get().state == "stopped"


def log_time(page: Page) -> None:
    page.goto(A_DAY)
    press(page, "q")
    page.keyboard.type("1h30 @autumn 9:00 review the draft")
    press(page, "Enter")
    expect(row(page, "review the draft")).to_contain_text("1:30")
    press(page, "Escape", "l")
    dialog = page.get_by_role("dialog", name="Log time")
    expect(dialog.get_by_label("Note")).to_be_focused()
    page.keyboard.type("Letters")
    tab_to(dialog.get_by_role("button", name="Project or task"))
    press(page, "Enter")
    page.keyboard.type("Draw")
    choose(dialog.locator(".picker-popup").get_by_role("option", name="Draw the cover", exact=True))
    write(dialog.get_by_label("Day"), "03032025")  # a date field: day, month, year
    write(dialog.get_by_label("From"), "11:00")
    write(dialog.get_by_label("To", exact=True), "11:45")
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(row(page, "Letters")).to_contain_text("0:45")


def edit_an_entry(page: Page) -> None:
    go_to_row(page, "review the draft")
    press(page, "e")
    dialog = page.get_by_role("dialog", name="Edit entry")
    write(dialog.get_by_label("Note"), "Proofs")
    tab_to(dialog.get_by_role("button", name="Save"))
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(row(page, "Proofs")).to_contain_text("1:30")


def fill_the_week(page: Page) -> None:
    press(page, "w")
    expect(page.locator("#sum-week")).to_have_text("2:15")
    tuesday = page.get_by_role("textbox", name="Draw the cover").and_(
        page.locator("[aria-labelledby$='day-2025-03-04']")
    )
    tab_to(tuesday)
    page.keyboard.type("2:00")
    press(page, "Enter")
    expect(page.locator("#sum-week")).to_have_text("4:15")


def change_two_entries(page: Page, ada) -> None:
    page.goto(LIST)
    for title in ("Letters", "Proofs"):
        go_to_row(page, title)
        press(page, "x")
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    press(page, "m")
    dialog = page.get_by_role("dialog", name="Change 2 entries")
    write(dialog.get_by_label("Add tags"), "print")
    press(page, "Enter")
    expect(dialog).to_be_hidden()
    expect(row(page, "Letters").locator(".badge")).to_have_text(["print"])
    assert ada.workspace.time_entries.filter(tags__name="print").count() == 2


def look_up_the_keys(page: Page) -> None:
    press(page, "?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Invoices")
    press(page, "Escape")
    expect(sheet).to_be_hidden()


def draft_an_invoice(page: Page, ada) -> None:
    press(page, "g", "i")
    expect(page).to_have_url(re.compile("/invoices/$"))
    tab_to(page.get_by_role("link", name="Bill unbilled time"))
    press(page, "Enter")
    tab_to(page.locator("main").get_by_label("Client"))
    page.keyboard.type("Harbour")
    expect(page.locator("#preview")).to_contain_text("Draw the cover")
    tab_to(page.get_by_role("button", name="Make the draft"))
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Invoice for Harbour Books")).to_be_visible()
    assert ada.workspace.invoices.drafts().count() == 1
