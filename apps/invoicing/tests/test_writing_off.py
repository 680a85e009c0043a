"""Writing off: what is given up is neither open nor collected, and can be taken up again."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from apps.invoicing.aging import aging_now, aging_on
from apps.invoicing.models import Invoice, Receivable, WriteOff
from apps.invoicing.periods import Period
from apps.invoicing.stats import Statistics
from apps.invoicing.tests.building import a_draft, issued, line

MAY, JUNE = Period(date(2026, 5, 1), date(2026, 5, 31)), Period(date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-10T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def invoice(alice):
    """1,000.00 of May, 400.00 of it paid, the rest late."""
    found = issued(alice, line(unit_price="1000"), issue_date=date(2026, 5, 4), due_date=date(2026, 5, 18))
    found.pay(40000, key="part", paid_on=date(2026, 5, 20))
    return found


def shown(invoice) -> Invoice:
    return invoice.workspace.invoices.for_list().with_standing().get(pk=invoice.pk)


def url(name: str, *args) -> str:
    return reverse(f"invoicing:{name}", args=args)


def test_the_open_rest_is_gone_everywhere(alice, invoice):
    lost = invoice.write_off(reason="insolvent", actor=alice.owner)
    assert (lost.amount_minor, invoice.open_minor, invoice.paid_minor) == (60000, 0, 40000)
    assert (shown(invoice).state, shown(invoice).state_label) == ("lost", "Written off")
    assert not Receivable.objects.exists()
    invoices = alice.workspace.invoices
    for none in (invoices.open(), invoices.overdue(), invoices.paid()):
        assert not none.exists()
    assert invoices.written_off().get() == invoice
    assert aging_now(alice.workspace) == []
    assert invoices.sums_by_currency()[0]["open_minor"] == 0
    assert invoice.workspace.audit_events.about(invoice).first().facts == {
        "amount_minor": 60000, "day": "2026-06-10", "reason": "insolvent",
    }  # fmt: skip


def test_figures_of_days_before_still_have_it_open(alice, invoice):
    invoice.write_off(on=date(2026, 6, 5))
    invoices = alice.workspace.invoices.all()
    assert [aging.amount_minor for aging in aging_on(invoices, date(2026, 6, 4))] == [60000]
    assert aging_on(invoices, date(2026, 6, 5)) == []
    (block,) = Statistics(alice.workspace, JUNE, MAY, on=JUNE.last).blocks
    assert (block.before.open_minor, block.now.open_minor) == (60000, 0)
    assert (block.before.collected_minor, block.now.collected_minor) == (40000, 0)
    assert (block.before.invoiced_minor, block.now.settled) == (100000, [])


def test_taken_back_it_is_open_and_late_again(alice, invoice):
    invoice.write_off()
    assert invoice.take_up_again(actor=alice.owner)
    assert (invoice.open_minor, shown(invoice).state) == (60000, "overdue")
    assert alice.workspace.invoices.overdue().get() == invoice
    assert not invoice.take_up_again()


def test_asked_twice_it_is_one(invoice):
    assert invoice.write_off() == invoice.write_off()
    assert WriteOff.objects.count() == 1


def test_a_payment_and_a_credit_note_need_it_to_be_open_again(invoice):
    note = invoice.credit()
    invoice.write_off()
    for change in (lambda: invoice.pay(100, key="late"), note.issue, invoice.credit):
        with pytest.raises(ValidationError, match="written off"):
            change()
    assert not shown(invoice).can_be_credited


def test_a_payment_that_is_taken_back_afterwards_is_open_again(invoice):
    invoice.write_off()
    invoice.allocations.get().payment.delete()
    assert (shown(invoice).open_minor, shown(invoice).state) == (40000, "overdue")
    assert not invoice.workspace.invoices.written_off().exists()


def test_what_is_not_open_is_not_written_off(alice, invoice):
    draft, paid = a_draft(alice), issued(alice)
    paid.mark_paid(key="paid")
    for nothing in (draft, paid):
        with pytest.raises(ValidationError, match="Nothing is open"):
            nothing.write_off()
    with pytest.raises(ValidationError, match="before the invoice's date"):
        invoice.write_off(on=date(2026, 5, 3))


def test_a_write_off_is_not_changed(invoice):
    lost = invoice.write_off()
    with pytest.raises(ValidationError, match="not changed"):
        lost.save()
    with pytest.raises(DatabaseError, match="write-off cannot be changed"), transaction.atomic():
        connection.cursor().execute("UPDATE invoicing_writeoff SET amount_minor = 1")


def test_the_page_asks_why_and_tells_how_to_take_it_back(as_alice, invoice):
    assert "600.00 is open" in as_alice.get(url("write_off", invoice.pk)).text.replace("\u00a0", " ")
    answer = as_alice.post(url("write_off", invoice.pk), {"written_off_on": "2026-06-09", "reason": "gone"})
    assert answer.status_code == 302
    page = as_alice.get(invoice.get_absolute_url()).text
    assert "gone" in page
    assert "Record payment" not in page
    as_alice.post(url("write_off_undo", invoice.pk))
    assert "Record payment" in as_alice.get(invoice.get_absolute_url()).text


@pytest.mark.parametrize("day", ["", "x", "2026-05-03", "1999-01-01"])
def test_a_day_that_makes_no_sense_is_told(as_alice, invoice, day):
    answer = as_alice.post(url("write_off", invoice.pk), {"written_off_on": day})
    assert (answer.status_code, "written_off_on" in answer.context["form"].errors) == (422, True)
    assert not WriteOff.objects.exists()


def test_the_list_has_a_tab_for_them_as_soon_as_there_is_one(as_alice, invoice):
    tabs = {tab.state: tab.count for tab in as_alice.get(url("list")).context["listing"].tabs}
    assert "written_off" not in tabs
    invoice.write_off()
    page = as_alice.get(f"{url('list')}?state=written_off")
    tabs = {tab.state: tab.count for tab in page.context["listing"].tabs}
    assert (tabs["written_off"], tabs["paid"], tabs["open"], tabs[""]) == (1, 0, 0, 1)
    assert [row.record.pk for row in page.context["table"].rows] == [invoice.pk]
