"""What kills a browser, a server or an answer half-way loses nothing and doubles nothing."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from e2e.conftest import OF_EVERY_BROWSER
from e2e.offline import BATCH, back_online, entry, go_offline, log, queue, record, reopened, shell, state, visit_once
from e2e.people import session_cookie

MANY = 160
A_DAY_IN_2025 = {"started_at": "2025-03-03T08:00:00Z", "ended_at": "2025-03-03T09:00:00Z"}


@pytest.fixture
def launch(playwright, browser_type_launch_args, server, faults, tmp_path) -> Iterator[Callable[[], BrowserContext]]:
    """Starts Ada's own browser, each time with the same profile on disk."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", base_url=server.address, **browser_type_launch_args, **OF_EVERY_BROWSER
        )
        context.set_default_timeout(10_000)
        faults.watch(context)
        opened.append(context)
        return context

    yield start
    opened[-1].close()


def kill(profile: Path) -> None:
    """End the browser of this profile, with all of its processes, before it can write anything more."""
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = found.read_bytes().decode().split("\0")
        except FileNotFoundError:
            continue
        if f"--user-data-dir={profile}" in arguments and not any(each.startswith("--type=") for each in arguments):
            os.killpg(int(found.parent.name), signal.SIGKILL)
            return
    raise LookupError(f"No browser runs with {profile}")


def test_a_browser_killed_right_after_a_press_still_has_it(launch, ada, faults, server, tmp_path):
    device = launch()
    device.add_cookies([session_cookie(ada.user, server.address)])
    page = device.pages[0]
    visit_once(page)
    go_offline(device, faults)
    shell(page)
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    kill(tmp_path / "profile")

    device = launch()
    go_offline(device, faults)
    page = shell(device.pages[0])
    expect(state(page)).to_contain_text("One change waits to be sent.")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    pressed = queue(page)
    assert not ada.workspace.time_entries.exists()
    device.add_cookies([session_cookie(ada.user, server.address)])
    back_online(device, page)
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running")
    assert str(ada.workspace.time_entries.get().pk) == pressed[0]["entity"]
    assert queue(page) == []


def test_a_server_killed_in_the_middle_of_a_batch_has_all_of_it_once_in_the_end(device, ada, faults, server):
    go_offline(device, faults)
    faults.expect("ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET")
    page = reopened(device)
    record(page, [{"kind": "entry.create", "data": {"note": str(each), **A_DAY_IN_2025}} for each in range(MANY)])
    database = sqlite3.connect(f"file:{server.folder / 'workhub.sqlite3'}?mode=ro", uri=True)

    def taken() -> int:
        ledger = "SELECT count(*) FROM sync_operation WHERE user_id = ?"
        return database.execute(ledger, [ada.user.pk]).fetchone()[0]

    device.set_offline(False)
    deadline = time.monotonic() + 20
    while not taken() and time.monotonic() < deadline:
        pass
    server.kill_web()
    try:
        assert 0 < taken() < MANY
        expect(state(page)).to_contain_text(f"{MANY} changes wait to be sent.")
    finally:
        server.start_web()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#day")).to_be_visible(timeout=20_000)
    assert taken() == MANY
    notes = ada.workspace.time_entries.values_list("note", flat=True)
    assert sorted(map(int, notes)) == list(range(MANY))
    assert queue(page) == []


def test_an_answer_that_got_lost_is_asked_for_again(device, ada, faults):
    faults.expect("ERR_FAILED|Failed to fetch")
    go_offline(device, faults)
    page = reopened(device)
    log(page, "Letters")
    log(page, "Covers for nobody", work="Draw the cover")
    ada.task.delete()

    def lose(route) -> None:
        route.fetch()
        route.abort()

    page.route(BATCH, lose, times=1)
    device.set_offline(False)
    needs = page.locator("[data-offline-refused]")
    expect(needs).to_contain_text("Covers for nobody", timeout=20_000)
    expect(needs).to_contain_text("not there any more")
    expect(entry(page, "Letters").get_by_text("not sent yet")).to_be_hidden()
    assert [each.note for each in ada.workspace.time_entries.all()] == ["Letters"]
