"""Background jobs of invoicing."""

from datetime import timedelta

from django.utils import timezone

from apps.core.jobs import task

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
        later = render_invoice_pdf.using(run_after=timezone.now() + PAUSE)
        later.enqueue(workspace_id, invoice_id, attempt + 1)
        return ""
