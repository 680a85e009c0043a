"""The pages of sign-in speak as the rest does: E-mail, and a label beside each field, not inside it."""

import re

import pytest
from django.urls import reverse

FOR_GUESTS = ["account_login", "account_signup", "account_reset_password"]
FOR_MEMBERS = ["accounts:profile", "account_email", "account_change_password", "account_reauthenticate"]
PASSWORD_HINT = "At least 8 characters, and hard to guess."


def main(answer) -> str:
    """The page's own part."""
    return answer.content.decode().partition('id="main"')[2].partition("</main>")[0]


def words(answer) -> str:
    """What a person reads of it."""
    return re.sub(r"<[^>]*>", " ", main(answer))


def fields(answer) -> list[str]:
    """The tags of what can be typed in there."""
    return re.findall(r"<input[^>]*type=\"(?:text|email|password)\"[^>]*>", main(answer))


@pytest.mark.parametrize("name", FOR_GUESTS)
def test_guests_read_e_mail_beside_the_field(client, db, name):
    answer = client.get(reverse(name))
    assert "E-mail" in words(answer)
    assert "Email" not in words(answer)
    assert not any("placeholder" in field for field in fields(answer))


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_members_read_e_mail_beside_the_field(as_alice, name):
    answer = as_alice.get(reverse(name))
    assert answer.status_code == 200
    assert "Email" not in words(answer)
    assert not any("placeholder" in field for field in fields(answer))


def test_a_wrong_password_is_told_in_the_same_words(client, alice):
    answer = client.post(reverse("account_login"), {"login": "alice@example.com", "password": "wrong"})
    assert "E-mail and password do not belong together." in words(answer)


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password"])
def test_a_missing_address_is_told_at_the_field(client, db, name):
    assert "This field is required." in words(client.post(reverse(name), {}))


def test_one_sentence_says_what_a_password_needs(client, as_alice):
    assert PASSWORD_HINT in words(as_alice.get(reverse("account_change_password")))
    client.logout()
    assert PASSWORD_HINT in words(client.get(reverse("account_signup")))


def test_the_switch_for_single_keys_looks_like_one(as_alice):
    page = as_alice.get(reverse("accounts:profile")).content.decode()
    switch = re.search(r"<input[^>]*name=\"single_key_shortcuts\"[^>]*>", page)[0]
    assert "form-check-input" in switch
