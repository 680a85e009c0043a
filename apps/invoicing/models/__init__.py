"""Invoices, their lines, numbers, payments and documents."""

from apps.invoicing.models.account import Account
from apps.invoicing.models.document import InvoiceDocument
from apps.invoicing.models.estimated import EstimateAnswer
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.line import BilledTime, InvoiceLine
from apps.invoicing.models.logo import Logo
from apps.invoicing.models.numbering import NumberCounter, NumberSeries
from apps.invoicing.models.payment import Allocation, Payment
from apps.invoicing.models.recurring import RecurringInvoice, RecurringRun
from apps.invoicing.models.refund import Refund
from apps.invoicing.models.settled import Receivable
from apps.invoicing.models.statement import BankLine, BankStatement
from apps.invoicing.models.tax import TaxRate
from apps.invoicing.models.version import InvoiceVersion

__all__ = [
    "Account",
    "Allocation",
    "BankLine",
    "BankStatement",
    "BilledTime",
    "EstimateAnswer",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceVersion",
    "Logo",
    "NumberCounter",
    "NumberSeries",
    "Payment",
    "Receivable",
    "RecurringInvoice",
    "RecurringRun",
    "Refund",
    "TaxRate",
]
