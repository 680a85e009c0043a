"""The files of an issued invoice: the PDF, and where its data allow it the e-invoice, alone and inside the PDF."""

from apps.invoicing import pdf
from apps.invoicing.einvoice import cii, ubl
from apps.invoicing.einvoice.checking import findings
from apps.invoicing.models import Invoice, InvoiceDocument

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
    snapshot = invoice.snapshot
    xml = cii.write(snapshot)
    is_e_invoice = not findings(xml, Kind.CII)
    if is_e_invoice:
        InvoiceDocument.keep(invoice, xml, Kind.CII)
        other = ubl.write(snapshot)
        if not findings(other, Kind.UBL):
            InvoiceDocument.keep(invoice, other, Kind.UBL)
    content = pdf.render(invoice.paper, xml=xml if is_e_invoice else b"")
    return InvoiceDocument.keep(invoice, content, Kind.PDF)
