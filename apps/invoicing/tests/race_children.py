"""What the processes of the invoice races do; each function returns something that JSON can carry."""

import time
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Max

from apps.invoicing import services
from apps.invoicing.bank.booking import book
from apps.invoicing.models import (
    Account,
    BankLine,
    BankStatement,
    Invoice,
    NumberCounter,
    NumberSeries,
    RecurringInvoice,
    Refund,
)
from apps.invoicing.tests.building import a_draft, log_hours
from apps.workspaces.models import Workspace


@transaction.atomic
def prepare(worlds: dict[str, dict[str, int]]) -> dict:
    """Workspaces by name, each with so many drafts and so many entries to bill."""
    return {name: _world(name, **wanted) for name, wanted in worlds.items()}


def _world(name: str, drafts: int = 0, entries: int = 0, kind: str = Invoice.Kind.INVOICE, schedules: int = 0) -> dict:
    from conftest import make_world

    world = make_world(name)
    made = [a_draft(world, issue_date=date(2026, 5, 4), kind=kind).pk for _each in range(drafts)]
    logged = [str(log_hours(world, 1, start_hour=index).pk) for index in range(entries)]
    NumberSeries.of(world.workspace)
    facts = {"workspace": world.workspace.pk, "client": world.client.pk, "drafts": made, "entries": logged}
    return facts | {"schedules": [_schedule(world) for _each in range(schedules)]}


def _schedule(world) -> int:
    """One that is due on the first of three months, the last of them June 2026."""
    model = a_draft(world, issue_date=date(2026, 3, 1))
    schedule = RecurringInvoice(workspace=world.workspace, model_invoice=model, anchor_on=date(2026, 4, 1))
    schedule.keep(today=date(2026, 4, 1))
    return schedule.pk


def issue(ids: list[int]) -> list[str]:
    """Issue one after the other; returns the numbers, or the refusals."""
    return [_issued(Invoice.objects.select_related("workspace", "client").get(pk=pk)) for pk in ids]


def _issued(invoice: Invoice) -> str:
    try:
        invoice.issue()
    except ValidationError as error:
        return f"refused: {error.messages[0]}"
    return invoice.number


class MisfortuneError(Exception):
    """What goes wrong after a number was taken, and takes the whole transaction with it."""


def issue_with_misfortune(ids: list[int]) -> list[str]:
    """Issue one after the other; three of ten fail after their number was taken. Returns the numbers of the others."""
    return [number for pk in ids if (number := _issued_or_failed(pk, is_lost=pk % 10 < 3))]


def _issued_or_failed(pk: int, *, is_lost: bool) -> str | None:
    invoice = Invoice.objects.select_related("workspace", "client").get(pk=pk)
    try:
        with transaction.atomic():
            invoice.issue()
            if is_lost:
                raise MisfortuneError
    except MisfortuneError:
        return None
    return invoice.number


def make_due(schedule: int, today: str, rounds: int) -> int:
    """Make what is due of a schedule, again and again; returns how many invoices that were."""
    found = [RecurringInvoice.objects.get(pk=schedule) for _each in range(rounds)]
    return sum(len(each.make_due(date.fromisoformat(today))) for each in found)


def make_due_without_lock(schedule: int, today: str, rounds: int) -> int:
    """The control: look which day is next, then make it, with time between looking and writing."""
    made, last = 0, date.fromisoformat(today)
    for _each in range(rounds):
        found = RecurringInvoice.objects.select_related("workspace", "model_invoice__client").get(pk=schedule)
        if found.next_on <= last:
            time.sleep(0.05)
            Invoice.start(workspace=found.workspace, client=found.model_invoice.client, issue_date=found.next_on)
            found.follow(found.next_on + timedelta(days=1))
            found.save(update_fields=["next_on"])
            made += 1
    return made


def bill_estimate(estimate: int) -> int:
    """Make the invoice of an estimate; returns its id."""
    return Invoice.objects.select_related("workspace", "client").get(pk=estimate).to_invoice().pk


def issue_without_lock(ids: list[int]) -> list[str]:
    """The control: read the highest number, add one, write it. This is what the locked counter is there to prevent."""
    return [_numbered(pk) for pk in ids]


def _numbered(pk: int) -> str:
    workspace = Invoice.objects.get(pk=pk).workspace
    counters = NumberCounter.objects.filter(workspace=workspace)
    last = counters.aggregate(last=Max("last_value"))["last"] or 0
    number = f"INV-2026-{last + 1:03d}"
    try:
        with transaction.atomic():
            invoice = Invoice.objects.get(pk=pk)
            place = {"series": NumberSeries.of(workspace), "period": "2026", "workspace": workspace}
            counters.update_or_create(**place, defaults={"last_value": last + 1})
            invoice.number, invoice.status = number, Invoice.Status.ISSUED
            invoice.save()
    except DatabaseError as error:
        return f"failed: {type(error).__name__}"
    return number


def issue_or_change(ids: list[int], workspace: int, changes: int) -> list[str]:
    """Issue, or let numbers run on over the years and start anew with each by turns, which prints them alike.

    Whoever goes on from the wrong counter then gives a number twice. Returns the numbers, or how it was each time.
    """
    if not changes:
        return issue(ids)
    owner, kind = Workspace.objects.get(pk=workspace), NumberSeries.Kind.INVOICE
    resets = ("never", "yearly") * changes
    return [NumberSeries.change(owner, kind, day=date(2026, 5, 4), reset=reset).reset for reset in resets]


def bill(workspace: int, client: int, entries: list[str]) -> dict:
    """Draft the same time as somebody else does at this moment."""
    from uuid import UUID

    owner = Workspace.objects.get(pk=workspace)
    try:
        invoice = services.draft_from_time(
            workspace=owner,
            client=owner.clients.get(pk=client),
            entries=[UUID(text) for text in entries],
            grouping="entry",
        )
    except ValidationError as error:
        return {"refused": error.messages[0], "lines": 0}
    return {"lines": invoice.lines.count()}


def pay(ids: list[int], key: str) -> list[str]:
    """Mark as paid what others mark at this moment; returns what came of it."""
    return [_paid(Invoice.objects.select_related("workspace", "client").get(pk=pk), f"{key} {pk}") for pk in ids]


def _paid(invoice: Invoice, key: str) -> str:
    try:
        return str(invoice.mark_paid(key=key).pk)
    except ValidationError as error:
        return f"refused: {error.messages[0]}"


def receive(workspace: int, client: int, ids: list[int], keys: list[str], backwards: bool) -> list[str]:
    """One payment over all the invoices for each key, booked while others do the same; the shares are asked of before.

    Half of those who do it name the invoices in the other order.
    """
    account = Account(Workspace.objects.get(pk=workspace).clients.get(pk=client), "EUR")
    return [_received(account, ids[::-1] if backwards else ids, key) for key in keys]


def _received(account: Account, ids: list[int], key: str) -> str:
    shares = dict.fromkeys(sorted(Invoice.objects.filter(pk__in=ids), key=lambda each: ids.index(each.pk)), 100)
    try:
        return str(account.receive(100 * len(ids) + 50, shares=shares, key=key).pk)
    except ValidationError as error:
        return f"refused: {error.messages[0]}"


def spend(workspace: int, client: int, keys: list[str], locks: bool) -> list[str]:
    """Pay the same credit back as others do at this moment; without locks it is the control."""
    account = Account(Workspace.objects.get(pk=workspace).clients.get(pk=client), "EUR")
    return [_spent(account, key, locks) for key in keys]


def _spent(account: Account, key: str, locks: bool) -> str:
    try:
        return str(account.refund(100, key=key).pk if locks else _spent_without_lock(account, key))
    except ValidationError as error:
        return f"refused: {error.messages[0]}"
    except DatabaseError as error:
        return f"refused: {type(error).__name__}"


def _spent_without_lock(account: Account, key: str) -> int:
    """Ask how much there is, then write: what the lock on the client is there to prevent."""
    if account.credit_minor < 100:
        raise ValidationError("nothing is left")
    time.sleep(0.02)
    own = {"workspace": account.client.workspace, "client": account.client, "currency": account.currency}
    refund = Refund(**own, amount_minor=100, paid_on=date(2026, 5, 4), idempotency_key=key)
    refund.save(force_insert=True)
    return refund.pk


def bank_line(workspace: int, client: int) -> dict:
    """A line of a bank's file, and another client that it could be of."""
    owner = Workspace.objects.get(pk=workspace)
    other = owner.clients.create(name="Other", currency="EUR")
    content = b"Date,Amount,Payer\n2026-05-04,10.00,Somebody\n"
    statements = [
        BankStatement.keep(workspace=owner, file_name=name, content=content, contents=None) for name in ("a", "b")
    ]
    for statement in statements:
        statement.read(statement.csv_file.suggestion)
    lines = [statement.lines.get().pk for statement in statements]
    return {"lines": lines, "clients": [client, other.pk]}


def book_line(line: int, client: int) -> str:
    """Book it, as somebody else does at this moment for another client, or from another file."""
    try:
        return str(book(BankLine.objects.get(pk=line), client=client, shares={}).pk)
    except ValidationError as error:
        return f"refused: {error.messages[0]}"


def credit(workspace: int, client: int, amount: int = 0, key: str = "") -> int:
    """Book so much credit; how much there is afterwards."""
    account = Account(Workspace.objects.get(pk=workspace).clients.get(pk=client), "EUR")
    if amount:
        account.receive(amount, shares={}, key=key)
    return account.credit_minor


def facts(workspace: int) -> dict:
    """How it stands afterwards."""
    owner = Workspace.objects.get(pk=workspace)
    numbers = owner.invoices.exclude(number=None).order_by("number").values_list("number", flat=True)
    return {
        "numbers": list(numbers),
        "invoices": owner.invoices.count(),
        "payments": owner.payments.count(),
        "billed": owner.billed_times.count(),
        "lines": owner.invoice_lines.count(),
        "locked": owner.time_entries.filter(billed=True).count(),
        "last": [counter.last_value for counter in owner.number_counters.all()],
    }
