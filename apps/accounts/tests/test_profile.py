"""A person's own page, and the switch between light and dark."""

import pytest

from apps.accounts.models import User

VALID = {"name": "Alice Liddell", "timezone": "Asia/Kolkata", "theme": "dark", "single_key_shortcuts": "on"}


def test_the_profile_shows_what_is_known_and_where_to_change_the_rest(as_alice):
    page = as_alice.get("/profile/").content.decode()
    assert 'value="Alice"' in page
    assert '<option value="Europe/Berlin" selected>' in page
    assert "alice@example.com" in page
    assert "/accounts/email/" in page
    assert "/accounts/password/change/" in page


def test_a_changed_profile_is_kept(as_alice, alice):
    answer = as_alice.post("/profile/", VALID)
    assert (answer.status_code, answer.url) == (302, "/profile/")
    alice.owner.refresh_from_db()
    assert (alice.owner.name, alice.owner.timezone, alice.owner.theme) == ("Alice Liddell", "Asia/Kolkata", "dark")
    assert "Your profile is saved." in as_alice.get("/profile/").content.decode()


def test_single_key_shortcuts_can_be_switched_off(as_alice, alice):
    as_alice.post("/profile/", {name: value for name, value in VALID.items() if name != "single_key_shortcuts"})
    assert not User.objects.get(pk=alice.owner.pk).single_key_shortcuts
    assert 'data-single-keys="false"' in as_alice.get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This field is required."),
        ("name", "   ", "This field is required."),
        ("name", "x" * 101, "at most 100 characters"),
        ("name", "a\x00b", "Null characters are not allowed."),
        ("timezone", "Europe/Atlantis", "Choose a time zone from the list."),
        ("theme", "pink", "Select a valid choice."),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_bad_value_is_told_at_its_field_and_nothing_is_kept(as_alice, alice, field, value, message, headers):
    answer = as_alice.post("/profile/", VALID | {field: value}, headers=headers)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert ("<html" in answer.content.decode()) == (not headers)
    alice.owner.refresh_from_db()
    assert (alice.owner.name, alice.owner.timezone) == ("Alice", "Europe/Berlin")


def test_a_refused_form_does_not_change_the_frame_around_it(as_alice):
    page = as_alice.post("/profile/", VALID | {"name": "Mallory", "timezone": "nowhere"}).content.decode()
    sidebar = page[page.index('class="sidebar"') : page.index("</aside>")]
    assert "Alice" in sidebar
    assert "Mallory" not in sidebar


@pytest.mark.parametrize("name", ["🧾 Ada", "مريم", "O'Brien <b>&amp;", "\u202eecila"])
def test_a_name_of_any_script_is_kept_and_shown_as_text(as_alice, alice, name):
    as_alice.post("/profile/", VALID | {"name": name})
    alice.owner.refresh_from_db()
    assert alice.owner.name == name
    assert "<b>&amp;" not in as_alice.get("/profile/").content.decode().replace("&lt;", "&lt;")


def test_the_theme_is_kept_without_a_page_in_answer(as_alice, alice):
    answer = as_alice.post("/profile/theme/", {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    alice.owner.refresh_from_db()
    assert alice.owner.theme == "dark"


def test_without_scripts_the_switch_leads_back_to_the_page(as_alice):
    answer = as_alice.post("/profile/theme/", {"theme": "light"}, headers={"Referer": "http://testserver/clients/?q=a"})
    assert (answer.status_code, answer.url) == (302, "http://testserver/clients/?q=a")


def test_the_switch_leads_to_no_other_site(as_alice):
    answer = as_alice.post("/profile/theme/", {"theme": "light"}, headers={"Referer": "https://elsewhere.example/"})
    assert answer.url == "/profile/"


@pytest.mark.parametrize("theme", ["", "pink", "dark\x00", "x" * 500])
def test_an_unknown_theme_is_refused(as_alice, alice, theme):
    assert as_alice.post("/profile/theme/", {"theme": theme}).status_code == 400
    alice.owner.refresh_from_db()
    assert alice.owner.theme == "system"


def test_the_sign_in_page_keeps_the_look_after_signing_out(as_alice):
    as_alice.post("/profile/theme/", {"theme": "dark"})
    as_alice.post("/accounts/logout/")
    assert 'data-bs-theme="dark"' in as_alice.get("/accounts/login/").content.decode()
