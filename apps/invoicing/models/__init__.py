"""Invoices, their lines, numbers, payments and documents."""

from apps.invoicing.models.account import Account
from apps.invoicing.models.delivery import Delivery
from apps.invoicing.models.document import InvoiceDocument
from apps.invoicing.models.estimated import EstimateAnswer
from apps.invoicing.models.expense import Expense
from apps.invoicing.models.invoice import Invoice
from apps.invoicing.models.line import BilledTime, InvoiceLine
from apps.invoicing.models.logo import Logo
from apps.invoicing.models.mail_template import MailTemplate, ReminderStep
from apps.invoicing.models.numbering import NumberCounter, NumberSeries
from apps.invoicing.models.payment import Allocation, Payment
from apps.invoicing.models.public_link import PublicLink
from apps.invoicing.models.recurring import RecurringInvoice, RecurringRun
from apps.invoicing.models.refund import Refund
from apps.invoicing.models.settled import Receivable
from apps.invoicing.models.source import LineSource
from apps.invoicing.models.statement import BankLine, BankStatement
from apps.invoicing.models.tax import TaxRate
from apps.invoicing.models.version import InvoiceVersion
from apps.invoicing.models.written_off import WriteOff

__all__ = [
    "Account",
    "Allocation",
    "BankLine",
    "BankStatement",
    "BilledTime",
    "EstimateAnswer",
    "Delivery",
    "Expense",
    "Invoice",
    "LineSource",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceVersion",
    "Logo",
    "MailTemplate",
    "NumberCounter",
    "NumberSeries",
    "Payment",
    "PublicLink",
    "Receivable",
    "RecurringInvoice",
    "RecurringRun",
    "Refund",
    "ReminderStep",
    "TaxRate",
    "WriteOff",
]
