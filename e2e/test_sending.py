"""An invoice on its way: mailed, read by the client without an account, reminded of, and the address taken back."""

import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

# That of a person's browser; what calls itself headless is no visitor.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
WITHIN_SECONDS = 20


@pytest.fixture
def invoice(ada):
    """Issued, over 600.00, for a client with an address."""
    from decimal import Decimal

    from apps.invoicing.models import Invoice
    from apps.invoicing.services import save_draft

    ada.client.email = f"books{ada.client.pk}@harbour.example"
    ada.client.save()
    draft = Invoice.start(workspace=ada.workspace, client=ada.client, actor=ada.user)
    cover = {"pk": None, "description": "The cover", "quantity": Decimal(1), "unit": "item", "unit_price": Decimal(600)}
    save_draft(draft, fields={}, lines=[cover | {"tax_rate": Decimal(0)}])
    draft.issue(actor=ada.user)
    return draft


def mail_to(office, address: str, subject: str):
    """The mail with these words in its subject, once it has come in."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        for mail in office.mails:
            if mail["To"] == address and subject in mail["Subject"]:
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}: {[(mail['To'], mail['Subject']) for mail in office.mails]}")


def press_in_dialog(page: Page, opener: str, button: str) -> None:
    page.get_by_role("link", name=opener).first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_be_hidden()


def test_sent_read_by_the_client_and_the_address_taken_back(adas_page, new_device, post_office, invoice, faults):
    page = adas_page
    page.goto(invoice.get_absolute_url())
    press_in_dialog(page, "Send", "Send")
    mail = mail_to(post_office, invoice.client.email, invoice.number)
    (attached,) = mail.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
    expect_on_reload(page, "Sent to")
    expect(page.locator("main h1")).to_contain_text("Sent")

    path = urlsplit(re.search(r"http\S+/i/\S+", mail.get_body().get_content())[0]).path
    page.goto(path)
    page.mouse.move(200, 200)
    page.wait_for_timeout(3500)

    client = new_device(user_agent=PERSON).new_page()
    client.goto(path)
    expect(client.locator("main")).to_contain_text("The cover")
    page.goto(invoice.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Not opened yet")
    with client.expect_response(re.compile("/seen/")):
        client.mouse.move(300, 300)
    expect_on_reload(page, "Viewed by the client")
    expect(page.locator("main h1")).to_contain_text("Viewed")
    with client.expect_download() as download:
        client.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")

    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator("main")).to_contain_text("leads nowhere")
    faults.expect("404")
    assert client.goto(path).status == 404


def test_reminded_and_written_off(adas_page, post_office, invoice):
    from datetime import timedelta

    from apps.invoicing.models import Invoice

    # Weeks have passed: what is issued cannot be changed, so it is another one that was due long ago.
    late = Invoice.start(
        workspace=invoice.workspace, client=invoice.client, issue_date=invoice.issue_date - timedelta(60)
    )
    invoice.lines.copy_to(late)
    late.write_totals()
    late.issue()
    late.mark_sent()
    page = adas_page
    page.goto(late.get_absolute_url())
    press_in_dialog(page, "Remind", "Send the reminder")
    mail = mail_to(post_office, invoice.client.email, f"Reminder: invoice {late.number}")
    assert "600.00 is still open" in mail.get_body().get_content()
    expect_on_reload(page, "Reminder sent to")
    page.locator("main summary").first.click()
    press_in_dialog(page, "Write off", "Write off")
    expect(page.locator("main h1")).to_contain_text("Written off")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main h1")).to_contain_text("Overdue")


def test_a_template_shows_what_it_becomes(adas_page, invoice):
    page = adas_page
    page.goto("/invoices/mail/")
    page.get_by_role("link", name="Word “Invoice” otherwise").click()
    page.get_by_label("Subject").fill("Your invoice {number}")
    expect(page.locator(".mail-preview")).to_contain_text(f"Your invoice {invoice.number}")
    page.get_by_label("Subject").fill("Your {numbr}")
    expect(page.locator(".mail-preview")).to_contain_text("stands for nothing")
    page.get_by_label("Subject").fill("Your invoice {number}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Your invoice {number}")


def expect_on_reload(page: Page, text: str) -> None:
    """The worker does it in its own time: look again until it is told."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while text not in page.locator("main").inner_text() and time.monotonic() < deadline:
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator("main")).to_contain_text(text)
