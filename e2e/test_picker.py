"""The chooser of project and task, by keyboard and to a screen reader."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from e2e.keyboard import choose

EMPTY_OR_FULL = ["Draw", "zzz"]


def open_picker(page):
    """The chooser of the line that logs time, opened from the keyboard; its button and its field."""
    page.goto("/workbench/")
    page.locator(".quick-fields summary").focus()
    page.keyboard.press("Enter")
    button = page.locator("#quick-work")
    button.focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("combobox", name="Find a client, project or task")
    expect(field).to_be_focused()
    return button, field


def test_a_choice_renames_the_button_and_no_project_takes_it_back(adas_page):
    button, field = open_picker(adas_page)
    expect(button).to_have_accessible_name("Choose project or task")
    field.press_sequentially("Draw")
    chosen = adas_page.get_by_role("option", name="Draw the cover")
    choose(chosen)
    expect(button).to_be_focused()
    expect(button).to_have_accessible_name("Draw the cover: change project or task")

    adas_page.keyboard.press("Enter")
    none = adas_page.get_by_role("option", name="No project")
    expect(none).to_be_visible()
    none.click()
    expect(button).to_have_accessible_name("Choose project or task")
    expect(button).to_have_text("Project")


def test_keys_pressed_before_the_list_is_there_count_for_the_list_of_the_words(adas_page):
    button, field = open_picker(adas_page)
    expect(adas_page.get_by_role("option", name="No project")).to_be_visible()
    adas_page.route("**/workbench/picker/?*", lambda route: (adas_page.wait_for_timeout(400), route.continue_()))
    field.press_sequentially("Draw")
    for key in ("ArrowDown", "Enter"):
        adas_page.keyboard.press(key)
    expect(button).to_have_accessible_name("Draw the cover: change project or task")


def test_a_closed_list_is_empty_so_that_two_choosers_never_share_an_id(adas_page):
    _button, field = open_picker(adas_page)
    expect(adas_page.get_by_role("option", name="Draw the cover")).to_be_visible()
    adas_page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    assert adas_page.locator("wh-picker [role=option]").count() == 0


@pytest.mark.parametrize("text", EMPTY_OR_FULL)
def test_axe_finds_nothing_in_the_open_list(adas_page, text):
    _button, field = open_picker(adas_page)
    field.press_sequentially(text)
    expect(
        adas_page.locator("wh-picker").get_by_text("Draw the cover" if text == "Draw" else "Nothing is")
    ).to_be_visible()
    assert [each["id"] for each in Axe().run(adas_page, "#quick-work-popup").response["violations"]] == []


def test_on_a_break_at_1200_pixels_the_button_still_says_what_it_is_for(adas_page):
    adas_page.set_viewport_size({"width": 1200, "height": 800})
    adas_page.goto("/clients/")
    adas_page.keyboard.press("t")
    adas_page.get_by_role("button", name="Take a break").click()
    words = adas_page.locator("#timer-work .truncate")
    expect(words).to_have_text("Project")
    assert words.evaluate("words => words.scrollWidth <= words.clientWidth")
