"""The demo world's invoices: time billed month by month, fixed prices in parts, single ones with what became of them,
and payments by each client's habit.

An invoice is known by its reference (client and month, project and part, or its own), a payment by its key: on the
same day a second run changes nothing, on a later day it adds the months and payments that have come since.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.clients.models import Client
from apps.core import days
from apps.core.money import to_major, to_minor
from apps.demo.drafts import tax_of, write_line
from apps.demo.estimates import seed_estimates
from apps.demo.expenses import seed_expenses
from apps.demo.management_data import demo_user
from apps.demo.moments import date_back, office_hour
from apps.demo.post import write_down
from apps.demo.turns import take_turn
from apps.demo.world import read
from apps.invoicing.billing import TimeOffer
from apps.invoicing.models import Account, Invoice, NumberSeries
from apps.invoicing.services import draft_from_time
from apps.invoicing.sources import Offered, SourceOffer, add_sources, attach
from apps.projects.models import Project
from apps.workspaces.models import Workspace


@dataclass(frozen=True)
class Bill:
    """An invoice that should be there: of the client's time in `month`, of a part of a fixed price, or a single one."""

    reference: str
    client: Client
    issue_date: date
    month: date | None = None
    project: Project | None = None
    part: dict | None = None
    single: dict | None = None

    @property
    def drafted_at(self) -> datetime:
        """When the draft was made."""
        return office_hour(self.issue_date, self.client.workspace.zone, f"bill {self.reference}")

    @property
    def issued_at(self) -> datetime:
        """When it was issued: after another look at the draft."""
        look = timedelta(minutes=random.Random(f"look at {self.reference}").randrange(4, 45))
        return min(days.now(), self.drafted_at + look)


def seed_invoicing(workspace: Workspace) -> int:
    """Issue what is due to be billed, book what has come in, keep one draft; returns how many rows are new."""
    _use_prefix(workspace)
    today = days.local_day(days.now(), workspace.zone)
    clients = {client.code: client for client in workspace.clients.all() if client.code}
    prepared = seed_expenses(workspace, clients, today) + seed_estimates(workspace, clients, today)
    known = set(workspace.invoices.invoices().values_list("reference", flat=True))
    bills = [bill for bill in _bills(workspace, clients, today) if bill.issue_date <= today]
    missing = [bill for bill in bills if bill.reference not in known]
    missing.sort(key=lambda bill: (bill.issue_date, bill.reference))
    made = prepared + sum(_issue(bill, today) for bill in missing)
    return made + _book_payments(workspace, today) + _book_advance(workspace) + _draft(workspace, today)


def _use_prefix(workspace: Workspace) -> None:
    if not workspace.invoices.exists():
        series = NumberSeries.of(workspace)
        series.prefix = read("billing")["prefix"]
        series.save(update_fields=["prefix"])


def _bills(workspace: Workspace, clients: dict[str, Client], today: date) -> Iterator[Bill]:
    """All that has ever been billed up to today, in no order."""
    first = workspace.time_slices.order_by("day").values_list("day", flat=True).first()
    for month in _months(first, today) if first else ():
        for client in clients.values():
            day = _first_weekday(_next_month(month), random.Random(f"{client.code} {month}"))
            yield Bill(f"{client.code}-{month:%y%m}", client, day, month=month)
    projects = {project.code: project for project in workspace.projects.select_related("client")}
    for content in read("projects")["projects"]:
        project = projects.get(content["code"])
        for number, part in enumerate(content.get("bills", ()) if project else (), 1):
            day = project.starts_on + timedelta(days=content["starts_days_ago"] - part["days_ago"])
            yield Bill(f"{project.code}-{number}", project.client, day, project=project, part=part)
    for single in read("billing")["invoices"]:
        if client := clients.get(single["client"]):
            yield Bill(single["reference"], client, today - timedelta(days=single["days_ago"]), single=single)


def _months(first: date, today: date) -> Iterator[date]:
    """The first day of each month from that of `first` up to the one before this."""
    month = first.replace(day=1)
    while month < today.replace(day=1):
        yield month
        month = _next_month(month)


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _first_weekday(day: date, rng: random.Random) -> date:
    """A working day at the beginning of the month."""
    day += timedelta(days=rng.randrange(0, 3))
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _issue(bill: Bill, today: date) -> int:
    invoice = _draft_of(bill)
    if invoice is None:
        return 0
    invoice.issue(actor=demo_user(), at=bill.issued_at)
    write_down(invoice, bill.issued_at)
    if bill.single:
        take_turn(invoice, bill.single, today)
    return 1


def _draft_of(bill: Bill) -> Invoice | None:
    if bill.month:
        return _time_draft(bill)
    return _part_draft(bill) if bill.part else _single_draft(bill)


def _time_draft(bill: Bill) -> Invoice | None:
    """A draft with the month's time, if there is any, and what the client pays for each month."""
    workspace = bill.client.workspace
    last = _next_month(bill.month) - timedelta(days=1)
    entries = TimeOffer(workspace, bill.client, first=bill.month, last=last).entries
    if not entries:
        return None
    invoice = draft_from_time(
        workspace=workspace,
        client=bill.client,
        entries=[entry.pk for entry in entries],
        tax=tax_of(bill.client),
        actor=demo_user(),
        issue_date=bill.issue_date,
        reference=bill.reference,
        at=bill.drafted_at,
    )
    date_back(invoice, bill.drafted_at)
    _add(invoice, lambda offered: offered.source.get("month") == bill.month.isoformat())
    return invoice


def _part_draft(bill: Bill) -> Invoice:
    """A draft with a part of a fixed price on it."""
    price_minor = bill.project.fixed_price_minor * bill.part["percent"] // 100
    invoice = _empty_draft(bill)
    write_line(invoice, bill.part["text"], to_major(price_minor, invoice.currency))
    attach(invoice.lines.get(), {"project": bill.project.pk})
    return invoice


def _single_draft(bill: Bill) -> Invoice:
    """A draft as its content wants it: of an estimate, or of one line and what else is to go on it."""
    content = bill.single
    if "estimate" in content:
        estimate = bill.client.invoices.estimates().get(reference=content["estimate"])
        invoice = estimate.to_invoice(issue_date=bill.issue_date, actor=demo_user(), at=bill.drafted_at)
        date_back(invoice, bill.drafted_at)
        return invoice
    invoice = _empty_draft(bill, is_deposit=content.get("is_deposit", False))
    write_line(invoice, content["text"], Decimal(content["amount"]))
    _add(invoice, lambda offered: not offered.source.keys().isdisjoint(content.get("adds", ())))
    return invoice


def _empty_draft(bill: Bill, **fields) -> Invoice:
    invoice = Invoice.start(
        workspace=bill.client.workspace,
        client=bill.client,
        issue_date=bill.issue_date,
        reference=bill.reference,
        actor=demo_user(),
        at=bill.drafted_at,
        **fields,
    )
    date_back(invoice, bill.drafted_at)
    return invoice


def _add(draft: Invoice, is_wanted: Callable[[Offered], bool]) -> None:
    """Put what else can be billed to the client on the draft, as far as it is wanted."""
    keys = [offered.key for offered in SourceOffer(draft).all if is_wanted(offered)]
    if keys:
        add_sources(draft, keys, tax=tax_of(draft.client), actor=demo_user())


def _draft(workspace: Workspace, today: date) -> int:
    """One draft of this month's time, for the client who is billed next."""
    client = workspace.clients.filter(code=read("billing")["draft_for"]).first()
    if client is None or workspace.invoices.drafts().exists():
        return 0
    month = today.replace(day=1)
    return 1 if _time_draft(Bill(f"{client.code}-{month:%y%m}", client, today, month=month)) else 0


def _book_payments(workspace: Workspace, today: date) -> int:
    """Book all payments that should have come in by today."""
    habits = {content["code"]: content["pays"] for content in read("clients")["clients"]}
    booked = set(workspace.payments.values_list("idempotency_key", flat=True))
    made = 0
    for invoice in workspace.invoices.open().select_related("client", "workspace").order_by("issue_date", "pk"):
        for key, amount_minor, paid_on in _expected(invoice, habits.get(invoice.client.code)):
            if key not in booked and paid_on <= today and amount_minor <= invoice.open_minor:
                at = max(invoice.issued_at, office_hour(paid_on, workspace.zone, key))
                invoice.pay(amount_minor, key=key, paid_on=paid_on, actor=demo_user(), at=at)
                made += 1
    return made


def _book_advance(workspace: Workspace) -> int:
    """One client paid more than was asked for, on the day of their latest payment; the rest is credit."""
    advance, key = read("billing")["advance"], "demo-advance"
    client = workspace.clients.filter(code=advance["client"]).first()
    latest = client and client.payments.order_by("paid_on").last()
    if latest is None or workspace.payments.filter(idempotency_key=key).exists():
        return 0
    amount_minor = to_minor(Decimal(advance["amount"]), latest.currency)
    account = Account(client, latest.currency)
    account.receive(
        amount_minor, shares={}, key=key, paid_on=latest.paid_on, actor=demo_user(), at=latest.created_at,
        note="Towards the next invoice",
    )  # fmt: skip
    return 1


def _expected(invoice: Invoice, habit: str | None) -> Iterator[tuple[str, int, date]]:
    """Key, amount and day of each payment that the client's habit brings; the last one is the rest."""
    rng = random.Random(f"payments of {invoice.reference}")
    parts = read("billing")["habits"].get(habit, [])
    left = owed = invoice.total_minor - invoice.credited_minor
    for number, (earliest, latest, percent) in enumerate(parts, 1):
        amount = left if number == len(parts) else owed * percent // 100
        left -= amount
        day = invoice.due_date + timedelta(days=rng.randint(earliest, latest))
        yield f"demo-{invoice.reference}-{number}", amount, max(day, invoice.issue_date)
