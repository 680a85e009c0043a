"""Many issued invoices at once: most of them long paid, some open, part paid or late.

They are written as rows, without the log and the numbering, which would take minutes; what pages read of them is as if
each had been issued and paid by hand. The last weeks hold the same invoices whatever the number, the rest lies on the
older days: there one in a hundred was never paid, or not all of it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from apps.clients.models import Client
from apps.core.transactions import atomic
from apps.invoicing import snapshots
from apps.invoicing.models import Allocation, Invoice, InvoiceLine, Payment, Receivable
from apps.workspaces.models import Workspace

RECENT_DAYS, RECENT_INVOICES = 40, 120
YEARS_DAYS = 3 * 365
TERM = timedelta(days=14)
BATCH = 500


def write_invoices(workspace: Workspace, count: int, today: date) -> None:
    """Write so many invoices for the clients of the workspace, the oldest first. Each batch is one transaction."""
    clients = list(workspace.clients.select_related("workspace").order_by("pk"))
    issue_dates = list(_issue_dates(count, today))
    for first in range(0, count, BATCH):
        _write(workspace, clients, issue_dates, range(first, min(first + BATCH, count)))


def _issue_dates(count: int, today: date) -> Iterator[date]:
    older = max(count - RECENT_INVOICES, 0)
    for number in range(older):
        yield today - timedelta(days=YEARS_DAYS - number * (YEARS_DAYS - RECENT_DAYS) // older)
    for number in range(count - older):
        yield today - timedelta(days=RECENT_DAYS - 1 - number * RECENT_DAYS // RECENT_INVOICES)


@atomic
def _write(workspace: Workspace, clients: list[Client], issue_dates: list[date], numbers: range) -> None:
    for number in numbers:
        is_recent = number >= len(issue_dates) - RECENT_INVOICES
        invoice = _issued(workspace, clients[number % len(clients)], number, issue_dates[number])
        paid_minor = _paid_share(number, is_recent=is_recent) * invoice.total_minor // 100
        if paid_minor:
            _pay(invoice, paid_minor)
        if paid_minor < invoice.total_minor:
            Receivable(workspace=workspace, invoice=invoice, due_date=invoice.due_date).insert()


def _paid_share(number: int, *, is_recent: bool) -> int:
    """How much of an invoice is paid, in percent."""
    if is_recent:
        return (100, 100, 40, 0, 0, 0)[number % 6]
    return {0: 0, 100: 40}.get(number % 199, 100)


def _issued(workspace: Workspace, client: Client, number: int, issue_date: date) -> Invoice:
    """An invoice of one line; it is written as a draft first, since an issued one takes no lines."""
    amount_minor = 20_000 + number * 137 % 400_000
    at = datetime.combine(issue_date, time(12), UTC)
    invoice = Invoice(
        workspace=workspace, client=client, currency=client.currency, issue_date=issue_date,
        due_date=issue_date + TERM, reference=f"Order {number}" if number % 3 == 0 else "", net_minor=amount_minor,
        total_minor=amount_minor, created_at=at, updated_at=at,
    )  # fmt: skip
    invoice.insert()
    price = Decimal(amount_minor) / 100
    InvoiceLine(
        workspace=workspace, invoice=invoice, description="Design and layout", unit_price=price,
        amount_minor=amount_minor,
    ).insert()  # fmt: skip
    invoice.number, invoice.status, invoice.issued_at = f"B-{number:06}", Invoice.Status.ISSUED, at
    invoice.snapshot = snapshots.freeze(invoice)
    invoice.rewrite("number", "status", "issued_at", "snapshot")
    return invoice


def _pay(invoice: Invoice, amount_minor: int) -> None:
    facts = {"workspace": invoice.workspace, "amount_minor": amount_minor}
    payment = Payment(
        **facts, client=invoice.client, currency=invoice.currency, paid_on=invoice.issue_date,
        idempotency_key=f"bench {invoice.number}",
    )  # fmt: skip
    payment.insert()
    Allocation(**facts, payment=payment, invoice=invoice, day=payment.paid_on).insert()
