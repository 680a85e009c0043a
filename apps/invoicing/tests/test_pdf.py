"""The PDF: read back, byte for byte the same, and deaf to everything outside."""

import logging
from functools import partial

import pypdfium2
import pytest
from django.urls import reverse

from apps.invoicing import pdf, press
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.tasks import render_invoice_pdf
from apps.invoicing.tests.building import a_draft, issued, line

MISSING = "notdef"


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return "\n".join(pages)


@pytest.fixture
def invoice(alice) -> Invoice:
    type(alice.workspace).objects.update(address="Hof 1\n10115 Berlin", country="DE", iban="DE89370400440532013000")
    type(alice.client).objects.update(address="Lavelle Road 14", tax_id="29ABCPR1234K1Z5")
    return fresh(
        issued(alice, line("Page grids\nSpreads 1–64", "0.8333", "100", "19", unit="h"), line("Żółć", "3", "45", "7"))
    )


def printed(invoice: Invoice, xml: bytes = b"") -> bytes:
    """What the press makes of it, in this process."""
    return press.produce(pdf.job(invoice.paper, xml=xml))


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.select_related("workspace", "client").get(pk=invoice.pk)


def test_everything_that_counts_is_on_the_paper(invoice):
    text = text_of(printed(invoice))
    for expected in (
        "INV-2026-001", "alice studio", "10115 Berlin", "Germany", "alice client", "29ABCPR1234K1Z5",
        "Page grids", "Spreads 1–64", "0.8333 h", "83.33", "Żółć", "135.00", "Tax 19 % on", "Tax 7 % on",
        "4 May 2026", "DE89 3704 0044 0532 0130 00",
    ):  # fmt: skip
        assert expected in text
    assert "243.61" in text.replace("\xa0", " ")


@pytest.mark.parametrize(("currency", "sign"), [("INR", "₹"), ("EUR", "€"), ("PLN", "PLN"), ("JPY", "¥")])
def test_every_glyph_is_in_the_fonts(alice, caplog, currency, sign):
    invoice = issued(alice, line("Notes – “quoted” … ½ × 3 §"), currency=currency)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        text = text_of(printed(fresh(invoice)))
    assert sign in text
    assert not [record for record in caplog.records if MISSING in record.getMessage()]


def test_the_same_snapshot_gives_the_same_bytes(invoice):
    assert printed(invoice) == printed(fresh(invoice))


def test_the_worker_stores_it_once_and_it_outlives_changes(alice, invoice):
    digest = render_invoice_pdf.func(invoice.workspace_id, invoice.pk)
    type(alice.client).objects.update(name="Renamed", address="Elsewhere")
    type(alice.workspace).objects.update(name="Moved")
    assert render_invoice_pdf.func(invoice.workspace_id, invoice.pk) == digest
    stored = InvoiceDocument.objects.get()
    assert printed(fresh(invoice)) == bytes(stored.content)
    assert InvoiceDocument.keep(invoice, b"later").sha256 == digest


def test_nothing_is_fetched_and_text_stays_text(alice, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    hostile = (
        f'<img src="{secret.as_uri()}"><link rel=stylesheet href="{secret.as_uri()}">{{{{ request }}}}{{% now "Y" %}}'
    )
    invoice = issued(alice, line(hostile), notes=hostile)
    text = text_of(printed(fresh(invoice))).replace("\r\n", "")
    assert "<img src=" in text
    assert "{{ request }}" in text
    assert "TOP SECRET" not in text


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "http://127.0.0.1/", "font:../../settings.py", "data:text/css,x"]
)
def test_both_fetchers_refuse_what_is_not_ours(url):
    for fetch in (press.fetch_nothing, press.fetch_font, partial(press.fetch_logo, b"")):
        with pytest.raises(press.RefusedError):
            fetch(url)


def test_long_invoices_repeat_the_head_of_the_table(alice):
    content = printed(fresh(issued(alice, *[line(f"Line {index}") for index in range(40)])))
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert len(pages) > 1
    assert all("DESCRIPTION" in page for page in pages[:-1])


def test_the_page_serves_what_is_stored_and_answers_not_modified(as_alice, invoice):
    url = reverse("invoicing:pdf", args=[invoice.pk])
    first = as_alice.get(url)
    assert first["Content-Disposition"] == 'inline; filename="inv-2026-001.pdf"'
    assert first.content == bytes(InvoiceDocument.objects.get().content)
    assert as_alice.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert as_alice.get(f"{url}?download")["Content-Disposition"].startswith("attachment")


def test_a_preview_of_a_draft_says_so_and_is_not_stored(as_alice, alice):
    answer = as_alice.get(reverse("invoicing:pdf", args=[a_draft(alice).pk]))
    assert "Draft, not issued" in text_of(answer.content)
    assert not InvoiceDocument.objects.exists()
