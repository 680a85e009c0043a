"""The week as a grid: typed by keyboard, understood, saved cell by cell, never swept away, and without scripts too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.timezone import now
from playwright.sync_api import Locator, Page, expect

from e2e.keyboard import choose

MONDAY = date(2025, 3, 3)
A_WEEK = f"/workbench/week/?week={MONDAY}"


def log(ada, day: date, start: int, hours: float, **more):
    """Time on a day, from a full hour on, by the clock of Berlin in winter."""
    from apps.workbench.models import TimeEntry

    began = datetime(day.year, day.month, day.day, start - 1, tzinfo=UTC)
    return TimeEntry.log(
        user=ada.user, workspace=ada.workspace, started_at=began, ended_at=began + timedelta(hours=hours),
        **({"task": ada.task} | more),
    )  # fmt: skip


def cell(page: Page, work: str, day: str) -> Locator:
    """The field of a row on a day, as a screen reader calls it."""
    return (
        page.locator(".week-grid")
        .get_by_role("textbox", name=f"{work}")
        .and_(page.locator(f"[aria-labelledby$='day-{day}']"))
    )


def monday(page: Page) -> Locator:
    return cell(page, "Draw the cover", "2025-03-03")


def seconds(ada) -> int:
    return ada.workspace.time_slices.total_seconds()


def week_total(page: Page) -> Locator:
    return page.locator("#sum-week")


@pytest.fixture
def week(adas_page, ada) -> Page:
    """A week with an hour on Monday, open on Ada's desk."""
    log(ada, MONDAY, 9, 1)
    adas_page.goto(A_WEEK)
    return adas_page


def test_a_row_is_added_filled_and_emptied_by_keyboard(adas_page, ada):
    adas_page.goto(A_WEEK)
    expect(adas_page.get_by_role("heading", name="Nothing was worked in this week")).to_be_visible()
    adas_page.locator("#week-work").focus()
    adas_page.keyboard.press("Enter")
    adas_page.get_by_role("combobox", name="Find a client, project or task").press_sequentially("Draw")
    choose(adas_page.get_by_role("option", name="Draw the cover"))
    expect(monday(adas_page)).to_be_focused()

    adas_page.keyboard.type("1h30")
    expect(adas_page.locator(".wk-hint")).to_have_text("= 1:30")
    adas_page.keyboard.press("ArrowRight")
    expect(cell(adas_page, "Draw the cover", "2025-03-04")).to_be_focused()
    adas_page.keyboard.type("45")
    adas_page.keyboard.press("Enter")
    expect(week_total(adas_page)).to_have_text("2:15")
    expect(monday(adas_page)).to_have_value("1:30")
    expect(adas_page.locator("#week-lede")).to_contain_text("2 h 15 m worked")
    assert seconds(ada) == 2 * 3600 + 900

    monday(adas_page).fill("")
    adas_page.keyboard.press("Tab")
    expect(week_total(adas_page)).to_have_text("0:45")
    adas_page.get_by_role("button", name="Undo").click()
    expect(week_total(adas_page)).to_have_text("2:15")
    expect(monday(adas_page)).to_have_value("1:30")


def test_a_row_of_no_project_can_be_chosen_too(week):
    week.locator("#week-work").click()
    week.get_by_role("option", name="No project").click()
    expect(cell(week, "No project", "2025-03-03")).to_be_focused()


def test_escape_takes_back_what_was_typed_without_a_request(week, ada):
    asked = []
    week.on("request", lambda request: asked.append(request.url) if "/week/" in request.url else None)
    monday(week).fill("9:99")
    monday(week).press("Escape")
    expect(monday(week)).to_have_value("1:00")
    week.keyboard.press("ArrowRight")
    week.keyboard.press("ArrowLeft")
    expect(monday(week)).to_be_focused()
    week.wait_for_timeout(300)
    assert asked == []
    assert seconds(ada) == 3600


def test_what_cannot_be_is_explained_at_the_cell(week, ada, faults):
    faults.expect("422")
    monday(week).fill("30:00")
    monday(week).press("Enter")
    expect(week.get_by_role("alert")).to_contain_text("does not fit")
    expect(monday(week)).to_have_value("30:00")
    expect(monday(week)).to_have_attribute("aria-invalid", "true")
    monday(week).press("Escape")
    expect(monday(week)).to_have_value("1:00")
    expect(week.get_by_role("alert")).to_have_count(0)
    assert seconds(ada) == 3600


def test_of_two_tabs_the_stale_one_overwrites_nothing(week, new_device, ada, faults):
    faults.expect("422")
    other = new_device(ada.user).new_page()
    other.goto(A_WEEK)
    monday(other).fill("3:00")
    monday(other).press("Enter")
    expect(week_total(other)).to_have_text("3:00")

    monday(week).fill("2:00")
    monday(week).press("Enter")
    expect(week.get_by_role("alert")).to_contain_text("is 3:00 now. Nothing was overwritten")
    expect(monday(week)).to_have_value("3:00")
    expect(week_total(week)).to_have_text("3:00")
    assert seconds(ada) == 3 * 3600


def test_an_answer_never_sweeps_away_what_is_typed_meanwhile(week, ada):
    week.route("**/week/cell/", lambda route: (week.wait_for_timeout(500), route.continue_()))
    tuesday = cell(week, "Draw the cover", "2025-03-04")
    monday(week).fill("2:00")
    week.keyboard.press("Tab")
    tuesday.press_sequentially("1:1")
    week.keyboard.press("t")  # in a field it is a letter
    expect(week_total(week)).to_have_text("2:00")
    expect(tuesday).to_have_value("1:1t")
    expect(tuesday).to_be_focused()

    tuesday.fill("1:15")
    week.keyboard.press("Shift+Tab")
    monday(week).press_sequentially("2:3")
    expect(week_total(week)).to_have_text("3:15")
    expect(monday(week)).to_have_value("2:3")
    monday(week).press_sequentially("0")
    monday(week).press("Enter")
    expect(week_total(week)).to_have_text("3:45")
    assert seconds(ada) == 3 * 3600 + 2700


def test_the_grid_follows_the_timer_and_keeps_what_is_typed(adas_page, ada):
    from apps.workbench.models import TimeEntry

    # A session that is stopped within its first second goes to the trash, and its row with it.
    TimeEntry.start(user=ada.user, workspace=ada.workspace, task=ada.task, at=now() - timedelta(seconds=5))
    adas_page.goto("/workbench/week/")
    expect(adas_page.locator(".wk-cell > input.is-live")).to_have_value("0:00")
    name = adas_page.locator(".wk-cell > input:not(.is-live, [type=hidden])").first.get_attribute("name")
    other = adas_page.locator(f"[name='{name}']")
    other.press_sequentially("0:4")
    adas_page.locator("#timer-main").dispatch_event("click")
    expect(adas_page.locator("#timer")).to_have_accessible_name("Timer")
    expect(adas_page.locator(".wk-cell > input.is-live")).to_have_count(0)
    expect(other).to_have_value("0:4")
    expect(other).to_be_focused()


def test_last_week_is_copied_and_twice_is_once(week, ada):
    week.get_by_role("link", name="Next week").click()
    for _press in range(2):
        week.get_by_role("button", name="Copy rows and time").click()
        expect(week_total(week)).to_have_text("1:00")
        expect(week.locator(".toast").last).to_contain_text("Copied from last week")
    assert seconds(ada) == 2 * 3600


def test_a_filled_row_asks_before_it_goes_and_an_empty_one_does_not(week, ada):
    remove = week.get_by_role("button", name="Remove the row")
    remove.click()
    dialog = week.locator("#dialog")
    expect(dialog).to_contain_text("1 h in this week")
    dialog.get_by_role("link", name="Keep it").click()
    remove.click()
    dialog.get_by_role("button", name="Remove row and time").click()
    expect(week.get_by_role("heading", name="Nothing was worked in this week")).to_be_visible()
    assert seconds(ada) == 0
    week.get_by_role("button", name="Undo").click()
    expect(week_total(week)).to_have_text("1:00")

    monday(week).fill("0")
    monday(week).press("Enter")
    expect(week_total(week)).to_have_text("–")
    remove.click()
    expect(week.get_by_role("heading", name="Nothing was worked in this week")).to_be_visible()


def test_a_link_followed_right_after_typing_waits_for_what_is_on_its_way(week, ada):
    week.route("**/week/cell/", lambda route: (week.wait_for_timeout(400), route.continue_()))
    monday(week).fill("2:00")
    week.get_by_role("link", name="Next week").click()
    week.wait_for_url("**week=2025-03-10")
    assert seconds(ada) == 2 * 3600


def test_without_scripts_one_form_saves_the_week(new_device, ada, faults):
    faults.expect("422")
    log(ada, MONDAY, 9, 1)
    page = new_device(ada.user, java_script_enabled=False).new_page()
    page.goto(A_WEEK)
    cell(page, "Draw the cover", "2025-03-04").fill("2:00")
    cell(page, "Draw the cover", "2025-03-05").fill("soon")
    page.get_by_role("button", name="Save the week").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a duration")
    assert seconds(ada) == 3600
    cell(page, "Draw the cover", "2025-03-05").fill("0:30")
    cell(page, "Draw the cover", "2025-03-05").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(week_total(page)).to_have_text("3:30")

    page.get_by_role("link", name="Choose from a list").click()
    page.get_by_label("Project or task", exact=True).select_option("No project")
    page.get_by_role("button", name="Add the row").click()
    expect(cell(page, "No project", "2025-03-03")).to_be_visible()
    page.get_by_role("button", name="Remove the row").last.click()
    expect(cell(page, "No project", "2025-03-03")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_all_seven_days_can_be_typed_into(week, ada, width):
    week.set_viewport_size({"width": width, "height": 844})
    for day in ("2025-03-03", "2025-03-09"):
        box = cell(week, "Draw the cover", day).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["width"] >= 36
        assert box["height"] >= 44
    cell(week, "Draw the cover", "2025-03-09").fill("1:30")
    cell(week, "Draw the cover", "2025-03-09").press("Enter")
    expect(week_total(week)).to_have_text("2:30")


def test_axe_finds_nothing_in_a_refused_cell(week, faults):
    faults.expect("422")
    monday(week).fill("soon")
    monday(week).press("Enter")
    expect(week.get_by_role("alert")).to_be_visible()
    assert [each["id"] for each in Axe().run(week, "#week").response["violations"]] == []
