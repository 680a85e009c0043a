"""The page for how numbers look: what it shows, what it writes, and to whom."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from apps.invoicing.models import NumberCounter, NumberSeries
from apps.workspaces.models import Membership

HTMX = {"HX-Request": "true"}
PAGE = reverse("invoicing:numbering")
TODAY = date(2026, 5, 4)
USUAL = {"prefix": "INV", "pattern": "{prefix}-{year}-{seq:3}", "reset": "", "fiscal_start": "1", "next_number": ""}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 5, 4, 12, tzinfo=UTC), tick=False):
        yield


def said(answer) -> str:
    """Its text in one line, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace(" ;", ";")


def save(client, kind="invoice", **changes):
    return client.post(reverse("invoicing:numbering_change", args=[kind]), USUAL | changes)


def preview(client, kind="invoice", **changes) -> str:
    answer = client.post(
        reverse("invoicing:numbering_change", args=[kind]), USUAL | changes | {"part": "pattern"}, headers=HTMX
    )
    assert answer.status_code == 200
    return said(answer)


def test_the_page_shows_what_comes_next_of_each_kind_and_makes_nothing(as_alice):
    text = said(as_alice.get(PAGE))
    for prefix in ("INV", "CN"):
        assert f"Next {prefix}-2026-001 then {prefix}-2026-002; on 1 January {prefix}-2027-001" in text
    assert not NumberSeries.objects.exists()


def test_what_is_typed_is_shown_at_once_and_reserves_nothing(as_alice, alice):
    before = [NumberSeries.of(alice.workspace).lock(TODAY).take(TODAY) for _each in range(2)]
    text = preview(as_alice, prefix="R", pattern="{prefix}{fy}/{seq:2}", fiscal_start="4", next_number="64")
    assert "Next R2026-27/64 then R2026-27/65; on 1 April R2027-28/01" in text
    assert "<html" not in text
    assert NumberCounter.objects.get().last_value == len(before)
    assert NumberSeries.objects.get().prefix == "INV"


def test_a_preview_shows_months_for_ever_and_clients(as_alice, alice):
    assert "on 1 June 2606-1" in preview(as_alice, pattern="{yy}{month}-{seq}")
    assert "and so on for ever" in preview(as_alice, pattern="{prefix}{seq}")
    assert "INV-ACME-1 " in preview(as_alice, pattern="{prefix}-{client}-{seq}")
    alice.client.code = "LONGEST"
    alice.client.save()
    text = preview(as_alice, pattern="{prefix}-{client}-{seq}")
    assert "Next INV-LONGEST-1 then INV-LONGEST-2" in text
    assert "for a client without a short code INV-1" in text


def test_a_preview_says_what_is_wrong_instead(as_alice):
    text = preview(as_alice, pattern="{prefix}-{year}")
    assert "The pattern needs {seq} once" in text
    assert "INV-" not in text


def test_saving_counts_otherwise_from_then_on(as_alice, alice):
    answer = save(as_alice, prefix="R", next_number="64")
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert "Saved. The next number is R-2026-064." in said(as_alice.get(PAGE))
    assert NumberSeries.preview(alice.workspace, TODAY) == "R-2026-064"


def test_saving_without_a_next_number_goes_on(as_alice, alice):
    NumberSeries.of(alice.workspace).lock(TODAY).take(TODAY)
    save(as_alice, prefix="R")
    assert NumberSeries.preview(alice.workspace, TODAY) == "R-2026-002"


def test_a_number_that_was_given_is_refused_at_its_field(as_alice, alice):
    NumberSeries.change(alice.workspace, "invoice", day=TODAY, next_value=65)
    answer = save(as_alice, next_number="64", prefix="R")
    assert answer.status_code == 422
    assert "Numbers up to 64 are given. Write 65 or more." in answer.text
    assert 'value="R"' in answer.text
    assert NumberSeries.preview(alice.workspace, TODAY) == "INV-2026-065"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("prefix", "CN", "could get the same numbers"),
        ("prefix", "x" * 13, "at most 12 characters"),
        ("prefix", "a\x00b", "Null characters are not allowed"),
        ("prefix", "a\u202eb", "that can be seen"),
        ("pattern", "", "required"),
        ("pattern", "{seq}" + "x" * 10_000, "at most 60 characters"),
        ("pattern", "{seq}-" + "x" * 50, "longer than 40 characters"),
        ("pattern", "{client}{seq}", "Put a sign such as -"),
        ("reset", "weekly", "Select a valid choice"),
        ("reset", "monthly", "put {month} and {year}"),
        ("fiscal_start", "13", "Select a valid choice"),
        ("fiscal_start", "", "required"),
        ("next_number", "0", "greater than or equal to 1"),
        ("next_number", "-5", "greater than or equal to 1"),
        ("next_number", "1e9", "Enter a whole number"),
        ("next_number", "9" * 500, "less than or equal to 9999999"),
        ("next_number", "🧾", "Enter a whole number"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(as_alice, field, value, told):
    answer = save(as_alice, **{field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="error_\d_id_invoice_{field}"[^>]*><strong>[^<]*{re.escape(told)}', answer.text), field
    assert not NumberSeries.objects.exists()


def test_the_other_forms_stay_as_they_were_when_one_is_refused(as_alice):
    answer = save(as_alice, kind="invoice", prefix="CN")
    assert answer.status_code == 422
    assert answer.text.count('class="invalid-feedback"') == 1
    assert "Next CN-2026-001" in said(answer)


def test_signs_of_all_scripts_are_welcome(as_alice, alice):
    assert save(as_alice, prefix="चालान 🧾").status_code == 302
    assert NumberSeries.preview(alice.workspace, TODAY) == "चालान 🧾-2026-001"


def test_a_member_reads_and_cannot_change(client, alice, bob):
    NumberSeries.change(alice.workspace, "invoice", day=TODAY, prefix="R", next_value=64)
    client.force_login(bob)
    answer = client.get(PAGE)
    assert "Next R-2026-064 then R-2026-065" in said(answer)
    assert "R-{year}-{seq:3}" in said(answer)
    assert "numbering/invoice/" not in answer.text
    assert save(client, prefix="X").status_code == 403
    assert NumberSeries.objects.get().prefix == "R"


def test_an_admin_may_change(client, alice, bob):
    bob.memberships.update(role=Membership.Role.ADMIN)
    client.force_login(bob)
    assert save(client, prefix="X").status_code == 302
    assert alice.workspace.audit_events.get(verb="changed").actor == bob


def test_an_unknown_kind_is_not_found(as_alice):
    assert save(as_alice, kind="parrot").status_code == 404


@pytest.mark.parametrize(
    ("country", "prefix", "kind", "is_warned"),
    [("IN", "INVOICE", "invoice", False), ("IN", "INVOICES1", "invoice", True), ("DE", "INVOICES1", "invoice", False),
     ("IN", "INVOICES1", "credit_note", True)],
)  # fmt: skip
def test_in_india_more_than_sixteen_characters_are_warned_of_and_allowed(
    as_alice, alice, country, prefix, kind, is_warned
):
    alice.workspace.country = country
    alice.workspace.save()
    assert ("at most 16" in preview(as_alice, kind, prefix=prefix)) == is_warned
    assert save(as_alice, kind, prefix=prefix).status_code == 302
    assert ("at most 16" in said(as_alice.get(PAGE))) == is_warned


def test_the_page_is_reached_from_the_settings_and_the_palette(as_alice):
    assert f'href="{PAGE}"' in as_alice.get(reverse("workspaces:settings")).text
    assert f'href="{PAGE}"' in as_alice.get(reverse("palette"), {"q": "numbers"}, headers=HTMX).text
