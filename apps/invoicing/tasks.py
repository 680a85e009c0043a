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
def make_recurring_each_hour() -> int:
    """Make the recurring invoices that are due where their business is, and come back in an hour; returns how many."""
    from apps.invoicing.repeating import make_all_due

    come_back(make_recurring_each_hour, timedelta(hours=1))
    return make_all_due()
