"""Estimates: their own numbers, the client's answer, and one invoice of each."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.invoicing.aging import aging_now
from apps.invoicing.listing import Listing
from apps.invoicing.models import EstimateAnswer, Invoice
from apps.invoicing.periods import Period
from apps.invoicing.stats import Statistics
from apps.invoicing.tests.building import DAY, a_draft, issued, line, log_hours
from apps.invoicing.timeline import timeline

KIND = Invoice.Kind.ESTIMATE
LINES = [line("Design", "10", "90", tax_rate="20"), line("Print", "1", "250.50", tax_rate="10")]


def an_estimate(world, *lines, **fields) -> Invoice:
    return issued(world, *(lines or LINES), kind=KIND, **fields)


def test_it_has_its_own_numbers_and_takes_none_of_the_invoices(alice):
    first, invoice, second = an_estimate(alice), issued(alice), an_estimate(alice)
    assert (first.number, second.number) == ("EST-2026-001", "EST-2026-002")
    assert invoice.number == "INV-2026-001"


def test_it_stands_for_thirty_days_unless_it_says_otherwise(alice):
    estimate = a_draft(alice, kind=KIND)
    assert estimate.due_date == DAY + timedelta(days=30)


def test_it_asks_for_no_money(alice):
    estimate = an_estimate(alice)
    assert estimate.open_minor == 0
    assert not alice.workspace.receivables.exists()
    with pytest.raises(ValidationError, match="An estimate is not paid"):
        estimate.pay(100, key="k")
    with pytest.raises(ValidationError, match="Only an issued invoice"):
        estimate.credit()
    assert not estimate.can_be_credited


def test_it_takes_no_recorded_time(alice):
    from apps.invoicing.services import add_time

    entry = log_hours(alice)
    with pytest.raises(ValidationError, match="billed on invoices"):
        add_time(a_draft(alice, kind=KIND), entries=[entry.pk])
    entry.refresh_from_db()
    assert not entry.billed


def test_it_is_in_no_figure_and_in_no_list_of_the_books(alice, rf):
    an_estimate(alice)
    a_draft(alice, kind=KIND)
    assert aging_now(alice.workspace) == []
    year = Period.between(DAY.replace(month=1, day=1), DAY.replace(month=12, day=31))
    assert Statistics(alice.workspace, *year, on=DAY).blocks == []
    books = Listing(alice.workspace, rf.get("/").GET)
    assert list(books.invoices) == []
    assert {tab.state: tab.count for tab in books.tabs}["estimates"] == 2
    assert {tab.state: tab.count for tab in books.tabs}[""] == 0
    assert len(Listing(alice.workspace, rf.get("/", {"state": "estimates"}).GET).invoices) == 2


def test_the_client_accepts_and_one_invoice_is_made(alice):
    estimate = an_estimate(alice, discount_minor=5000)
    estimate.give_answer(is_accepted=True, name="Ada Byron", note="From May on", actor=alice.owner)
    assert estimate.state_label == "Accepted"
    invoice = estimate.to_invoice(actor=alice.owner)
    assert invoice.is_draft
    assert invoice.is_bill
    assert invoice.from_estimate == estimate
    assert (invoice.net_minor, invoice.tax_minor, invoice.total_minor) == (
        estimate.net_minor,
        estimate.tax_minor,
        estimate.total_minor,
    )
    assert [each.description for each in invoice.lines.all()] == ["Design", "Print"]
    told = [moment.text for moment in timeline(Invoice.objects.get(pk=estimate.pk))]
    assert told[:2] == ["Invoice made", "Accepted by Ada Byron: From May on"]


def test_asked_twice_it_is_the_same_invoice(alice):
    estimate = an_estimate(alice)
    first = estimate.to_invoice()
    assert Invoice.objects.get(pk=estimate.pk).to_invoice() == first
    assert Invoice.objects.invoices().count() == 1


def test_the_database_itself_bills_an_estimate_once(alice):
    estimate = an_estimate(alice)
    estimate.to_invoice()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.start(workspace=alice.workspace, client=alice.client, from_estimate=estimate)


def test_a_draft_that_is_deleted_frees_its_estimate(alice):
    estimate = an_estimate(alice)
    estimate.to_invoice().delete()
    assert Invoice.objects.get(pk=estimate.pk).to_invoice().total_minor == estimate.total_minor


def test_what_was_declined_is_not_billed_until_it_is_accepted(alice):
    estimate = an_estimate(alice)
    estimate.give_answer(is_accepted=False)
    with pytest.raises(ValidationError, match="declined"):
        estimate.to_invoice()
    estimate.give_answer(is_accepted=True)
    assert estimate.to_invoice().is_draft
    assert EstimateAnswer.objects.get().is_accepted


def test_what_is_billed_keeps_its_answer(alice):
    estimate = an_estimate(alice)
    estimate.to_invoice()
    with pytest.raises(ValidationError, match="billed already"):
        Invoice.objects.get(pk=estimate.pk).give_answer(is_accepted=False)


def test_only_an_issued_estimate_is_answered_and_billed(alice):
    for other in (a_draft(alice, kind=KIND), issued(alice)):
        with pytest.raises(ValidationError, match="Issue the estimate first"):
            other.give_answer(is_accepted=True)
        with pytest.raises(ValidationError, match="Issue the estimate first"):
            other.to_invoice()


def test_it_expires_after_its_last_day(alice):
    estimate = an_estimate(alice, due_date=DAY)
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False):
        assert Invoice.objects.get(pk=estimate.pk).state_label == "Open"
    with time_machine.travel("2026-05-05T12:00:00Z", tick=False):
        assert Invoice.objects.get(pk=estimate.pk).state_label == "Expired"


def test_the_pages_begin_answer_and_bill_it(as_alice, alice):
    page = as_alice.get(reverse("invoicing:new"), {"kind": "estimate"})
    assert "New estimate" in page.content.decode()
    as_alice.post(reverse("invoicing:new"), {"client": alice.client.pk, "kind": "estimate"})
    draft = Invoice.objects.get()
    assert draft.is_estimate
    estimate = an_estimate(alice)
    as_alice.post(reverse("invoicing:estimate_answer", args=[estimate.pk]), {"answer": "accepted"})
    assert Invoice.objects.get(pk=estimate.pk).state_label == "Accepted"
    answer = as_alice.post(reverse("invoicing:estimate_bill", args=[estimate.pk]))
    assert answer.url == Invoice.objects.invoices().get().edit_url


@pytest.mark.parametrize("said", ["", "maybe", "accepted\0"])
def test_nonsense_is_no_answer(as_alice, alice, said):
    estimate = an_estimate(alice)
    as_alice.post(reverse("invoicing:estimate_answer", args=[estimate.pk]), {"answer": said})
    assert not EstimateAnswer.objects.exists()


def test_its_document_says_what_it_is(alice):
    paper = an_estimate(alice).paper
    assert paper.title == "Estimate"
    assert paper.is_estimate
    assert not paper.is_bill


# ── By the client, without an account ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def link(alice):
    return an_estimate(alice).make_link()


def say(client, link, **data):
    return client.post(reverse("public:answer", args=[link.token]), data)


def test_the_client_accepts_by_the_address_and_the_page_says_so(client, link):
    page = reverse("public:invoice", args=[link.token])
    assert "Accept" in client.get(page).content.decode()
    assert say(client, link, answer="accepted", name="Ada Byron", note="From May on").url == page
    estimate = Invoice.objects.get(pk=link.invoice_id)
    assert (estimate.given_answer.name, estimate.state_label) == ("Ada Byron", "Accepted")
    assert "Accepted on" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"answer": "accepted"}, "Write your name"),
        ({"answer": "perhaps", "name": "Ada"}, "Say whether"),
        ({"name": "Ada"}, "Say whether"),
        ({"answer": "accepted", "name": "A" * 121}, "at most 120"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_and_changes_nothing(client, link, data, told):
    answer = say(client, link, **data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not EstimateAnswer.objects.exists()


def test_the_business_cannot_answer_for_its_client_there(as_alice, link):
    answer = say(as_alice, link, answer="accepted", name="Ada")
    assert answer.status_code == 422
    assert not EstimateAnswer.objects.exists()


def test_an_invoice_and_a_billed_estimate_cannot_be_answered(client, alice, link):
    assert say(client, issued(alice).make_link(), answer="accepted", name="Ada").status_code == 422
    Invoice.objects.get(pk=link.invoice_id).to_invoice()
    assert say(client, link, answer="declined", name="Ada").status_code == 422
    assert not EstimateAnswer.objects.exists()


def test_an_address_that_was_withdrawn_takes_no_answer(client, link):
    link.revoke()
    assert say(client, link, answer="accepted", name="Ada").status_code == 404
