"""What the server may say to what a device sends, and what its person sees of that."""

import json
import re
import time
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from e2e.offline import BATCH, entry, go_offline, log, queue, record, reopened, state

NEEDS = "[data-offline-refused]"
PATIENCE_SECONDS = 3


@pytest.fixture
def offline(device, faults) -> Page:
    """Ada's device in the shell, without a network."""
    go_offline(device, faults)
    return reopened(device)


def answer(device: BrowserContext, status: int, headers: dict | None = None) -> list[float]:
    """Answer each batch so; when each came."""
    asked: list[float] = []

    def refuse(route) -> None:
        asked.append(time.monotonic())
        route.fulfill(status=status, headers=headers or {}, json={"code": "for_the_test", "message": "No."})

    device.route(BATCH, refuse)
    return asked


def test_what_is_refused_holds_up_nothing_and_waits_for_its_person(offline, device, ada):
    log(offline, "Letters")
    log(offline, "Covers", work="Draw the cover")
    log(offline, "Proofs")
    ada.task.delete()
    device.set_offline(False)
    needs = offline.locator(NEEDS)
    expect(needs).to_contain_text("Covers", timeout=20_000)
    expect(needs).to_contain_text("not there any more")
    expect(state(offline)).to_contain_text("One needs you.")
    expect(offline.get_by_role("heading", level=1)).to_have_text("Not everything was taken")
    assert {each.note for each in ada.workspace.time_entries.all()} == {"Letters", "Proofs"}

    needs.get_by_role("button", name="Send again").click()
    expect(needs).to_contain_text("not there any more")
    offline.goto("/clients/")
    expect(state(offline)).to_contain_text("One change needs you.")
    offline.locator("#sync-state").get_by_role("link", name="Show").click()
    needs.get_by_role("button", name="Throw away").click()
    expect(offline.locator("#day")).to_be_visible(timeout=20_000)
    expect(state(offline)).to_be_hidden()
    assert ada.workspace.time_entries.count() == 2


def test_what_was_refused_is_mended_and_sent(offline, device, ada):
    log(offline, "Covers", work="Draw the cover")
    ada.task.delete()
    device.set_offline(False)
    offline.locator(NEEDS).get_by_role("button", name="Mend").click(timeout=20_000)
    form = offline.locator("[data-offline-log]")
    expect(form.get_by_label("What did you do?")).to_have_value("Covers")
    form.get_by_label("Project or task").select_option(label="Autumn catalogue")
    form.get_by_role("button", name="Log").click()
    expect(offline.locator("#day")).to_be_visible(timeout=20_000)
    mended = ada.workspace.time_entries.get()
    assert (mended.note, mended.project, mended.work_seconds) == ("Covers", ada.project, 60)


def test_a_fault_of_the_server_in_one_is_tried_again_when_its_person_says_so(offline, device, ada):
    log(offline, "Letters")
    log(offline, "Covers")
    log(offline, "Proofs")

    def stumble(route) -> None:
        sent = route.request.post_data_json
        poison = [each for each in sent["ops"] if each["data"].get("note") == "Covers"]
        sent["ops"] = [each for each in sent["ops"] if each not in poison]
        came = route.fetch(post_data=json.dumps(sent)).json()
        fault = {"status": "rejected", "code": "internal", "message": "The server could not do this."}
        route.fulfill(json=came | {"results": came["results"] + [{"op": each["op"]} | fault for each in poison]})

    device.route(BATCH, stumble)
    device.set_offline(False)
    needs = offline.locator(NEEDS)
    expect(needs).to_contain_text("The server could not do this.", timeout=20_000)
    assert {each.note for each in ada.workspace.time_entries.all()} == {"Letters", "Proofs"}
    device.unroute(BATCH)
    needs.get_by_role("button", name="Send again").click()
    expect(offline.locator("#day")).to_be_visible(timeout=20_000)
    assert ada.workspace.time_entries.count() == 3


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "Sign in again, and they are sent."),
        (409, "Another person or workspace is open here"),
        (426, "WorkHub was renewed. Load the page again"),
        (429, "The server asks for a little patience."),
        (503, "The server asks for a little patience."),
    ],
)
def test_an_answer_to_the_whole_leaves_the_queue_whole_and_says_why(offline, device, ada, faults, status, said):
    faults.expect(str(status))
    offline.keyboard.press("t")
    expect(offline.get_by_role("button", name="Stop")).to_be_visible()
    before = queue(offline)
    answer(device, status)
    device.set_offline(False)
    expect(state(offline)).to_contain_text("One change waits to be sent.")
    expect(state(offline)).to_contain_text(said)
    offline.goto("/clients/")
    expect(state(offline)).to_contain_text("One change is not sent yet.")
    expect(state(offline)).to_contain_text(said)
    assert queue(offline) == before
    assert not ada.workspace.time_entries.exists()
    device.unroute(BATCH)
    offline.reload()
    expect(offline.locator("#timer")).to_have_accessible_name("Timer, running", timeout=20_000)
    expect(state(offline)).to_be_hidden()
    assert ada.workspace.time_entries.count() == 1


@pytest.mark.parametrize("status", [429, 503])
def test_nobody_asks_again_before_the_server_said_so(offline, device, ada, faults, status):
    faults.expect(str(status))
    offline.keyboard.press("t")
    asked = answer(device, status, {"Retry-After": str(PATIENCE_SECONDS)})
    device.set_offline(False)
    expect(state(offline)).to_contain_text("The server asks for a little patience.")
    other = device.new_page()
    other.goto("/clients/")
    expect(state(other)).to_contain_text("The server asks for a little patience.")
    other.evaluate("window.dispatchEvent(new Event('online'))")
    offline.get_by_role("button", name="Try again").click()
    other.wait_for_timeout(1000 * PATIENCE_SECONDS)
    # On a busy machine the time may be over before all that is done, and both tabs may ask again: never earlier.
    assert len(asked) >= 2
    assert all(later - earlier >= PATIENCE_SECONDS for earlier, later in pairwise(asked))
    device.unroute(BATCH)
    expect(other.locator("#timer")).to_have_accessible_name("Timer, running", timeout=20_000)
    assert ada.workspace.time_entries.count() == 1


def test_what_is_too_large_is_sent_in_parts_and_holds_up_nothing(offline, device, ada, faults):
    faults.expect("413")
    times = {"started_at": "2025-03-03T08:00:00Z", "ended_at": "2025-03-03T09:00:00Z"}
    record(offline, [{"kind": "entry.create", "data": {"note": str(each), **times}} for each in range(5)])

    def at_most_two(route) -> None:
        sent = route.request.post_data_json["ops"]
        if len(sent) > 2 or any(each["data"]["note"] == "3" for each in sent):
            route.fulfill(status=413, json={"code": "too_large", "message": "That is too large."})
        else:
            route.continue_()

    device.route(BATCH, at_most_two)
    device.set_offline(False)
    expect(offline.locator(NEEDS)).to_contain_text("That is too large.", timeout=20_000)
    expect(state(offline)).to_have_text(re.compile("^One needs you"))
    assert sorted(each.note for each in ada.workspace.time_entries.all()) == ["0", "1", "2", "4"]


def test_a_session_that_ended_leads_from_the_shell_to_the_sign_in(offline, device, faults):
    faults.expect("401")
    offline.keyboard.press("t")
    expect(offline.get_by_role("button", name="Stop")).to_be_visible()
    device.clear_cookies()
    device.set_offline(False)
    expect(state(offline)).to_contain_text("Sign in again, and they are sent.")
    offline.get_by_role("link", name="Sign in").click()
    expect(offline).to_have_url(re.compile(r"/accounts/login/\?next=/workbench/$"))


def slow_down(page: Page) -> None:
    """Each batch is on its way for a second."""
    page.context.route(BATCH, lambda route: (page.wait_for_timeout(1_000), route.continue_()))


def test_sending_is_shown_while_it_goes_on(offline, device):
    log(offline, "Letters")
    slow_down(offline)
    device.set_offline(False)
    expect(state(offline)).to_contain_text("Sending …")
    expect(offline.locator("#day")).to_be_visible()


def test_every_page_says_that_it_is_offline_and_what_waits(offline, device):
    offline.keyboard.press("t")
    expect(offline.get_by_role("button", name="Stop")).to_be_visible()
    slow_down(offline)
    device.set_offline(False)
    offline.goto("/clients/")
    expect(state(offline)).to_contain_text("One change is not sent yet. Sending …")
    device.set_offline(True)
    expect(state(offline)).to_contain_text("You are offline.")
    expect(state(offline)).to_contain_text("One change is not sent yet.")
    device.set_offline(False)
    expect(state(offline)).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_shell(offline, device, ada, width):
    offline.set_viewport_size({"width": width, "height": 844})
    log(offline, "Covers", work="Draw the cover")
    ada.task.delete()
    device.set_offline(False)
    expect(offline.locator(NEEDS)).to_contain_text("Covers", timeout=20_000)
    device.set_offline(True)
    offline.keyboard.press("Escape")
    log(offline, "Letters")
    expect(entry(offline, "Letters")).to_be_visible()
    assert [each["id"] for each in Axe().run(offline).response["violations"]] == []
    assert offline.evaluate("document.documentElement.scrollWidth <= innerWidth")
