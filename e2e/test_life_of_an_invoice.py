"""One invoice from the first hour to the credit note that takes it back, as its business and its client see it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from apps.invoicing.tests.post_office import PostOffice
from e2e.people import Freelancer
from e2e.test_billing import draft_from_time, issue, submit_dialog
from e2e.test_crediting import issue as issue_from_editor
from e2e.test_crediting import save, total
from e2e.test_draft import expect_saved
from e2e.test_sending import PERSON, expect_on_reload, mail_to, press_in_dialog


@dataclass
class Client:
    """Who gets the invoice: an address for mail and a browser without an account."""

    address: str
    office: PostOffice
    browser: Page

    def mail(self, subject: str):
        """What has come in under these words."""
        return mail_to(self.office, self.address, subject)

    def expect_to_read(self, mail, words: str) -> None:
        """Follow the address in the mail, as a person does, and find the words there."""
        self.browser.goto(urlsplit(re.search(r"http\S+/i/\S+", mail.get_body().get_content())[0]).path)
        with self.browser.expect_response(re.compile("/seen/")):
            self.browser.mouse.move(300, 300)
        expect(self.browser.locator("main")).to_contain_text(words)


@pytest.fixture
def client(ada: Freelancer, new_device, post_office: PostOffice) -> Client:
    """Ada's client."""
    ada.client.email = f"books{ada.client.pk}@harbour.example"
    ada.client.save()
    return Client(ada.client.email, post_office, new_device(user_agent=PERSON).new_page())


def test_an_invoice_lives_from_the_first_hour_to_its_credit_note(adas_page: Page, ada: Freelancer, client: Client):
    log_two_hours(adas_page)
    draft_from_time(adas_page)
    save_another_rate(adas_page)
    let_a_slip_save_itself(adas_page)
    take_back_what_was_saved(adas_page)
    issue(adas_page)
    number = ada.workspace.invoices.get().number
    send(adas_page, client, number)
    be_paid_in_part(adas_page)
    remind(adas_page, client, number)
    be_paid_the_rest(adas_page, client)
    take_it_back(adas_page, client, number)
    expect_all_of_it_told(adas_page)


def log_two_hours(page: Page) -> None:
    page.goto("/workbench/?day=2025-03-03")
    page.get_by_label("What did you do?").fill("9-11 @autumn draw the cover")
    page.get_by_label("What did you do?").press("Enter")
    expect(page.locator(".entries-table")).to_contain_text("2:00")


def save_another_rate(page: Page) -> None:
    expect(total(page)).to_contain_text("160.00")
    page.locator("#id_lines-0-unit_price").fill("90")
    save(page)
    expect(total(page)).to_contain_text("180.00")


def let_a_slip_save_itself(page: Page) -> None:
    page.locator("#id_lines-0-unit_price").fill("900")
    expect_saved(page)
    page.reload()
    expect(total(page)).to_contain_text("1,800.00")


def take_back_what_was_saved(page: Page) -> None:
    page.get_by_role("link", name="Versions").click()
    slip, saved = page.locator("main li").nth(0), page.locator("main li").nth(1)
    expect(slip).to_contain_text("1,800.00")
    expect(saved).to_contain_text("180.00")
    saved.get_by_role("link", name=re.compile(r"^Version \d+$")).click()
    page.get_by_role("button", name="Take this version back").click()
    expect(total(page)).to_contain_text("180.00")
    expect(page.locator("[data-line]").first).to_contain_text("1 time entry")
    # What is pressed before the scripts are there is another way to the same question.
    page.wait_for_load_state("load")


def send(page: Page, client: Client, number: str) -> None:
    press_in_dialog(page, "Send", "Send")
    mail = client.mail(number)
    (attached,) = mail.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
    expect_on_reload(page, "Sent to")
    client.expect_to_read(mail, "180.00 is open")
    expect_on_reload(page, "Viewed by the client")


def be_paid_in_part(page: Page) -> None:
    page.get_by_role("link", name="Record payment").click()
    page.locator("#dialog").get_by_label("Amount").fill("100")
    submit_dialog(page, "Record payment")
    expect(page.locator("main h1")).to_contain_text("Part paid")
    expect(page.locator(".figures")).to_contain_text("80.00")


def remind(page: Page, client: Client, number: str) -> None:
    press_in_dialog(page, "Remind", "Send the reminder")
    mail = client.mail(f"Invoice {number} is due on")
    assert "80.00 is open" in mail.get_body().get_content()
    expect_on_reload(page, "Reminder sent to")


def be_paid_the_rest(page: Page, client: Client) -> None:
    page.get_by_role("button", name="Mark as paid").click()
    expect(page.locator("main h1")).to_contain_text("Paid")
    client.browser.reload()
    expect(client.browser.locator("main")).to_contain_text("Paid in full. Thank you.")


def take_it_back(page: Page, client: Client, number: str) -> None:
    page.get_by_role("link", name="Credit", exact=True).click()
    submit_dialog(page, "Begin the credit note")
    expect(page.get_by_role("heading", name="Credit note for Harbour Books")).to_be_visible()
    page.wait_for_load_state("load")
    issue_from_editor(page, "CN")
    page.get_by_role("link", name=number, exact=True).first.click()
    expect(page.locator("main h1")).to_contain_text(f"{number} Cancelled")
    client.browser.reload()
    expect(client.browser.locator("main")).to_contain_text("This invoice was taken back. Nothing is to be paid.")


def expect_all_of_it_told(page: Page) -> None:
    """Each step stands in the timeline, the newest on top."""
    told = [
        "180.00 credited by CN-", "80.00 received", "Reminder sent to", "100.00 received", "Viewed by the client",
        "Sent to", "Issued as", "taken back", "Draft made",
    ]  # fmt: skip
    moments = page.locator(".timeline li")
    expect(moments).to_have_count(len(told))
    expect(moments).to_contain_text(told)
