"""One server for all journeys, browsers that report every fault, and people to sign in as."""

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from apps.invoicing.tests.post_office import PostOffice, open_post_office
from e2e.offline import visit_once
from e2e.people import DEMO_EMAIL, Freelancer, new_freelancer, session_cookie
from e2e.server import CHROMIUM_ARGUMENTS, Server, find_chromium, set_up_django

OF_EVERY_BROWSER = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "timezone_id": "Europe/Berlin"}


@pytest.fixture(scope="session")
def post_office() -> Iterator[PostOffice]:
    """The mail server that this WorkHub sends to."""
    with open_post_office() as (office, port):
        os.environ["E2E_EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        yield office


@pytest.fixture(scope="session")
def server(tmp_path_factory, post_office) -> Iterator[Server]:
    """WorkHub as people run it; nobody lives there yet."""
    folder = tmp_path_factory.mktemp("workhub")
    set_up_django(folder)
    with Server(folder) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """The Chromium of the system, never one that a test tool would have to fetch."""
    return {"executable_path": find_chromium(), "args": CHROMIUM_ARGUMENTS, "headless": True}


class Faults:
    """What went wrong in the browser without the test noticing: console errors, refused or failed requests."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """A fault that the journey provokes on purpose."""
        self._expected.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of the context."""
        context.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_refusal)

    def unexpected(self) -> list[str]:
        """All that no `expect` covers."""
        return [seen for seen in self._seen if not any(re.search(pattern, seen) for pattern in self._expected)]

    def _note(self, text: str) -> None:
        self._seen.append(text)

    def _note_failure(self, request) -> None:
        # A page that is left behind aborts what it was still loading.
        if "ERR_ABORTED" not in (request.failure or ""):
            self._note(f"failed: {request.method} {request.url}: {request.failure}")

    def _note_refusal(self, response) -> None:
        if response.status >= 400:
            self._note(f"answer {response.status}: {response.request.method} {response.url}")


@pytest.fixture
def faults(server) -> Iterator[Faults]:
    """The test fails on any fault that it did not expect."""
    noted = Faults()
    already_logged = len(server.log())
    yield noted
    assert noted.unexpected() == [], server.log()[already_logged:]


@pytest.fixture
def new_device(browser: Browser, server: Server, faults: Faults) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser of its own, as another device is: `new_device(user)` is signed in, `new_device()` is not."""
    opened: list[BrowserContext] = []

    def open_device(user=None, **options) -> BrowserContext:
        context = browser.new_context(base_url=server.address, **OF_EVERY_BROWSER | options)
        context.set_default_timeout(10_000)
        faults.watch(context)
        if user is not None:
            context.add_cookies([session_cookie(user, server.address)])
        opened.append(context)
        return context

    yield open_device
    for context in opened:
        context.close()


@pytest.fixture
def ada(server) -> Freelancer:
    """A freelancer whom no other journey knows."""
    return new_freelancer()


@pytest.fixture
def page(new_device) -> Page:
    """A browser in which nobody is signed in."""
    return new_device().new_page()


@pytest.fixture
def adas_page(new_device, ada) -> Page:
    """A browser in which Ada is signed in."""
    return new_device(ada.user).new_page()


@pytest.fixture
def device(new_device, ada) -> BrowserContext:
    """Ada's device, which has seen the workbench once and is ready to go without the server."""
    context = new_device(ada.user)
    visit_once(context.new_page())
    return context


@pytest.fixture(scope="session")
def demo_user(server):
    """The person of the demo world, which is laid out when the first test asks for them."""
    from apps.accounts.models import User

    server.seed()
    return User.objects.get(email=DEMO_EMAIL)
