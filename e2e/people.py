"""Who uses WorkHub in the journeys: a fresh freelancer for each, and the person of the demo world."""

from dataclasses import dataclass
from itertools import count

DEMO_EMAIL = "demo@workhub.com"
PASSWORD = "correct horse battery"
_numbers = count(1)


@dataclass
class Freelancer:
    """A person with a workspace, one client, one project and one task; 80.00 EUR an hour, in Berlin."""

    user: object
    workspace: object
    client: object
    project: object
    task: object


def new_freelancer() -> Freelancer:
    """Nobody shares a workspace with another journey."""
    from apps.accounts.models import User
    from apps.clients.models import Client
    from apps.projects.models import Project, Task
    from apps.workspaces.models import Workspace

    user = User.objects.create_user(
        f"ada{next(_numbers)}@example.com", PASSWORD, name="Ada Winter", timezone="Europe/Berlin"
    )
    workspace = Workspace.open_for(
        user, name="Winter Studio", timezone="Europe/Berlin", currency="EUR", hourly_rate_minor=8000
    )
    client = Client.objects.create(workspace=workspace, name="Harbour Books", currency="EUR")
    project = Project.objects.create(workspace=workspace, client=client, name="Autumn catalogue")
    task = Task.objects.create(workspace=workspace, project=project, title="Draw the cover")
    return Freelancer(user, workspace, client, project, task)


def newcomer(*, has_workspace: bool = True):
    """Somebody who has just signed up and done nothing yet."""
    from apps.accounts.models import User
    from apps.workspaces.models import Workspace

    user = User.objects.create_user(f"new{next(_numbers)}@example.com", PASSWORD, name="Noor Novak")
    if has_workspace:
        Workspace.open_for(user, name="Novak Editing", timezone="UTC", currency="EUR")
    return user


def session_cookie(user, address: str) -> dict:
    """A cookie that a browser is signed in with, as Playwright wants it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}
