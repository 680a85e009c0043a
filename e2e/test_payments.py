"""Money comes in: one payment over two invoices, and a file of the bank that pays the rest."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from e2e.people import Freelancer


@pytest.fixture
def invoices(ada: Freelancer) -> list:
    """Three that are open: 300, 450 and 600 euros, the first one due first."""
    from apps.invoicing.tests.building import issued, line

    type(ada.workspace).objects.filter(pk=ada.workspace.pk).update(address="Street 1", country="DE")
    world = SimpleNamespace(workspace=ada.workspace, client=ada.client, owner=ada.user)
    day = date.today() - timedelta(days=40)
    return [
        issued(world, line(unit_price=price), issue_date=day, due_date=day + timedelta(days=number))
        for number, price in enumerate(("300", "450", "600"))
    ]


def share(page: Page, invoice):
    """The field that says how much of the payment goes to an invoice."""
    return page.locator("#dialog").get_by_label(invoice.number)


def test_one_payment_over_two_invoices_and_credit_for_the_next(adas_page: Page, ada: Freelancer, invoices):
    first, second, third = invoices
    adas_page.goto(f"/clients/{ada.client.pk}/")
    adas_page.get_by_role("link", name="Record a payment").click()
    amount = adas_page.locator("#dialog").get_by_label("Amount")
    amount.fill("800")
    expect(share(adas_page, first)).to_have_value("300.00")
    expect(share(adas_page, second)).to_have_value("450.00")
    expect(share(adas_page, third)).to_have_value("50.00")
    share(adas_page, third).fill("")
    expect(adas_page.locator("#rest")).to_contain_text("50.00")
    adas_page.get_by_role("button", name="Record payment").click()
    expect(adas_page.locator(".toast").last).to_contain_text("booked for 2 invoices")
    expect(adas_page.locator(".account-summary")).to_contain_text("50.00")
    assert (first.open_minor, second.open_minor, third.open_minor) == (0, 0, 60_000)

    adas_page.goto(third.get_absolute_url())
    adas_page.get_by_role("link", name="Record payment").click()
    adas_page.get_by_role("button", name="Use € 50.00 of it").click()
    expect(adas_page.locator("main .payments")).to_contain_text("from credit")
    assert third.open_minor == 55_000


def test_what_is_ticked_in_the_list_is_paid_and_taken_back(adas_page: Page, invoices):
    adas_page.goto("/invoices/")
    for invoice in invoices[1:]:
        adas_page.get_by_role("row").filter(has_text=invoice.number).get_by_role("checkbox").check()
    adas_page.get_by_role("button", name="Record a payment").click()
    expect(adas_page.locator("#dialog").get_by_label("Amount")).to_have_value("1050.00")
    adas_page.get_by_role("button", name="Record payment").click()
    expect(adas_page.get_by_role("row").filter(has_text=invoices[1].number)).to_contain_text("Paid")
    adas_page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(adas_page.get_by_role("row").filter(has_text=invoices[1].number)).to_contain_text("Overdue")


def test_a_file_of_the_bank_pays_invoices_once(adas_page: Page, invoices, tmp_path):
    today = date.today()
    rows = [
        "Buchungstag;Zahlungspflichtiger;Verwendungszweck;Betrag;Währung",
        f"{today:%d.%m.%Y};Harbour;{invoices[0].number} danke;300,00;EUR",
        f"{today:%d.%m.%Y};Harbour Books;ohne Angabe;450,00;EUR",
        f"{today:%d.%m.%Y};Stadtwerke;Strom;-80,00;EUR",
    ]
    (tmp_path / "bank.csv").write_text("\n".join(rows), encoding="cp1252")
    for is_again in (False, True):
        adas_page.goto("/invoices/bank/")
        adas_page.get_by_label("File of the bank").set_input_files(tmp_path / "bank.csv")
        adas_page.get_by_role("button", name="Look at the file").click()
        expect(adas_page.get_by_role("row").filter(has_text="danke")).to_contain_text("300.00")
        adas_page.get_by_role("button", name="Go on to the payments").click()
        lines = adas_page.locator("#lines")
        if is_again:
            expect(lines).to_contain_text("All that came in is booked")
            adas_page.get_by_role("link", name="Booked").click()
            expect(lines.get_by_text("Already booked")).to_have_count(2)
        else:
            adas_page.get_by_role("button", name="Book the sure one").click()
            expect(lines).to_contain_text("1 payment is not booked yet")
            lines.get_by_role("button", name="Book").click()
            expect(lines).to_contain_text("All that came in is booked")
    assert [invoice.open_minor for invoice in invoices] == [0, 0, 60_000]
