"""What the database itself refuses to do to issued invoices, their lines and documents, and to payments."""

from apps.core.triggers import ALWAYS, Guard

ISSUED = "An issued invoice cannot be changed"
DOCUMENT = "A stored document cannot be changed"
PAYMENT = "A payment cannot be changed: take it back and book it anew"


def _is_issued(*invoices: str) -> str:
    """Whether one of the invoices with these ids (SQL) is no draft any more."""
    ids = ", ".join(invoices)
    return f"EXISTS (SELECT 1 FROM invoicing_invoice WHERE id IN ({ids}) AND status <> 'draft')"


GUARDS = [
    Guard(
        "invoicing_invoice",
        "UPDATE",
        ISSUED,
        final="OLD.status <> 'draft'",
        free={"status": "OLD.status = 'issued' AND NEW.status = 'cancelled'", "updated_at": ALWAYS},
    ),
    Guard("invoicing_invoice", "DELETE", "An issued invoice cannot be deleted", final="OLD.status <> 'draft'"),
    Guard("invoicing_invoiceline", "INSERT", ISSUED, final=_is_issued("NEW.invoice_id")),
    Guard("invoicing_invoiceline", "UPDATE", ISSUED, final=_is_issued("OLD.invoice_id", "NEW.invoice_id")),
    Guard("invoicing_invoiceline", "DELETE", ISSUED, final=_is_issued("OLD.invoice_id")),
    Guard("invoicing_invoicedocument", "UPDATE", DOCUMENT),
    Guard("invoicing_invoicedocument", "DELETE", "A stored document cannot be deleted"),
    Guard("invoicing_payment", "UPDATE", PAYMENT),
    Guard("invoicing_allocation", "UPDATE", PAYMENT),
    Guard("invoicing_refund", "UPDATE", PAYMENT),
    Guard("invoicing_logo", "UPDATE", "A stored logo cannot be changed"),
    Guard("invoicing_logo", "DELETE", "A stored logo cannot be deleted"),
    Guard("invoicing_writeoff", "UPDATE", "A write-off cannot be changed: take it back and write off anew"),
]
