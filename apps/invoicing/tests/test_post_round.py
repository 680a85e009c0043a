"""The mails of many invoices at once: each that fits, once, and every one that is left out is counted."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from apps.clients.models import Client
from apps.invoicing.models import Delivery
from apps.invoicing.tests.building import a_draft, issued
from apps.invoicing.tests.test_aging import credited

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def several(alice):
    """Two open ones, one paid, one cancelled with its credit note, a draft, and one for a client without an address."""
    Client.objects.filter(pk=alice.client.pk).update(email="accounts@acme.example")
    alice.client.refresh_from_db()
    fresh, late = issued(alice, due_date=date(2026, 6, 1)), issued(alice, due_date=date(2026, 5, 10))
    paid, cancelled = issued(alice), issued(alice)
    paid.mark_paid(key="paid")
    credited(cancelled, "100")
    alice.client = Client.objects.create(workspace=alice.workspace, name="Nowhere", currency="EUR")
    nowhere = issued(alice)
    found = {"fresh": fresh, "late": late, "paid": paid, "cancelled": cancelled, "nowhere": nowhere}
    return found | {"draft": a_draft(alice)}


def press(client, name: str, invoices, token="one press") -> str:
    fields = {"invoices": [invoice.pk for invoice in invoices], "token": token}
    answer = client.post(reverse(f"invoicing:{name}"), fields, headers=HTMX)
    assert answer.status_code == 204
    return answer.headers["HX-Trigger"]


def test_each_that_can_be_sent_is_and_the_others_are_counted(as_alice, several):
    told = press(as_alice, "bulk_send", several.values())
    assert set(Delivery.objects.values_list("invoice", flat=True)) == {
        several[name].pk for name in ("fresh", "late", "paid")
    }
    for sentence in ("3 mails are on their way.", "1 is a draft", "1 is cancelled.", "1 has a client without"):
        assert sentence in told


def test_each_that_is_open_is_reminded_of_and_the_others_are_counted(as_alice, several):
    told = press(as_alice, "bulk_remind", several.values())
    assert dict(Delivery.objects.values_list("invoice", "kind")) == {
        several["fresh"].pk: "before_due", several["late"].pk: "first",
    }  # fmt: skip
    for sentence in ("2 mails are on their way.", "1 is a draft", "On 2 nothing is open", "1 has a client without"):
        assert sentence in told


@pytest.mark.parametrize("name", ["bulk_send", "bulk_remind"])
def test_the_same_press_twice_sends_once_and_the_next_says_so(as_alice, several, name):
    first = press(as_alice, name, [several["fresh"]])
    assert press(as_alice, name, [several["fresh"]]) == first
    assert Delivery.objects.count() == 1
    again = press(as_alice, name, [several["fresh"]], token="another press")
    assert "No mail was sent. 1 was sent already, or is on its way." in again
    assert Delivery.objects.count() == 1


def test_one_form_may_send_and_remind(as_alice, several):
    press(as_alice, "bulk_send", [several["late"]])
    Delivery.objects.update(state="failed")
    press(as_alice, "bulk_remind", [several["late"]])
    assert sorted(Delivery.objects.values_list("kind", flat=True)) == ["first", "invoice"]


def test_nothing_ticked_is_told(as_alice, several):
    assert "Tick the invoices first" in press(as_alice, "bulk_send", [])


def test_a_strangers_invoice_is_not_sent(as_alice, charlie):
    press(as_alice, "bulk_send", [issued(charlie)])
    assert not Delivery.objects.exists()
