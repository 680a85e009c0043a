"""What became of single invoices of the demo world besides being paid: taken back, given up, made again each year."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.demo.drafts import write_line
from apps.demo.management_data import demo_user
from apps.demo.moments import date_back, office_hour
from apps.demo.post import write_down
from apps.invoicing.models import Invoice, RecurringInvoice
from apps.invoicing.models.recurring import add_months


def take_turn(invoice: Invoice, content: dict, today: date) -> None:
    """Whatever the content names, on the day that it names."""
    if "credited" in content:
        _credit(invoice, content["credited"], today)
    if "written_off" in content:
        _write_off(invoice, content["written_off"], today)
    if content.get("is_yearly"):
        _repeat(invoice)


def _moment(invoice: Invoice, content: dict, today: date, words: str) -> tuple[date, datetime]:
    day = today - timedelta(days=content["days_ago"])
    return day, office_hour(day, invoice.workspace.zone, f"{words} {invoice.reference}")


def _credit(invoice: Invoice, content: dict, today: date) -> None:
    """By a credit note over an amount, or over all of it."""
    day, at = _moment(invoice, content, today, "credit")
    note = invoice.credit(actor=demo_user(), issue_date=day, at=at)
    date_back(note, at)
    if "amount" in content:
        write_line(note, content["text"], Decimal(content["amount"]))
    note.issue(actor=demo_user(), at=at)
    write_down(note, at)


def _write_off(invoice: Invoice, content: dict, today: date) -> None:
    day, at = _moment(invoice, content, today, "loss")
    invoice.write_off(on=day, reason=content["reason"], actor=demo_user(), at=at)


def _repeat(invoice: Invoice) -> None:
    """Each year on the same day, as a draft that somebody looks over."""
    schedule = RecurringInvoice(
        workspace=invoice.workspace,
        model_invoice=invoice,
        unit=RecurringInvoice.Unit.YEAR,
        anchor_on=add_months(invoice.issue_date, 12),
        created_at=invoice.issued_at,
    )
    schedule.keep(today=invoice.issue_date, actor=demo_user(), at=invoice.issued_at)
