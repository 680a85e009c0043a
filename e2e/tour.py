"""Opens every page of the demo world in Chromium and keeps pictures of it: wide and narrow, light and dark.

`bin/tour` runs it. The pictures and an index.html that shows them side by side are in e2e/pictures/ afterwards.
"""

import html
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from e2e.pages import FIRST_STEP, Address, addresses, empty_pages, pages  # noqa: E402
from e2e.people import DEMO_EMAIL, newcomer, session_cookie  # noqa: E402
from e2e.server import CHROMIUM_ARGUMENTS, Server, find_chromium, set_up_django  # noqa: E402

PICTURES = ROOT / "e2e" / "pictures"
SIZES = {"1440": {"width": 1440, "height": 900}, "390": {"width": 390, "height": 844}}
THEMES = ("light", "dark")
NOWHERE = Address("error 404", "/there-is-no-such-page/")


def main() -> None:
    """Fill e2e/pictures/ anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with tempfile.TemporaryDirectory(prefix="workhub-tour-") as folder:
        set_up_django(Path(folder))
        print("Laying out the demo world")
        with Server(Path(folder)) as server, sync_playwright() as playwright:
            server.seed()
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
            taken = take_pictures(browser, server)
            browser.close()
    index = PICTURES / "index.html"
    index.write_text(contact_sheet(taken))
    print(f"{len(taken) * len(SIZES) * len(THEMES)} pictures of {len(taken)} pages: {index}")


def take_pictures(browser: Browser, server: Server) -> list[Address]:
    """Every page in every size and theme, as each visitor sees it."""
    taken: list[Address] = []
    for visitor in visitors(browser, server):
        for size, viewport in SIZES.items():
            for theme in THEMES:
                context = open_browser(browser, server, visitor.user, viewport=viewport, color_scheme=theme)
                visit(context, visitor.addresses, f"{size}-{theme}")
                context.close()
        taken += visitor.addresses
    return taken


@dataclass(frozen=True)
class Visitor:
    """Somebody, or nobody in particular, with the pages that they alone show."""

    user: object | None
    addresses: list[Address]


def visitors(browser: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody who did not sign in, the person of the demo world, and two who have just come."""
    from apps.accounts.models import User

    owner = User.objects.get(email=DEMO_EMAIL)
    candidates = addresses(owner.memberships.get().workspace)
    inside = [*pages_of(browser, server, owner, candidates), NOWHERE]
    yield Visitor(None, [address for address in pages_of(browser, server, None, candidates) if address not in inside])
    yield Visitor(owner, inside)
    yield Visitor(newcomer(), empty_pages())
    yield Visitor(newcomer(has_workspace=False), [FIRST_STEP])


def pages_of(browser: Browser, server: Server, user, candidates: list[Address]) -> list[Address]:
    """Those of the addresses that are pages for this user."""
    context = open_browser(browser, server, user)
    found = pages(context.request, candidates)
    context.close()
    return found


def open_browser(browser: Browser, server: Server, user, **options) -> BrowserContext:
    """A browser in which the user, if any, is signed in; their theme is "system", which follows the browser."""
    context = browser.new_context(base_url=server.address, **options)
    if user:
        context.add_cookies([session_cookie(user, server.address)])
    return context


def visit(context: BrowserContext, addresses_to_see: list[Address], variant: str) -> None:
    """One picture of each page, as long as the page is."""
    page = context.new_page()
    for address in addresses_to_see:
        page.goto(address.path, wait_until="networkidle")
        settle(page)
        page.screenshot(path=PICTURES / f"{address.file_name}-{variant}.png", full_page=True)
        print(f"  {variant}  {address.name}", flush=True)


def settle(page: Page) -> None:
    """Fonts are there and nothing moves any more."""
    page.evaluate("document.fonts.ready")
    page.evaluate(
        "Promise.all(document.getAnimations().filter(a => a.effect?.getTiming().iterations !== Infinity)"
        ".map(a => a.finished.catch(() => {})))"
    )


def contact_sheet(taken: list[Address]) -> str:
    """A page that shows all pictures side by side."""
    rows = []
    for address in taken:
        pictures = "".join(
            f'<a href="{name}"><img src="{name}" alt="{size} {theme}" class="w{size}" loading="lazy"></a>'
            for size in SIZES
            for theme in THEMES
            for name in [f"{address.file_name}-{size}-{theme}.png"]
        )
        rows.append(
            f"<h2>{html.escape(address.name)} <small>{html.escape(address.path)}</small></h2><div>{pictures}</div>"
        )
    return _SHEET.format(rows="\n".join(rows))


_SHEET = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>WorkHub, every page</title>
<style>
body {{ font: 16px/1.4 sans-serif; margin: 2rem; background: #eee; color: #222 }}
h2 {{ font-size: 1rem; margin: 2rem 0 .5rem }} small {{ color: #666; font-weight: normal }}
div {{ display: flex; gap: 1rem; align-items: flex-start; overflow-x: auto }}
img {{ border: 1px solid #bbb }} .w1440 {{ width: 480px }} .w390 {{ width: 195px }}
</style>
<h1>WorkHub, every page</h1>
{rows}
</html>
"""

if __name__ == "__main__":
    main()
