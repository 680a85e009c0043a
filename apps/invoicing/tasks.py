"""Background jobs of invoicing."""

from datetime import timedelta

from apps.core.jobs import come_back, later, task

ATTEMPTS = 3
PAUSE = timedelta(minutes=5)


# After whatever somebody waits for: an import, a mail. A page that cannot wait makes the PDF by itself.
@task(priority=-10)
def render_invoice_pdf(workspace_id: int, invoice_id: int, attempt: int = 1) -> str:
    """Make and store the documents of an issued invoice; returns the PDF's SHA-256, nothing where it was put off.

    Where it takes too long or too much memory it is tried again later, a few times.
    """
    from apps.invoicing.child_process import ChildError
    from apps.invoicing.documents import stored_pdf
    from apps.invoicing.models import Invoice

    try:
        return stored_pdf(Invoice.objects.get(workspace_id=workspace_id, pk=invoice_id)).sha256
    except ChildError:
        if attempt == ATTEMPTS:
            raise
        later(render_invoice_pdf, PAUSE).enqueue(workspace_id, invoice_id, attempt + 1)
        return ""


@task()
def make_recurring_each_hour() -> int:
    """Make the recurring invoices that are due where their business is, and come back in an hour; returns how many."""
    from apps.invoicing.repeating import make_all_due

    come_back(make_recurring_each_hour, timedelta(hours=1))
    return make_all_due()


@task()
def send_delivery(workspace_id: int, delivery_id: int, turn: int) -> str:
    """Send a mail that waits in the queue; returns how it stands then. Whoever comes second finds nothing to do."""
    from apps.invoicing.mailing import send
    from apps.invoicing.models import Delivery

    found = Delivery.objects.select_related("workspace", "invoice")
    delivery = found.get(workspace_id=workspace_id, pk=delivery_id)
    if delivery.claim(turn):
        send(delivery, turn)
    return delivery.state


@task()
def remind_each_hour() -> int:
    """Queue the reminders that are due, and look again in an hour; returns how many."""
    from apps.invoicing.reminding import remind_all

    come_back(remind_each_hour, timedelta(hours=1))
    return remind_all()
