"""Many invoices at once: booked as paid, and their PDFs in one file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import RawIOBase
from zipfile import ZipFile, ZipInfo

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from apps.clients.models import Client
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.documents import stored_pdf
from apps.invoicing.models import Invoice, Payment
from apps.invoicing.querysets import InvoiceQuerySet
from apps.workspaces.models import Workspace


@dataclass
class Outcome:
    """What became of many: the payments that are booked, and how many invoices were left out for which reason."""

    payments: list[Payment] = field(default_factory=list)
    drafts: int = 0
    credit_notes: int = 0
    estimates: int = 0
    cancelled: int = 0
    paid: int = 0

    @property
    def amounts(self) -> list[tuple[str, int]]:
        """What was booked, by currency, in minor units."""
        found: dict[str, int] = defaultdict(int)
        for payment in self.payments:
            found[payment.currency] += payment.amount_minor
        return sorted(found.items())


@atomic
def mark_paid(invoices: InvoiceQuerySet, *, token: str, actor=None) -> Outcome:
    """Book what is open of each, today. The same `token` again books nothing and tells the same."""
    chosen = _lock_clients_and(invoices)
    outcome = Outcome()
    for invoice in chosen.select_related("workspace", "client").order_by("pk"):
        if invoice.is_draft:
            outcome.drafts += 1
        elif invoice.is_credit_note:
            outcome.credit_notes += 1
        elif invoice.is_estimate:
            outcome.estimates += 1
        elif invoice.status == Invoice.Status.CANCELLED:
            outcome.cancelled += 1
        else:
            _book(invoice, outcome, token, actor)
    return outcome


def _lock_clients_and(invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    """All of them before the first is booked: whoever books writes to the log, which comes after invoices."""
    found = dict(invoices.order_by().values_list("pk", "client"))
    lock_rows(Client.objects.filter(pk__in=sorted(set(found.values()))))
    chosen = Invoice.objects.filter(pk__in=sorted(found))
    lock_rows(chosen)
    return chosen


def _book(invoice: Invoice, outcome: Outcome, token: str, actor) -> None:
    try:
        outcome.payments.append(invoice.mark_paid(key=f"{token}-{invoice.pk}", actor=actor))
    except ValidationError:
        if invoice.open_minor > 0:
            raise
        outcome.paid += 1


@atomic
def take_back(workspace: Workspace, *, token: str, actor=None) -> int:
    """Undo `mark_paid`: take back what was booked under the token, as far as it is still there; returns how much."""
    payments = (
        workspace.payments.filter(idempotency_key__startswith=f"{token}-") if token else workspace.payments.none()
    )
    _lock_clients_and(workspace.invoices.filter(allocations__payment__in=payments))
    booked = list(payments.select_related("client").order_by("pk"))
    for payment in booked:
        payment.delete(actor=actor)
    return len(booked)


class _Outgoing(RawIOBase):
    """Where a ZIP file is written to while it goes out: nothing is kept that was taken."""

    def __init__(self):
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def zip_of_pdfs(invoices: Iterable[Invoice]) -> Iterator[bytes]:
    """A ZIP file of the documents of issued invoices, piece by piece, one document in memory at a time."""
    outgoing = _Outgoing()
    with ZipFile(outgoing, "w") as archive:
        for invoice in invoices:
            day = invoice.issue_date
            name = f"{slugify(invoice.number) or invoice.pk}.pdf"
            document = ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            archive.writestr(document, bytes(stored_pdf(invoice).content))
            yield outgoing.taken()
    yield outgoing.taken()
