"""Numbers: without gaps, taken only when an invoice is issued."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from apps.invoicing.models import Invoice, NumberCounter, NumberSeries
from apps.invoicing.tests.building import DAY, a_draft, issued

Kind = NumberSeries.Kind


def test_numbers_are_taken_at_issue_and_a_deleted_draft_leaves_no_gap(alice):
    first, second, third = (a_draft(alice) for _each in range(3))
    assert [draft.number for draft in (first, second, third)] == [None] * 3
    first.issue()
    second.delete()
    third.issue()
    assert [first.number, third.number] == ["INV-2026-001", "INV-2026-002"]


def test_a_preview_reserves_nothing(alice):
    draft, other = a_draft(alice), a_draft(alice)
    assert draft.next_number() == other.next_number() == draft.next_number() == "INV-2026-001"
    other.issue()
    assert draft.next_number() == "INV-2026-002"


def test_the_sequence_starts_anew_each_year_when_the_pattern_says_the_year(alice):
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2025, 12, 30), date(2026, 1, 2)]
    numbers = [issued(alice, issue_date=day).number for day in days]
    assert numbers == ["INV-2025-001", "INV-2026-001", "INV-2025-002", "INV-2026-002"]


def test_a_pattern_without_a_year_goes_on_for_ever(alice):
    NumberSeries.objects.create(workspace=alice.workspace, prefix="R", pattern="{prefix}{seq:4}")
    numbers = [issued(alice, issue_date=day).number for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert numbers == ["R0001", "R0002"]


def test_padding_is_a_least_width_and_the_order_is_that_of_numbers(alice):
    draft = a_draft(alice)
    NumberSeries.of(alice.workspace).lock(draft.issue_date)
    NumberCounter.objects.update(last_value=999)
    draft.issue()
    assert draft.number == "INV-2026-1000"
    assert issued(alice).number == "INV-2026-1001"


def test_two_businesses_may_have_the_same_number(alice, charlie):
    assert issued(alice).number == issued(charlie).number == "INV-2026-001"


def test_an_issue_that_fails_after_the_number_was_taken_gives_it_back(alice):
    broken, sound = a_draft(alice), a_draft(alice)
    Invoice.objects.filter(pk=broken.pk).update(total_minor=1)
    with pytest.raises(ValidationError, match="do not follow"):
        broken.issue()
    broken.refresh_from_db()
    assert (broken.status, broken.number, broken.snapshot) == ("draft", None, None)
    assert not NumberCounter.objects.filter(last_value__gt=0).exists()
    sound.issue()
    assert sound.number == "INV-2026-001"


# ── Other kinds, codes, periods ───────────────────────────────────────────────────────────────────────────────────────


def take(world, day=DAY, kind=Kind.INVOICE, code="") -> str:
    return NumberSeries.of(world.workspace, kind).lock(day).take(day, code)


def change(world, kind=Kind.INVOICE, day=DAY, next_value=None, **fields) -> NumberSeries:
    return NumberSeries.change(world.workspace, kind, day=day, next_value=next_value, actor=world.owner, **fields)


def test_each_kind_counts_by_itself_with_a_prefix_of_its_own(alice):
    taken = [take(alice, kind=kind) for kind in Kind for _twice in range(2)]
    assert taken == [f"{prefix}-2026-00{number}" for prefix in ("INV", "CN", "EST") for number in (1, 2)]
    assert NumberSeries.preview(alice.workspace, DAY, Kind.CREDIT_NOTE) == "CN-2026-003"
    assert NumberSeries.preview(alice.workspace, DAY) == "INV-2026-003"


def test_the_preview_knows_a_kind_that_was_never_used(alice):
    assert NumberSeries.preview(alice.workspace, DAY, Kind.CREDIT_NOTE) == "CN-2026-001"
    assert not NumberSeries.objects.exists()


def test_the_client_code_is_printed_and_the_sequence_runs_over_all_clients(alice):
    change(alice, pattern="{prefix}-{client}-{seq:3}")
    assert NumberSeries.preview(alice.workspace, DAY, client_code="ACME") == "INV-ACME-001"
    assert [take(alice, code="ACME"), take(alice), take(alice, code="B")] == ["INV-ACME-001", "INV-002", "INV-B-003"]


def test_fiscal_years_count_each_for_itself(alice):
    change(alice, pattern="{fy}/{seq}", fiscal_start=4)
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2027, 3, 31), date(2026, 3, 30), date(2027, 4, 1)]
    assert [take(alice, day) for day in days] == ["2025-26/1", "2026-27/1", "2026-27/2", "2025-26/2", "2027-28/1"]


def test_months_count_each_for_itself(alice):
    change(alice, pattern="{yy}{month}-{seq:2}")
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 4, 1), date(2027, 5, 1)]
    assert [take(alice, day) for day in days] == ["2604-01", "2605-01", "2604-02", "2705-01"]


def test_a_choice_goes_before_what_the_pattern_says(alice):
    change(alice, reset="never")
    assert [take(alice, date(2025, 12, 31)), take(alice, date(2026, 1, 1))] == ["INV-2025-001", "INV-2026-002"]


# ── Setting the next number ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_number_can_be_set_and_counting_goes_on_from_there(alice):
    change(alice, next_value=64)
    assert NumberSeries.preview(alice.workspace, DAY) == "INV-2026-064"
    assert [issued(alice).number, issued(alice).number] == ["INV-2026-064", "INV-2026-065"]
    assert take(alice, date(2027, 1, 1)) == "INV-2027-001"


def test_the_next_number_only_goes_up(alice):
    change(alice, next_value=64)
    take(alice)
    for value in (1, 63, 64):
        with pytest.raises(ValidationError, match="Numbers up to 64 are given. Write 65 or more."):
            change(alice, next_value=value)
    change(alice, next_value=65)
    assert take(alice) == "INV-2026-065"


def test_a_refused_change_leaves_everything_as_it_was(alice):
    take(alice)
    with pytest.raises(ValidationError):
        change(alice, prefix="R", next_value=1)
    assert take(alice) == "INV-2026-002"


# ── Changing how it counts ────────────────────────────────────────────────────────────────────────────────────────────


def test_another_prefix_goes_on_counting(alice):
    take(alice)
    change(alice, prefix="R")
    assert take(alice) == "R-2026-002"


def test_numbers_that_could_come_again_go_on_from_the_last_one(alice):
    change(alice, next_value=57)
    take(alice)
    change(alice, reset="never")
    assert [take(alice), take(alice, date(2027, 1, 1))] == ["INV-2026-058", "INV-2027-059"]
    change(alice, reset="yearly")
    assert take(alice) == "INV-2026-060"


def test_numbers_that_cannot_come_again_start_at_one(alice):
    take(alice)
    change(alice, pattern="{yy}{month}-{seq:3}")
    assert take(alice) == "2605-001"


def test_a_number_that_an_invoice_has_is_passed_over(alice):
    numbers = [issued(alice).number for _each in range(3)]
    change(alice, pattern="{prefix}/{seq}")
    take(alice)
    NumberCounter.objects.filter(period="2026").delete()
    change(alice, pattern="{prefix}-{year}-{seq:3}")
    assert numbers == ["INV-2026-001", "INV-2026-002", "INV-2026-003"]
    assert issued(alice).number == "INV-2026-004"


def test_a_series_is_read_anew_under_its_lock(alice):
    stale = NumberSeries.of(alice.workspace)
    change(alice, prefix="R")
    assert stale.lock(DAY).take(DAY) == "R-2026-001"


# ── What is refused ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_used", [True, False])
@pytest.mark.parametrize("prefix", ["CN", "cn", "Cn"])
def test_two_series_of_a_workspace_cannot_print_the_same_number(alice, charlie, prefix, is_used):
    if is_used:
        take(alice, kind=Kind.CREDIT_NOTE)
    with pytest.raises(ValidationError, match="“Credit notes” could get the same numbers. Choose another prefix"):
        change(alice, prefix=prefix)
    change(alice, Kind.CREDIT_NOTE, prefix="X")
    change(alice, prefix=prefix)
    assert take(alice) == f"{prefix}-2026-001"
    assert take(charlie, kind=Kind.CREDIT_NOTE) == "CN-2026-001"


def test_numbers_longer_than_their_column_are_refused(alice):
    longest = "{prefix}-{client}-{year}-{seq:12}"
    change(alice, pattern=longest, prefix="P" * 9)
    number = take(alice, code="C" * 12)
    assert len(number) == 40
    with pytest.raises(ValidationError, match="longer than 40 characters"):
        change(alice, pattern=longest, prefix="P" * 10)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"pattern": "{prefix}-{year}"}, "needs {seq} once"),
        ({"pattern": "{seq}", "reset": "yearly"}, "put {year} or {yy} into the pattern"),
        ({"pattern": "{year}-{seq}", "reset": "fiscal", "fiscal_start": 4}, "put {fy} or {fyy} into the pattern"),
        ({"reset": "monthly"}, "put {month} and {year} into the pattern"),
        ({"prefix": "A\nB"}, "that can be seen"),
        ({"prefix": "A\u202eB"}, "that can be seen"),
        ({"fiscal_start": 13}, "less than or equal to 12"),
        ({"fiscal_start": 0}, "greater than or equal to 1"),
        ({"reset": "weekly"}, "not a valid choice"),
    ],
)
def test_a_series_that_could_repeat_itself_is_refused_in_words(alice, fields, told):
    with pytest.raises(ValidationError, match=told):
        change(alice, **fields)
    assert take(alice) == "INV-2026-001"


def test_the_database_knows_the_bounds_too(alice):
    series = NumberSeries.of(alice.workspace)
    for wrong in ({"fiscal_start": 13}, {"reset": "weekly"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            NumberSeries.objects.filter(pk=series.pk).update(**wrong)


def test_a_change_is_on_record(alice):
    change(alice, prefix="R", next_value=7)
    event = alice.workspace.audit_events.get(verb="changed")
    assert (event.actor, event.facts["pattern"], event.facts["next"]) == (
        alice.owner,
        "R-{year}-{seq:3}",
        "R-2026-007",
    )
