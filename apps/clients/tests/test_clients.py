"""Clients and the people there: making, changing, putting away, deleting."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.clients.models import Client, Contact
from apps.projects.models import Project

DIALOG = {"HX-Request": "true", "HX-Target": "dialog-body"}


def events(answer) -> dict:
    return json.loads(answer.headers.get("HX-Trigger", "{}"))


def test_a_client_is_made_from_a_plain_page(as_alice, alice):
    answer = as_alice.post(
        reverse("clients:new"), {"name": " Harbour ", "currency": "GBP", "hourly_rate_minor": "55.5"}
    )
    made = Client.objects.get(name="Harbour")
    assert answer.status_code == 302
    assert answer.url == made.get_absolute_url()
    assert (made.workspace, made.currency, made.hourly_rate_minor) == (alice.workspace, "GBP", 5550)


def test_a_client_made_in_the_dialog_closes_it_and_refreshes_the_lists(as_alice):
    answer = as_alice.post(reverse("clients:new"), {"name": "Harbour", "currency": "GBP"}, headers=DIALOG)
    assert answer.status_code == 204
    assert {"clients-changed", "dialog-close", "toast"} <= events(answer).keys()


def test_the_rate_is_read_in_the_chosen_currency(as_alice):
    as_alice.post(reverse("clients:new"), {"name": "Tokyo", "currency": "JPY", "hourly_rate_minor": "9000"})
    assert Client.objects.get(name="Tokyo").hourly_rate_minor == 9000


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "  \t "),
        ("name", "a" * 121),
        ("name", "NUL\x00"),
        ("currency", "XXX"),
        ("hourly_rate_minor", "-5"),
        ("hourly_rate_minor", "9" * 23),
        ("hourly_rate_minor", "NaN"),
        ("hourly_rate_minor", "5.555555"),
        ("payment_terms_days", "366"),
        ("payment_terms_days", "9" * 30),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("country", "ZZ"),
        ("address", "a" * 501),
        ("notes", "a" * 10_001),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(as_alice, alice, field, text):
    fields = {"name": "Harbour", "currency": "EUR"} | {field: text}
    answer = as_alice.post(reverse("clients:new"), fields, headers=DIALOG)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "<html" not in answer.content.decode()
    assert as_alice.post(reverse("clients:new"), fields).status_code == 422
    assert Client.objects.count() == 1


def test_unusual_text_is_kept_as_it_was_written(as_alice):
    text = "😀 مرحبا بالعالم " + "ß" * 9000
    as_alice.post(reverse("clients:new"), {"name": "🎉 שלום", "currency": "EUR", "notes": text})
    made = Client.objects.get(name="🎉 שלום")
    assert made.notes == text.strip()
    assert as_alice.get(made.get_absolute_url()).status_code == 200


def test_a_name_of_blanks_is_refused_by_the_model(alice):
    with pytest.raises(ValidationError):
        Client(workspace=alice.workspace, name="   ", currency="EUR").full_clean()


def test_the_currency_stays_once_amounts_are_counted_in_it(as_alice, alice):
    fields = {"name": "alice client", "currency": "USD"}
    Project.objects.filter(pk=alice.project.pk).update(hourly_rate_minor=100)
    answer = as_alice.post(reverse("clients:edit", args=[alice.client.pk]), fields)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["currency"]
    Project.objects.update(hourly_rate_minor=None)
    assert as_alice.post(reverse("clients:edit", args=[alice.client.pk]), fields).status_code == 302


def test_archiving_can_be_undone_from_the_toast(as_alice, alice):
    answer = as_alice.post(reverse("clients:archive", args=[alice.client.pk]), headers={"HX-Request": "true"})
    assert Client.objects.get().is_archived
    assert events(answer)["toast"][0]["undo"] == reverse("clients:unarchive", args=[alice.client.pk])
    as_alice.post(events(answer)["toast"][0]["undo"], headers={"HX-Request": "true"})
    assert not Client.objects.get().is_archived


def test_a_client_with_projects_is_not_deleted_and_the_reason_is_said(as_alice, alice):
    url = reverse("clients:delete", args=[alice.client.pk])
    asked = as_alice.get(url, headers=DIALOG).content.decode()
    assert "alice client has 1 project. Archive it instead." in asked
    assert "btn-danger" not in asked
    answer = as_alice.post(url, headers=DIALOG)
    assert answer.status_code == 422
    assert "alice client has 1 project." in answer.content.decode()
    assert Client.objects.count() == 1


def test_a_client_that_nothing_hangs_on_is_deleted_with_its_contacts(as_alice, alice):
    client = Client.objects.create(workspace=alice.workspace, name="Gone", currency="EUR")
    Contact.objects.create(workspace=alice.workspace, client=client, name="Ana")
    url = reverse("clients:delete", args=[client.pk])
    assert as_alice.get(url).status_code == 200
    assert Client.objects.filter(pk=client.pk).exists()
    assert as_alice.post(url).url == reverse("clients:list")
    assert not Client.objects.filter(pk=client.pk).exists()
    assert not Contact.objects.exists()


def test_whoever_looks_at_a_client_that_is_deleted_is_led_to_the_list(as_alice, alice):
    client = Client.objects.create(workspace=alice.workspace, name="Gone", currency="EUR")
    here = {"HX-Current-URL": f"http://testserver{client.get_absolute_url()}"}
    answer = as_alice.post(reverse("clients:delete", args=[client.pk]), headers=DIALOG | here)
    assert answer.headers["HX-Redirect"] == reverse("clients:list")


def test_contacts_are_made_changed_and_deleted(as_alice, alice):
    as_alice.post(reverse("clients:contact_new", args=[alice.client.pk]), {"name": "Ana", "is_billing": "on"})
    contact = Contact.objects.get()
    assert (contact.client, contact.workspace, contact.is_billing) == (alice.client, alice.workspace, True)
    where = [alice.client.pk, contact.pk]
    as_alice.post(reverse("clients:contact_edit", args=where), {"name": "Ana Sousa"}, headers=DIALOG)
    contact.refresh_from_db()
    assert (contact.name, contact.is_billing) == ("Ana Sousa", False)
    assert "Ana Sousa" in as_alice.get(alice.client.get_absolute_url()).content.decode()
    as_alice.post(reverse("clients:contact_delete", args=where), headers=DIALOG)
    assert not Contact.objects.exists()


def test_another_workspaces_client_is_not_there(as_alice, charlie):
    for name in ["detail", "edit", "delete", "contact_new"]:
        assert as_alice.get(reverse(f"clients:{name}", args=[charlie.client.pk])).status_code == 404
    assert as_alice.post(reverse("clients:archive", args=[charlie.client.pk])).status_code == 404
    assert as_alice.get(f"/clients/{'9' * 30}/").status_code == 404


def test_names_and_codes_that_differ_in_accents_or_in_nothing_are_separate_clients(as_alice, alice):
    for name, code in [("Café", "CÉ"), ("Cafe", "CE"), ("CAFÉ", "ce"), ("Café", "CÉ"), ("🧾", "🎉"), ("🎉", "🧾")]:
        given = {"name": name, "code": code, "currency": "EUR"}
        assert as_alice.post(reverse("clients:new"), given).status_code == 302
        project = {"name": name, "code": code, "status": "active", "billing": "hourly", "colour": "2"}
        assert as_alice.post(reverse("projects:new"), project).status_code == 302
    for rows in (alice.workspace.clients, alice.workspace.projects):
        names = list(rows.exclude(name__startswith="alice").values_list("name", "code"))
        assert len(names) == 6
        assert len(set(names)) == 5


def test_a_tax_number_with_a_typing_error_is_told_and_one_without_a_rule_passes(as_alice):
    data = {"name": "Nord", "currency": "EUR", "country": "DE"}
    answer = as_alice.post(reverse("clients:new"), {**data, "tax_id": "DE136695977"})
    assert answer.status_code == 422
    assert "This VAT id is not right" in answer.content.decode()
    assert as_alice.post(reverse("clients:new"), {**data, "tax_id": "12/345/67890"}).status_code == 302


def test_the_state_in_india_is_asked_by_businesses_there(as_alice, alice):
    assert "gst_state" not in as_alice.get(reverse("clients:new")).content.decode()
    type(alice.workspace).objects.update(country="IN")
    data = {"name": "Kaveri", "currency": "INR", "gst_state": "33", "language": "hi", "invoice_theme": "letterhead"}
    assert as_alice.post(reverse("clients:new"), data).status_code == 302
    made = Client.objects.get(name="Kaveri")
    assert (made.gst_state, made.language, made.invoice_theme) == ("33", "hi", "letterhead")
