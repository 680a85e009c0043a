"""A client's money at a glance, for the page of their payments."""

from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from apps.clients.models import Client
from apps.invoicing.models import Invoice, Payment, Refund
from apps.invoicing.models.account import credits_of

MOST_MOVEMENTS = 100


@dataclass(frozen=True)
class Balance:
    """How the client stands in one currency, in minor units."""

    currency: str
    credit_minor: int = 0
    open_minor: int = 0
    invoices: int = 0
    late_minor: int = 0


@dataclass
class Movement:
    """Money that came in, or (below zero) went back; `shares` are the invoices that it is on."""

    row: Payment | Refund
    day: date
    amount_minor: int
    shares: list[tuple[Invoice, int]] = field(default_factory=list)

    @property
    def is_refund(self) -> bool:
        """Whether it went back."""
        return isinstance(self.row, Refund)

    @property
    def rest_minor(self) -> int:
        """What of a payment is on no invoice."""
        return self.row.amount_minor - sum(minor for _invoice, minor in self.shares)


@dataclass(frozen=True)
class Ledger:
    """Balances by currency, and the latest movements, newest first."""

    balances: list[Balance]
    movements: list[Movement]
    is_cut: bool

    @property
    def credits(self) -> list[Balance]:
        """The currencies in which the client has credit."""
        return [balance for balance in self.balances if balance.credit_minor]


def ledger(client: Client) -> Ledger:
    """All of it in six queries, however much there is."""
    found = list(chain(_payments(client), _refunds(client)))
    found.sort(key=lambda movement: (movement.day, movement.row.created_at), reverse=True)
    return Ledger(_balances(client), found[:MOST_MOVEMENTS], len(found) > MOST_MOVEMENTS)


def _balances(client: Client) -> list[Balance]:
    credits = credits_of(client)
    open_rows = {row["currency"]: row for row in client.invoices.open_amounts()}
    codes = dict.fromkeys([client.currency, *sorted({*credits, *open_rows})])
    names = ("open_minor", "invoices", "late_minor")
    return [
        Balance(code, credits.get(code, 0), **{name: open_rows.get(code, {}).get(name, 0) for name in names})
        for code in codes
    ]


def _payments(client: Client) -> list[Movement]:
    payments = list(client.payments.order_by("-paid_on", "-pk")[: MOST_MOVEMENTS + 1])
    movements = {payment.pk: Movement(payment, payment.paid_on, payment.amount_minor) for payment in payments}
    allocations = client.workspace.allocations.filter(payment__in=list(movements)).select_related("invoice")
    shares: dict[tuple[int, Invoice], int] = {}
    for each in allocations.only("workspace", "payment", "amount_minor", "invoice__number").order_by("pk"):
        shares[each.payment_id, each.invoice] = shares.get((each.payment_id, each.invoice), 0) + each.amount_minor
    for (payment, invoice), minor in shares.items():
        if minor:
            movements[payment].shares.append((invoice, minor))
    return list(movements.values())


def _refunds(client: Client) -> list[Movement]:
    refunds = client.refunds.select_related("invoice").defer("invoice__snapshot").order_by("-paid_on", "-pk")
    return [Movement(refund, refund.paid_on, -refund.amount_minor) for refund in refunds[: MOST_MOVEMENTS + 1]]
