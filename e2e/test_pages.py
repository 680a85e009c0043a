"""What holds for every page of the demo world: accessible in both themes, never wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from e2e.pages import FIRST_STEP, addresses, empty_pages, pages
from e2e.people import newcomer
from e2e.tour import settle

WIDTHS = (320, 360, 390, 768, 1024, 1440)


@pytest.fixture(scope="module")
def candidates(demo_user):
    """All routes, each with a row of the demo world where it needs one."""
    return addresses(demo_user.memberships.get().workspace)


@pytest.fixture
def every_page(candidates, new_device, demo_user):
    """Opens every page in a browser made with `options`, hands over each with its name: as the person of the demo
    world sees it, then as nobody and as somebody new do."""

    def walk(**options):
        seen = set()
        visitors = [
            *((demo_user, candidates), (None, candidates)),
            *((newcomer(), empty_pages()), (newcomer(has_workspace=False), [FIRST_STEP])),
        ]
        for user, those in visitors:
            context = new_device(user, **options)
            tab = context.new_page()
            for address in pages(context.request, [each for each in those if each not in seen]):
                seen.add(address)
                tab.goto(address.path, wait_until="load")
                settle(tab)
                yield address.name, tab
        assert_nothing_important_is_missing(seen)

    return walk


def assert_nothing_important_is_missing(seen: set) -> None:
    """A route that stops being a page for the row chosen for it would otherwise leave the walk without a word."""
    names = {address.name for address in seen}
    assert len(names) > 60
    assert names >= {
        *("workspaces:new", "landing", "account_login", "account_signup", "account_reset_password_from_key, right key"),
        *("workbench:day", "workbench:entries", "workbench:entry_edit", "clients:edit", "projects:edit", "tasks:edit"),
        *("invoicing:detail", "invoicing:detail, a draft", "invoicing:edit", "invoicing:submit"),
    }


def test_every_page_is_accessible_in_both_themes_and_never_wider_than_the_window(every_page):
    """In one walk, since opening the pages takes longer than looking at them."""
    axe, found = Axe(), []
    for name, tab in every_page(color_scheme="light"):
        found += serious(axe, tab, f"{name}, light")
        found += wider_than_window(tab, name)
        tab.emulate_media(color_scheme="dark")
        expect(tab.locator("html")).to_have_attribute("data-bs-theme", "dark")
        settle(tab)
        # What a theme can break is the contrast.
        found += serious(axe, tab, f"{name}, dark", runOnly=["color-contrast"])
        tab.emulate_media(color_scheme="light")
    assert found == []


def serious(axe: Axe, tab: Page, what: str, **options) -> list[str]:
    """What axe finds that keeps people out."""
    return [
        f"{what}: {violation['id']}: {node['html'][:160]}"
        for violation in axe.run(tab, options=options or None).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def wider_than_window(tab: Page, name: str) -> list[str]:
    """At which widths one has to scroll sideways."""
    found = []
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        beyond = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            found.append(f"{name} at {width}: {beyond} px too wide")
    return found
