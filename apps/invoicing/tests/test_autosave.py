"""A draft that saves itself while somebody writes."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from apps.invoicing.models import Invoice
from apps.invoicing.tests.building import a_draft, issued, line, log_hours
from apps.invoicing.tests.test_pages import HTMX, said, sheet, url


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 5, 4, 9, 0, 30, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def autosave(browser, invoice: Invoice, *rows: dict, **head):
    return browser.post(url("autosave", invoice.pk), sheet(invoice, *rows, **head), headers=HTMX)


def test_it_saves_and_tells_the_page_its_new_version_and_keys(as_alice, alice):
    invoice = a_draft(alice, line("Design"))
    kept = invoice.lines.get()
    rows = [{"description": "New", "unit_price": "20"}, {"pk": kept.pk, "description": "Design, twice"}]
    answer = autosave(as_alice, invoice, *rows, notes="Thanks")
    assert answer.status_code == 200
    invoice.refresh_from_db()
    assert invoice.notes == "Thanks"
    assert [each.description for each in invoice.lines.all()] == ["New", "Design, twice"]
    text = answer.content.decode()
    assert f'name="version" value="{invoice.version}"' in text
    new = invoice.lines.get(description="New").pk
    assert re.findall(r'name="(lines-\d-pk)" value="(\d+)"', text) == [("lines-0-pk", str(new))]
    again = autosave(as_alice, invoice, {"pk": new, "description": "New"}, {"pk": kept.pk}, notes="Thanks")
    assert again.status_code == 200
    assert invoice.lines.count() == 2


def test_what_is_not_finished_is_not_saved_and_said(as_alice, alice):
    invoice = a_draft(alice)
    answer = autosave(as_alice, invoice, {}, {"unit_price": ""}, {"quantity": "many"})
    assert "Not saved yet: lines 2, 3 are not finished." in said(answer)
    assert invoice.version == Invoice.objects.get().version
    wrong_day = autosave(as_alice, invoice, {}, due_date="1999-01-01")
    assert "something above the lines" in said(wrong_day)


def test_a_stale_page_overwrites_nothing(as_alice, alice):
    invoice = a_draft(alice)
    assert autosave(as_alice, invoice, {}, notes="mine").status_code == 200
    answer = autosave(as_alice, invoice, {}, notes="older")
    assert answer.status_code == 422
    assert "changed in another window" in said(answer)
    assert Invoice.objects.get().notes == "mine"


def test_a_stale_save_shows_what_was_changed_meanwhile(as_alice, alice):
    invoice = a_draft(alice)
    as_alice.post(url("edit", invoice.pk), sheet(invoice, {"pk": invoice.lines.get().pk}, notes="From the other tab"))
    answer = as_alice.post(url("edit", invoice.pk), sheet(invoice, {}, notes="mine"), headers=HTMX)
    assert answer.status_code == 422
    assert "What was changed meanwhile:" in said(answer)
    assert "From the other tab" in said(answer)


def test_of_one_persons_writing_two_versions_are_kept_for_five_minutes(as_alice, alice, clock):
    invoice = a_draft(alice)
    by_hand = invoice.versions.count()
    for minute in (0, 1, 4, 5):
        clock.move_to(datetime(2026, 5, 4, 9, minute, 40, tzinfo=UTC), tick=False)
        invoice.refresh_from_db()
        assert autosave(as_alice, invoice, {"pk": invoice.lines.get().pk}, notes=f"{minute}").status_code == 200
    notes = [version.head["notes"] for version in invoice.versions.filter(is_autosave=True)]
    assert notes == ["5", "4", "1"]
    assert invoice.versions.count() == by_hand + 3


def test_what_was_saved_by_hand_stays(as_alice, alice, clock):
    invoice = a_draft(alice)
    key = {"pk": invoice.lines.get().pk}
    autosave(as_alice, invoice, key, notes="first")
    invoice.refresh_from_db()
    as_alice.post(url("edit", invoice.pk), sheet(invoice, key, notes="by hand"))
    invoice.refresh_from_db()
    autosave(as_alice, invoice, key, notes="last")
    assert [version.head["notes"] for version in invoice.versions.all()][:3] == ["last", "by hand", "first"]


def test_another_client_takes_the_time_off_and_draws_the_page_anew(as_alice, alice):
    from apps.invoicing.services import draft_from_time

    entry = log_hours(alice)
    invoice = draft_from_time(workspace=alice.workspace, client=alice.client, entries=[entry.pk])
    other = alice.workspace.clients.create(name="Other", currency=invoice.currency)
    row = {"pk": invoice.lines.get().pk}
    answer = autosave(as_alice, invoice, row, client=other.pk)
    assert answer.headers["HX-Redirect"] == invoice.edit_url
    entry.refresh_from_db()
    assert not entry.billed


def test_an_issued_invoice_and_a_strangers_are_refused(as_alice, alice, charlie):
    invoice = issued(alice)
    assert autosave(as_alice, invoice, {}).status_code == 422
    assert autosave(as_alice, a_draft(charlie), {}).status_code == 404
