"""Which workspace a request is about: one of the person's own, asked for together with the person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(alice):
    """Another workspace that alice belongs to."""
    workspace = Workspace.objects.create(name="Second studio")
    Membership.objects.create(workspace=workspace, user=alice.owner)
    return workspace


def shown_workspace(client) -> str:
    return client.get(reverse("workbench:day")).context["request"].workspace.name


def choose(client, workspace) -> None:
    session = client.session
    session["workspace"] = workspace.pk
    session.save()


def test_the_oldest_workspace_is_shown_unless_another_is_chosen(alice, as_alice, second):
    assert shown_workspace(as_alice) == alice.workspace.name
    choose(as_alice, second)
    assert shown_workspace(as_alice) == "Second studio"


def test_a_chosen_workspace_of_somebody_else_is_not_shown(alice, as_alice, charlie):
    choose(as_alice, charlie.workspace)
    assert shown_workspace(as_alice) == alice.workspace.name


def test_somebody_without_a_workspace_is_known_all_the_same(client):
    loner = User.objects.create_user("loner@example.com", "a long password", name="Loner")
    client.force_login(loner)
    answer = client.get(reverse("accounts:profile"))
    assert answer.wsgi_request.user == loner
    assert answer.wsgi_request.workspace is None


def test_somebody_who_was_shut_out_is_signed_out(alice, as_alice):
    User.objects.filter(pk=alice.owner.pk).update(is_active=False)
    assert as_alice.get(reverse("workbench:day")).status_code == 302


def test_person_and_workspaces_take_one_query(as_alice, second):
    with CaptureQueriesContext(connection) as queries:
        as_alice.get(reverse("accounts:profile"))
    asked = [query["sql"] for query in queries if User._meta.db_table in query["sql"]]
    assert len(asked) == 1
    assert Membership._meta.db_table in asked[0]
