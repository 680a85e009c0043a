"""Time from another tracker: a file goes in, is looked at, is imported by the worker, and comes out again."""

from pathlib import Path

from playwright.sync_api import Page, expect

SAMPLES = Path(__file__).parent.parent / "apps" / "workbench" / "tests" / "samples"


def send(page: Page, name: str) -> None:
    """Choose a file and look at it."""
    page.goto("/workbench/import/")
    page.get_by_label("CSV file").set_input_files(SAMPLES / name)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="What is in the columns?")).to_be_visible()


def check(page: Page) -> None:
    """Have the worker count, and wait until it has."""
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_text("will be added").first).to_be_visible(timeout=30_000)


def test_a_file_of_another_tracker_comes_in_and_goes_out_again(adas_page, ada):
    send(adas_page, "toggl.csv")
    expect(adas_page.get_by_role("row").filter(has_text="Cover, second draft")).to_contain_text("2:30")
    check(adas_page)
    expect(adas_page.get_by_text("The end lies before the start.")).to_be_visible()
    with adas_page.expect_download() as download:
        adas_page.get_by_role("link", name="All of them as CSV").click()
    assert "Backwards" in Path(download.value.path()).read_text()

    adas_page.get_by_role("button", name="Import 3 entries").click()
    expect(adas_page.get_by_text("3 entries were added").first).to_be_visible(timeout=30_000)
    assert ada.workspace.time_entries.count() == 3

    # Nothing asks the server any more.
    asked = []
    adas_page.on("request", lambda request: asked.append(request.url))
    adas_page.wait_for_timeout(2500)
    assert not [url for url in asked if "/import/" in url]

    adas_page.get_by_role("link", name="See the entries").click()
    expect(adas_page.get_by_role("row").filter(has_text="Bookkeeping")).to_be_visible()

    adas_page.go_back()
    adas_page.get_by_role("link", name="Undo the import").click()
    dialog = adas_page.locator("#dialog")
    expect(dialog).to_contain_text("3 entries go to the trash")
    dialog.get_by_role("button", name="Take it back").click()
    expect(adas_page.get_by_text("All of it was taken back").first).to_be_visible(timeout=30_000)
    assert not ada.workspace.time_entries.exists()


def test_the_end_of_the_work_is_said_once_and_politely(adas_page):
    send(adas_page, "kimai.csv")
    said = adas_page.locator("#import-said")
    check(adas_page)
    expect(said).to_have_attribute("role", "status")
    adas_page.get_by_role("button", name="Import 2 entries").click()
    expect(said).to_contain_text("2 entries were added", timeout=30_000)


def test_dates_that_could_be_either_are_asked_about_and_the_preview_follows(adas_page, ada, faults):
    faults.expect("422")
    send(adas_page, "own_tab_utf16.csv")
    expect(adas_page.get_by_role("row").filter(has_text="1:30")).to_contain_text("3 Apr")
    adas_page.get_by_label("Client", exact=True).select_option(label="Who for: Harbour Books")
    expect(adas_page.get_by_role("row").filter(has_text="1:30")).to_contain_text("Harbour Books")
    adas_page.get_by_role("button", name="Check the whole file").click()
    expect(adas_page.get_by_text("3/4 could be March or April")).to_be_visible()
    # What is chosen before the scripts are there is not heard.
    adas_page.wait_for_load_state("load")
    adas_page.get_by_label("Dates are written as").select_option("mdy")
    expect(adas_page.get_by_role("row").filter(has_text="1:30")).to_contain_text("4 Mar")
    check(adas_page)
    adas_page.get_by_role("button", name="Import 2 entries").click()
    expect(adas_page.get_by_text("2 entries were added").first).to_be_visible(timeout=30_000)
    assert {str(entry.project.client) for entry in ada.workspace.time_entries.all()} == {"Harbour Books"}


def test_without_javascript_a_file_comes_in_all_the_same(new_device, ada):
    page = new_device(ada.user, java_script_enabled=False).new_page()
    send(page, "harvest.csv")
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_text("3 entries will be added")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Import 3 entries").click()
    expect(page.get_by_text("3 entries were added")).to_be_visible(timeout=30_000)
    assert ada.workspace.time_entries.count() == 3


def test_a_file_that_is_none_says_so_at_its_field(adas_page, faults, tmp_path):
    faults.expect("422")
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"PK\x03\x04 a workbook")
    adas_page.goto("/workbench/import/")
    adas_page.get_by_label("CSV file").set_input_files(path)
    adas_page.get_by_role("button", name="Look at the file").click()
    expect(adas_page.get_by_role("alert")).to_contain_text("save it as CSV")
