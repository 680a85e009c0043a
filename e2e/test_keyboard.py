"""Everything by keyboard alone."""

import re

from playwright.sync_api import expect

from e2e.keyboard import choose


def test_t_starts_and_stops_the_timer(adas_page):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("t")
    expect(adas_page.locator("#timer")).to_have_accessible_name("Timer, running")
    adas_page.keyboard.press("t")
    expect(adas_page.locator("#timer")).to_have_accessible_name("Timer")


def test_l_opens_the_form_for_time_and_escape_closes_it(adas_page):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("l")
    dialog = adas_page.locator("#dialog")
    expect(dialog).to_be_visible()
    focused_inside = "document.activeElement.closest('#dialog') !== null"
    adas_page.wait_for_function(focused_inside)
    adas_page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_control_and_enter_saves_from_the_note(adas_page, ada):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("l")
    form = adas_page.get_by_role("dialog", name="Log time")
    form.get_by_label("From").fill("0:00")
    form.get_by_label("To", exact=True).fill("0:01")
    form.get_by_label("Note").fill("First line")
    adas_page.keyboard.press("Enter")
    adas_page.keyboard.type("second line")
    adas_page.keyboard.press("Control+Enter")
    expect(form).to_be_hidden()
    assert ada.workspace.time_entries.get().note == "First line\nsecond line"


def test_g_then_c_goes_to_the_clients(adas_page):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("g")
    adas_page.keyboard.press("c")
    expect(adas_page).to_have_url(re.compile(r"/clients/$"))


def test_the_palette_finds_a_project_and_opens_it(adas_page, ada):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("Control+k")
    palette = adas_page.get_by_role("dialog", name="Command palette")
    expect(palette.get_by_role("option").first).to_be_visible()
    adas_page.keyboard.type("Autumn cat")
    found = palette.get_by_role("group", name="Projects").get_by_role("option", name="Autumn catalogue")
    expect(found).to_be_visible()
    choose(found)
    expect(adas_page).to_have_url(re.compile(ada.project.get_absolute_url()))


def test_the_palette_starts_a_timer(adas_page, ada):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("Control+k")
    adas_page.keyboard.type("Draw the")
    task = adas_page.locator("#palette").get_by_role("option", name="Draw the cover").first
    expect(task).to_be_visible()
    choose(task)
    expect(adas_page.locator("#timer")).to_have_accessible_name("Timer, running")
    assert ada.workspace.time_entries.get().task == ada.task


def test_the_question_mark_lists_the_keys(adas_page):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("?")
    sheet = adas_page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Clients")
    adas_page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_the_keys_rest_while_one_types(adas_page, ada):
    adas_page.goto("/workbench/")
    note = adas_page.locator("#timer").get_by_label("What are you working on?")
    note.press_sequentially("tell")
    expect(note).to_have_value("tell")
    assert not ada.workspace.time_entries.exists()


def test_the_first_tab_skips_to_the_content(adas_page):
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("Tab")
    expect(adas_page.get_by_role("link", name="Skip to content")).to_be_focused()
    adas_page.keyboard.press("Enter")
    expect(adas_page.locator("#main")).to_be_focused()
