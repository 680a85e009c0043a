"""Time that was recorded: written by hand, changed in place, deleted and taken back."""

from playwright.sync_api import Page, expect

A_DAY = "/workbench/?day=2025-03-03"


def log_time(page: Page, note: str, duration: str) -> None:
    """From nine o'clock on, through the one-line form of the day."""
    line = page.locator("form.quick-add")
    line.get_by_label("What did you do?").fill(note)
    if not line.locator(".quick-fields[open]").count():
        line.locator(".quick-fields summary").click()
    line.get_by_label("From").fill("9:00")
    line.get_by_label("Duration").fill(duration)
    line.get_by_role("button", name="Log", exact=True).click()


def row(page: Page, title: str):
    """The entry's row in the day's ledger."""
    return page.locator("main").get_by_role("row").filter(has_text=title)


def test_a_deleted_entry_comes_back_with_undo(adas_page, ada):
    adas_page.goto(A_DAY)
    log_time(adas_page, "Proof the second sheet", "0:20")
    expect(row(adas_page, "Proof the second sheet")).to_contain_text("0:20")

    row(adas_page, "Proof the second sheet").locator("summary").click()
    row(adas_page, "Proof the second sheet").get_by_role("button", name="Delete").click()
    expect(row(adas_page, "Proof the second sheet")).to_have_count(0)
    assert not ada.workspace.time_entries.exists()

    adas_page.get_by_role("button", name="Undo").click()
    expect(row(adas_page, "Proof the second sheet")).to_contain_text("0:20")
    assert ada.workspace.time_entries.get().work_seconds == 20 * 60


def test_an_entry_is_changed_in_place(adas_page, ada):
    adas_page.goto(A_DAY)
    log_time(adas_page, "Leters", "0:20")
    row(adas_page, "Leters").get_by_role("link", name="Leters").click()
    dialog = adas_page.locator("#dialog")
    dialog.get_by_label("note", exact=False).first.fill("Letters")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(row(adas_page, "Letters")).to_contain_text("0:20")
    assert ada.workspace.time_entries.get().note == "Letters"


def test_a_time_that_cannot_be_is_explained_in_the_form(adas_page, ada, faults):
    faults.expect("422")
    adas_page.goto(A_DAY)
    log_time(adas_page, "Too much", "99:00")
    expect(adas_page.locator("#quick-preview").get_by_role("alert")).to_contain_text("more than 25 hours")
    assert not ada.workspace.time_entries.exists()
