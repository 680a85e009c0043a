"""The files of an issued invoice: the e-invoice inside the PDF, kept with it, and what happens when printing fails."""

import json
import re
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from lxml import etree

from apps.core import days
from apps.invoicing import child_process, documents, pdf, press
from apps.invoicing.child_process import ChildError
from apps.invoicing.einvoice import cii
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.tasks import ATTEMPTS, render_invoice_pdf
from apps.invoicing.tests.building import a_draft, issued
from apps.invoicing.tests.einvoices import case, of_europe, taxed
from apps.invoicing.tests.test_pdf import printed, text_of


@pytest.fixture
def invoice(alice) -> Invoice:
    return case(of_europe(alice), "standard")


@pytest.fixture
def plain(alice) -> Invoice:
    """Of a business that said nothing about itself."""
    return issued(alice, taxed("S", "19"))


def reader(content: bytes) -> pypdf.PdfReader:
    from io import BytesIO

    return pypdf.PdfReader(BytesIO(content))


def test_all_documents_are_kept_and_the_pdf_holds_the_same_e_invoice(invoice):
    document = documents.make(invoice)
    kept = {each.kind: bytes(each.content) for each in InvoiceDocument.objects.all()}
    assert set(kept) == {"pdf", "cii", "ubl"}
    attached = reader(bytes(document.content)).attachments
    assert attached == {"factur-x.xml": [kept["cii"]]}


def test_the_pdf_says_what_is_attached_once_and_is_an_archive_file(invoice):
    found = reader(printed(invoice, cii.write(invoice.snapshot)))
    root = found.trailer["/Root"]
    assert len(root["/AF"]) == 1
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"
    metadata = root["/Metadata"].get_object().get_data()
    tree = etree.fromstring(metadata)
    assert len(tree.findall(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")) == 1
    assert b'fx:ConformanceLevel="EN 16931"' in metadata
    assert b'pdfaid:part="3"' in metadata
    assert b'pdfaid:conformance="B"' in metadata
    assert root["/OutputIntents"]


def test_the_same_snapshot_gives_the_same_bytes_in_another_process(invoice):
    xml = cii.write(invoice.snapshot)
    again = Invoice.objects.select_related("workspace", "client").get(pk=invoice.pk)
    assert pdf.render(invoice.paper, xml=xml) == pdf.render(again.paper, xml=xml) == printed(invoice, xml)


def test_what_cannot_be_an_e_invoice_is_a_pdf_all_the_same(as_alice, plain):
    documents.make(plain)
    assert [each.kind for each in InvoiceDocument.objects.all()] == ["pdf"]
    page = as_alice.get(plain.get_absolute_url()).content.decode()
    assert "This one is no electronic invoice" in page
    why = as_alice.get(reverse("invoicing:check", args=[plain.pk])).content.decode()
    assert "The country of your business is missing." in why
    answer = as_alice.get(reverse("invoicing:xml", args=[plain.pk]))
    assert answer.url == plain.get_absolute_url()


def test_the_page_names_the_digests_and_serves_the_files(as_alice, invoice):
    documents.make(invoice)
    page = as_alice.get(invoice.get_absolute_url()).content.decode()
    for document in InvoiceDocument.objects.all():
        assert document.sha256 in page
        answer = as_alice.get(f"{document.get_absolute_url()}?download")
        assert answer.content == bytes(document.content)
        assert answer["Content-Disposition"].startswith("attachment")
        again = as_alice.get(document.get_absolute_url(), headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304


def test_the_page_waits_for_the_pdf_and_stops_when_it_is_there(as_alice, invoice):
    section = reverse("invoicing:documents", args=[invoice.pk])
    waiting = as_alice.get(section, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "being made" in waiting
    render_invoice_pdf.func(invoice.workspace_id, invoice.pk)
    there = as_alice.get(section, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in there
    assert "SHA-256" in there


def test_a_pdf_that_does_not_come_is_told(as_alice, alice, time_machine):
    time_machine.move_to(days.now(), tick=False)
    invoice = issued(alice)
    time_machine.shift(timedelta(minutes=3))
    section = as_alice.get(
        reverse("invoicing:documents", args=[invoice.pk]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "could not be made yet" in section
    assert "hx-trigger" not in section


def test_the_dialog_says_what_the_e_invoice_lacks_and_still_issues(as_alice, alice):
    draft = a_draft(alice, taxed("S", "19"))
    dialog = as_alice.get(draft.submit_url).content.decode()
    assert reverse("invoicing:check", args=[draft.pk]) in dialog
    lacks = as_alice.get(reverse("invoicing:check", args=[draft.pk])).content.decode()
    assert "The client&#x27;s country is missing." in lacks
    assert "has no number" not in lacks
    as_alice.post(draft.submit_url, {"version": draft.version})
    assert Invoice.objects.get(pk=draft.pk).number


def test_letters_that_no_font_has_are_told_before(as_alice, alice):
    draft = a_draft(alice, taxed("S", "19", description="Logo 山 for 海"))
    assert "山 海" in as_alice.get(reverse("invoicing:check", args=[draft.pk])).content.decode()
    plain = a_draft(alice, taxed("S", "19", description="Größe, Łódź, Ελλάδα, Київ, Việt Nam, हिन्दी, ₹ 5 – “x”"))
    assert "empty boxes" not in as_alice.get(reverse("invoicing:check", args=[plain.pk])).content.decode()


# ── Limits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_needs_too_much_memory_is_given_up(invoice):
    fine = pdf.job(invoice.paper)
    huge = {**fine, "html": "x" * 200_000_000}
    with pytest.raises(ChildError, match="MemoryError"):
        pdf.PRESS.ask(json.dumps(huge).encode())
    assert pdf.PRESS.ask(json.dumps(fine).encode()).startswith(b"%PDF")


def test_a_press_that_ended_meanwhile_is_started_again(invoice):
    first = pdf.render(invoice.paper)
    pdf.PRESS._child.kill()
    pdf.PRESS._child.wait()
    assert pdf.render(invoice.paper) == first


def test_a_press_that_takes_too_long_is_stopped_and_the_task_comes_back(monkeypatch, as_alice, invoice):
    pdf.PRESS.stop()
    monkeypatch.setattr(child_process, "TIME_LIMIT_SECONDS", 0.01)
    with pytest.raises(ChildError, match="more than 0.01 seconds"):
        pdf.render(invoice.paper)
    DBTaskResult.objects.all().delete()
    assert render_invoice_pdf.func(invoice.workspace_id, invoice.pk) == ""
    waiting = DBTaskResult.objects.get()
    assert waiting.args_kwargs["args"] == [invoice.workspace_id, invoice.pk, 2]
    assert waiting.run_after > days.now()
    with pytest.raises(ChildError):
        render_invoice_pdf.func(invoice.workspace_id, invoice.pk, ATTEMPTS)
    assert DBTaskResult.objects.count() == 1
    invoice.refresh_from_db()
    assert invoice.status == "issued"
    assert not InvoiceDocument.objects.exists()
    answer = as_alice.get(reverse("invoicing:pdf", args=[invoice.pk]))
    assert answer.status_code == 503
    assert "could not be made" in answer.content.decode()


def test_an_invoice_of_500_lines_fits_within_the_limits(alice):
    studio = of_europe(alice)
    long = issued(studio, *[taxed("S", "19", description=f"Line {number}\nMore of it") for number in range(500)])
    document = documents.make(long)
    assert InvoiceDocument.objects.count() == 3
    assert "Line 499" in text_of(bytes(document.content))


def test_the_press_names_only_what_it_prints_in(invoice):
    fonts = set(re.findall(rb"/BaseFont /\w+\+([\w-]+)", printed(invoice)))
    assert all(b"DejaVu" not in font for font in fonts)
    assert press.FONTS
