"""The files of an issued invoice: the PDF, and where its data allow it the e-invoice, alone and inside the PDF."""

from apps.invoicing import pdf
from apps.invoicing.einvoice import cii, ubl
from apps.invoicing.einvoice.checking import findings
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.paper import Paper
from apps.workspaces.models import Workspace

Kind = InvoiceDocument.Kind


def stored(invoice: Invoice, kind: str = Kind.PDF) -> InvoiceDocument | None:
    """A document that is there already."""
    return InvoiceDocument.objects.filter(invoice=invoice, workspace_id=invoice.workspace_id, kind=kind).first()


def stored_pdf(invoice: Invoice) -> InvoiceDocument:
    """The PDF of an issued invoice; made and stored now, with its e-invoice, where the worker has not done it yet.

    Raises `ChildError` where it cannot be made; the invoice stays issued, and it can be tried again.
    """
    return stored(invoice) or make(invoice)


def make(invoice: Invoice) -> InvoiceDocument:
    """Make and store all documents of an issued invoice; returns the PDF, which is stored last."""
    xml = b"" if invoice.is_estimate else _e_invoice(invoice)
    return InvoiceDocument.keep(invoice, render(invoice, xml=xml), Kind.PDF)


def render(invoice: Invoice, *, xml: bytes = b"") -> bytes:
    """The PDF of an invoice, with the logo that it names; raises `ChildError` where it cannot be made."""
    return pdf.render(invoice.paper, xml=xml, logo=logo_of(invoice.workspace, invoice.paper))


def logo_of(workspace: Workspace, paper: Paper) -> bytes:
    """The picture that a document names, also where the business has another one by now."""
    digest = paper.facts["logo"]
    return bytes(workspace.logos.get(sha256=digest).content) if digest else b""


def _e_invoice(invoice: Invoice) -> bytes:
    """Store the e-invoice in both of its forms and return the one for the PDF; nothing where it cannot be one."""
    facts = invoice.paper.facts
    if not (facts["seller"]["country"] and facts["buyer"]["country"]):
        # Never one, by BR-09 and BR-11; asking would start two processes for each such invoice.
        return b""
    xml, other = cii.write(facts), ubl.write(facts)
    if findings(xml, Kind.CII):
        return b""
    InvoiceDocument.keep(invoice, xml, Kind.CII)
    if not findings(other, Kind.UBL):
        InvoiceDocument.keep(invoice, other, Kind.UBL)
    return xml
