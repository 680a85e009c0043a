"""The list: what is found, what it sums to, its files, and what is done with many at once."""

import io
import zipfile
from datetime import date

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse

from apps.invoicing import together
from apps.invoicing.listing import STATES, Listing
from apps.invoicing.models import Invoice, InvoiceDocument, Payment
from apps.invoicing.prepared import attach_standing
from apps.invoicing.tests.building import a_draft, issued, line
from apps.invoicing.tests.test_aging import credited

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def url(name: str) -> str:
    return reverse(f"invoicing:{name}")


def listed(client, query: str = "") -> set[int]:
    return {row.record.pk for row in client.get(f"{url('list')}?{query}").context["table"].rows}


@pytest.fixture
def several(alice):
    """A draft; one open and late; one paid; one in dollars; one cancelled by its credit note."""
    late = issued(alice, line(unit_price="100"), issue_date=date(2026, 4, 1), due_date=date(2026, 4, 15))
    paid = issued(alice, line(unit_price="200"), issue_date=date(2026, 4, 20), due_date=date(2026, 5, 20))
    paid.mark_paid(key="paid")
    dollars = issued(
        alice, line(unit_price="50"), issue_date=date(2026, 5, 1), due_date=date(2026, 6, 1), currency="USD"
    )
    cancelled = issued(alice, line(unit_price="30"), issue_date=date(2026, 5, 2), due_date=date(2026, 6, 2))
    credited(cancelled, "30")
    note = Invoice.objects.get(kind="credit_note")
    found = {"draft": a_draft(alice), "late": late, "paid": paid, "dollars": dollars, "cancelled": cancelled}
    return found | {"note": note}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=drafts", {"draft"}), ("state=open", {"late", "dollars"}), ("state=overdue", {"late"}),
        ("state=paid", {"paid"}), ("state=cancelled", {"cancelled"}), ("state=credit_notes", {"note"}),
        ("currency=USD", {"dollars"}), ("age=31-60", {"late"}), ("age=not-due&currency=USD", {"dollars"}),
        ("age=not-due&currency=EUR", set()), ("first=2026-04-02&last=2026-05-01", {"paid", "dollars"}),
        ("state=open&currency=EUR", {"late"}),
        ("first=x&last=%00&currency=XXX&age=7&state=x", {"draft", "late", "paid", "dollars", "cancelled", "note"}),
    ],
)  # fmt: skip
def test_states_and_filters_find_what_they_say(as_alice, several, query, names):
    assert listed(as_alice, query) == {several[name].pk for name in names}


def test_tabs_tell_how_many_each_would_show(as_alice, several):
    tabs = as_alice.get(url("list")).context["listing"].tabs
    assert {tab.state: tab.count for tab in tabs} == {
        tab.state: len(listed(as_alice, f"state={tab.state}")) for tab in tabs
    }


def test_sums_are_of_exactly_what_is_listed_on_all_pages(as_alice, alice, several):
    def sums(query: str) -> dict:
        rows = as_alice.get(f"{url('list')}?{query}").context["listing"].sums
        return {row["currency"]: (row["rows"], row["sum_minor"], row["open_minor"]) for row in rows}

    # A draft of 100, 100 late, 200 paid, 30 cancelled, and its credit note.
    assert sums("") == {"EUR": (5, 40_000, 10_000), "USD": (1, 5000, 5000)}
    assert sums("state=credit_notes") == {"EUR": (1, -3000, 0)}
    for _each in range(30):
        a_draft(alice, line(unit_price="1"))
    assert sums("state=drafts") == {"EUR": (31, 13_000, 0)}
    assert as_alice.get(f"{url('list')}?state=drafts&page=2").context["table"].page.paginator.count == 31


@pytest.fixture
def every_kind(alice, several):
    """The same with one that is part paid, one that is part credited, one written off, and an estimate."""
    part = issued(alice, line(unit_price="70"), issue_date=date(2026, 5, 5), due_date=date(2026, 6, 5))
    part.pay(2000, key="part", paid_on=date(2026, 5, 6))
    credited(issued(alice, line(unit_price="90"), issue_date=date(2026, 5, 6), due_date=date(2026, 6, 6)), "15")
    issued(alice, line(unit_price="40"), issue_date=date(2026, 5, 7), due_date=date(2026, 6, 7)).write_off()
    issued(alice, line(unit_price="500"), kind="estimate", issue_date=date(2026, 5, 8), due_date=date(2026, 6, 8))


@pytest.mark.parametrize("state", ["", *STATES])
def test_a_tab_sums_to_the_same_counted_in_groups_and_one_by_one(alice, every_kind, state):
    listing = Listing(alice.workspace, QueryDict(f"state={state}"))
    assert listing.sums == listing.invoices.sums_by_currency()
    assert listing.sums, "nothing was compared"


def test_rows_stand_as_they_do_when_each_is_asked(alice, every_kind):
    rows = list(alice.workspace.invoices.for_list())
    attach_standing(rows)
    told = {row.pk: (row.state, str(row.state_label), row.paid_minor, row.open_minor) for row in rows}
    asked = alice.workspace.invoices.all()
    assert told == {one.pk: (one.state, str(one.state_label), one.paid_minor, one.open_minor) for one in asked}
    assert {"draft", "overdue", "paid", "partial", "void", "credit", "lost", "sent"} <= {
        one[0] for one in told.values()
    }


def test_credit_notes_are_marked_and_below_zero(as_alice, several):
    text = as_alice.get(f"{url('list')}?state=credit_notes").content.decode()
    assert '<span class="sub">Credit note</span>' in text
    assert '<span class="money">\u2212<span class="money-cur">€</span>30' in text


def test_the_strip_links_to_what_it_counts(as_alice, several):
    listing = as_alice.get(url("list")).context["listing"]
    assert [aging.currency for aging in listing.agings] == ["EUR", "USD"]
    for aging in listing.agings:
        for cell in aging.cells:
            assert len(listed(as_alice, f"age={cell.age}&currency={aging.currency}")) == cell.invoices


def test_the_file_holds_what_is_listed_in_its_order(as_alice, several):
    answer = as_alice.get(f"{url('list_csv')}?currency=EUR&sort=number&state=paid")
    (row,) = b"".join(answer.streaming_content).decode().splitlines()[1:]
    number = several["paid"].number
    assert row.startswith(f"{number},Invoice,alice client,,Paid,2026-04-20,2026-05-20,")
    assert row.endswith(",200.00,0.00,200.00,200.00,0.00,0.00,EUR")
    credit = b"".join(as_alice.get(f"{url('list_csv')}?state=credit_notes").streaming_content).decode()
    assert "-30.00,0.00,-30.00" in credit
    assert as_alice.get(f"{url('list_xlsx')}?state=paid").status_code == 200


def post(client, name: str, *invoices: Invoice, **more):
    return client.post(url(name), {"invoices": [invoice.pk for invoice in invoices]} | more)


def told(client) -> str:
    return client.get(url("list")).content.decode()


def test_many_are_marked_as_paid_and_the_rest_is_told(as_alice, several):
    chosen = several.values()
    for _again in range(2):
        assert post(as_alice, "bulk_mark_paid", *chosen, token="abc").url == url("list")
        text = told(as_alice)
        assert "2 invoices are marked as paid: €\u00a0100.00, $\u00a050.00. 1 was paid already." in text
        assert "1 is a draft: issue it first. 1 is a credit note, which nobody pays. 1 is cancelled." in text
    assert Payment.objects.count() == 3
    assert not Invoice.objects.open().exists()
    post(as_alice, "bulk_mark_paid", *chosen, token="another")
    assert "Nothing was booked. 3 were paid already." in told(as_alice)
    assert Payment.objects.count() == 3


def test_what_was_marked_is_taken_back_at_once(as_alice, several):
    post(as_alice, "bulk_mark_paid", several["late"], several["dollars"], token="abc")
    as_alice.post(f"{url('bulk_take_back')}?of=abc", headers=HTMX)
    assert set(Payment.objects.values_list("allocations__invoice", flat=True)) == {several["paid"].pk}
    assert listed(as_alice, "state=open") == {several["late"].pk, several["dollars"].pk}
    for token in ("", "abc", "a\x00"):
        as_alice.post(url("bulk_take_back"), query_params={"of": token}, headers=HTMX)
    assert Payment.objects.count() == 1


def test_what_was_paid_back_meanwhile_is_not_taken_back(as_alice, several):
    post(as_alice, "bulk_mark_paid", several["late"], token="abc")
    note = several["late"].credit()
    note.issue()
    several["late"].refresh_from_db()
    several["late"].refund(several["late"].total_minor, key="r")
    as_alice.post(f"{url('bulk_take_back')}?of=abc")
    assert "Take that refund back first" in told(as_alice)
    assert Payment.objects.count() == 2


def test_all_that_is_listed_is_marked_with_its_filter(as_alice, several):
    as_alice.post(url("bulk_mark_paid"), {"all": "1", "query": "currency=USD", "token": "abc"})
    assert listed(as_alice, "state=open") == {several["late"].pk}


def test_nothing_ticked_and_too_many_are_told(as_alice, several, monkeypatch):
    from apps.invoicing.views import bulk

    for name in ("bulk_mark_paid", "bulk_pdf"):
        as_alice.post(url(name), {"invoices": ["x", "9" * 40, "\x00"]})
        assert "Tick the invoices first" in told(as_alice)
    monkeypatch.setattr(bulk.InvoiceSelection, "most", 2)
    post(as_alice, "bulk_mark_paid", *several.values())
    assert "more than 2 invoices at once" in told(as_alice)
    assert Payment.objects.count() == 1


def test_strangers_are_neither_paid_nor_sent(as_alice, alice, charlie):
    theirs = issued(charlie)
    post(as_alice, "bulk_mark_paid", theirs, token="abc")
    post(as_alice, "bulk_pdf", theirs)
    assert not Payment.objects.exists()
    theirs.mark_paid(key="abc-1")
    as_alice.post(f"{url('bulk_take_back')}?of=abc", headers=HTMX)
    assert Payment.objects.count() == 1


def test_the_zip_holds_the_stored_pdfs_of_issued_ones(as_alice, several):
    for name in ("late", "paid"):
        InvoiceDocument.keep(several[name], f"%PDF {name}".encode())
    answer = as_alice.post(url("bulk_pdf"), {"invoices": [several[name].pk for name in ("late", "paid", "draft")]})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    names = {name: f"{several[name].number.lower()}.pdf" for name in ("late", "paid")}
    assert found == {names["late"]: b"%PDF late", names["paid"]: b"%PDF paid"}
    assert "without 1 draft" in told(as_alice)
    as_alice.post(url("bulk_pdf"), {"invoices": [several["draft"].pk]})
    assert "Issue them first" in told(as_alice)


def test_when_one_cannot_be_booked_none_is(alice, several, monkeypatch):
    monkeypatch.setattr(Payment, "full_clean", lambda self, **_: 1 / (self.currency == "EUR"))
    with pytest.raises(ZeroDivisionError):
        together.mark_paid(alice.workspace.invoices.all(), token="abc")
    assert Payment.objects.count() == 1
