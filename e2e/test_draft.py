"""Writing on a draft: it saves itself, lines are dragged, a second window is told."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def page(adas_page: Page) -> Page:
    """Ada's browser."""
    return adas_page


@pytest.fixture
def draft(page: Page) -> str:
    """The address of a new draft with two lines, open in the page."""
    page.goto("/invoices/new/")
    page.locator("select[name=client]").select_option(label="Harbour Books")
    page.get_by_role("button", name="Start the draft").click()
    expect(page).to_have_url(re.compile("/edit/$"))
    write_line(page, 0, "Cover", "300")
    page.locator("[data-add-line]").click()
    write_line(page, 1, "Proofs", "80")
    expect_saved(page)
    return page.url


def write_line(page: Page, row: int, text: str, rate: str) -> None:
    line = page.locator("[data-line]").nth(row)
    line.get_by_label("Description").fill(text)
    line.get_by_label("Rate").fill(rate)


def descriptions(page: Page) -> list[str]:
    found = [line.get_by_label("Description").input_value() for line in page.locator("[data-line]").all()]
    return [text for text in found if text]


def expect_saved(page: Page) -> None:
    expect(page.locator("#draft-state")).to_contain_text("Saved")


def test_what_is_typed_is_there_after_a_reload_without_pressing_save(page, draft):
    page.get_by_label("Their reference").fill("PO 4711")
    expect(page.locator("#draft-state")).to_have_text("Not saved yet")
    expect_saved(page)
    page.reload()
    expect(page.get_by_label("Their reference")).to_have_value("PO 4711")
    assert descriptions(page) == ["Cover", "Proofs"]


def test_a_line_is_dragged_to_the_top_and_stays_there(page, draft):
    drag(page, 1, 0)
    assert descriptions(page) == ["Proofs", "Cover"]
    expect(page.locator("[data-line-status]")).to_have_text("Moved to place 1")
    expect_saved(page)
    page.reload()
    # A browser would fill in again what stood in each place before, had the form not forbidden it.
    assert descriptions(page) == ["Proofs", "Cover"]


def drag(page: Page, source: int, target: int) -> None:
    handles = [line.locator("[data-line-handle]").bounding_box() for line in page.locator("[data-line]").all()]
    page.mouse.move(handles[source]["x"] + 8, handles[source]["y"] + 8)
    page.mouse.down()
    page.mouse.move(handles[target]["x"] + 8, handles[target]["y"] + 30, steps=10)
    page.mouse.move(handles[target]["x"] + 8, handles[target]["y"] - 4, steps=5)
    page.mouse.up()


def test_by_keyboard_alt_and_an_arrow_do_the_same(page, draft):
    page.locator("[data-line]").nth(1).get_by_label("Description").press("Alt+ArrowUp")
    expect_saved(page)
    page.reload()
    assert descriptions(page) == ["Proofs", "Cover"]


def test_a_line_without_a_rate_waits_and_says_so(page, draft):
    page.locator("[data-add-line]").click()
    page.keyboard.type("Not yet known")
    expect(page.locator("#draft-state")).to_contain_text("line 3 is not finished")
    page.locator("[data-line]").nth(2).get_by_label("Rate").fill("10")
    expect_saved(page)


def test_a_second_window_is_told_what_was_changed_and_overwrites_nothing(page, draft, faults):
    other = page.context.new_page()
    other.goto(draft)
    other.get_by_label("Note to client").fill("From the other window")
    expect_saved(other)
    faults.expect("422")
    page.get_by_label("Note to client").fill("From the first window")
    expect(page.locator("#draft-state")).to_contain_text("changed in another window")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".changed-meanwhile")).to_contain_text("From the other window")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".changed-meanwhile").get_by_role("link", name="Load it again").click()
    expect(page.get_by_label("Note to client")).to_have_value("From the other window")


def test_without_a_network_it_says_so_and_saves_once_there_is_one(page, draft, faults):
    faults.expect("htmx:|ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.get_by_label("Their reference").fill("PO 1")
    expect(page.locator("#draft-state")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    expect(page.locator("#draft-state")).to_contain_text("Saved", timeout=15_000)
