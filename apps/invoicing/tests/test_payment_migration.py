"""Payments from when each was of one invoice belong to the client afterwards, and are still on that invoice."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core import days
from apps.invoicing.models import Invoice
from apps.invoicing.tests.building import issued

BEFORE = ("invoicing", "0008_recurring")


@pytest.mark.django_db(transaction=True)
def test_payments_stay_on_their_invoices(alice, charlie):
    invoices = [issued(alice), issued(alice, currency="JPY"), issued(charlie)]
    call_command("migrate", *BEFORE, verbosity=0)
    old = MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model("invoicing", "Payment")
    old.objects.bulk_create(
        old(
            workspace_id=invoice.workspace_id, invoice_id=invoice.pk, amount_minor=number + 1, paid_on=date(2026, 5, 6),
            method="cash", note="Till", idempotency_key=f"{invoice.pk}-{number}", created_at=days.now(),
        )
        for invoice in invoices
        for number in range(1100)
    )  # fmt: skip
    call_command("migrate", "invoicing", verbosity=0)
    for invoice in invoices:
        kept = Invoice.objects.get(pk=invoice.pk)
        assert (kept.paid_minor, kept.allocations.count()) == (1100 * 1101 // 2, 1100)
        payments = kept.client.payments.filter(currency=kept.currency).with_rest()
        assert {(row.rest_sum, row.method, row.note) for row in payments} == {(0, "cash", "Till")}
        allocation = kept.allocations.first()
        assert (allocation.day, allocation.source) == (date(2026, 5, 6), "payment")
        assert allocation.amount_minor == allocation.payment.amount_minor
        assert allocation.workspace_id == invoice.workspace_id
