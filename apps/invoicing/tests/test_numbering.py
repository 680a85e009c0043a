"""Numbers: without gaps, taken only when an invoice is issued."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from apps.invoicing.models import Invoice, NumberCounter, NumberSeries
from apps.invoicing.models.numbering import validate_pattern
from apps.invoicing.tests.building import a_draft, issued


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


@pytest.mark.parametrize("pattern", ["{prefix}-{year}", "{seq}-{seq}", "{month}-{seq:3}", "{year}-{seq}-{day}", "{seq"])
def test_a_pattern_that_could_repeat_itself_is_refused(pattern):
    with pytest.raises(ValidationError):
        validate_pattern(pattern)


def test_good_patterns_pass():
    for pattern in ("{prefix}-{year}-{seq:3}", "{seq}", "{yy}{month}/{seq:5}"):
        validate_pattern(pattern)
