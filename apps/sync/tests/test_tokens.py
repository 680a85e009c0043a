"""Tokens: who gets one, what it opens, and when it opens nothing any more."""

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from apps.sync.models import ApiToken
from apps.sync.tokens import pair

pytestmark = pytest.mark.django_db
SESSION, TOKEN, REFRESH = "/api/v1/sync/session", "/api/v1/token/", "/api/v1/token/refresh/"


@pytest.fixture
def ask(client):
    """POST JSON, from nobody's browser."""

    def post(path, **sent):
        return client.post(path, sent, content_type="application/json")

    return post


@pytest.fixture
def open_session(client):
    """The session's answer to an access token."""

    def get(access):
        return client.get(SESSION, headers={"Authorization": f"Bearer {access}"})

    return get


def sign_in(ask, **more) -> dict:
    answer = ask(TOKEN, **{"email": "alice@example.com", "password": "correct horse"} | more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_password_brings_tokens_that_open_the_own_workspace(ask, open_session, alice):
    tokens = sign_in(ask)
    told = open_session(tokens["access"]).json()
    assert (told["user"]["id"], told["workspace"]["id"], told["csrf_token"]) == (
        alice.owner.pk, alice.workspace.pk, None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"password": "wrong horse"}, 401, "sign_in"),
        ({"email": "nobody@example.com"}, 401, "sign_in"),
        ({"email": 7}, 400, "bad_text"),
        ({"password": None}, 400, "bad_text"),
        ({"workspace": 10**9}, 403, "no_workspace"),
        ({"workspace": "1"}, 400, "bad_number"),
    ],
)
def test_what_is_wrong_brings_no_token(ask, alice, sent, status, code):
    answer = ask(TOKEN, **{"email": "alice@example.com", "password": "correct horse"} | sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ApiToken.objects.exists()


def test_a_password_keeps_the_spaces_around_it(ask, alice):
    alice.owner.set_password(" correct horse ")
    alice.owner.save()
    assert sign_in(ask, password=" correct horse ")["access"]


def test_a_foreign_workspace_is_not_opened(ask, alice, charlie):
    answer = ask(TOKEN, email="alice@example.com", password="correct horse", workspace=charlie.workspace.pk)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_workspace")


def test_an_access_token_is_good_for_ten_minutes(ask, open_session, alice):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        access = sign_in(ask)["access"]
        clock.shift(599)
        assert open_session(access).status_code == 200
        clock.shift(2)
        answer = open_session(access)
    assert (answer.status_code, answer.json()["code"]) == (401, "token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refresh_brings_a_new_pair_that_works(ask, open_session, alice):
    first = sign_in(ask)
    second = ask(REFRESH, refresh=first["refresh"]).json()
    assert open_session(second["access"]).status_code == 200
    third = ask(REFRESH, refresh=second["refresh"])
    assert third.status_code == 200


def test_a_refresh_token_used_twice_shuts_the_whole_family(ask, open_session, alice):
    first = sign_in(ask)
    second = ask(REFRESH, refresh=first["refresh"]).json()
    assert ask(REFRESH, refresh=first["refresh"]).status_code == 401
    assert ask(REFRESH, refresh=second["refresh"]).status_code == 401
    assert open_session(second["access"]).status_code == 401
    assert ApiToken.objects.get().revoked_at


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing(ask, open_session, alice):
    tokens = sign_in(ask)
    assert open_session(tokens["refresh"]).status_code == 401
    assert ask(REFRESH, refresh=tokens["access"]).status_code == 401
    assert open_session(tokens["access"]).status_code == 200


def test_nobody_else_can_sign_one(ask, open_session, alice):
    token = ApiToken.objects.create(workspace=alice.workspace, user=alice.owner, name="t")
    claims = jwt.decode(pair(token).access, options={"verify_signature": False})
    for key, algorithm in (("secret" * 8, "HS256"), (b"x" * 64, "HS512"), (None, "none")):
        forged = jwt.encode(claims, key, algorithm=algorithm)
        assert open_session(forged).status_code == 401
        refresh = jwt.encode(claims | {"typ": "refresh"}, key, algorithm=algorithm)
        assert ask(REFRESH, refresh=refresh).status_code == 401
    token.refresh_from_db()
    assert token.revoked_at is None, "a forged token must not shut a good one"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é", "\x00", "x" * 5000, "Bearer", "eyJhbGciOiJIUzI1NiJ9.e30."])
def test_what_is_no_token_opens_nothing(client, text):
    answer = client.get(SESSION, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert (answer.status_code, answer.json()["code"]) == (401, "token")


def test_a_revoked_token_opens_nothing_at_once(ask, open_session, alice):
    tokens = sign_in(ask)
    ApiToken.objects.get().revoke()
    assert open_session(tokens["access"]).status_code == 401
    assert ask(REFRESH, refresh=tokens["refresh"]).status_code == 401


def test_who_left_the_workspace_stays_outside(ask, open_session, alice, bob):
    tokens = sign_in(ask, email="bob@example.com")
    assert open_session(tokens["access"]).status_code == 200
    bob.memberships.all().delete()
    assert open_session(tokens["access"]).status_code == 401
    assert ask(REFRESH, refresh=tokens["refresh"]).status_code == 401


def test_who_is_shut_out_stays_outside(ask, open_session, alice):
    tokens = sign_in(ask)
    alice.owner.is_active = False
    alice.owner.save()
    assert open_session(tokens["access"]).status_code == 401


def test_a_token_that_nobody_refreshed_for_a_season_is_of_no_use(ask, open_session, alice):
    tokens = sign_in(ask)
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert ask(REFRESH, refresh=tokens["refresh"]).status_code == 401


def test_a_token_opens_no_pages(client, ask, alice):
    access = sign_in(ask)["access"]
    assert client.get("/workbench/", headers={"Authorization": f"Bearer {access}"}).status_code == 302


def test_a_bad_token_is_not_helped_by_a_session(as_alice):
    assert as_alice.get(SESSION, headers={"Authorization": "Bearer x"}).status_code == 401


def test_passwords_cannot_be_tried_without_end(ask, alice):
    cache.clear()
    with time_machine.travel(timezone.now(), tick=False):
        answers = [ask(TOKEN, email="alice@example.com", password="wrong") for _ in range(11)]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json()["code"] == "too_often"


# ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = "/settings/tokens/"


def test_a_token_made_on_the_page_is_shown_once_and_works(as_alice, client, ask, alice):
    made = as_alice.post(PAGE, {"name": "Backup"}, follow=True)
    secret = made.context["secret"]
    assert secret in made.text
    assert secret not in as_alice.get(PAGE).text
    assert "Backup" in as_alice.get(PAGE).text
    assert ask(REFRESH, refresh=secret).status_code == 200


def test_the_page_says_when_a_token_was_used_last(as_alice, ask, alice):
    as_alice.post(PAGE, {"name": "Backup"})
    assert "not used yet" in as_alice.get(PAGE).text
    tokens = pair(ApiToken.objects.get())
    as_alice.get(SESSION, headers={"Authorization": f"Bearer {tokens.access}"})
    assert "last used" in as_alice.get(PAGE).text


def test_revoking_on_the_page_takes_it_off_the_list(as_alice, alice):
    as_alice.post(PAGE, {"name": "Backup"})
    token = ApiToken.objects.get()
    assert as_alice.post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at
    assert f"{token.pk}/revoke/" not in as_alice.get(PAGE).text


def test_a_colleagues_token_is_not_found(client, alice, bob):
    theirs = ApiToken.objects.create(workspace=alice.workspace, user=alice.owner, name="Secret plans")
    client.force_login(bob)
    assert client.post(f"{PAGE}{theirs.pk}/revoke/").status_code == 404
    assert "Secret plans" not in client.get(PAGE).text


def test_a_token_needs_a_name(as_alice):
    answer = as_alice.post(PAGE, {"name": " "})
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert not ApiToken.objects.exists()
