"""Background jobs of invoicing."""

from apps.core.jobs import task


@task()
def render_invoice_pdf(workspace_id: int, invoice_id: int) -> str:
    """Make and store the PDF of an issued invoice; returns its SHA-256. Done already: the stored one."""
    from apps.invoicing.models import Invoice
    from apps.invoicing.pdf import stored_pdf

    return stored_pdf(Invoice.objects.get(workspace_id=workspace_id, pk=invoice_id)).sha256
