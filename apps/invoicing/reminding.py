"""The ladder of reminders: what each business has switched on, sent by the worker when its day has come.

| case | what is sent |
|---|---|
| the worker was away for weeks | the latest step whose day has come, none of those before it |
| a step was switched on, or put on another day | nothing whose day was before that |
| an invoice was issued after a step's day | nothing of that step |
| a step was sent, by itself or by hand | nothing: a step is taken once, which the database guarantees |
| paid, credited or written off; the client is left alone; no address | nothing |
"""

import logging
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import Prefetch

from apps.core import days
from apps.invoicing.mail_texts import MailKind
from apps.invoicing.models import Delivery, Invoice, MailTemplate, ReminderStep
from apps.invoicing.placeholders import fill_mail, values_of
from apps.workspaces.models import Workspace

logger = logging.getLogger(__name__)

# On the business's own clock: nobody gets mail at night because a server was started then.
FIRST_HOUR, LAST_HOUR = 8, 19


def remind_all() -> int:
    """Queue what is due now, for every business in whose zone it is day; returns how many mails."""
    steps = ReminderStep.objects.exclude(on_since=None).values("workspace")
    return sum(remind(workspace) for workspace in Workspace.objects.filter(pk__in=steps) if _is_day(workspace))


def _is_day(workspace: Workspace) -> bool:
    return FIRST_HOUR <= days.now().astimezone(workspace.zone).hour <= LAST_HOUR


def remind(workspace: Workspace) -> int:
    """Queue what is due today for one business; returns how many mails."""
    today = days.local_day(days.now(), workspace.zone)
    return sum(_remind_of(invoice, step) for invoice, step in due_today(workspace, today))


def due_today(workspace: Workspace, today: date) -> Iterator[tuple[Invoice, ReminderStep]]:
    """The open invoices whose latest step has come and was not taken yet, each with that step. Two queries."""
    steps = sorted((step for step in ReminderStep.ladder_of(workspace) if step.is_on), key=lambda step: step.days)
    if not steps:
        return
    late_enough = today - timedelta(days=steps[0].days)
    invoices = (
        workspace.invoices.open()
        .filter(due_date__lte=late_enough, client__reminders_off=False)
        .select_related("client", "workspace")
        .prefetch_related(Prefetch("deliveries", Delivery.objects.exclude(step=None).defer("body")))
        .order_by("pk")
    )
    for invoice in invoices:
        step = latest_step(steps, invoice, today)
        if step and all(delivery.step != step.kind for delivery in invoice.deliveries.all()):
            yield invoice, step


def latest_step(steps: list[ReminderStep], invoice: Invoice, today: date) -> ReminderStep | None:
    """Of the steps (by their days, all on) the last one whose day has come; None where that day is none that counts."""
    come = [step for step in steps if step.day_for(invoice.due_date) <= today]
    if not come:
        return None
    step = come[-1]
    issued_on = days.local_day(invoice.issued_at, invoice.workspace.zone)
    return step if step.day_for(invoice.due_date) >= max(step.on_since, issued_on) else None


def next_step(invoice: Invoice, today: date) -> ReminderStep | None:
    """The step that the ladder will send next if nothing is paid; None where none is to come."""
    if not invoice.may_be_reminded or invoice.client.reminders_off:
        return None
    taken = {delivery.step for delivery in invoice.deliveries.all()}
    to_come = [
        step
        for step in ReminderStep.ladder_of(invoice.workspace)
        if step.is_on and step.kind not in taken and step.day_for(invoice.due_date) > today
    ]
    return min(to_come, key=lambda step: step.days, default=None)


def _remind_of(invoice: Invoice, step: ReminderStep) -> bool:
    """Queue one; what goes wrong with it holds up no other."""
    if not (to := invoice.recipients()):
        return False
    kind = MailKind(step.kind)
    text = fill_mail(MailTemplate.of(invoice.workspace, kind).text, values_of(invoice))
    try:
        queued = Delivery.queue(
            invoice, kind=kind, text=text, to=to, key=f"ladder-{invoice.pk}-{step.kind}", by_itself=True
        )
    except ValidationError:
        # Paid, or taken back, since it was looked for.
        return False
    except DatabaseError:
        logger.exception("The reminder of invoice %s is left for the next hour", invoice.pk)
        return False
    return queued is not None
