"""The list of entries in a browser: ticking, sums, changes of many, the trash, files; with and without scripts."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

LIST = "/workbench/entries/?period=custom&first=2025-03-03&last=2025-03-03"


@pytest.fixture
def day_of_work(ada) -> list:
    """Four entries of a day, an hour each, the last one not billable."""
    from apps.workbench.models import TimeEntry

    eight = datetime(2025, 3, 3, 7, tzinfo=UTC)
    return [
        TimeEntry.log(
            user=ada.user, workspace=ada.workspace, project=ada.project, note=note, billable=note != "Post",
            started_at=eight + timedelta(hours=2 * number), ended_at=eight + timedelta(hours=2 * number + 1),
        )
        for number, note in enumerate(["Sheets", "Letters", "Covers", "Post"])
    ]  # fmt: skip


def row(page: Page, title: str):
    """The row of an entry."""
    return page.locator("main").get_by_role("row").filter(has_text=title)


def tick(page: Page, title: str):
    """The box at the beginning of an entry's row."""
    return row(page, title).get_by_role("checkbox")


def test_ticks_are_summed_and_the_whole_is_deleted_and_brought_back(adas_page, ada, day_of_work):
    adas_page.goto(LIST)
    bar = adas_page.get_by_role("toolbar", name="What is selected")
    expect(bar).to_be_hidden()
    tick(adas_page, "Post").click()
    tick(adas_page, "Letters").click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 selected")
    expect(bar).to_contain_text("3:00 · 2:00 billable · €\u00a0160.00")
    bar.get_by_role("button", name="Delete").click()
    expect(row(adas_page, "Sheets")).to_be_visible()
    expect(row(adas_page, "Covers")).to_have_count(0)
    assert ada.workspace.time_entries.count() == 1
    expect(adas_page.get_by_text("3 entries deleted.")).to_be_visible()
    adas_page.get_by_role("button", name="Undo").click()
    expect(row(adas_page, "Covers")).to_be_visible()
    expect(bar).to_be_hidden()
    assert ada.workspace.time_entries.count() == 4


def test_many_are_moved_by_keyboard_alone(adas_page, ada, day_of_work):
    adas_page.goto(LIST)
    tick(adas_page, "Post").focus()
    adas_page.keyboard.press("Space")
    tick(adas_page, "Covers").focus()
    adas_page.keyboard.press("Shift+Space")
    expect(adas_page.locator("[data-bulk-count]")).to_have_text("2")
    adas_page.keyboard.press("m")
    dialog = adas_page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Change 2 entries")
    expect(dialog.get_by_label("Billable")).to_be_focused()
    dialog.get_by_label("Billable").select_option("no")
    dialog.get_by_label("Add tags").fill("print, post")
    adas_page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row(adas_page, "Covers").locator(".badge")).to_have_text(["post", "print"])
    assert ada.workspace.time_entries.filter(billable=False).count() == 2
    adas_page.get_by_role("button", name="Undo").click()
    expect(row(adas_page, "Covers").locator(".badge")).to_have_count(0)
    assert ada.workspace.time_entries.filter(billable=False).count() == 1


def test_a_wrong_change_is_explained_in_the_dialog(adas_page, ada, day_of_work, faults):
    faults.expect("422")
    adas_page.goto(LIST)
    tick(adas_page, "Post").click()
    adas_page.get_by_role("toolbar").get_by_role("button", name="Change").click()
    adas_page.get_by_role("dialog").get_by_role("button", name="Change").click()
    expect(adas_page.get_by_role("dialog").get_by_role("alert")).to_have_text("Choose what shall change.")


def test_ticks_outlive_a_refresh_of_the_list(adas_page, ada, day_of_work):
    adas_page.goto(LIST)
    tick(adas_page, "Letters").click()
    with adas_page.expect_response(lambda answer: "/workbench/entries/" in answer.url):
        adas_page.evaluate("htmx.trigger(document.body, 'time-changed')")
    expect(adas_page.locator("[data-bulk-count]")).to_have_text("1")
    expect(tick(adas_page, "Letters")).to_be_checked()
    adas_page.keyboard.press("Escape")
    expect(tick(adas_page, "Letters")).not_to_be_checked()


def test_the_row_in_the_place_of_a_deleted_one_has_the_focus_next(adas_page, ada, day_of_work):
    adas_page.goto(LIST)
    expect(row(adas_page, "Post")).to_be_visible()
    adas_page.keyboard.press("j")
    adas_page.keyboard.press("j")
    expect(row(adas_page, "Covers")).to_be_focused()
    adas_page.keyboard.press("Delete")
    expect(row(adas_page, "Covers")).to_have_count(0)
    expect(row(adas_page, "Letters")).to_be_focused()
    adas_page.keyboard.press("e")
    expect(adas_page.get_by_role("dialog").get_by_label("Note", exact=True)).to_have_value("Letters")


def test_an_entry_is_split_and_duplicated_from_its_menu(adas_page, ada, day_of_work):
    adas_page.goto(LIST)
    row(adas_page, "Sheets").locator("summary").click()
    row(adas_page, "Sheets").get_by_role("link", name="Split").click()
    dialog = adas_page.get_by_role("dialog")
    dialog.get_by_label("At", exact=True).fill("8:20")
    dialog.get_by_role("button", name="Split").click()
    expect(row(adas_page, "Sheets")).to_have_count(2)
    row(adas_page, "Letters").locator("summary").click()
    row(adas_page, "Letters").get_by_role("link", name="Duplicate").click()
    dialog.get_by_label("Day").fill("2025-03-03")
    dialog.get_by_label("From").fill("10:30")
    dialog.get_by_role("button", name="Duplicate").click()
    expect(adas_page.get_by_text("Overlaps with another entry.")).to_be_visible()
    expect(row(adas_page, "Letters")).to_have_count(2)


def test_what_is_listed_comes_as_a_file(adas_page, ada, day_of_work):
    adas_page.goto(f"{LIST}&billable=yes")
    for ending in ("CSV", "XLSX"):
        with adas_page.expect_download() as caught:
            adas_page.get_by_role("link", name=ending).click()
        assert caught.value.suggested_filename == f"time-entries-2025-03-03-to-2025-03-03.{ending.lower()}"
    lines = caught.value.path().read_bytes()
    assert lines.startswith(b"PK")


def test_the_trash_is_emptied_for_good_after_a_question(adas_page, ada, day_of_work):
    for entry in day_of_work[:2]:
        entry.trash()
    adas_page.goto("/workbench/entries/trash/")
    row(adas_page, "Sheets").get_by_role("button", name="Take back").click()
    expect(row(adas_page, "Sheets")).to_have_count(0)
    tick(adas_page, "Letters").click()
    adas_page.get_by_role("toolbar").get_by_role("button", name="Delete for good").click()
    adas_page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(adas_page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert ada.workspace.time_entries(manager="with_trash").count() == 3


def test_without_scripts_ticked_entries_are_changed_deleted_and_taken_back(new_device, ada, day_of_work):
    page = new_device(ada.user, java_script_enabled=False).new_page()
    page.goto(LIST)
    bar = page.get_by_role("toolbar")
    expect(bar).to_be_hidden()
    tick(page, "Post").check()
    tick(page, "Letters").check()
    bar.get_by_role("button", name="Change").click()
    page.get_by_label("Add tags").fill("plain")
    page.locator("select[name=work]").select_option(label="Autumn catalogue: Draw the cover")
    page.locator("main").get_by_role("button", name="Change").click()
    expect(row(page, "Letters").locator(".badge")).to_have_text(["plain"])
    assert ada.workspace.time_entries.filter(task=ada.task).count() == 2
    tick(page, "Covers").check()
    bar.get_by_role("button", name="Delete").click()
    expect(row(page, "Covers")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Covers")).to_be_visible()
