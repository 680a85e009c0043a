"""The business details and defaults."""

import pytest
from django.db import IntegrityError

from apps.projects.models import Project, Task
from apps.workspaces.models import Membership

VALID = {
    "name": "Alice Studio",
    "address": "Hauptstraße 1\n10115 Berlin",
    "country": "DE",
    "email": "hello@alice.example",
    "phone": "+49 30 123",
    "website": "alice.example",
    "tax_id": "DE123456788",
    "bank_name": "Bank",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "timezone": "Europe/Berlin",
    "week_start": "6",
    "timer_limit": "10:30",
    "idle_limit_minutes": "0",
    "currency": "EUR",
    "hourly_rate_minor": "95,50",
    "payment_terms_days": "30",
    "invoice_notes": "Thank you.",
}


def save(client, **changes):
    return client.post("/settings/", VALID | changes)


def test_the_settings_show_what_is_kept(as_alice):
    page = as_alice.get("/settings/").content.decode()
    assert 'value="alice studio"' in page
    assert 'value="80.00"' in page
    assert 'value="8:00"' in page


def test_changed_settings_are_kept(as_alice, alice):
    answer = save(as_alice)
    assert (answer.status_code, answer.url) == (302, "/settings/")
    workspace = alice.workspace
    workspace.refresh_from_db()
    assert (workspace.name, workspace.hourly_rate_minor, workspace.payment_terms_days) == ("Alice Studio", 9550, 30)
    assert (workspace.website, workspace.week_start, workspace.timer_limit_minutes) == ("https://alice.example", 6, 630)
    assert workspace.idle_limit_minutes == 0
    assert "The settings are saved." in as_alice.get("/settings/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 121, "at most 120 characters"),
        ("name", "a\x00b", "Null characters are not allowed."),
        ("timezone", "Europe/Atlantis", "Choose a time zone from the list."),
        ("currency", "XAU", "Select a valid choice."),
        ("currency", "", "This field is required."),
        ("hourly_rate_minor", "-1", "An amount cannot be below zero here."),
        ("hourly_rate_minor", "80.0055", "EUR has 2 decimals."),
        ("hourly_rate_minor", "1" + "0" * 20, "That amount is too large."),
        ("hourly_rate_minor", "NaN", "Write an amount such as 1240.50."),
        ("payment_terms_days", "-1", "greater than or equal to 0"),
        ("payment_terms_days", "366", "less than or equal to 365"),
        ("payment_terms_days", "soon", "Enter a whole number."),
        ("timer_limit", "0:10", "Choose between 0:30 and 24:00."),
        ("timer_limit", "25:00", "That is more than 24 hours."),
        ("timer_limit", "long", "Write a duration"),
        ("idle_limit_minutes", "241", "less than or equal to 240"),
        ("idle_limit_minutes", "-1", "greater than or equal to 0"),
        ("idle_limit_minutes", "1:30", "Enter a whole number."),
        ("idle_limit_minutes", "", "This field is required."),
        ("week_start", "9", "Select a valid choice."),
        ("country", "XX", "Select a valid choice."),
        ("email", "nobody", "Enter a valid email address."),
        ("website", "javascript:alert(1)", "Enter a valid URL."),
        ("address", "x" * 501, "at most 500 characters"),
        ("invoice_notes", "x" * 10_000, "at most 2000 characters"),
    ],
)
def test_a_bad_value_is_told_at_its_field_and_nothing_is_kept(as_alice, alice, field, value, message):
    answer = save(as_alice, **{field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert message in answer.content.decode()
    alice.workspace.refresh_from_db()
    assert (alice.workspace.name, alice.workspace.timer_limit_minutes) == ("alice studio", 480)


def test_a_refused_form_does_not_change_the_frame_around_it(as_alice):
    page = save(as_alice, name="Mallory", timezone="nowhere").content.decode()
    sidebar = page[page.index('class="sidebar"') : page.index("</aside>")]
    assert "alice studio" in sidebar


def test_the_hourly_rate_is_read_in_the_currency_that_is_chosen_with_it(as_alice, alice):
    save(as_alice, currency="JPY", hourly_rate_minor="9000")
    alice.workspace.refresh_from_db()
    assert (alice.workspace.currency, alice.workspace.hourly_rate_minor) == ("JPY", 9000)
    assert 'value="9000"' in as_alice.get("/settings/").content.decode()
    answer = save(as_alice, currency="JPY", hourly_rate_minor="80.50")
    assert "JPY has 0 decimals." in answer.content.decode()


def test_clients_and_what_is_recorded_keep_their_currency(as_alice, alice):
    save(as_alice, currency="JPY", hourly_rate_minor="9000")
    alice.client.refresh_from_db()
    assert alice.client.currency == "EUR"
    assert Project.objects.select_related("client", "workspace").get(pk=alice.project.pk).currency == "EUR"


@pytest.mark.parametrize(
    ("project", "task"),
    [
        ({"hourly_rate_minor": 1}, {}),
        ({"budget_minor": 1}, {}),
        ({"fixed_price_minor": 1}, {}),
        ({}, {"hourly_rate_minor": 1}),
    ],
)
def test_amounts_of_projects_without_a_client_are_not_taken_for_another_currency(as_alice, alice, project, task):
    own = Project.objects.create(workspace=alice.workspace, name="website", **project)
    Task.objects.create(workspace=alice.workspace, project=own, title="draw", **task)
    answer = save(as_alice, currency="USD")
    assert answer.status_code == 422
    assert "Projects without a client have rates, prices or budgets in EUR." in answer.content.decode()
    alice.workspace.refresh_from_db()
    assert alice.workspace.currency == "EUR"
    assert save(as_alice).status_code == 302


def test_a_new_time_zone_leaves_recorded_time_where_it_is(as_alice, alice):
    save(as_alice, timezone="Asia/Kolkata")
    alice.owner.refresh_from_db()
    assert alice.owner.timezone == "Europe/Berlin"


def test_the_database_keeps_the_idle_limit_within_hours(alice):
    with pytest.raises(IntegrityError):
        type(alice.workspace).objects.update(idle_limit_minutes=241)


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 200), ("owner", 200)])
def test_who_runs_the_business_may_change_it(client, alice, bob, role, status):
    Membership.objects.filter(user=bob).update(role=role)
    client.force_login(bob)
    assert client.get("/settings/").status_code == status
    assert save(client).status_code == (302 if status == 200 else 403)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("tax_id", "DE123456789", "typing error"),
        ("iban", "DE02120300000000202052", "typing error"),
        ("upi_id", "studio", "studio@bank"),
    ],
)
def test_numbers_that_cannot_be_right_are_told_at_their_field(as_alice, field, value, said):
    answer = save(as_alice, **{field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
