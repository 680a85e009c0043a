"""Issued invoices are taken back by credit notes, never changed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.invoicing import services
from apps.invoicing.models import BilledTime, Invoice, Receivable
from apps.invoicing.services import LineTax
from apps.invoicing.tests.building import DAY, a_draft, issued, line, log_hours

pytestmark = pytest.mark.django_db


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.for_detail().get(pk=invoice.pk)


def shorten(note: Invoice, price: str) -> None:
    """Credit one line of this price only."""
    services.save_draft(note, fields={}, lines=[line("Part", unit_price=price)])


def test_a_credit_note_begins_as_a_copy_with_a_series_of_its_own(alice):
    invoice = issued(alice, line("Design", "3", "45", "19"), line("Print", "1", "60", "7"))
    note = invoice.credit(actor=alice.owner)
    assert [(each.description, each.amount_minor, each.tax_rate) for each in note.lines.all()] == [
        ("Design", 13500, 19), ("Print", 6000, 7),
    ]  # fmt: skip
    assert (note.total_minor, note.number) == (invoice.total_minor, None)
    note.issue(actor=alice.owner)
    assert note.number.startswith("CN-")
    assert fresh(note).paper.corrects == {"number": invoice.number, "issue_date": DAY}
    assert issued(alice).number == "INV-2026-002"


def test_a_full_credit_cancels_the_invoice_and_nothing_is_open(alice):
    invoice = issued(alice)
    before = fresh(invoice)
    invoice.credit().issue()
    after = fresh(invoice)
    assert (after.status, after.state, after.open_minor) == ("cancelled", "void", 0)
    assert (after.snapshot, after.number, after.total_minor) == (before.snapshot, before.number, before.total_minor)
    assert not Receivable.objects.exists()
    assert not alice.workspace.invoices.open().exists()


def test_a_part_that_is_credited_is_not_asked_for_any_more(alice):
    invoice = issued(alice)
    note = invoice.credit()
    shorten(note, "30")
    note.issue()
    after = fresh(invoice)
    assert (after.status, after.open_minor, after.credited_minor) == ("issued", 7000, 3000)
    after.mark_paid(key="k")
    assert (fresh(invoice).state, fresh(invoice).paid_minor) == ("paid", 7000)


def test_no_more_is_credited_than_is_left(alice):
    invoice = issued(alice)
    note = invoice.credit()
    shorten(note, "70")
    note.issue()
    second = fresh(invoice).credit()
    shorten(second, "30.01")
    with pytest.raises(ValidationError, match="30.00 of INV-2026-001 is left to credit"):
        second.issue()
    assert fresh(second).is_draft
    shorten(second, "30")
    second.issue()
    assert fresh(invoice).status == "cancelled"


def test_an_invoice_cannot_be_credited_twice_at_once(alice):
    invoice = issued(alice)
    note = invoice.credit()
    assert invoice.credit() == note
    note.issue()
    with pytest.raises(ValidationError):
        fresh(invoice).credit()


def test_what_was_paid_before_is_to_be_paid_back(alice):
    invoice = issued(alice)
    invoice.mark_paid(key="k")
    fresh(invoice).credit().issue()
    assert fresh(invoice).open_minor == -10000


@pytest.mark.parametrize("releases_time", [True, False])
def test_the_time_is_free_again_only_where_that_was_asked_for(alice, releases_time):
    entry = log_hours(alice)
    invoice = services.draft_from_time(
        workspace=alice.workspace, client=alice.client, entries=[entry.pk], issue_date=DAY, tax=LineTax(Decimal(19))
    )
    invoice.issue()
    note = invoice.credit(releases_time=releases_time)
    entry.refresh_from_db()
    assert entry.billed
    note.issue()
    entry.refresh_from_db()
    assert entry.billed is not releases_time
    assert BilledTime.objects.exists() is not releases_time
    assert alice.workspace.time_entries.unbilled().exists() is releases_time


def test_drafts_credit_notes_and_cancelled_invoices_are_not_credited(alice):
    for none in (a_draft(alice), issued(alice).credit()):
        with pytest.raises(ValidationError):
            none.credit()


def test_a_credit_note_stays_with_its_client_and_takes_no_time_and_no_payment(alice, bob):
    invoice = issued(alice)
    note = invoice.credit()
    entry = log_hours(alice)
    with pytest.raises(ValidationError, match="billed on invoices"):
        services.add_time(note, entries=[entry.pk])
    services.save_draft(note, fields={"currency": "USD"}, lines=[line()])
    with pytest.raises(ValidationError, match="same client"):
        note.issue()
    services.save_draft(note, fields={"currency": invoice.currency}, lines=[line()])
    note.issue()
    with pytest.raises(ValidationError):
        fresh(note).pay(100, key="k")


def test_an_empty_credit_is_refused(alice):
    note = issued(alice).credit()
    shorten(note, "0")
    with pytest.raises(ValidationError, match="more than zero"):
        note.issue()


def test_the_pages_lead_from_invoice_to_credit_note_and_back(as_alice, alice):
    invoice = issued(alice)
    asked = as_alice.get(f"/invoices/{invoice.pk}/credit/")
    assert "€\xa0100.00 can be credited" in asked.content.decode()
    begun = as_alice.post(f"/invoices/{invoice.pk}/credit/", {"releases_time": "on"})
    note = invoice.credit_notes.get()
    assert begun.url == note.edit_url
    assert note.releases_time
    editor = as_alice.get(begun.url).content.decode()
    assert "Credit note for alice client" in editor
    assert "What can be billed" not in editor
    as_alice.post(note.submit_url, {"version": note.version})
    page = as_alice.get(invoice.get_absolute_url()).content.decode()
    assert fresh(note).number in page
    assert "Cancelled" in page
    again = as_alice.post(f"/invoices/{invoice.pk}/credit/", {})
    assert again.status_code == 422


def test_balances_come_with_the_rows_of_a_list(alice):
    for _number in range(3):
        invoice = issued(alice)
        note = invoice.credit()
        shorten(note, "30")
        note.issue()
    with CaptureQueriesContext(connection) as asked:
        rows = list(alice.workspace.invoices.for_list().with_standing())
        assert sorted(row.open_minor for row in rows) == [0, 0, 0, 7000, 7000, 7000]
    assert len(asked) == 1
    assert alice.workspace.invoices.open_amounts()[0]["open_minor"] == 21000
