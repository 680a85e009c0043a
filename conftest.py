"""The small world that all tests share: alice owns a studio, bob is a member of it, charlie owns one of his own."""

from dataclasses import dataclass

import pytest

from apps.accounts.models import User
from apps.clients.models import Client
from apps.projects.models import Project, Task
from apps.workspaces.models import Membership, Workspace


@dataclass
class World:
    """A workspace with one client, one project, one task."""

    owner: User
    workspace: Workspace
    client: Client
    project: Project
    task: Task


def make_world(name: str, *, timezone: str = "Europe/Berlin", currency: str = "EUR", rate_minor: int = 8000) -> World:
    """A person `name` with a workspace whose every text carries the name."""
    owner = User.objects.create_user(f"{name}@example.com", "correct horse", name=name.title(), timezone=timezone)
    workspace = Workspace.open_for(
        owner, name=f"{name} studio", timezone=timezone, currency=currency, hourly_rate_minor=rate_minor
    )
    client = Client.objects.create(workspace=workspace, name=f"{name} client", currency=currency)
    project = Project.objects.create(workspace=workspace, client=client, name=f"{name} project")
    task = Task.objects.create(workspace=workspace, project=project, title=f"{name} task")
    return World(owner, workspace, client, project, task)


@pytest.fixture
def alice(db) -> World:
    """Alice owns her workspace; 80.00 EUR an hour, in Berlin."""
    return make_world("alice")


@pytest.fixture
def bob(alice) -> User:
    """Bob is a member of Alice's workspace."""
    user = User.objects.create_user("bob@example.com", "correct horse", name="Bob", timezone="Europe/Berlin")
    Membership.objects.create(workspace=alice.workspace, user=user, role=Membership.Role.MEMBER)
    return user


@pytest.fixture
def charlie(db) -> World:
    """Charlie is a stranger to Alice, with a workspace of his own."""
    return make_world("charlie", currency="USD")


@pytest.fixture
def as_alice(client, alice):
    """A browser in which Alice is signed in."""
    client.force_login(alice.owner)
    return client
