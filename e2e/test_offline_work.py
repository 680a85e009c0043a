"""What was there before the network went: entries are mended and tasks ticked without it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from e2e.offline import back_online, entry, go_offline, queue, shell, state, visit_once


@pytest.fixture
def letters(ada):
    """Some minutes with a timer that ended just now, with a pause and odd seconds."""
    from apps.workbench.models import TimeEntry

    began = datetime.now(UTC) - timedelta(minutes=4)
    with time_machine.travel(began, tick=False) as clock:
        TimeEntry.start(user=ada.user, workspace=ada.workspace, project=ada.project, note="Letters")
        for press, seconds in ((TimeEntry.pause, 61), (TimeEntry.resume, 80), (TimeEntry.stop, 58)):
            clock.shift(seconds)
            press(ada.workspace.time_entries.get())
    return ada.workspace.time_entries.get()


@pytest.fixture
def offline(new_device, ada, faults, request) -> Page:
    """Ada's device in the shell; what she had before is known there."""
    if "letters" in request.fixturenames:
        request.getfixturevalue("letters")
    device = new_device(ada.user)
    page = device.new_page()
    visit_once(page)
    go_offline(device, faults)
    return shell(page)


def mend(page: Page, title: str, **values: str) -> None:
    """Open an entry of the shell, type something else into its fields, and save."""
    entry(page, title).get_by_role("button", name="Edit").click()
    form = page.locator("[data-offline-log]")
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    page.keyboard.press("Enter")


def test_a_new_note_leaves_the_times_of_an_entry_alone(letters, offline, ada):
    mend(offline, "Letters", note="Letters to the printers")
    expect(entry(offline, "Letters to the printers").get_by_text("not sent yet")).to_be_visible()
    back_online(offline.context, offline)
    mended = ada.workspace.time_entries.get()
    assert mended.note == "Letters to the printers"
    assert (mended.started_at, mended.ended_at) == (letters.started_at, letters.ended_at)
    assert mended.work_seconds == 61 + 58
    assert mended.project == ada.project


def test_an_entry_from_before_gets_other_times_and_is_thrown_away_at_last(letters, offline, ada):
    mend(offline, "Letters", start="0:00", end="0:02")
    expect(entry(offline, "Letters")).to_contain_text("00:00 – 00:02")
    back_online(offline.context, offline)
    mended = ada.workspace.time_entries.get()
    assert (mended.work_seconds, mended.project) == (120, ada.project)
    offline.context.set_offline(True)
    shell(offline)
    entry(offline, "Letters").get_by_role("button", name="Delete").click()
    expect(entry(offline, "Letters")).to_have_count(0)
    back_online(offline.context, offline)
    assert not ada.workspace.time_entries.exists()


def test_tasks_are_ticked_without_a_network(offline, ada):
    from apps.projects.models import Task

    other = Task.objects.create(workspace=ada.workspace, project=ada.project, title="Call the printers")
    offline.get_by_text("Open tasks").click()
    tick = offline.get_by_role("checkbox", name="Draw the cover")
    tick.check()
    expect(state(offline)).to_contain_text("One change waits")
    tick.uncheck()
    tick.check()
    expect(state(offline)).to_contain_text("3 changes wait")
    offline.reload()
    expect(offline.get_by_role("checkbox", name="Draw the cover")).to_be_checked()
    back_online(offline.context, offline)
    ada.task.refresh_from_db()
    other.refresh_from_db()
    assert (ada.task.is_done, other.is_done) == (True, False)
    assert queue(offline) == []


def test_a_task_that_is_gone_says_its_name_and_its_reason(offline, ada):
    offline.get_by_text("Open tasks").click()
    offline.get_by_role("checkbox", name="Draw the cover").check()
    expect(state(offline)).to_contain_text("One change waits")
    ada.task.delete()
    offline.context.set_offline(False)
    needs = offline.locator("[data-offline-refused]")
    expect(needs).to_contain_text("Draw the cover", timeout=20_000)
    expect(needs).to_contain_text("This task is not there any more.")


def test_a_tick_on_an_open_page_is_kept_too(device, ada, faults):
    page = device.pages[0]
    page.goto("/tasks/")
    expect(page.get_by_role("button", name="Complete Draw the cover")).to_be_visible()
    go_offline(device, faults)
    page.get_by_role("button", name="Complete Draw the cover").click()
    expect(page.get_by_role("checkbox", name="Draw the cover")).to_be_checked()
    back_online(device, page)
    ada.task.refresh_from_db()
    assert ada.task.is_done


@pytest.mark.parametrize("runs", [False, True])
def test_a_duration_typed_over_the_clock_of_an_open_page_is_kept(device, ada, faults, runs):
    page = device.pages[0]
    if runs:
        page.keyboard.press("t")
        expect(page.locator("#timer")).to_have_accessible_name("Timer, running")
        page.reload()
        visit_once(page)
    go_offline(device, faults)
    page.get_by_label("Time so far").fill("0:30")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_role("timer").first).to_contain_text("0:30:")
    back_online(device, page)
    running = ada.workspace.time_entries.get()
    assert running.state == "running"
    assert 30 * 60 <= running.elapsed_seconds <= 31 * 60
