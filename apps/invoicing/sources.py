"""What can be billed besides recorded time: prices of projects, expenses, and deposits that are taken off again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.dateformat import format as format_day
from django.utils.translation import gettext as _

from apps.core import days
from apps.core.money import to_major
from apps.core.transactions import atomic, lock_rows
from apps.invoicing.models import Invoice, InvoiceLine, LineSource
from apps.invoicing.models.recurring import add_months
from apps.invoicing.paper import Paper
from apps.invoicing.services import NO_TAX, LineTax, refuse_too_many
from apps.projects.models import Project

# Months of a retainer that are offered at once, the oldest first.
MOST_MONTHS = 12


@dataclass(frozen=True)
class Offered:
    """One line that can be added: `key` is what its box says, `amount_minor` what it would be worth without tax."""

    key: str
    kind: str
    description: str
    amount_minor: int
    source: dict
    quantity: Decimal = Decimal(1)
    tax: LineTax | None = None

    @property
    def title(self) -> str:
        """The first line of the description."""
        return self.description.partition("\n")[0]

    @property
    def details(self) -> str:
        """What follows it."""
        return self.description.partition("\n")[2]


class SourceOffer:
    """All that one client can be billed on a draft besides time, in the draft's currency."""

    def __init__(self, invoice: Invoice):
        self.invoice, self.workspace, self.client = invoice, invoice.workspace, invoice.client
        self.currency = invoice.currency

    @cached_property
    def all(self) -> list[Offered]:
        """Prices first, then expenses, then deposits."""
        return [*self._fixed_prices(), *self._retainers(), *self._expenses(), *self._deposits()]

    def chosen(self, keys: Iterable[str]) -> list[Offered]:
        """Those whose boxes are ticked; a box may stand for several lines. Raises ValidationError for others."""
        keys = set(keys)
        found = [each for each in self.all if each.key in keys]
        if {each.key for each in found} != keys:
            raise ValidationError(
                _("Something that you ticked is billed already or not there any more. Nothing was added."), code="gone"
            )
        return found

    def _projects(self, billing: str) -> Iterator[Project]:
        priced = self.workspace.projects.filter(client=self.client, billing=billing, fixed_price_minor__gt=0)
        if self.client.currency == self.currency:
            yield from priced.order_by("name", "pk")

    def _fixed_prices(self) -> Iterator[Offered]:
        billed = self.workspace.line_sources.billed_of_fixed_prices()
        for project in self._projects(Project.Billing.FIXED):
            left = project.fixed_price_minor - billed.get(project.pk, 0)
            if left > 0:
                text = _("%(project)s, the rest of the price") if project.pk in billed else "%(project)s"
                yield Offered(
                    f"project-{project.pk}", _("Fixed price"), text % {"project": project}, left,
                    {"project": project.pk},
                )  # fmt: skip

    def _retainers(self) -> Iterator[Offered]:
        for project in self._projects(Project.Billing.RETAINER):
            billed = set(project.fee_sources.values_list("month", flat=True))
            for month in _months(project, days.local_day(days.now(), self.workspace.zone), billed):
                yield Offered(
                    f"project-{project.pk}-{month:%Y-%m}", _("Retainer"), f"{project}\n{format_day(month, 'F Y')}",
                    project.fixed_price_minor, {"project": project.pk, "month": month.isoformat()},
                )  # fmt: skip

    def _expenses(self) -> Iterator[Offered]:
        unbilled = self.workspace.expenses.unbilled().filter(client=self.client, currency=self.currency)
        for expense in unbilled.select_related("project").order_by("spent_on", "pk"):
            where = ", ".join(filter(None, [str(expense.project or ""), format_day(expense.spent_on, "j F Y")]))
            yield Offered(
                f"expense-{expense.pk}", _("Expense"), f"{expense.description}\n{where}", expense.amount_minor,
                {"expense": expense.pk},
            )  # fmt: skip

    def _deposits(self) -> Iterator[Offered]:
        paid_for = self.workspace.invoices.invoices().issued().filter(client=self.client, currency=self.currency)
        for deposit in paid_for.filter(is_deposit=True, deductions=None).order_by("issue_date", "pk"):
            for part, tax in enumerate(Paper(deposit.snapshot).facts["taxes"]):
                yield self._deduction(deposit, part, tax)

    def _deduction(self, deposit: Invoice, part: int, tax: dict) -> Offered:
        """A line below zero with one tax of the deposit, with or without that tax as the draft's prices are."""
        amount = tax["base_minor"] + (tax["tax_minor"] if self.invoice.prices_include_tax else 0)
        told = _("Deposit, invoice %(number)s of %(day)s")
        facts = {"number": deposit.number, "day": format_day(deposit.issue_date, "j F Y")}
        return Offered(
            f"deposit-{deposit.pk}", _("Deposit"), told % facts, -amount, {"deposit": deposit.pk, "part": part},
            quantity=Decimal(-1), tax=LineTax(Decimal(tax["rate"]), tax["category"], tax["name"]),
        )  # fmt: skip


def _months(project: Project, today: date, billed: set[date]) -> Iterator[date]:
    """The first days of the months of a retainer up to this one that are not billed, as many as are offered."""
    month = (project.starts_on or project.created_at.date()).replace(day=1)
    shown = 0
    while month <= today and shown < MOST_MONTHS:
        if month not in billed:
            yield month
            shown += 1
        month = add_months(month, 1)


@atomic
def add_sources(invoice: Invoice, keys: Sequence[str], *, tax: LineTax = NO_TAX, actor=None) -> int:
    """Add what is ticked to a draft, and return how many lines that became.

    Raises ValidationError, and leaves nothing behind, where something is billed already or not this client's.
    """
    # Of a client one at a time: two drafts would both take the rest of a price.
    lock_rows(invoice.workspace.clients.filter(pk=invoice.client_id))
    invoice.lock_draft()
    invoice.refuse_time()
    chosen = SourceOffer(invoice).chosen(keys)
    first = invoice.lines.count()
    refuse_too_many(first + len(chosen))
    for place, offered in enumerate(chosen):
        line = InvoiceLine(
            workspace=invoice.workspace, invoice=invoice, position=first + place, description=offered.description,
            quantity=offered.quantity, unit=InvoiceLine.Unit.ITEM,
            unit_price=to_major(abs(offered.amount_minor), invoice.currency), **(offered.tax or tax).columns(),
        )  # fmt: skip
        line.save(force_insert=True)
        attach(line, offered.source)
    invoice.write_totals(actor=actor)
    return len(chosen)


def attach(line: InvoiceLine, facts: dict) -> None:
    """Write down what a line rests on; raises ValidationError where another line does so already."""
    source = LineSource.of_facts(facts)
    source.workspace, source.invoice, source.line = line.workspace, line.invoice, line
    try:
        source.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(
            _("This is billed on another invoice already. Nothing was added."), code="billed"
        ) from None


def is_free(invoice: Invoice, facts: dict) -> bool:
    """Whether what a line once rested on is still there for this draft's client, and on no other line."""
    workspace = invoice.workspace
    if "expense" in facts:
        return workspace.expenses.unbilled().filter(pk=facts["expense"], client=invoice.client).exists()
    if "deposit" in facts:
        stands = workspace.invoices.issued().filter(pk=facts["deposit"], client=invoice.client).exists()
        return stands and not workspace.line_sources.filter(deposit=facts["deposit"], part=facts["part"]).exists()
    project = workspace.projects.filter(pk=facts["project"], client=invoice.client)
    if "month" not in facts:
        return project.exists()
    billed = workspace.line_sources.filter(project=facts["project"], month=facts["month"])
    return project.exists() and not billed.exists()
