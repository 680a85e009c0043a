"""What holds for every page of the demo world: accessible in both themes, never wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe

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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(every_page, theme):
    axe = Axe()
    found = [
        f"{name}: {violation['id']}: {node['html'][:160]}"
        for name, tab in every_page(color_scheme=theme)
        for violation in axe.run(tab).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert found == []


def test_no_page_scrolls_sideways_at_any_width(every_page):
    wider = []
    for name, tab in every_page():
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            beyond = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                wider.append(f"{name} at {width}: {beyond} px too wide")
    assert wider == []
