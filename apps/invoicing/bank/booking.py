"""Lines of a bank statement on their way to payments: suggestions, booking, taking a whole statement back."""

from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.core.transactions import atomic, lock_rows
from apps.invoicing.bank.matching import Confidence, Facts, Matcher, OpenInvoice, Suggestion
from apps.invoicing.models import Account, Payment
from apps.invoicing.models.statement import BankLine, BankStatement
from apps.workspaces.models import Workspace

# More would keep the person waiting; the next press goes on where this one stopped.
AT_ONCE = 200


@dataclass
class Row:
    """A line with what is suggested for it; `booked_as` is the payment that is there already."""

    line: BankLine
    suggestion: Suggestion | None = None

    @property
    def is_booked(self) -> bool:
        """Whether its money is booked, from this file or another."""
        return self.line.booked_as is not None

    @property
    def is_booked_here(self) -> bool:
        """Whether this statement booked it."""
        return self.is_booked and self.line.payment_id == self.line.booked_as

    @property
    def is_sure(self) -> bool:
        """Whether nothing has to be looked at."""
        return not self.is_booked and self.suggestion is not None and self.suggestion.confidence == Confidence.SURE


class Reconciliation:
    """A statement beside what is open: all its rows, in four queries."""

    def __init__(self, statement: BankStatement):
        self.statement = statement

    @cached_property
    def rows(self) -> list[Row]:
        """All lines in their order, those not booked yet with their suggestions."""
        rows = [Row(line) for line in self.statement.lines.with_booked().order_by("day", "pk")]
        matcher = Matcher(facts_of(self.statement.workspace)) if any(not row.is_booked for row in rows) else None
        for row in rows:
            if not row.is_booked:
                row.suggestion = matcher.suggest(row.line.line)
        return rows

    def suggestion_for(self, line: BankLine) -> Suggestion | None:
        """What the page suggests for one of its lines."""
        return next((row.suggestion for row in self.rows if row.line.pk == line.pk), None)

    @property
    def booked(self) -> list[Row]:
        """Those whose money is booked, from this file or another."""
        return [row for row in self.rows if row.is_booked]

    @property
    def sure(self) -> list[Row]:
        """Those that can be booked without a look."""
        return [row for row in self.rows if row.is_sure]

    @property
    def waiting(self) -> list[Row]:
        """Those that are not booked."""
        return [row for row in self.rows if not row.is_booked]

    @property
    def booked_here(self) -> list[Row]:
        """Those that this statement booked."""
        return [row for row in self.rows if row.is_booked_here]


def facts_of(workspace: Workspace) -> Facts:
    """What is open in the workspace, and from which accounts clients paid so far."""
    invoices = workspace.invoices.open().for_list().with_balance().order_by("due_date", "issue_date", "pk")
    found = [
        OpenInvoice(each.pk, each.number, each.client_id, each.client.name, each.currency, each.open_minor)
        for each in invoices
    ]
    paid_from = workspace.bank_lines.exclude(iban="").exclude(payment=None).order_by("pk")
    return Facts(found, dict(paid_from.values_list("iban", "payment__client")))


@dataclass
class Outcome:
    """What became of lines that were to be booked."""

    payments: list[Payment] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left: int = 0


def book_suggested(statement: BankStatement, ids: set[int] | None, *, actor=None) -> Outcome:
    """Book what is suggested for these lines, or (None) for all that are sure, each in a transaction of its own."""
    reconciliation, outcome = Reconciliation(statement), Outcome()
    wanted = reconciliation.sure if ids is None else [
        row for row in reconciliation.waiting if row.line.pk in ids and row.suggestion
    ]  # fmt: skip
    outcome.left = max(len(wanted) - AT_ONCE, 0)
    for row in wanted[:AT_ONCE]:
        found = row.suggestion
        try:
            outcome.payments.append(book(row.line, client=found.client, shares=found.shares, actor=actor))
        except ValidationError as error:
            outcome.refused += error.messages
    return outcome


@atomic
def book(line: BankLine, *, client: int, shares: dict[int, int], actor=None) -> Payment:
    """Book a line as a payment of a client; `shares` by the invoice's id, what is left becomes credit.

    What is booked already, from whichever file, is not booked again. Raises ValidationError as `Account.receive` does.
    """
    lock_rows(BankLine.objects.filter(pk=line.pk))
    workspace = line.statement.workspace
    if earlier := workspace.payments.filter(idempotency_key=line.payment_key).first():
        return earlier
    account = Account(workspace.clients.get(pk=client), line.currency)
    invoices = account.client.invoices.select_related("client", "workspace").in_bulk(shares)
    given = {invoices[pk]: minor for pk, minor in shares.items()}
    try:
        payment = account.receive(
            line.amount_minor, shares=given, key=line.payment_key, paid_on=line.day, note=line.note, actor=actor
        )
    except IntegrityError:
        raise ValidationError(_("Somebody else has just booked this line."), code="booked") from None
    BankLine.objects.filter(pk=line.pk).update(payment=payment)
    return payment


def take_back(statement: BankStatement, *, actor=None) -> Outcome:
    """Take back what the statement booked, each payment in a transaction of its own."""
    outcome = Outcome()
    payments = Payment.objects.filter(bank_lines__statement=statement, workspace=statement.workspace)
    booked = list(payments.select_related("client").order_by("pk"))
    outcome.left = max(len(booked) - AT_ONCE, 0)
    for payment in booked[:AT_ONCE]:
        try:
            payment.delete(actor=actor)
        except ValidationError as error:
            outcome.refused += error.messages
        else:
            outcome.payments.append(payment)
    return outcome
