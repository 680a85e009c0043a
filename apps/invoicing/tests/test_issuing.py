"""Issuing freezes: afterwards no path changes the document."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django_tasks_db.models import DBTaskResult

from apps.activity.models import AuditEvent
from apps.invoicing import services
from apps.invoicing.models import BilledTime, Invoice, InvoiceLine
from apps.invoicing.paper import Paper
from apps.invoicing.tests.building import DAY, a_draft, issued, line, log_hours


@pytest.fixture
def invoice(alice):
    entry = log_hours(alice)
    draft = services.draft_from_time(workspace=alice.workspace, client=alice.client, entries=[entry.pk], issue_date=DAY)
    draft.issue(actor=alice.owner)
    return draft


def test_issuing_freezes_and_tells_the_log_and_the_worker(alice, invoice):
    invoice.refresh_from_db()
    assert (invoice.status, invoice.number, invoice.total_minor) == ("issued", "INV-2026-001", 8000)
    assert invoice.snapshot["buyer"]["name"] == "alice client"
    assert AuditEvent.objects.filter(verb="issued", actor=alice.owner, row=str(invoice.pk)).exists()
    assert DBTaskResult.objects.filter(task_path__endswith="render_invoice_pdf").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda invoice: invoice.save(), id="save"),
        pytest.param(lambda invoice: invoice.delete(), id="delete"),
        pytest.param(lambda invoice: invoice.issue(), id="issue again"),
        pytest.param(lambda invoice: Invoice.objects.update(notes="x"), id="update"),
        pytest.param(lambda invoice: Invoice.objects.all().delete(), id="delete all"),
        pytest.param(lambda invoice: Invoice._base_manager.update(notes="x"), id="base manager"),
        pytest.param(lambda invoice: Invoice.objects.bulk_update([invoice], ["notes"]), id="bulk update"),
        pytest.param(lambda invoice: Invoice.objects.bulk_create([invoice]), id="bulk create"),
        pytest.param(lambda invoice: invoice.client.invoices.update(notes="x"), id="update through the client"),
        pytest.param(lambda invoice: invoice.lines.get().save(), id="save a line"),
        pytest.param(lambda invoice: invoice.lines.get().delete(), id="delete a line"),
        pytest.param(lambda invoice: invoice.lines.update(quantity=9), id="update lines"),
        pytest.param(lambda invoice: invoice.lines.all().delete(), id="delete lines"),
        pytest.param(lambda invoice: invoice.lines.create(workspace=invoice.workspace), id="add a line"),
        pytest.param(
            lambda invoice: InvoiceLine.objects.bulk_create(
                [InvoiceLine(workspace=invoice.workspace, invoice=invoice, description="x")]
            ),
            id="add lines in bulk",
        ),
        pytest.param(
            lambda invoice: InvoiceLine.objects.bulk_update(list(invoice.lines.all()), ["position"]), id="bulk lines"
        ),
        pytest.param(lambda invoice: BilledTime.objects.all().delete(), id="release the time"),
        pytest.param(lambda invoice: services.save_draft(invoice, fields={}, lines=[]), id="save as a draft"),
    ],
)
def test_an_issued_invoice_refuses_every_change(invoice, change):
    before = Invoice.objects.values().get(pk=invoice.pk), list(invoice.lines.values())
    with pytest.raises(ValidationError):
        change(Invoice.objects.get(pk=invoice.pk))
    assert (Invoice.objects.values().get(pk=invoice.pk), list(invoice.lines.values())) == before


def test_time_on_an_issued_invoice_is_locked(invoice):
    entry = invoice.billed_times.get().entry
    for change in (entry.trash, lambda: entry.revise(note="else")):
        with pytest.raises(ValidationError):
            change()


def test_a_client_with_an_invoice_cannot_be_deleted(alice, invoice):
    with pytest.raises(ProtectedError):
        alice.client.delete()


def test_the_document_does_not_follow_later_changes(alice, invoice):
    before = Paper(Invoice.objects.get(pk=invoice.pk).snapshot).facts
    type(alice.client).objects.update(name="Renamed", address="Elsewhere 1", tax_id="NEW")
    type(alice.workspace).objects.update(name="Moved", iban="XX00")
    fresh = Invoice.objects.get(pk=invoice.pk)
    assert fresh.paper.facts == before
    assert (fresh.paper.buyer.name, fresh.paper.seller.name) == ("alice client", "alice studio")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "at least one line"),
        ([line(description="", unit_price="5")], "description"),
        ([line(unit_price="-5")], "below zero"),
    ],
)
def test_a_draft_that_is_not_ready_says_what_is_missing(alice, lines, said):
    draft = a_draft(alice)
    services.save_draft(draft, fields={}, lines=lines)
    with pytest.raises(ValidationError, match=said):
        draft.issue()
    assert Invoice.objects.get(pk=draft.pk).number is None


def test_a_draft_changed_meanwhile_is_not_issued_from_a_stale_window(alice):
    draft = a_draft(alice)
    seen = draft.version
    services.save_draft(Invoice.objects.get(pk=draft.pk), fields={"notes": "other window"}, lines=[line()])
    with pytest.raises(ValidationError, match="changed in another window"):
        draft.issue(version=seen)


def test_an_invoice_is_born_a_draft(alice):
    fields = {"workspace": alice.workspace, "client": alice.client, "currency": "EUR"}
    with pytest.raises(ValidationError):
        Invoice(status="issued", number="X", issue_date=DAY, due_date=DAY, **fields).save()


def test_terms_of_the_client_come_before_those_of_the_business(alice):
    assert Invoice.start(workspace=alice.workspace, client=alice.client, issue_date=DAY).due_date == DAY + timedelta(14)
    alice.client.payment_terms_days = 0
    assert Invoice.start(workspace=alice.workspace, client=alice.client, issue_date=DAY).due_date == DAY


def test_a_free_invoice_is_paid_when_issued(alice):
    assert issued(alice, line(unit_price="0")).state == "paid"
