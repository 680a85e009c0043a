"""From nothing to a workspace: signing up, in and out, and the ways back in."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.models import User
from apps.workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Dora Maar",
    "email": "Dora@Example.com",
    "password1": "a long enough secret",
    "workspace_name": "Maar Photographs",
    "timezone": "Europe/Paris",
    "currency": "EUR",
}
SECRET = "correct horse"


def sign_up(client, **changes):
    return client.post("/accounts/signup/", NEW | changes)


def sign_in(client, password, email="alice@example.com"):
    return client.post("/accounts/login/", {"login": email, "password": password})


def is_signed_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def link_in_mail(message) -> str:
    """The path of the first address in a mail."""
    return urlsplit(re.search(r"https?://\S+", message.body)[0]).path


def test_signing_up_makes_a_person_with_a_workspace_and_signs_them_in(client):
    answer = sign_up(client)
    assert (answer.status_code, answer.url) == (302, "/workbench/")
    person = User.objects.get(email="dora@example.com")
    assert (person.name, person.timezone) == ("Dora Maar", "Europe/Paris")
    membership = Membership.objects.get(user=person)
    workspace = membership.workspace
    assert membership.role == "owner"
    assert (workspace.name, workspace.timezone, workspace.currency) == ("Maar Photographs", "Europe/Paris", "EUR")
    assert is_signed_in(client)


def test_a_business_without_a_name_is_called_like_the_person(client):
    sign_up(client, workspace_name="")
    assert Workspace.objects.get().name == "Dora Maar"


def test_a_mail_asks_to_confirm_the_address(client):
    sign_up(client)
    (message,) = mail.outbox
    assert message.to == ["dora@example.com"]
    link = link_in_mail(message)
    assert client.get(link).status_code == 200
    client.post(link)
    assert User.objects.get().emailaddress_set.get().verified


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 101),
        ("name", "a\x00b"),
        ("email", ""),
        ("email", "not an address"),
        ("email", "a@b\x00.com"),
        ("email", f"{'x' * 300}@example.com"),
        ("password1", ""),
        ("password1", "short"),
        ("password1", "password123"),
        ("password1", "12345678901"),
        ("workspace_name", "x" * 121),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../../etc/passwd"),
        ("timezone", ""),
        ("currency", "XAU"),
        ("currency", ""),
    ],
)
def test_a_bad_answer_is_told_at_its_field_and_nothing_is_written(client, field, value):
    answer = sign_up(client, **{field: value})
    assert answer.status_code in (200, 422)
    assert field in answer.context["form"].errors
    assert "invalid-feedback" in answer.content.decode()
    assert not User.objects.exists()
    assert not Workspace.objects.exists()
    assert not mail.outbox


def test_an_address_that_is_taken_makes_no_second_account(client, alice):
    answer = sign_up(client, email="ALICE@example.com")
    assert answer.status_code < 500
    assert User.objects.count() == Workspace.objects.count() == 1
    assert not is_signed_in(client)


def test_an_address_that_was_taken_in_the_same_moment_makes_no_second_account(client, alice, monkeypatch):
    from allauth.account.internal.flows import manage_email

    monkeypatch.setattr(manage_email, "email_already_exists", lambda email, **_more: (email, False))
    answer = sign_up(client, email="alice@example.com")
    assert answer.status_code < 500
    assert User.objects.count() == Workspace.objects.count() == 1
    assert not is_signed_in(client)


def test_a_sign_up_that_breaks_half_way_leaves_nothing(client, monkeypatch):
    def break_down(**_fields):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Membership.objects, "create", break_down)
    with pytest.raises(RuntimeError):
        sign_up(client)
    assert not User.objects.exists()
    assert not Workspace.objects.exists()
    assert not mail.outbox
    assert not is_signed_in(client)


def test_signing_in_and_out(client, alice):
    assert sign_in(client, "wrong").status_code == 200
    assert not is_signed_in(client)
    assert sign_in(client, SECRET, "ALICE@Example.com").url == "/workbench/"
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").url == "/"
    assert not is_signed_in(client)


def test_signing_in_leads_back_to_the_page_that_was_asked_for_but_to_no_other_site(client, alice):
    assert client.post("/accounts/login/?next=/clients/", {"login": "alice@example.com", "password": SECRET}).url == (
        "/clients/"
    )
    client.post("/accounts/logout/")
    wanted = client.post(
        "/accounts/login/?next=https://elsewhere.example/", {"login": "alice@example.com", "password": SECRET}
    )
    assert wanted.url == "/workbench/"


def test_asking_to_sign_out_asks_first(as_alice):
    assert as_alice.get("/accounts/logout/").status_code == 200
    assert is_signed_in(as_alice)


def test_a_changed_password_counts_and_signs_other_devices_out(as_alice, alice):
    phone = Client()
    phone.force_login(alice.owner)
    answer = as_alice.post(
        "/accounts/password/change/",
        {"oldpassword": SECRET, "password1": "another long secret", "password2": "another long secret"},
    )
    assert answer.status_code == 302
    assert is_signed_in(as_alice)
    assert not is_signed_in(phone)
    fresh = Client()
    sign_in(fresh, SECRET)
    assert not is_signed_in(fresh)
    sign_in(fresh, "another long secret")
    assert is_signed_in(fresh)


def test_a_wrong_old_password_changes_nothing(as_alice, alice):
    as_alice.post(
        "/accounts/password/change/",
        {"oldpassword": "wrong", "password1": "another long secret", "password2": "another long secret"},
    )
    alice.owner.refresh_from_db()
    assert alice.owner.check_password(SECRET)


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail_that_works_once(client, alice):
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    (message,) = mail.outbox
    assert message.to == ["alice@example.com"]
    link = link_in_mail(message)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a brand new secret", "password2": "a brand new secret"})
    alice.owner.refresh_from_db()
    assert alice.owner.check_password("a brand new secret")
    again = Client().get(link, follow=True)
    assert again.status_code == 200
    assert again.context["token_fail"]


def test_asking_for_a_link_does_not_tell_whether_an_account_exists(client, alice):
    known = client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_somebody_without_a_workspace_can_make_one(client):
    person = User.objects.create_user("eve@example.com", SECRET, name="Eve", timezone="Asia/Tokyo")
    client.force_login(person)
    assert client.get("/workbench/").url == "/settings/new/"
    page = client.get("/settings/new/")
    assert '<option value="Asia/Tokyo" selected>' in page.content.decode()
    refused = client.post("/settings/new/", {"workspace_name": "", "timezone": "nowhere", "currency": "JPY"})
    assert refused.status_code == 422
    made = client.post("/settings/new/", {"workspace_name": "", "timezone": "Asia/Tokyo", "currency": "JPY"})
    assert made.url == "/workbench/"
    membership = Membership.objects.get(user=person)
    assert (membership.role, membership.workspace.name, membership.workspace.currency) == ("owner", "Eve", "JPY")


def test_somebody_with_a_workspace_makes_no_second_one(as_alice):
    assert as_alice.get("/settings/new/").url == "/workbench/"
    as_alice.post("/settings/new/", {"workspace_name": "B", "timezone": "UTC", "currency": "EUR"})
    assert Workspace.objects.count() == 1
