"""How somebody without a mouse uses what has no key of its own."""

from playwright.sync_api import Locator, expect


def choose(option: Locator) -> None:
    """Go down the open list of a combobox to the option, and take it."""
    expect(option.page.locator("[aria-busy=true]")).to_have_count(0)
    expect(option).to_be_visible()
    for _each in range(option.page.get_by_role("option").count()):
        if option.get_attribute("aria-selected") == "true":
            break
        option.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    option.page.keyboard.press("Enter")
