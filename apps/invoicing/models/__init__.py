"""Invoices, their lines, numbers, payments and documents."""

from apps.invoicing.models.delivery import Delivery
from apps.invoicing.models.document import InvoiceDocument
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.line import BilledTime, InvoiceLine
from apps.invoicing.models.mail_template import MailTemplate, ReminderStep
from apps.invoicing.models.numbering import NumberCounter, NumberSeries
from apps.invoicing.models.payment import Payment
from apps.invoicing.models.public_link import PublicLink
from apps.invoicing.models.settled import Receivable
from apps.invoicing.models.tax import TaxRate
from apps.invoicing.models.version import InvoiceVersion
from apps.invoicing.models.written_off import WriteOff

__all__ = [
    "BilledTime",
    "Delivery",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceVersion",
    "MailTemplate",
    "NumberCounter",
    "NumberSeries",
    "Payment",
    "PublicLink",
    "Receivable",
    "ReminderStep",
    "TaxRate",
    "WriteOff",
]
