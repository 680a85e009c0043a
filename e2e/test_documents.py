"""An invoice becomes documents: in the client's language, with what a program reads from it, and a look of its own."""

import re

from playwright.sync_api import Page, expect

from e2e.people import Freelancer
from e2e.test_crediting import begin, issue, line


def of_europe(ada: Freelancer) -> None:
    """Ada's business and her client have all that an electronic invoice asks for."""
    from apps.clients.models import Client
    from apps.workspaces.models import Workspace

    Workspace.objects.filter(pk=ada.workspace.pk).update(
        address="Hof 1\n10115 Berlin", country="DE", tax_id="DE136695976", iban="DE89370400440532013000", currency="EUR"
    )
    Client.objects.filter(pk=ada.client.pk).update(
        address="Rue 2\n75001 Paris", country="FR", tax_id="FR40303265045", language="fr", currency="EUR"
    )


def test_an_issued_invoice_becomes_documents_while_one_looks_on(adas_page: Page, ada: Freelancer):
    of_europe(ada)
    begin(adas_page, ada)
    line(adas_page, 0, "Proofs", "800")
    adas_page.get_by_role("button", name="Issue").click()
    expect(adas_page.locator("#dialog")).to_contain_text("It is an electronic invoice by EN 16931 as well")
    adas_page.locator("#dialog").get_by_role("button", name="Issue").click()
    documents = adas_page.locator("#documents")
    expect(documents).to_contain_text(re.compile("SHA-256 [0-9a-f]{64}"), timeout=30_000)
    for kind in ("PDF", "E-invoice, CII", "E-invoice, UBL"):
        with adas_page.expect_download() as coming:
            documents.get_by_role("link", name=f"Download: {kind}", exact=True).click()
        assert coming.value.suggested_filename.endswith("pdf" if kind == "PDF" else "xml")
    paper = adas_page.locator("article.paper")
    expect(paper).to_contain_text("Facturé à")
    expect(paper.get_by_role("img", name=re.compile("Code pour payer 800,00"))).to_be_visible()


def test_what_an_electronic_invoice_lacks_is_said_and_stops_nothing(adas_page: Page, ada: Freelancer):
    begin(adas_page, ada)
    line(adas_page, 0, "Proofs", "10")
    adas_page.get_by_role("button", name="Issue").click()
    dialog = adas_page.locator("#dialog")
    expect(dialog).to_contain_text("The country of your business is missing.")
    expect(dialog.get_by_role("link", name="To the client").first).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    issue(adas_page, "INV-")


def test_the_look_is_chosen_by_keyboard(adas_page: Page):
    adas_page.goto("/invoices/look/")
    adas_page.get_by_role("radio", name="Ledger").focus()
    adas_page.keyboard.press("ArrowRight")
    expect(adas_page.get_by_role("radio", name="Letterhead")).to_be_checked()
    adas_page.get_by_label("Language of documents").select_option("Deutsch")
    adas_page.get_by_role("button", name="Save").click()
    expect(adas_page.locator(".toast").last).to_contain_text("Documents that you issue from now on look like this")
    expect(adas_page.get_by_role("radio", name="Letterhead")).to_be_checked()
