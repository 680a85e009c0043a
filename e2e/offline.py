"""What journeys without a network have in common: a device that is ready for it, its queue, the way out and back."""

from playwright.sync_api import BrowserContext, Page, expect

WORKBENCH = "/workbench/"
BATCH = "**/api/v1/sync/batch"

_IS_READY = """async () => {
    if (!navigator.serviceWorker.controller) return false;
    const { storeOf, person } = await import("offline/store");
    const known = await person();
    return Boolean(known && (await (await storeOf(known)).get("facts", "session")));
}"""
_QUEUE = """async () => {
    const { all } = await import("offline/operations");
    return all(await (await import("offline/store")).person());
}"""
_RECORD = """async (wanted) => {
    const { record } = await import("offline/operations");
    const { uuid7 } = await import("offline/identifiers");
    const { person } = await import("offline/store");
    for (const { kind, entity, data } of wanted) await record(await person(), kind, entity ?? uuid7(), data);
}"""


def visit_once(page: Page) -> None:
    """Open the workbench and wait until the device has what it needs."""
    page.goto(WORKBENCH)
    expect(page.locator("#day")).to_be_visible()
    for _each in range(200):
        page.wait_for_timeout(50)
        if page.evaluate(_IS_READY):
            return
    raise AssertionError("The device never got ready for working offline")


def go_offline(context: BrowserContext, faults) -> None:
    """No network for any tab of the device."""
    # A page that the service worker answers from its shell is told as failed (ERR_FAILED) by some runs of the browser.
    faults.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|htmx:(afterRequest|sendError)|Failed to fetch")
    context.set_offline(True)


def reopened(context: BrowserContext) -> Page:
    """All tabs are closed; a new one asks for the workbench."""
    for page in context.pages:
        page.close()
    return shell(context.new_page())


def shell(page: Page) -> Page:
    """The workbench without a network, in this tab."""
    page.goto(WORKBENCH)
    expect(page.locator("[data-offline=work]")).to_be_visible()
    return page


def back_online(context: BrowserContext, page: Page) -> None:
    """The network is there again, and the page has found out by itself."""
    context.set_offline(False)
    expect(page.locator("#day")).to_be_visible(timeout=20_000)


def queue(page: Page) -> list[dict]:
    """The operations that wait on the device, with those that were refused."""
    return page.evaluate(_QUEUE)


def record(page: Page, wanted: list[dict]) -> None:
    """Put operations into the queue as the pages do; `[{kind, entity?, data}]`."""
    page.evaluate(_RECORD, wanted)


def state(page: Page):
    """The line that says what waits and why: the shell's, or that of any other page."""
    return page.locator("#sync-state, [data-offline-state]")


def log(page: Page, note: str, start: str = "0:00", end: str = "0:01", work: str | None = None) -> None:
    """Log time that is done in the shell, by its form."""
    form = page.locator("[data-offline-log]")
    if work:
        form.get_by_label("Project or task").select_option(label=work)
    form.get_by_label("What did you do?").fill(note)
    form.get_by_label("From").fill(start)
    form.get_by_label("To", exact=True).fill(end)
    form.get_by_role("button", name="Log").click()
    expect(entry(page, note).get_by_text("not sent yet")).to_be_visible()


def entry(page: Page, note: str):
    """The row of an entry in the shell."""
    return page.locator("[data-offline-entries]").get_by_role("listitem").filter(has_text=note)
