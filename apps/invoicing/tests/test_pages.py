"""The pages: what they show, what they write, and what they refuse."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.invoicing import services
from apps.invoicing.models import Invoice, InvoiceLine, NumberCounter, Payment
from apps.invoicing.tests.building import DAY, a_draft, charge, issued, line, log_hours

HTMX = {"HX-Request": "true"}


def url(name: str, *args) -> str:
    return reverse(f"invoicing:{name}", args=args)


def sheet(invoice: Invoice, *rows: dict, **head) -> dict:
    """What the editor sends."""
    data = {
        "client": invoice.client_id,
        "currency": invoice.currency,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "reference": "",
        "notes": "",
        "version": invoice.version,
        "lines-TOTAL_FORMS": len(rows),
        "lines-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(rows):
        usual = {
            "description": "Work",
            "quantity": "1",
            "unit": "h",
            "unit_price": "10",
            "discount": "",
            "tax": "Z:0",
            "ORDER": number + 1,
        }
        data |= {f"lines-{number}-{name}": value for name, value in (usual | row).items()}
    return data | head


def said(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_editor_shows_lines_in_their_order_not_in_that_of_their_making(as_alice, alice):
    invoice = a_draft(alice, line("First"), line("Second"))
    first, second = invoice.lines.all()
    rows = [{"pk": second.pk, "description": "Second"}, {"pk": first.pk, "description": "First"}]
    as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows))
    shown = as_alice.get(url("edit", invoice.pk)).content.decode()
    assert shown.index("Second</textarea>") < shown.index("First</textarea>")


def test_a_draft_is_begun_written_issued_and_paid(as_alice, alice):
    answer = as_alice.post(url("new"), {"client": alice.client.pk})
    invoice = Invoice.objects.get()
    assert answer.url == url("edit", invoice.pk)
    answer = as_alice.post(answer.url, sheet(invoice, {"quantity": "0,8333", "unit_price": "1,000.50"}, then="issue"))
    assert answer.url == url("submit", invoice.pk)
    assert "INV-" in said(as_alice.get(answer.url))
    invoice.refresh_from_db()
    as_alice.post(answer.url, {"version": invoice.version})
    invoice.refresh_from_db()
    assert (invoice.status, invoice.total_minor) == ("issued", 83372)
    as_alice.post(url("mark_paid", invoice.pk), {"token": "t"})
    assert Payment.objects.get().amount_minor == 83372
    assert "Paid" in said(as_alice.get(url("detail", invoice.pk)))


def test_lines_are_reordered_and_removed_by_buttons_without_javascript(as_alice, alice):
    invoice = a_draft(alice, line("First"), line("Second"), line("Third"))
    pks = [stored.pk for stored in invoice.lines.all()]
    rows = [{"pk": pk, "description": text} for pk, text in zip(pks, ["First", "Second", "Third"], strict=True)]
    as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows, then="up-2"))
    assert [stored.description for stored in invoice.lines.all()] == ["First", "Third", "Second"]
    invoice.refresh_from_db()
    as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows, then="remove-0"))
    assert [stored.description for stored in invoice.lines.all()] == ["Second", "Third"]


@pytest.mark.parametrize(
    "then", ["up-9", "up-" + "9" * 5000, "down-\u0663", "remove-" + "9" * 5000, "up-", "turn-1", "x"]
)
def test_a_button_of_no_row_only_saves(as_alice, alice, then):
    invoice = a_draft(alice)
    rows = [{"description": "First", "ORDER": "9" * 5000 if len(then) > 9 else "1"}, {"description": "Second"}]
    answer = as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows, then=then), headers=HTMX)
    assert answer.status_code in (200, 422)
    assert [stored.description for stored in invoice.lines.all()] in (["First", "Second"], ["Design"])


def test_a_draft_issued_in_two_windows_is_one_invoice(as_alice, alice):
    invoice = a_draft(alice)
    pages = [as_alice.get(url("submit", invoice.pk), headers=HTMX) for _window in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    first, second = (
        as_alice.post(url("submit", invoice.pk), {"version": invoice.version}, headers=HTMX) for _window in range(2)
    )
    assert first.headers["HX-Redirect"] == url("detail", invoice.pk)
    assert second.status_code == 422
    assert "This invoice is issued" in said(second)
    assert list(Invoice.objects.values_list("number", flat=True)) == ["INV-2026-001"]
    assert NumberCounter.objects.get().last_value == 1


@pytest.mark.parametrize("tokens", [["same", "same"], ["one", "another"], ["", ""]])
def test_marking_paid_twice_books_once(as_alice, alice, tokens):
    invoice = issued(alice)
    for token in tokens:
        as_alice.post(url("mark_paid", invoice.pk), {"token": token}, headers=HTMX)
    assert Payment.objects.get().amount_minor == invoice.total_minor
    assert "Paid" in said(as_alice.get(url("detail", invoice.pk)))


@pytest.mark.parametrize("make", [a_draft, issued])
def test_a_client_with_invoices_stays_and_the_page_says_why(as_alice, alice, make):
    invoice = make(alice)
    answer = as_alice.post(reverse("clients:delete", args=[alice.client.pk]), headers=HTMX)
    assert answer.status_code == 422
    assert "alice client has 1 project and 1 invoice. Archive it instead." in said(answer)
    assert Invoice.objects.get().client == alice.client
    assert invoice.lines.count() == 1


def test_a_draft_keeps_its_currency_when_its_client_gets_another(as_alice, alice):
    draft = a_draft(alice)
    changed = {"name": "alice client", "currency": "JPY"}
    assert as_alice.post(reverse("clients:edit", args=[alice.client.pk]), changed).status_code == 302
    page = said(as_alice.get(url("edit", draft.pk)))
    assert '<option value="EUR" selected>' in page
    assert as_alice.post(url("submit", draft.pk), {"version": draft.version}).status_code == 302
    draft.refresh_from_db()
    assert (draft.currency, draft.total_minor) == ("EUR", 10000)
    as_alice.post(url("new"), {"client": alice.client.pk})
    assert Invoice.objects.latest("pk").currency == "JPY"


def test_a_stale_window_overwrites_nothing(as_alice, alice):
    invoice = a_draft(alice)
    stale = sheet(invoice, {"description": "Stale"})
    services.save_draft(Invoice.objects.get(pk=invoice.pk), fields={"notes": "newer"}, lines=[line("Newer")])
    answer = as_alice.post(url("edit", invoice.pk), stale, headers=HTMX)
    assert answer.status_code == 422
    assert "changed in another window" in said(answer)
    assert "Stale" in said(answer)
    assert invoice.lines.get().description == "Newer"


def test_live_totals_write_nothing_and_skip_what_cannot_be_read(as_alice, alice):
    invoice = a_draft(alice)
    rows = [{"quantity": "2", "unit_price": "55.55", "tax": "S:20"}, {"quantity": "NaN"}, {"unit_price": "1e400"}]
    answer = as_alice.post(url("totals"), sheet(invoice, *rows), headers=HTMX)
    assert answer.status_code == 200
    assert "133<span" in said(answer)
    assert ".32" in said(answer)
    assert invoice.lines.get().description == "Design"


@pytest.mark.parametrize(
    "row",
    [
        {"unit_price": "-5"}, {"tax": "S:-1"}, {"tax": "S:19"}, {"tax": "\x00"},
        {"discount": "-1"}, {"discount": "101%"}, {"discount": "NaN%"},
        {"discount": "1e400"}, {"discount": "ten"}, {"discount": "9" * 5000}, {"discount": "0.00001%"},
        {"quantity": "NaN"}, {"quantity": "Infinity"}, {"unit_price": "1e400"}, {"unit_price": "-1e-400"},
        {"quantity": "1.23456"}, {"quantity": ""}, {"unit_price": "ten"}, {"quantity": "9" * 5000},
        {"description": "x" * 10_000}, {"description": "a\x00b"}, {"unit": "parsec"},
        {"pk": "987654"}, {"pk": "9" * 30}, {"pk": "9" * 5000}, {"pk": "x"},
        {"quantity": "99999999", "unit_price": "99999999999"},
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_told_and_nothing_is_written(as_alice, alice, row):
    invoice = a_draft(alice)
    answer = as_alice.post(url("edit", invoice.pk), sheet(invoice, row), headers=HTMX)
    assert answer.status_code == 422
    assert [stored.description for stored in invoice.lines.all()] == ["Design"]
    invoice.refresh_from_db()
    assert invoice.version == 2


@pytest.mark.parametrize(
    "head",
    [
        {"due_date": "2026-05-03"}, {"issue_date": "1999-12-31"}, {"due_date": "2101-01-01"}, {"issue_date": "x"},
        {"client": "0"}, {"client": "x"}, {"currency": "XXX"}, {"notes": "x" * 10_000}, {"reference": "a\x00b"},
        {"version": ""}, {"version": "9" * 40},
        {"lines-TOTAL_FORMS": ""}, {"lines-TOTAL_FORMS": "x"}, {"lines-TOTAL_FORMS": "100000"},
        {"lines-TOTAL_FORMS": "-1"}, {"lines-INITIAL_FORMS": "x"},
    ],
)  # fmt: skip
def test_a_head_that_makes_no_sense_is_told_and_nothing_is_written(as_alice, alice, head):
    invoice = a_draft(alice)
    answer = as_alice.post(url("edit", invoice.pk), sheet(invoice, {"description": "New"}, **head), headers=HTMX)
    assert answer.status_code == 422
    assert [stored.description for stored in invoice.lines.all()] == ["Design"]


def test_a_form_without_its_management_fields_is_told(as_alice, alice):
    invoice = a_draft(alice)
    assert as_alice.post(url("edit", invoice.pk), {}, headers=HTMX).status_code == 422
    for headers in (HTMX, {}):
        assert as_alice.post(url("totals"), {}, headers=headers).status_code == 200


def test_emoji_and_right_to_left_text_are_kept(as_alice, alice):
    invoice = a_draft(alice)
    as_alice.post(url("edit", invoice.pk), sheet(invoice, {"description": "שלום 🎉"}, notes="مرحبا 🌍"))
    invoice.refresh_from_db()
    assert (invoice.notes, invoice.lines.get().description) == ("مرحبا 🌍", "שלום 🎉")


def test_a_full_invoice_of_500_lines_is_saved_and_one_more_is_refused(as_alice, alice):
    invoice = a_draft(alice)
    rows = [{"description": f"Line {number}"} for number in range(500)]
    assert as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows)).status_code == 302
    assert invoice.lines.count() == 500
    invoice.refresh_from_db()
    answer = as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows, {"description": "Too much"}), headers=HTMX)
    assert answer.status_code == 422
    assert "500 lines at most" in said(answer)


def test_saving_writes_only_the_lines_that_differ(as_alice, alice):
    invoice = a_draft(alice, *[line(f"Line {number}") for number in range(3)])
    rows = [{"pk": stored.pk, "description": stored.description} for stored in invoice.lines.all()]
    same = {"unit": "item", "quantity": "1", "unit_price": "100", "tax": "Z:0"}
    rows = [{**same, **row} for row in rows]

    def writes(*rows):
        invoice.refresh_from_db()
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows)).status_code == 302
        table = connection.ops.quote_name(InvoiceLine._meta.db_table)
        return [query["sql"] for query in captured.captured_queries if query["sql"].startswith(f"UPDATE {table}")]

    # Once for the name of the tax, which lines get in the editor.
    assert len(writes(*rows)) == 1
    assert writes(*rows) == []
    rows[1]["description"] = "Another"
    (written,) = writes(*rows)
    assert "Another" in written
    assert "Line 2" not in written
    assert [stored.description for stored in invoice.lines.all()] == ["Line 0", "Another", "Line 2"]


def test_strangers_find_nothing(as_alice, charlie):
    invoice = issued(charlie)
    payment = invoice.pay(1, key="x")
    for name in ("detail", "edit", "submit", "pdf", "delete", "payment_new"):
        assert as_alice.get(url(name, invoice.pk)).status_code == 404
    for name in ("edit", "submit", "delete", "mark_paid", "payment_new"):
        assert as_alice.post(url(name, invoice.pk)).status_code == 404
    assert as_alice.post(url("payment_delete", invoice.pk, payment.pk)).status_code == 404
    assert Payment.objects.count() == 1


def test_foreign_rows_in_forms_are_refused(as_alice, alice, charlie):
    invoice, foreign_entry = a_draft(alice), log_hours(charlie)
    foreign_line = a_draft(charlie).lines.get()
    assert as_alice.post(url("new"), {"client": charlie.client.pk}, headers=HTMX).status_code == 422
    tries = [
        sheet(invoice, {}, client=charlie.client.pk),
        sheet(invoice, {"pk": foreign_line.pk}),
        sheet(invoice, {}, then="add_time", entry=str(foreign_entry.pk)),
    ]
    for data in tries:
        assert as_alice.post(url("edit", invoice.pk), data, headers=HTMX).status_code == 422
    wanted = {"client": alice.client.pk, "entry": str(foreign_entry.pk)}
    assert as_alice.post(url("from_time"), wanted, headers=HTMX).status_code == 422
    foreign_line.refresh_from_db()
    assert foreign_line.description == "Design"


def test_an_issued_invoice_has_no_editor_and_is_not_deleted(as_alice, alice):
    invoice = issued(alice)
    assert as_alice.get(url("edit", invoice.pk)).url == url("detail", invoice.pk)
    as_alice.post(url("edit", invoice.pk), sheet(invoice, {"description": "Changed"}))
    assert as_alice.post(url("delete", invoice.pk), headers=HTMX).status_code == 422
    assert as_alice.post(url("submit", invoice.pk), {"version": "1"}, headers=HTMX).status_code == 422
    assert invoice.lines.get().description == "Design"


def test_deleting_a_draft_leaves_its_page_for_the_list(as_alice, alice):
    answer = as_alice.post(url("delete", a_draft(alice).pk), headers=HTMX)
    assert answer["HX-Redirect"] == url("list")
    assert not Invoice.objects.exists()


def test_time_is_offered_previewed_and_billed(as_alice, alice):
    entry, other = log_hours(alice, 0, minutes=50), log_hours(alice, start_hour=40)
    page = as_alice.get(url("from_time"), {"client": alice.client.pk})
    assert str(entry.pk) in said(page)
    wanted = {"client": alice.client.pk, "entry": [str(entry.pk)], "grouping": "task", "tax": charge(alice, "19")}
    preview = as_alice.post(url("from_time"), wanted | {"then": "preview"}, headers=HTMX)
    assert "0.8333" in said(preview)
    assert not Invoice.objects.exists()
    as_alice.post(url("from_time"), wanted)
    invoice = Invoice.objects.get()
    assert (invoice.net_minor, invoice.total_minor) == (6666, 7933)
    editor = as_alice.get(url("edit", invoice.pk))
    assert str(other.pk) in said(editor)
    row = {"pk": invoice.lines.get().pk, "quantity": "0.8333", "unit_price": "80"}
    added = sheet(invoice, row, then="add_time", entry=str(other.pk))
    assert as_alice.post(url("edit", invoice.pk), added).status_code == 302
    assert InvoiceLine.objects.count() == 2


@pytest.mark.parametrize(
    "wanted",
    [
        {"first": "1999-01-01"},
        {"first": "2026-05-05", "last": "2026-05-04"},
        {"tax": "NaN"},
        {"tax": "S:19"},
        {"entry": "x"},
        {},
    ],
)
def test_time_that_cannot_be_billed_is_told(as_alice, alice, wanted):
    answer = as_alice.post(url("from_time"), {"client": alice.client.pk} | wanted, headers=HTMX)
    assert answer.status_code == 422
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "100.01", "NaN", "1e400", "", "x" * 100, "10.001", "\x00"])
def test_a_payment_that_makes_no_sense_is_told(as_alice, alice, amount):
    invoice = issued(alice)
    data = {"amount": amount, "paid_on": "2026-05-05", "method": "transfer", "token": "t"}
    assert as_alice.post(url("payment_new", invoice.pk), data, headers=HTMX).status_code == 422
    assert not Payment.objects.exists()


def test_a_payment_form_sent_twice_books_once_and_can_be_taken_back(as_alice, alice):
    invoice = issued(alice)
    data = {"amount": "40", "paid_on": "2026-05-05", "method": "card", "token": "same"}
    for _each in range(2):
        assert as_alice.post(url("payment_new", invoice.pk), data).status_code == 302
    payment = Payment.objects.get()
    assert payment.amount_minor == 4000
    assert as_alice.post(url("payment_delete", invoice.pk, payment.pk)).status_code == 302
    assert not Payment.objects.exists()


def test_looking_at_pages_takes_no_number(as_alice, alice):
    invoice = a_draft(alice)
    for name in ("detail", "edit", "submit"):
        assert as_alice.get(url(name, invoice.pk)).status_code == 200
    assert not NumberCounter.objects.exists()


def test_the_list_finds_filters_and_sorts(as_alice, alice):
    first, second = issued(alice, reference="PO-77"), issued(alice, line(unit_price="7"))
    a_draft(alice)
    first.mark_paid(key="x")
    of_client = f"client={alice.client.pk}"
    asked = {
        "q=PO-77": [first],
        "state=paid": [first],
        "state=overdue": [second],
        "state=nonsense&q=001": [first],
        f"{of_client}&state=open": [second],
        "client=x&state=open": [second],
        "page=99&state=open": [second],
    }
    for query, expected in asked.items():
        rows = as_alice.get(f"{url('list')}?{query}").context["table"].rows
        assert [row.record.pk for row in rows] == [invoice.pk for invoice in expected], query
    by_total = as_alice.get(f"{url('list')}?sort=total_minor").context["table"].rows
    assert by_total[0].record.pk == second.pk


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_rows(as_alice, alice):
    def add(count: int) -> None:
        for number in range(count):
            invoice = issued(alice, line(), line("More"), due_date=DAY + timedelta(days=number))
            invoice.pay(1, key=f"k{invoice.pk}")
            log_hours(alice, start_hour=invoice.pk * 4)

    draft = a_draft(alice)
    add(2)
    pages = [
        url("list"),
        url("edit", draft.pk),
        url("detail", draft.pk),
        f"{url('from_time')}?client={alice.client.pk}",
    ]
    few = {page: queries(as_alice, page) for page in pages}
    add(18)
    services.save_draft(draft, fields={}, lines=[line(f"Line {number}") for number in range(20)])
    many = {page: queries(as_alice, page) for page in pages}
    assert many == few
    assert many[url("list")] <= 10, many
