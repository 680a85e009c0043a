"""Every save of a draft is kept, can be compared, and can be taken back."""

import pytest
from django.core.exceptions import ValidationError

from apps.clients.models import Client
from apps.invoicing import services
from apps.invoicing.models import Invoice, InvoiceVersion
from apps.invoicing.services import LineTax
from apps.invoicing.tests.building import DAY, a_draft, issued, line, log_hours
from apps.invoicing.versions import compare, restore

pytestmark = pytest.mark.django_db


def version(invoice: Invoice, number: int) -> InvoiceVersion:
    return invoice.versions.get(number=number)


def says(invoice: Invoice) -> dict:
    """All that a draft says, without the ids of its lines."""
    fresh = Invoice.objects.get(pk=invoice.pk)
    lines = [
        {**stored.as_facts(), "entries": sorted(str(billed.entry_id) for billed in stored.billed_times.all())}
        for stored in fresh.lines.all()
    ]
    names = ["client_id", "currency", "issue_date", "due_date", "reference", "notes", "discount_minor", "total_minor"]
    return {name: getattr(fresh, name) for name in names} | {"lines": lines}


def with_time(world, *entries) -> Invoice:
    return services.draft_from_time(
        workspace=world.workspace, client=world.client, entries=[entry.pk for entry in entries], issue_date=DAY
    )


def test_each_save_is_a_version_with_its_author(alice):
    invoice = a_draft(alice)
    services.save_draft(invoice, fields={"notes": "Thanks"}, lines=[line(unit_price="50")], actor=alice.owner)
    kept = list(invoice.versions.all())
    assert [(each.number, each.total_minor) for each in kept] == [(3, 5000), (2, 10000)]
    assert kept[0].actor == alice.owner
    assert kept[0].number == invoice.version


def test_what_changed_is_told_field_by_field(alice):
    invoice = a_draft(alice, line("Design", "1", "100"), line("Print", "1", "20"))
    design, _print = invoice.lines.all()
    fields = {"notes": "Thanks", "discount_minor": 500}
    rows = [line("Design", "2", "100", pk=design.pk), line("Proofs", "1", "30")]
    services.save_draft(invoice, fields=fields, lines=rows)
    head, lines = compare(version(invoice, 2), version(invoice, 3))
    assert {(change.label, change.before, change.after) for change in head} == {
        ("Notes", "", "Thanks"), ("Discount", "", "€\xa05.00"),
    }  # fmt: skip
    assert [(each.title, each.kind) for each in lines] == [
        ("Design", "changed"), ("Proofs", "added"), ("Print", "removed"),
    ]  # fmt: skip
    assert [(change.label, change.before, change.after) for change in lines[0].changes] == [
        ("Quantity", "1", "2"), ("Amount", "€\xa0100.00", "€\xa0200.00"),
    ]  # fmt: skip
    assert compare(version(invoice, 3), version(invoice, 3)) == ([], [])


def test_a_version_that_is_taken_back_is_the_draft_again_and_a_version_of_its_own(alice):
    invoice = with_time(alice, log_hours(alice), log_hours(alice, start_hour=12), log_hours(alice, start_hour=16))
    services.save_draft(
        invoice,
        fields={"reference": "PO 1"},
        lines=[line("Design", "3", "80", "19", pk=invoice.lines.get().pk), line("Print", "1", "10")],
    )
    before, number = says(invoice), invoice.version
    services.save_draft(invoice, fields={"reference": "", "notes": "x"}, lines=[line("All of it", unit_price="5")])
    assert alice.workspace.time_entries.unbilled().count() == 3
    assert restore(invoice, version(invoice, number), actor=alice.owner) == []
    assert says(invoice) == before
    assert invoice.version == number + 2
    assert not alice.workspace.time_entries.unbilled().exists()
    assert compare(version(invoice, number), version(invoice, number + 2))[0] == []


def test_time_that_is_billed_elsewhere_stays_there_and_is_told(alice):
    entries = [log_hours(alice), log_hours(alice, start_hour=12)]
    invoice = with_time(alice, *entries)
    number = invoice.version
    services.save_draft(invoice, fields={}, lines=[line()])
    other = with_time(alice, entries[0])
    (told,) = restore(invoice, version(invoice, number))
    assert told == "1 time entry or other thing is billed elsewhere or gone by now, and was left out."
    stored = invoice.lines.get()
    assert (stored.quantity, stored.amount_minor) == (1, 8000)
    assert [billed.entry for billed in stored.billed_times.all()] == [entries[1]]
    assert other.billed_times.get().entry == entries[0]


def test_a_line_without_any_of_its_time_is_left_out(alice):
    entry = log_hours(alice)
    invoice = with_time(alice, entry)
    number = invoice.version
    services.save_draft(invoice, fields={}, lines=[line("Kept")])
    entry.refresh_from_db()
    entry.trash()
    assert len(restore(invoice, version(invoice, number))) == 1
    assert not invoice.lines.exists()
    assert invoice.total_minor == 0


def test_number_payments_and_state_are_never_taken_back(alice):
    invoice = issued(alice)
    invoice.pay(100, key="k")
    with pytest.raises(ValidationError, match="issued"):
        restore(invoice, version(invoice, 2))
    assert Invoice.objects.get(pk=invoice.pk).number == invoice.number


def test_a_stale_page_takes_nothing_back(alice):
    invoice = a_draft(alice)
    services.save_draft(invoice, fields={}, lines=[line("Newer")])
    with pytest.raises(ValidationError, match="another window"):
        restore(invoice, version(invoice, 2), seen=2)
    assert invoice.lines.get().description == "Newer"


def test_the_client_of_then_comes_back_unless_it_is_gone(alice):
    other = Client.objects.create(workspace=alice.workspace, name="Other", currency="EUR")
    invoice = a_draft(alice)
    services.save_draft(invoice, fields={"client": other}, lines=[line()])
    restore(invoice, version(invoice, 2))
    assert Invoice.objects.get(pk=invoice.pk).client == alice.client
    other.delete()
    with pytest.raises(ValidationError, match="not there any more"):
        restore(invoice, version(invoice, 3))


def test_versions_are_final(alice):
    kept = version(a_draft(alice), 2)
    for change in (kept.save, lambda: InvoiceVersion.objects.update(number=9)):
        with pytest.raises(ValidationError):
            change()


def test_versions_go_with_their_draft(alice):
    a_draft(alice).delete()
    assert not InvoiceVersion.objects.exists()


def test_the_pages_list_compare_and_take_back(as_alice, alice):
    invoice = a_draft(alice, line("Design", "1", "100", "19"))
    services.save_draft(invoice, fields={}, lines=[line("Shorter", unit_price="40")])
    address = f"/invoices/{invoice.pk}/versions/"
    assert "Version 2" in as_alice.get(address).content.decode()
    changed = as_alice.get(f"{address}3/").content.decode()
    assert "line removed" in changed
    since = as_alice.get(f"{address}2/?with=now").content.decode()
    assert "Take this version back" in since
    assert as_alice.get(f"{address}99/").status_code == 404
    as_alice.post(f"{address}2/restore/", {"version": invoice.version})
    assert invoice.lines.get().description == "Design"
    as_alice.post(f"{address}3/restore/", {"version": "1"})
    assert invoice.lines.get().description == "Design"


def test_taxes_of_then_come_back_as_they_were(alice):
    entry = log_hours(alice)
    invoice = services.draft_from_time(
        workspace=alice.workspace, client=alice.client, entries=[entry.pk], tax=LineTax(0, "AE", "Reverse charge")
    )
    number = invoice.version
    services.save_draft(invoice, fields={}, lines=[line()])
    restore(invoice, version(invoice, number))
    stored = invoice.lines.get()
    assert (stored.tax_category, stored.tax_name) == ("AE", "Reverse charge")
