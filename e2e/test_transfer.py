"""How much goes over the line: the first page with all that it needs, and a page after it."""

import pytest

KILOBYTE = 1000
FIRST_LOAD_AT_MOST = 240 * KILOBYTE
LATER_PAGE_AT_MOST = 30 * KILOBYTE
LATER_PAGES = ["/workbench/entries/", "/clients/", "/projects/", "/tasks/", "/invoices/", "/settings/", "/workbench/"]


class Meter:
    """Counts the bytes that a tab received, as they came over the line: compressed, headers included."""

    def __init__(self, page):
        self._addresses: dict[str, str] = {}
        self._received: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._note)
        session.on("Network.loadingFinished", self._count)

    def _note(self, event: dict) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _count(self, event: dict) -> None:
        address = self._addresses[event["requestId"]]
        self._received[address] = self._received.get(address, 0) + int(event["encodedDataLength"])

    def read(self) -> dict[str, int]:
        """The bytes of each address since the last reading."""
        received, self._received = self._received, {}
        return received


@pytest.fixture
def tab(new_device, demo_user):
    """A browser that has seen nothing of WorkHub yet."""
    return new_device(demo_user).new_page()


def test_the_first_load_and_each_page_after_it_stay_small(tab):
    meter = Meter(tab)
    tab.goto("/workbench/", wait_until="networkidle")
    first = meter.read()
    assert sum(first.values()) <= FIRST_LOAD_AT_MOST, largest(first)
    for path in LATER_PAGES:
        tab.goto(path, wait_until="networkidle")
        later = meter.read()
        assert sum(later.values()) <= LATER_PAGE_AT_MOST, largest(later)


def largest(received: dict[str, int]) -> list[tuple[int, str]]:
    """What was received, the heaviest first."""
    return sorted(((size, address) for address, size in received.items()), reverse=True)
