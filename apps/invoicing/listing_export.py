"""The list of invoices as a table for a file: what is listed, row by row."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.core.export import Cell, Export
from apps.core.money import to_major
from apps.invoicing.listing import Listing

ROWS_AT_ONCE = 1000


def export_of(listing: Listing) -> Export:
    """All pages of the list in its order; the amounts of credit notes are below zero."""
    titles = [
        _("Number"), _("Kind"), _("Client"), _("Their reference"), _("Status"), _("Issued"), _("Due"), _("Net"),
        _("Tax"), _("Total"), _("Paid"), _("Credited"), _("Balance"), _("Currency"),
    ]  # fmt: skip
    return Export("invoices", titles, _rows(listing))


def _rows(listing: Listing) -> Iterator[list[Cell]]:
    for invoice in listing.sorted_invoices.with_standing().iterator(chunk_size=ROWS_AT_ONCE):
        sign = -1 if invoice.is_credit_note else 1
        amounts = [sign * invoice.net_minor, sign * invoice.tax_minor, sign * invoice.total_minor]
        balance = [invoice.paid_minor, invoice.credited_minor, invoice.open_minor]
        yield [
            invoice.number or "", str(invoice.get_kind_display()), invoice.client.name, invoice.reference,
            str(invoice.state_label), invoice.issue_date, invoice.due_date,
            *(to_major(minor, invoice.currency) for minor in amounts + balance), invoice.currency,
        ]  # fmt: skip
