"""The one dialog: whatever opens it, it opens whole, and again."""

import re

import pytest
from playwright.sync_api import expect

OPENER = """swap => {
  document.getElementById("main").insertAdjacentHTML("afterbegin",
    `<div id="around" hx-swap="${swap}" hx-push-url="true">
       <a id="opener" href="/clients/new/" hx-get="/clients/new/" hx-target="#dialog-body">Open</a>
     </div>`);
  htmx.process(document.getElementById("around"));
}"""


@pytest.mark.parametrize("swap", ["outerHTML", "none", "beforeend"])
def test_the_dialog_is_filled_whatever_the_opener_stands_in(adas_page, swap):
    adas_page.goto("/tasks/")
    adas_page.evaluate(OPENER, swap)
    dialog = adas_page.locator("#dialog")
    for _time in range(2):
        adas_page.locator("#opener").click()
        expect(dialog.get_by_role("heading", name="New client")).to_have_count(1)
        expect(dialog).to_have_accessible_name("New client")
        expect(adas_page).to_have_url(re.compile(r"/tasks/$"))
        adas_page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(adas_page.locator("#opener")).to_be_focused()
