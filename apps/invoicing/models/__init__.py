"""Invoices, their lines, numbers, payments and documents."""

from apps.invoicing.models.document import InvoiceDocument
from apps.invoicing.models.invoice import Invoice, Receivable
from apps.invoicing.models.line import BilledTime, InvoiceLine
from apps.invoicing.models.numbering import NumberCounter, NumberSeries
from apps.invoicing.models.payment import Payment

__all__ = [
    "BilledTime",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "NumberCounter",
    "NumberSeries",
    "Payment",
    "Receivable",
]
