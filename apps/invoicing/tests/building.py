"""The small things that tests of invoices are built from."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from apps.invoicing import services
from apps.invoicing.models import Invoice, TaxRate
from apps.workbench.models import TimeEntry

DAY = date(2026, 5, 4)


def line(description="Design", quantity="1", unit_price="100", tax_rate="0", unit="item", pk=None) -> dict:
    """A line as `services.save_draft` takes it."""
    return {
        "pk": pk,
        "description": description,
        "quantity": Decimal(quantity),
        "unit": unit,
        "unit_price": Decimal(unit_price),
        "tax_rate": Decimal(tax_rate),
    }


def charge(world, rate: str, category: str = "S", **fields) -> str:
    """A tax of the world's business; its code."""
    named = {"name": f"VAT {rate} %"} | fields
    TaxRate.keep_usual(world.workspace)
    tax, _made = TaxRate.objects.get_or_create(
        workspace=world.workspace, category=category, rate=Decimal(rate), defaults=named
    )
    return tax.code


def a_draft(world, *lines: dict, issue_date=DAY, **fields) -> Invoice:
    """A draft for the world's client, with one line unless others are given."""
    invoice = Invoice.start(workspace=world.workspace, client=world.client, issue_date=issue_date, **fields)
    services.save_draft(invoice, fields={}, lines=lines or [line()])
    return invoice


def issued(world, *lines: dict, **fields) -> Invoice:
    """An invoice that is issued."""
    invoice = a_draft(world, *lines, **fields)
    invoice.issue(actor=world.owner)
    return invoice


def log_hours(world, hours=1, *, minutes=0, start_hour=8, task=..., **more) -> TimeEntry:
    """Finished billable work on the world's task, beginning so many hours after midnight of the first day."""
    start = datetime(2026, 4, 6, tzinfo=UTC) + timedelta(hours=start_hour)
    return TimeEntry.log(
        user=world.owner,
        workspace=world.workspace,
        started_at=start,
        ended_at=start + timedelta(hours=hours, minutes=minutes),
        task=world.task if task is ... else task,
        **more,
    )
