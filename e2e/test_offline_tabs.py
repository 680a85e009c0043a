"""Several tabs and devices of one person: what one does, the others see, and at most one timer runs."""

import pytest
from playwright.sync_api import Page, expect

from e2e.offline import go_offline, queue, shell, visit_once


def start(page: Page, note: str) -> None:
    """Start the timer with this note, on a page or in the shell, and go on to something else."""
    field = page.get_by_label("What are you working on?").locator("visible=true")
    field.fill(note)
    field.press("Enter")
    expect(page.get_by_role("button", name="Stop").locator("visible=true")).to_be_visible()
    page.evaluate("document.activeElement.blur()")


def expect_running(page: Page, note: str) -> None:
    """The bar at the top shows this entry, and that it runs."""
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running", timeout=20_000)
    expect(page.locator("#timer").get_by_label("What are you working on?")).to_have_value(note)


def test_tabs_without_a_network_show_the_same_and_send_it_once(device, ada, faults):
    one, other = device.pages[0], device.new_page()
    go_offline(device, faults)
    shell(one)
    shell(other)
    start(one, "Sketch on the train")
    expect(other.get_by_role("button", name="Stop")).to_be_visible()
    expect(other.get_by_label("What are you working on?")).to_have_value("Sketch on the train")
    pressed = queue(other)[0]["op"]
    sent: list[str] = []
    device.on("request", lambda request: sent.append(request.post_data or "") if "/sync/batch" in request.url else None)
    device.set_offline(False)
    for page in (one, other):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (one, other):
        expect_running(page, "Sketch on the train")
    assert len([body for body in sent if pressed in body]) == 1
    assert ada.workspace.time_entries.count() == 1


@pytest.mark.parametrize("last", ["the one without a network", "the other"])
def test_of_two_devices_the_last_start_runs_whoever_is_heard_first(device, ada, faults, new_device, last):
    here, away = new_device(ada.user).new_page(), device.pages[0]
    here.goto("/workbench/")
    go_offline(device, faults)
    shell(away)
    presses = [(away, "Sketch on the train"), (here, "Letters")]
    if last == "the one without a network":
        presses.reverse()
    for page, note in presses:
        start(page, note)
        page.wait_for_timeout(1_100)  # less than a second leaves no entry
    device.set_offline(False)
    _page, running = presses[-1]
    expect_running(away, running)
    here.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_running(here, running)
    assert [entry.note for entry in ada.workspace.time_entries.filter(running_for=ada.user)] == [running]
    assert {entry.note for entry in ada.workspace.time_entries.all()} == {"Letters", "Sketch on the train"}


def test_a_press_that_did_not_get_through_shows_in_the_other_tab_once_it_has(device, ada, faults):
    faults.expect("ERR_FAILED|htmx:|Failed to fetch")
    one, other = device.pages[0], device.new_page()
    other.goto("/clients/")
    start(one, "Letters")
    one.wait_for_timeout(1_100)  # less than a second leaves no entry
    visit_once(other)
    expect_running(other, "Letters")
    other.route("**/workbench/timer/stop/", lambda route: route.abort())
    other.keyboard.press("t")
    expect(other.locator("#timer")).to_have_accessible_name("Timer")
    expect(one.locator("#timer")).to_have_accessible_name("Timer")
    assert ada.workspace.time_entries.get().state == "stopped"
