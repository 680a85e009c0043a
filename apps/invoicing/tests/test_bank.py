"""From a bank's file to paid invoices: each line once, whichever file it is in; and all of it back again."""

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.activity.verification import verify
from apps.clients.models import Client
from apps.invoicing.bank.booking import Reconciliation, book
from apps.invoicing.models import Account, BankLine, BankStatement, Payment
from apps.invoicing.models.statement import LARGEST_FILE
from apps.invoicing.tests.building import issued, line
from apps.invoicing.tests.test_bank_files import DETAILS, camt, entry

HEAD = "Date,Amount,Payer,IBAN,Reference text\n"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def row(amount, text="", payer="Somebody", iban="", day="2026-05-06") -> str:
    return f"{day},{amount},{payer},{iban},{text}\n"


def imported(world, *rows: str) -> BankStatement:
    """A statement whose columns are named as they are guessed."""
    content = (HEAD + "".join(rows)).encode()
    statement = BankStatement.keep(workspace=world.workspace, file_name="may.csv", content=content, contents=None)
    statement.read(statement.csv_file.suggestion)
    return statement


def url(name: str, *args) -> str:
    return reverse(f"invoicing:{name}", args=args)


def upload(browser, content: str | bytes, name: str = "may.csv"):
    data = content.encode() if isinstance(content, str) else content
    return browser.post(url("bank"), {"file": SimpleUploadedFile(name, data)}, follow=True)


# ── The pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_csv_file_becomes_paid_invoices(as_alice, alice):
    first, second = issued(alice), issued(alice, line(unit_price="250"))
    rows = row("100.00", f"Invoice {first.number}"), row("300.00", f"for {second.number}"), row("-12.00"), row("x")
    columns = upload(as_alice, HEAD + "".join(rows))
    assert columns.redirect_chain[-1][0].endswith("/columns/")
    statement = BankStatement.objects.get()
    form = columns.context["form"]
    data = {field.html_name: "" if field.value() is None else field.value() for field in form.column_fields}
    page = as_alice.post(url("bank_columns", statement.pk), data, follow=True)
    text = page.content.decode()
    assert "2</strong> payments are not booked yet." in text
    assert "1 line went out" in text
    assert "1 line could not be read" in text
    as_alice.post(url("bank_book", statement.pk), {"all": "sure"})
    assert [invoice.open_minor for invoice in (first, second)] == [0, 25_000]
    unsure = statement.lines.get(payment=None)
    as_alice.post(url("bank_book", statement.pk), {"line": unsure.pk})
    assert second.open_minor == 0
    assert Account(alice.client, "EUR").credit_minor == 5000
    assert "All that came in is booked" in as_alice.get(url("bank_statement", statement.pk)).content.decode()
    assert verify(alice.workspace.pk).fault is None


def test_a_camt_file_needs_no_columns(as_alice, alice):
    invoice = issued(alice)
    details = DETAILS.format(amount="", name="<Nm>Somebody</Nm>", text=invoice.number)
    page = upload(as_alice, camt(entry("100.00", details=details), entry(direction="DBIT")), "may.xml")
    assert page.redirect_chain[-1][0] == BankStatement.objects.get().get_absolute_url()
    assert invoice.number in page.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"hello", "No columns"), (b"%PDF-1.7", "PDF"), (b"<a/>", "no booked line"),
     (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "declares things"), (b"x" * (LARGEST_FILE + 1), "larger than 5 MB")],
)  # fmt: skip
def test_what_is_no_statement_is_refused_on_the_page(as_alice, content, said):
    answer = upload(as_alice, content)
    assert (answer.status_code, BankStatement.objects.count()) == (422, 0)
    assert said in answer.content.decode()


def test_columns_without_a_date_or_amount_are_refused(as_alice, alice):
    upload(as_alice, HEAD + row("1.00"))
    statement = BankStatement.objects.get()
    answer = as_alice.post(url("bank_columns", statement.pk), {"column_day": "0", "column_amount": "0"})
    assert (answer.status_code, BankLine.objects.count()) == (422, 0)
    assert "chosen for Date already" in answer.content.decode()
    looked = as_alice.post(url("bank_columns", statement.pk), {"column_day": "0", "then": "preview"})
    assert (looked.status_code, BankLine.objects.count()) == (200, 0)


def test_a_line_is_chosen_by_hand(as_alice, alice):
    invoice = issued(alice)
    statement = imported(alice, row("60.00", "no idea"), row("40.00", "nor here"))
    first, second = statement.lines.all()
    page = url("bank_line", statement.pk, first.pk)
    assert as_alice.post(page, {"target": "invoice-999999"}).status_code == 422
    assert as_alice.post(page, {"target": ""}).status_code == 422
    as_alice.post(page, {"target": f"invoice-{invoice.pk}"})
    as_alice.post(url("bank_line", statement.pk, second.pk), {"target": f"client-{alice.client.pk}"})
    assert (invoice.open_minor, Account(alice.client, "EUR").credit_minor) == (4000, 4000)
    assert as_alice.get(page, follow=True).redirect_chain


def test_a_strangers_client_is_not_offered(as_alice, alice, charlie):
    statement = imported(alice, row("60.00"))
    page = url("bank_line", statement.pk, statement.lines.get().pk)
    assert as_alice.post(page, {"target": f"client-{charlie.client.pk}"}).status_code == 422
    assert not Payment.objects.exists()


# ── Once ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_or_an_overlapping_file_books_nothing_twice(as_alice, alice):
    invoices = [issued(alice) for _each in range(3)]
    rows = [row("100.00", invoice.number) for invoice in invoices]
    for part in (rows[:2], rows[:2], rows[1:]):
        statement = imported(alice, *part)
        for _twice in range(2):
            as_alice.post(url("bank_book", statement.pk), {"all": "sure"})
    assert Payment.objects.count() == 3
    assert [invoice.open_minor for invoice in invoices] == [0, 0, 0]
    page = as_alice.get(url("bank_statement", statement.pk) + "?tab=booked").content.decode()
    assert page.count("Already booked") == 1


def test_two_equal_payments_of_one_day_are_two(alice):
    issued(alice), issued(alice)
    statement = imported(alice, row("50.00", "rent"), row("50.00", "rent"))
    again = imported(alice, row("50.00", "rent"), row("50.00", "rent"), row("50.00", "rent"))
    for each in (*statement.lines.all(), *again.lines.all()):
        book(each, client=alice.client.pk, shares={})
    assert Payment.objects.count() == 3


def test_a_line_that_is_booked_is_not_booked_for_somebody_else(alice):
    other = Client.objects.create(workspace=alice.workspace, name="Other", currency="EUR")
    bank_line = imported(alice, row("50.00")).lines.get()
    first = book(bank_line, client=alice.client.pk, shares={})
    assert book(bank_line, client=other.pk, shares={}) == first


def test_what_was_paid_meanwhile_is_told_and_nothing_is_half_done(alice):
    invoice = issued(alice)
    bank_line = imported(alice, row("100.00", invoice.number)).lines.get()
    invoice.mark_paid(key="by hand")
    with pytest.raises(ValidationError, match="paid already"):
        book(bank_line, client=alice.client.pk, shares={invoice.pk: 10_000})
    assert Payment.objects.count() == 1


def test_the_account_of_a_payment_is_known_the_next_time(alice):
    iban = "DE89370400440532013000"
    book(imported(alice, row("1.00", iban=iban)).lines.get(), client=alice.client.pk, shares={})
    invoice = issued(alice)
    [found] = Reconciliation(imported(alice, row("100.00", iban=iban))).sure
    assert found.suggestion.shares == {invoice.pk: 10_000}


# ── Back again ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_statement_is_taken_back_and_can_be_booked_again(as_alice, alice):
    invoices = [issued(alice), issued(alice)]
    by_hand = invoices[0].pay(100, key="by hand")
    statement = imported(alice, *(row("99.00" if not n else "100.00", each.number) for n, each in enumerate(invoices)))
    as_alice.post(url("bank_book", statement.pk), {"all": "sure"})
    assert "2 payments are taken back" in as_alice.get(url("bank_undo", statement.pk)).content.decode()
    as_alice.post(url("bank_undo", statement.pk))
    assert list(Payment.objects.all()) == [by_hand]
    as_alice.post(url("bank_book", statement.pk), {"all": "sure"})
    assert [invoice.open_minor for invoice in invoices] == [0, 0]


def test_what_another_file_booked_stays_when_this_one_is_taken_back(as_alice, alice):
    invoice = issued(alice)
    first, second = (imported(alice, row("100.00", invoice.number)) for _each in range(2))
    as_alice.post(url("bank_book", first.pk), {"all": "sure"})
    as_alice.post(url("bank_undo", second.pk))
    assert invoice.open_minor == 0


def test_credit_that_was_paid_back_keeps_its_payment(as_alice, alice):
    statement = imported(alice, row("50.00"), row("60.00", "second"))
    for each in statement.lines.all():
        book(each, client=alice.client.pk, shares={})
    Account(alice.client, "EUR").refund(7000, key="r")
    answer = as_alice.post(url("bank_undo", statement.pk), follow=True)
    assert "Take that refund back first" in answer.content.decode()
    assert Account(alice.client, "EUR").credit_minor >= 0


def test_only_a_statement_that_booked_nothing_is_thrown_away(as_alice, alice):
    statement = imported(alice, row("50.00"))
    book(statement.lines.get(), client=alice.client.pk, shares={})
    as_alice.post(url("bank_delete", statement.pk))
    assert BankStatement.objects.exists()
    as_alice.post(url("bank_undo", statement.pk))
    as_alice.post(url("bank_delete", statement.pk))
    assert not BankStatement.objects.exists()


# ── Many ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_statement_is_shown_in_as_few_queries_as_a_short_one(as_alice, alice):
    counts = []
    for number in (3, 300):
        issued(alice)
        statement = imported(alice, *(row(f"{each}.00", f"text {each}") for each in range(1, number)))
        as_alice.get(url("bank_statement", statement.pk))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_alice.get(url("bank_statement", statement.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
