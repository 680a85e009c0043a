"""Background jobs of invoicing."""

from datetime import timedelta

from apps.core.jobs import come_back, task


@task()
def render_invoice_pdf(workspace_id: int, invoice_id: int) -> str:
    """Make and store the PDF of an issued invoice; returns its SHA-256. Done already: the stored one."""
    from apps.invoicing.models import Invoice
    from apps.invoicing.pdf import stored_pdf

    return stored_pdf(Invoice.objects.get(workspace_id=workspace_id, pk=invoice_id)).sha256


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
