"""Who is let in, and where the others are sent."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django_htmx.middleware import HtmxDetails

from apps.core import access


def answer(_request):
    return HttpResponse("in")


class Person:
    def __init__(self, signed_in):
        self.is_authenticated = signed_in


class Membership:
    def __init__(self, role):
        self.role = role


@pytest.fixture
def ask(rf):
    def ask(view, *, role=None, signed_in=True, **headers):
        request = rf.get("/clients/?page=2", headers=headers)
        request.htmx = HtmxDetails(request)
        request.user = Person(signed_in)
        request.membership = Membership(role) if role else None
        return view(request)

    return ask


@pytest.mark.parametrize(
    ("view", "roles"),
    [
        (access.member(answer), {"member", "admin", "owner"}),
        (access.admin(answer), {"admin", "owner"}),
        (access.owner(answer), {"owner"}),
    ],
)
def test_a_role_opens_what_it_and_the_lesser_roles_may_use(ask, view, roles):
    for role in ("member", "admin", "owner"):
        if role in roles:
            assert ask(view, role=role).content == b"in"
        else:
            with pytest.raises(PermissionDenied):
                ask(view, role=role)


def test_a_page_sends_a_stranger_to_sign_in_and_back_again(ask):
    found = ask(access.member(answer), signed_in=False)
    assert (found.status_code, found.url) == (302, "/accounts/login/?next=/clients/%3Fpage%3D2")


def test_a_fragment_makes_the_browser_go_to_sign_in_and_back_to_the_page_it_is_part_of(ask):
    found = ask(
        access.signed_in(answer),
        signed_in=False,
        **{"HX-Request": "true", "HX-Current-URL": "http://testserver/workbench/?day=2026-05-04"},
    )
    assert found.status_code == 401
    assert found["HX-Redirect"] == "/accounts/login/?next=/workbench/%3Fday%3D2026-05-04"
    assert found.content == b""


def test_a_fragment_of_a_page_elsewhere_does_not_lead_there(ask):
    found = ask(
        access.signed_in(answer),
        signed_in=False,
        **{"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/trap"},
    )
    assert found["HX-Redirect"] == "/accounts/login/?next=/"


def test_somebody_without_a_workspace_is_sent_to_make_one(ask):
    assert ask(access.member(answer)).url == "/settings/new/"
    found = ask(access.member(answer), **{"HX-Request": "true"})
    assert (found.status_code, found["HX-Redirect"]) == (200, "/settings/new/")


def test_every_view_says_who_may_use_it():
    wraps = (access.public, access.signed_in, access.member, access.admin, access.owner)
    assert [wrap(answer).access for wrap in wraps] == ["public", "signed_in", "member", "admin", "owner"]
