"""The timer's comforts: started earlier, typed over, recalled from the list, repaired when it was forgotten."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.keyboard import choose


def bar(page: Page):
    """The timer bar."""
    return page.locator("#timer")


def note(page: Page):
    """What one works on."""
    return bar(page).get_by_label("What are you working on?")


def start_ago(ada, **ago):
    """A timer of Ada's that was started so long ago."""
    from apps.core import days
    from apps.workbench.models import TimeEntry

    at = days.now() - timedelta(**ago)
    return TimeEntry.start(user=ada.user, workspace=ada.workspace, note="Letters", project=ada.project, at=at)


def log_ago(ada, hours: int, **facts):
    """Half an hour of work that was done so long ago."""
    from apps.core import days
    from apps.workbench.models import TimeEntry

    start = days.now() - timedelta(hours=hours)
    return TimeEntry.log(
        user=ada.user, workspace=ada.workspace, started_at=start, ended_at=start + timedelta(minutes=30), **facts
    )


def test_the_timer_is_started_earlier_from_its_menu(adas_page, ada):
    adas_page.goto("/clients/")
    note(adas_page).fill("Letters")
    adas_page.keyboard.press("Escape")
    bar(adas_page).get_by_label("Other ways to start").click()
    bar(adas_page).get_by_role("link", name="Started earlier").click()
    form = adas_page.get_by_role("dialog", name="Started earlier")
    at = form.get_by_label("Started at")
    expect(form.get_by_label("What are you working on?")).to_have_value("Letters")
    offered = at.input_value()
    form.get_by_role("button", name="Earlier").click()
    expect(form.get_by_role("status")).to_contain_text("ago")
    expect(at).not_to_have_value(offered)
    assert int(at.input_value()[-1]) % 5 == 0
    form.get_by_role("button", name="Start then").click()
    expect(form).to_be_hidden()
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    live = ada.workspace.time_entries.get()
    assert live.note == "Letters"
    assert live.elapsed_seconds >= 3600


def test_what_is_done_already_goes_to_the_form(adas_page):
    adas_page.goto("/clients/")
    note(adas_page).fill("Letters")
    adas_page.keyboard.press("Escape")
    bar(adas_page).get_by_label("Other ways to start").click()
    bar(adas_page).get_by_role("link", name="Already done").click()
    expect(adas_page.get_by_role("dialog", name="Log time").get_by_label("Note")).to_have_value("Letters")


def test_a_duration_typed_over_the_clock_moves_the_start(adas_page, ada):
    start_ago(ada, minutes=10)
    adas_page.goto("/clients/")
    worked = bar(adas_page).get_by_label("Time so far")
    worked.click()
    adas_page.keyboard.type("1h30")
    adas_page.keyboard.press("Enter")
    expect(bar(adas_page).get_by_role("timer")).to_contain_text("1:30:0")
    worked.click()
    adas_page.keyboard.type("nonsense")
    adas_page.keyboard.press("Enter")
    expect(bar(adas_page).get_by_role("timer")).to_contain_text("1:30:")


def test_the_last_work_lies_under_the_empty_note(adas_page, ada):
    log_ago(ada, 5, note="Letters", task=ada.task)
    log_ago(ada, 4, note="Proofs")
    log_ago(ada, 3, note="Letters", task=ada.task)
    adas_page.goto("/clients/")
    note(adas_page).focus()
    options = bar(adas_page).get_by_role("option")
    expect(options).to_have_count(2)
    expect(note(adas_page)).to_have_attribute("aria-expanded", "true")
    assert [each["id"] for each in Axe().run(adas_page, "#timer").response["violations"]] == []
    adas_page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    adas_page.keyboard.type("Lett")
    expect(options).to_have_count(1)
    adas_page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    adas_page.keyboard.press("Enter")
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    live = ada.workspace.time_entries.get(ended_at=None)
    assert (live.note, live.task) == ("Letters", ada.task)


def test_enter_starts_what_was_typed_while_nothing_is_pointed_at(adas_page, ada):
    log_ago(ada, 5, note="Letters")
    adas_page.goto("/clients/")
    note(adas_page).focus()
    adas_page.keyboard.type("Letters to the printer")
    adas_page.keyboard.press("Enter")
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    assert ada.workspace.time_entries.get(ended_at=None).note == "Letters to the printer"


def test_what_the_picker_does_not_find_is_made_with_one_key(adas_page, ada):
    adas_page.goto("/clients/")
    adas_page.locator("#timer-work").focus()
    adas_page.keyboard.press("Enter")
    field = adas_page.get_by_role("combobox", name="Find a client, project or task")
    field.press_sequentially("Winter list")
    choose(adas_page.get_by_role("option", name="Create project “Winter list”"))
    expect(adas_page.locator("#timer-work")).to_have_accessible_name("Winter list: change project or task")
    adas_page.keyboard.press("Enter")
    field.press_sequentially("Call the printer")
    choose(adas_page.get_by_role("option", name="Create task “Call the printer” in Winter list"))
    expect(adas_page.locator("#timer-work")).to_have_accessible_name("Call the printer: change project or task")
    adas_page.get_by_role("button", name="Start").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    assert ada.workspace.time_entries.get().task.project.name == "Winter list"


@pytest.mark.parametrize("answer", ["stop", "split", "keep"])
def test_a_forgotten_timer_is_asked_about_and_repaired(adas_page, ada, answer, faults):
    from apps.core import days

    faults.expect("422")
    entry = start_ago(ada, hours=9)
    adas_page.goto("/clients/")
    prompt = adas_page.locator("#timer-prompt")
    expect(prompt).to_contain_text("Letters has run for 9 h")
    if answer == "keep":
        prompt.get_by_role("button", name="It is right, go on").click()
        expect(prompt).to_be_empty()
        adas_page.reload()
        expect(prompt).to_be_empty()
        return
    until = prompt.get_by_label("Worked until")
    until.fill("soon")
    until.press("Enter")
    expect(prompt.get_by_role("alert")).to_be_visible()
    expect(until).to_have_value("soon")
    moment = (entry.started_at + timedelta(hours=2)).astimezone(ada.user.zone)
    until.fill(f"{moment:%H:%M}")
    prompt.get_by_role("button", name="Stop then" if answer == "stop" else "Split there").click()
    expect(prompt).to_be_empty()
    done = ada.workspace.time_entries.get(ended_at__isnull=False)
    assert abs(done.work_seconds - 7200) <= 60
    if answer == "split":
        expect(bar(adas_page)).to_have_accessible_name("Timer, running")
        return
    expect(bar(adas_page).get_by_role("button", name="Start")).to_be_visible()
    adas_page.get_by_role("button", name="Undo").click()
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    assert (days.now() - ada.workspace.time_entries.get(ended_at=None).started_at) >= timedelta(hours=9)


def test_a_day_by_keyboard_alone(adas_page, ada):
    """Log the morning, start, pause, go on, stop, and continue the first thing again."""
    adas_page.goto("/workbench/")
    adas_page.keyboard.press("q")
    adas_page.keyboard.type("15 @autumn draw the cover")
    adas_page.keyboard.press("Enter")
    expect(adas_page.locator(".entries-table")).to_contain_text("0:15")
    adas_page.keyboard.press("Escape")
    adas_page.keyboard.press("t")
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    adas_page.wait_for_timeout(1100)
    adas_page.keyboard.press("Shift+T")
    expect(bar(adas_page)).to_have_accessible_name("Timer, paused")
    adas_page.keyboard.press("Shift+T")
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    adas_page.keyboard.press("t")
    expect(bar(adas_page).get_by_role("button", name="Start")).to_be_visible()
    adas_page.keyboard.press("1")
    expect(bar(adas_page)).to_have_accessible_name("Timer, running")
    assert ada.workspace.time_entries.filter(ended_at=None, task=ada.task).exists()
