"""A draft is changed and taken back, issued, and then taken back itself by a credit note."""

import re

from playwright.sync_api import Page, expect

from e2e.people import Freelancer


def begin(page: Page, ada: Freelancer) -> None:
    """A new draft for Ada's client, in the editor."""
    page.goto(f"/invoices/new/?client={ada.client.pk}")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.locator("#editor")).to_be_visible()
    # What is typed before the scripts are there is not heard.
    page.wait_for_load_state("load")


def line(page: Page, number: int, description: str, price: str) -> None:
    """Write one line of the sheet."""
    page.locator(f"#id_lines-{number}-description").fill(description)
    page.locator(f"#id_lines-{number}-unit_price").fill(price)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast").filter(has_text="The draft is saved").last).to_be_visible()


def total(page: Page):
    return page.locator("#totals .grand").last


def issue(page: Page, label: str) -> None:
    page.get_by_role("button", name="Issue").click()
    question = page.get_by_role("heading", name=re.compile("Issue as " + label))
    expect(question).to_be_visible()
    question.locator("xpath=ancestor::form").get_by_role("button", name="Issue").click()
    expect(page.locator("main h1")).to_contain_text(label)


def test_discounts_are_counted_while_one_types_and_versions_lead_back(adas_page: Page, ada: Freelancer):
    begin(adas_page, ada)
    line(adas_page, 0, "Proofs", "200")
    expect(total(adas_page)).to_contain_text("200.00")
    adas_page.get_by_label("Discount", exact=True).last.fill("10%")
    expect(total(adas_page)).to_contain_text("180.00")
    adas_page.get_by_label("Discount for single lines").check()
    adas_page.locator("#id_lines-0-discount").fill("50")
    expect(total(adas_page)).to_contain_text("135.00")
    save(adas_page)
    expect(adas_page.locator("#id_lines-0-discount")).to_be_visible()
    line(adas_page, 0, "All of it", "90")
    save(adas_page)
    adas_page.get_by_role("link", name="Versions").click()
    adas_page.get_by_role("link", name="Version 2", exact=True).click()
    expect(adas_page.locator("main")).to_contain_text("Proofs")
    adas_page.get_by_role("button", name="Take this version back").click()
    expect(adas_page.locator("#id_lines-0-description")).to_have_value("Proofs")
    expect(total(adas_page)).to_contain_text("135.00")


def test_an_issued_invoice_is_taken_back_in_part_and_then_whole(adas_page: Page, ada: Freelancer):
    begin(adas_page, ada)
    line(adas_page, 0, "Proofs", "200")
    issue(adas_page, "INV")
    adas_page.get_by_role("link", name="Credit", exact=True).click()
    adas_page.locator("#dialog").get_by_role("button", name="Begin the credit note").click()
    expect(adas_page.get_by_role("heading", name="Credit note for Harbour Books")).to_be_visible()
    adas_page.locator("#id_lines-0-unit_price").fill("50")
    expect(total(adas_page)).to_contain_text("50.00")
    issue(adas_page, "CN")
    adas_page.get_by_role("link", name=re.compile("^INV-")).first.click()
    expect(adas_page.locator(".figures")).to_contain_text("150.00")

    adas_page.get_by_role("link", name="Credit", exact=True).click()
    adas_page.locator("#dialog").get_by_role("button", name="Begin the credit note").click()
    issued = adas_page.get_by_role("button", name="Issue")
    issued.click()
    expect(adas_page.locator("#dialog")).to_contain_text("150.00 of INV")
    adas_page.keyboard.press("Escape")
    adas_page.locator("#id_lines-0-unit_price").fill("150")
    issue(adas_page, "CN")
    adas_page.get_by_role("link", name=re.compile("^INV-")).first.click()
    expect(adas_page.locator("main h1")).to_contain_text("Cancelled")
    expect(adas_page.get_by_role("link", name="Credit", exact=True)).to_be_hidden()
