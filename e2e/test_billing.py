"""The whole trip: from signing up to an invoice that is paid."""

import re

from playwright.sync_api import Page, expect

from e2e.test_timer import expect_idle, stop

NUMBER = re.compile(r"\d{4}")


def submit_dialog(page: Page, button: str) -> None:
    """Press the dialog's button and wait until it has closed."""
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_be_hidden()


def test_from_signing_up_to_a_paid_invoice(page):
    sign_up(page)
    make_client(page)
    make_project(page)
    make_task(page)
    record_time(page)
    draft_from_time(page)
    issue(page)
    read_pdf(page)
    mark_paid(page)


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Start a workspace").first.click()
    page.get_by_label("Your name").fill("Mira Lindqvist")
    page.locator("input[type=email]").fill("mira@lindqvist.example")
    page.locator("input[type=password]").fill("seven quiet lanterns")
    page.get_by_role("button", name="Create workspace").click()
    expect(page).to_have_url(re.compile("/workbench/$"))


def make_client(page: Page) -> None:
    page.goto("/clients/")
    page.get_by_role("link", name="Add a client").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("Harbour Books")
    dialog.get_by_label("Hourly rate").fill("90")
    submit_dialog(page, "client")
    expect(page.get_by_role("link", name="Harbour Books", exact=True)).to_be_visible()


def make_project(page: Page) -> None:
    page.goto("/projects/")
    page.get_by_role("link", name="Add a project").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("Autumn catalogue")
    dialog.locator("select[name=client]").select_option(label="Harbour Books")
    submit_dialog(page, "project")
    page.get_by_role("link", name="Autumn catalogue", exact=True).click()
    expect(page.get_by_role("heading", name="Autumn catalogue", level=1)).to_be_visible()


def make_task(page: Page) -> None:
    page.get_by_label("New tasks").fill("Draw the cover 2h")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Draw the cover", exact=True).click()
    expect(page.get_by_role("heading", name="Draw the cover")).to_be_visible()


def record_time(page: Page) -> None:
    page.get_by_role("button", name="Start the timer").click()
    expect(page.locator("#timer")).to_have_accessible_name("Timer, running")
    stop(page)
    expect_idle(page)


def draft_from_time(page: Page) -> None:
    page.goto("/invoices/")
    page.get_by_role("link", name="Bill unbilled time").click()
    # What is chosen before the scripts are there is not heard.
    page.wait_for_load_state()
    page.locator("select[name=client]").select_option(label="Harbour Books")
    expect(page.locator("#preview")).to_contain_text("Draw the cover")
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("heading", name="Invoice for Harbour Books")).to_be_visible()


def issue(page: Page) -> None:
    page.get_by_role("button", name="Issue").or_(page.get_by_role("link", name="Issue")).first.click()
    question = page.get_by_role("heading", name="Issue as")
    expect(question).to_be_visible()
    question.locator("xpath=ancestor::form").get_by_role("button", name="Issue").click()
    expect(page.locator("main h1")).to_contain_text(NUMBER)
    expect(page.locator("main")).to_contain_text("Issued and final")


def read_pdf(page: Page) -> None:
    address = page.get_by_role("link", name="View PDF").get_attribute("href")
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


def mark_paid(page: Page) -> None:
    page.get_by_role("button", name="Mark as paid").click()
    expect(page.locator("main h1")).to_contain_text("Paid")
    page.goto("/invoices/")
    expect(page.locator("main").get_by_role("row").filter(has_text="Harbour Books")).to_contain_text("Paid")
