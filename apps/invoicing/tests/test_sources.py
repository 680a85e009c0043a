"""What is billed besides time: prices in parts, retainers by month, expenses, deposits. Nothing of it twice."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.invoicing import services
from apps.invoicing.billing import TimeOffer
from apps.invoicing.models import Expense, Invoice, LineSource
from apps.invoicing.services import LineTax, save_draft
from apps.invoicing.sources import SourceOffer, add_sources
from apps.invoicing.tests.building import a_draft, issued, line, log_hours
from apps.invoicing.tests.test_pages import sheet, url
from apps.invoicing.versions import restore
from apps.projects.models import Project

TAX = LineTax(Decimal(20))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def empty(world, **fields) -> Invoice:
    return Invoice.start(workspace=world.workspace, client=world.client, **fields)


def a_project(world, billing: str, price_minor: int | None, **fields) -> Project:
    given = {"workspace": world.workspace, "client": world.client, "name": "Book"} | fields
    return Project.objects.create(billing=billing, fixed_price_minor=price_minor, **given)


def an_expense(world, amount_minor=4990, **fields) -> Expense:
    given = {"workspace": world.workspace, "client": world.client, "currency": "EUR", "description": "Train"} | fields
    return Expense.objects.create(amount_minor=amount_minor, spent_on=date(2026, 5, 4), **given)


def keys(invoice: Invoice) -> list[str]:
    return list(dict.fromkeys(each.key for each in SourceOffer(invoice).all))


def lines(invoice: Invoice) -> list[tuple[str, int]]:
    return [(each.description.partition("\n")[0], each.amount_minor) for each in invoice.lines.all()]


# ── Prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fixed_price_is_billed_in_parts_and_never_beyond(alice):
    project = a_project(alice, "fixed", 500000)
    first = empty(alice)
    assert add_sources(first, [f"project-{project.pk}"], tax=TAX) == 1
    assert lines(first) == [("Book", 500000)]
    part = line("Book, first half", unit_price="2000", tax_rate="20", pk=first.lines.get().pk)
    save_draft(first, fields={}, lines=[part])
    second = empty(alice)
    add_sources(second, [f"project-{project.pk}"])
    assert lines(second) == [("Book, the rest of the price", 300000)]
    assert keys(empty(alice)) == []


def test_a_retainer_is_billed_once_for_each_month_up_to_this_one(alice):
    project = a_project(alice, "retainer", 120000, starts_on=date(2026, 3, 15))
    invoice = empty(alice)
    expected = [f"project-{project.pk}-2026-{month:02d}" for month in (3, 4, 5)]
    assert keys(invoice) == expected
    add_sources(invoice, expected[:2])
    assert [each.description for each in invoice.lines.all()] == ["Book\nMarch 2026", "Book\nApril 2026"]
    assert keys(empty(alice)) == expected[2:]
    with pytest.raises(ValidationError, match="billed already"):
        add_sources(empty(alice), expected[:1])


def test_the_database_itself_bills_a_month_once(alice):
    project = a_project(alice, "retainer", 120000, starts_on=date(2026, 5, 1))
    add_sources(empty(alice), [f"project-{project.pk}-2026-05"])
    other = a_draft(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        LineSource.objects.create(
            workspace=alice.workspace, invoice=other, line=other.lines.get(), project=project, month=date(2026, 5, 1)
        )


@pytest.mark.parametrize(("price", "is_by_the_hour"), [(None, True), (120000, False)])
def test_time_under_a_retainer_with_a_price_is_not_billed_by_the_hour(alice, price, is_by_the_hour):
    project = a_project(alice, "retainer", price)
    task = project.tasks.create(workspace=alice.workspace, title="Look after")
    entry = log_hours(alice, task=task)
    assert (entry.rate_minor > 0) is is_by_the_hour
    assert [each.pk for each in TimeOffer(alice.workspace, alice.client).entries] == [entry.pk] * is_by_the_hour
    if not is_by_the_hour:
        with pytest.raises(ValidationError):
            services.draft_from_time(workspace=alice.workspace, client=alice.client, entries=[entry.pk])


# ── Expenses ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_expense_becomes_a_line_and_is_offered_to_nobody_else(alice):
    expense = an_expense(alice)
    other = alice.workspace.clients.create(name="Other", currency="EUR")
    an_expense(alice, client=other)
    invoice = empty(alice)
    assert keys(invoice) == [f"expense-{expense.pk}"]
    add_sources(invoice, keys(invoice), tax=TAX)
    assert lines(invoice) == [("Train", 4990)]
    assert invoice.total_minor == 5988
    assert keys(empty(alice)) == []


@pytest.mark.parametrize(
    "give_back",
    [lambda draft: save_draft(draft, fields={}, lines=[]), lambda draft: draft.delete()],
    ids=["line removed", "draft deleted"],
)
def test_what_is_taken_off_a_draft_can_be_billed_again(alice, give_back):
    expense = an_expense(alice)
    invoice = empty(alice)
    add_sources(invoice, [f"expense-{expense.pk}"])
    give_back(invoice)
    assert keys(empty(alice)) == [f"expense-{expense.pk}"]


def test_another_client_gets_none_of_it(alice):
    expense = an_expense(alice)
    invoice = empty(alice)
    add_sources(invoice, [f"expense-{expense.pk}"])
    other = alice.workspace.clients.create(name="Other", currency="EUR")
    assert save_draft(invoice, fields={"client": other}, lines=[line(pk=invoice.lines.get().pk)])
    assert not invoice.lines.exists()
    assert keys(empty(alice)) == [f"expense-{expense.pk}"]


def test_only_what_is_offered_can_be_ticked(alice, charlie):
    theirs = an_expense(charlie)
    mine = an_expense(alice, currency="USD")
    for key in (f"expense-{theirs.pk}", f"expense-{mine.pk}", "expense-0", "nonsense", ""):
        with pytest.raises(ValidationError, match="billed already or not there"):
            add_sources(empty(alice), [key])
    assert not LineSource.objects.exists()


def test_a_credit_note_that_frees_frees_this_too(alice):
    expense = an_expense(alice)
    invoice = empty(alice)
    add_sources(invoice, [f"expense-{expense.pk}"])
    invoice.issue()
    invoice.credit(releases_time=True).issue()
    assert keys(empty(alice)) == [f"expense-{expense.pk}"]


def test_a_version_that_is_taken_back_takes_it_again_where_it_is_free(alice):
    expense = an_expense(alice)
    invoice = empty(alice)
    add_sources(invoice, [f"expense-{expense.pk}"])
    with_it = invoice.versions.first()
    save_draft(invoice, fields={}, lines=[])
    assert restore(invoice, with_it) == []
    assert lines(invoice) == [("Train", 4990)]
    assert keys(empty(alice)) == []
    save_draft(invoice, fields={}, lines=[])
    add_sources(empty(alice), [f"expense-{expense.pk}"])
    [told] = restore(invoice, with_it)
    assert "left out" in told
    assert lines(invoice) == []


# ── Deposits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deposit_is_taken_off_once_tax_by_tax(alice):
    parts = line("A", unit_price="100", tax_rate="20"), line("B", unit_price="50", tax_rate="10")
    deposit = issued(alice, *parts, is_deposit=True)
    invoice = a_draft(alice, line("A", unit_price="300", tax_rate="20"), line("B", unit_price="80", tax_rate="10"))
    assert add_sources(invoice, [f"deposit-{deposit.pk}"]) == 2
    assert [amount for _text, amount in lines(invoice)] == [30000, 8000, -5000, -10000]
    assert (invoice.net_minor, invoice.tax_minor) == (23000, 4000 + 300)
    assert keys(empty(alice)) == []
    invoice.issue()


def test_a_deposit_goes_off_prices_with_tax_as_a_whole(alice):
    deposit = issued(alice, line(unit_price="100", tax_rate="19"), is_deposit=True)
    invoice = a_draft(alice, line(unit_price="340", tax_rate="19"), prices_include_tax=True)
    add_sources(invoice, [f"deposit-{deposit.pk}"])
    assert invoice.total_minor == 34000 - 11900


def test_what_is_no_deposit_or_not_issued_is_not_taken_off(alice):
    issued(alice)
    a_draft(alice, is_deposit=True)
    assert keys(empty(alice)) == []


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_editor_adds_what_is_ticked_with_and_without_time(as_alice, alice):
    first, second = an_expense(alice), an_expense(alice, 100)
    entry = log_hours(alice)
    invoice = empty(alice)
    shown = as_alice.get(url("edit", invoice.pk)).content.decode()
    assert f'value="expense-{first.pk}"' in shown
    as_alice.post(url("edit", invoice.pk), sheet(invoice, then="add_time", source=[f"expense-{first.pk}"]))
    invoice.refresh_from_db()
    rows = [{"pk": each.pk, "description": each.description} for each in invoice.lines.all()]
    ticked = {"source": [f"expense-{second.pk}"], "entry": [str(entry.pk)]}
    as_alice.post(url("edit", invoice.pk), sheet(invoice, *rows, then="add_time", **ticked))
    assert invoice.lines.count() == 3
    entry.refresh_from_db()
    assert entry.billed


def test_time_that_cannot_be_added_leaves_the_others_alone_too(as_alice, alice):
    expense, entry = an_expense(alice), log_hours(alice, billable=False)
    invoice = empty(alice)
    ticked = {"source": [f"expense-{expense.pk}"], "entry": [str(entry.pk)]}
    assert as_alice.post(url("edit", invoice.pk), sheet(invoice, then="add_time", **ticked)).status_code == 422
    assert not invoice.lines.exists()


def test_expenses_are_added_changed_and_deleted_until_they_are_billed(as_alice, alice):
    data = {"description": "Fonts", "client": alice.client.pk, "spent_on": "2026-05-04", "amount_minor": "49,90"}
    as_alice.post(reverse("invoicing:expense_new"), data)
    expense = Expense.objects.get()
    assert (expense.amount_minor, expense.currency) == (4990, alice.client.currency)
    edit = reverse("invoicing:expense_edit", args=[expense.pk])
    as_alice.post(edit, data | {"amount_minor": "50"})
    invoice = empty(alice)
    add_sources(invoice, [f"expense-{expense.pk}"])
    as_alice.post(edit, data)
    as_alice.post(reverse("invoicing:expense_delete", args=[expense.pk]))
    assert Expense.objects.get().amount_minor == 5000
    assert "On a draft" in as_alice.get(reverse("invoicing:expenses")).content.decode()
    invoice.delete()
    as_alice.post(reverse("invoicing:expense_delete", args=[expense.pk]))
    assert not Expense.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount_minor": "0"}, "greater than or equal to 1"),
        ({"amount_minor": "much"}, "much"),
        ({"description": " "}, "required"),
        ({"spent_on": "1999-12-31"}, "2000"),
        ({"client": "0"}, "valid choice"),
    ],
)
def test_a_wrong_expense_is_told(as_alice, alice, wrong, told):
    data = {"description": "Fonts", "client": alice.client.pk, "spent_on": "2026-05-04", "amount_minor": "49.90"}
    answer = as_alice.post(reverse("invoicing:expense_new"), data | wrong)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Expense.objects.exists()
