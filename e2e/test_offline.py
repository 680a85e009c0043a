"""Work without a network: nothing is lost, nothing doubled, whatever happens to the tab, the session or the server."""

import re

from playwright.sync_api import expect

from e2e.offline import WORKBENCH, back_online, go_offline, reopened
from e2e.people import new_freelancer, session_cookie


def test_a_start_offline_outlives_the_tab_and_arrives_once(device, ada, faults):
    go_offline(device, faults)
    page = reopened(device)
    expect(page.get_by_role("heading", name="The line is down")).to_be_visible()
    note = page.get_by_role("form", name="Timer").get_by_label("What are you working on?")
    note.fill("Sketch on the train")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page = reopened(device)
    expect(page.get_by_text("One change waits to be sent.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert not ada.workspace.time_entries.exists()
    back_online(device, page)
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running")
    assert ada.workspace.time_entries.get().note == "Sketch on the train"
    assert ada.workspace.time_entries.get().state == "running"


def test_a_stop_on_an_open_page_counts_from_when_it_was_pressed(device, ada, faults):
    page = device.pages[0]
    page.keyboard.press("t")
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running")
    page.wait_for_timeout(2_500)
    go_offline(device, faults)
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="The line is down")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.wait_for_timeout(3_000)
    back_online(device, page)
    entry = ada.workspace.time_entries.get()
    assert entry.state == "stopped"
    assert 2 <= entry.work_seconds <= 4


def test_pause_break_and_manual_work_offline_are_there_afterwards(device, ada, faults):
    go_offline(device, faults)
    page = reopened(device)
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.keyboard.press("t")
    for name in ("Pause", "Resume", "Take a break", "Back to work", "Stop"):
        page.wait_for_timeout(1_100)
        page.get_by_role("button", name=name).click()
    log = page.locator("[data-offline-log]")
    log.get_by_label("What did you do?").fill("Read the proofs")
    log.get_by_label("From").fill("0:00")
    log.get_by_label("To", exact=True).fill("0:01")
    log.get_by_role("button", name="Log").click()
    row = page.get_by_role("listitem").filter(has_text="Read the proofs")
    expect(row.get_by_text("not sent yet")).to_be_visible()
    row.get_by_role("button", name="Edit").click()
    log.get_by_label("What did you do?").fill("Read the proofs twice")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Read the proofs twice")).to_be_visible()
    back_online(device, page)
    timed, typed = sorted(ada.workspace.time_entries.all(), key=lambda entry: entry.note)
    assert typed.note == "Read the proofs twice"
    assert typed.work_seconds == 60
    assert [part.kind for part in timed.parts] == ["work", "work", "break", "work"]


def test_a_session_that_ended_keeps_the_queue_until_its_person_is_back(device, ada, faults, server):
    go_offline(device, faults)
    page = reopened(device)
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    device.clear_cookies()
    faults.expect("answer 401|status of 401")
    device.set_offline(False)
    page.goto(WORKBENCH)
    expect(page).to_have_url(re.compile("/accounts/login/"))
    stranger = new_freelancer()
    device.add_cookies([session_cookie(stranger.user, server.address)])
    page.goto(WORKBENCH)
    expect(page.locator("#timer")).to_have_accessible_name("Timer")
    page.wait_for_timeout(1_500)
    assert not stranger.workspace.time_entries.exists()
    device.clear_cookies()
    device.add_cookies([session_cookie(ada.user, server.address)])
    page.goto(WORKBENCH)
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running", timeout=20_000)
    assert ada.workspace.time_entries.count() == 1


def test_what_the_server_refuses_stays_until_somebody_decides(device, ada, faults):
    go_offline(device, faults)
    page = reopened(device)
    log = page.locator("[data-offline-log]")
    log.get_by_label("Project or task").select_option(label="Draw the cover")
    log.get_by_label("From").fill("0:00")
    log.get_by_label("To", exact=True).fill("0:01")
    log.get_by_role("button", name="Log").click()
    expect(page.get_by_text("not sent yet")).to_be_visible()
    ada.task.delete()
    device.set_offline(False)
    needs = page.locator("[data-offline-refused]")
    expect(needs).to_contain_text("not there any more", timeout=20_000)
    assert not ada.workspace.time_entries.exists()
    needs.get_by_role("button", name="Throw away").click()
    expect(page.locator("#day")).to_be_visible(timeout=20_000)


def test_the_shell_holds_nothing_of_anybody(page, server):
    page.goto("/offline/")
    expect(page.get_by_role("heading", name="The line is down")).to_be_visible()
    assert page.locator("[data-offline=work]").is_hidden()
