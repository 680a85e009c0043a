"""What is final stays so for raw SQL too, on both engines; what may still change does."""

import pytest
from django.db import DatabaseError, connection, models, transaction

from apps.activity.models import AuditEvent
from apps.invoicing.models import Allocation, Invoice, InvoiceDocument, InvoiceLine, Payment, Refund
from apps.invoicing.tests.building import a_draft, issued, line

FINAL = (Invoice, InvoiceLine, InvoiceDocument, Payment, Allocation, Refund, AuditEvent)
FREE = {"status", "updated_at"}


@pytest.fixture
def invoice(alice):
    """Issued, part paid, with its document."""
    invoice = issued(alice, line(), line("Print"), reference="Order 7")
    invoice.pay(100, key="first", actor=alice.owner, note="Bank")
    invoice.account.receive(50, shares={}, key="credit", actor=alice.owner, note="Bank")
    invoice.account.refund(20, key="refund", actor=alice.owner, note="Bank")
    InvoiceDocument.keep(invoice, b"%PDF-1.7 as sent")
    return invoice


def run(statement: str, *values) -> int:
    """Past the ORM; the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def everything() -> dict[str, list]:
    """All rows that are final."""
    return {model.__name__: list(models.QuerySet(model).order_by("pk").values()) for model in FINAL}


def assert_refused(said: str, statement: str, *values) -> None:
    before = everything()
    with pytest.raises(DatabaseError, match=said):
        run(statement, *values)
    assert everything() == before


def other_value(field: models.Field) -> str:
    """SQL for another value of the column."""
    if isinstance(field, models.DateTimeField):
        return "'2031-05-04 10:00:00'"
    if isinstance(field, models.DateField):
        return "'2031-05-04'"
    if isinstance(field, models.JSONField):
        return "'{\"else\": 1}'"
    if isinstance(field, models.CharField | models.TextField | models.BinaryField):
        return "'x'"
    # What is nothing so far becomes something.
    return f"COALESCE({connection.ops.quote_name(field.column)}, 0) + 1"


def columns_of(model: type[models.Model], but=()) -> list:
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.name}")
        for field in model._meta.concrete_fields
        if field.name not in but
    ]


@pytest.mark.parametrize(
    ("model", "field"),
    [
        *columns_of(Invoice, but=FREE),
        *columns_of(InvoiceLine),
        *columns_of(InvoiceDocument),
        *columns_of(Payment),
        *columns_of(Allocation),
        *columns_of(Refund),
        *columns_of(AuditEvent),
    ],
)
def test_no_column_of_what_is_final_can_be_changed(invoice, model, field):
    """Generated from the models: a column that comes later is guarded as well."""
    column = connection.ops.quote_name(field.column)
    assert_refused("cannot be changed", f"UPDATE {model._meta.db_table} SET {column} = {other_value(field)}")


@pytest.mark.parametrize("reference", ["ORDER 7", "Order 7 ", "Örder 7", None])
def test_a_change_that_the_database_takes_for_the_same_text_is_one(invoice, reference):
    assert_refused("An issued invoice cannot be changed", "UPDATE invoicing_invoice SET reference = %s", reference)


@pytest.mark.parametrize(
    ("said", "statement"),
    [
        ("An issued invoice cannot be deleted", "DELETE FROM invoicing_invoice"),
        ("An issued invoice cannot be changed", "DELETE FROM invoicing_invoiceline"),
        ("An issued invoice cannot be changed", "DELETE FROM invoicing_invoiceline WHERE description = 'Print'"),
        ("A stored document cannot be deleted", "DELETE FROM invoicing_invoicedocument"),
        ("The log of events cannot be changed", "DELETE FROM activity_auditevent"),
        ("cannot be", "REPLACE INTO invoicing_invoice SELECT * FROM invoicing_invoice"),
        ("cannot be", "REPLACE INTO invoicing_invoiceline SELECT * FROM invoicing_invoiceline"),
        ("cannot be", "REPLACE INTO invoicing_invoicedocument SELECT * FROM invoicing_invoicedocument"),
        ("cannot be", "REPLACE INTO activity_auditevent SELECT * FROM activity_auditevent"),
    ],
)
def test_what_is_final_cannot_be_taken_away_or_replaced(invoice, said, statement):
    assert_refused(said, statement)


def test_no_line_comes_to_an_issued_invoice(alice, invoice):
    draft = a_draft(alice)
    columns = ", ".join(
        connection.ops.quote_name(field.column) for field in InvoiceLine._meta.concrete_fields if not field.primary_key
    )
    copied = columns.replace(connection.ops.quote_name("invoice_id"), str(invoice.pk))
    assert_refused(
        "An issued invoice cannot be changed",
        f"INSERT INTO invoicing_invoiceline ({columns}) SELECT {copied} FROM invoicing_invoiceline "
        "WHERE invoice_id = %s",
        draft.pk,
    )
    assert_refused(
        "An issued invoice cannot be changed",
        "UPDATE invoicing_invoiceline SET invoice_id = %s WHERE invoice_id = %s",
        invoice.pk,
        draft.pk,
    )


@pytest.mark.parametrize("status", ["draft", "else", ""])
def test_an_issued_invoice_can_only_become_cancelled(invoice, status):
    assert_refused("An issued invoice cannot be changed", "UPDATE invoicing_invoice SET status = %s", status)


def test_an_issued_invoice_can_be_cancelled_and_that_is_its_last_word(invoice):
    assert run("UPDATE invoicing_invoice SET status = 'cancelled', updated_at = '2031-05-04 10:00:00'") == 1
    assert Invoice.objects.get().status == "cancelled"
    for status in ("issued", "draft"):
        assert_refused("An issued invoice cannot be changed", "UPDATE invoicing_invoice SET status = %s", status)
    assert_refused("An issued invoice cannot be changed", "UPDATE invoicing_invoice SET notes = 'else'")
    assert_refused("An issued invoice cannot be deleted", "DELETE FROM invoicing_invoice")
    assert_refused("An issued invoice cannot be changed", "UPDATE invoicing_invoiceline SET quantity = 9")


def test_cancelling_changes_nothing_else(invoice):
    assert_refused(
        "An issued invoice cannot be changed", "UPDATE invoicing_invoice SET status = 'cancelled', total_minor = 1"
    )


def test_a_draft_beside_it_can_be_changed_and_deleted(alice, invoice):
    draft = a_draft(alice, line(), line("Print"))
    assert run("UPDATE invoicing_invoice SET notes = 'else', version = 9 WHERE id = %s", draft.pk) == 1
    assert run("UPDATE invoicing_invoiceline SET quantity = 9 WHERE invoice_id = %s", draft.pk) == 2
    assert run("DELETE FROM invoicing_invoiceline WHERE invoice_id = %s AND position = 0", draft.pk) == 1
    Invoice.objects.get(pk=draft.pk).delete()
    assert not Invoice.objects.filter(pk=draft.pk).exists()


def test_a_payment_and_a_refund_can_be_taken_back(invoice):
    assert run("DELETE FROM invoicing_allocation") == 1
    assert (run("DELETE FROM invoicing_payment"), run("DELETE FROM invoicing_refund")) == (2, 1)


def test_a_person_can_be_taken_off_their_events_but_nobody_put_on(alice, charlie, invoice):
    count = AuditEvent.objects.filter(actor=alice.owner).count()
    assert run("UPDATE activity_auditevent SET actor_id = NULL WHERE actor_id = %s", alice.owner.pk) == count > 0
    assert_refused(
        "The log of events cannot be changed", "UPDATE activity_auditevent SET actor_id = %s", charlie.owner.pk
    )


def test_the_settling_of_an_invoice_goes_on(alice, invoice):
    """What the product itself does with an issued invoice needs no exception."""
    invoice.mark_paid(key="rest", actor=alice.owner)
    invoice.allocations.last().payment.delete(actor=alice.owner)
    assert Invoice.objects.get().state == "overdue"
