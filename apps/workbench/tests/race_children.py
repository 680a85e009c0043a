"""What the processes of the timer races do; each function returns something that JSON can carry."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import days
from apps.workbench.models import Segment, TimeEntry
from apps.workspaces.models import Workspace


@transaction.atomic
def prepare(name: str) -> dict:
    """A person with a workspace, signed in."""
    from conftest import make_world

    world = make_world(name)
    browser = Client()
    browser.force_login(world.owner)
    return {"session": browser.cookies[settings.SESSION_COOKIE_NAME].value, "workspace": world.workspace.pk}


def start_at_once(session: str, count: int, first: int, fields: dict) -> list[list]:
    """Press start in `count` tabs at the same moment; returns status and whether the bar came, for each."""

    def press(number: int) -> list:
        browser = Client(raise_request_exception=False, headers={"HX-Request": "true", "Host": "localhost"})
        browser.cookies[settings.SESSION_COOKIE_NAME] = session
        answer = browser.post(reverse("workbench:timer_start"), {"note": f"tab {number}", **fields})
        return [answer.status_code, 'id="timer-main"' in answer.content.decode()]

    return _at_once(press, count, first)


def start_unprotected(workspace: int, count: int, first: int) -> list[bool]:
    """The control: look whether a timer runs and start one, without the lock and without the unique column."""
    owner = Workspace.objects.get(pk=workspace)
    user = User.objects.get(memberships__workspace=owner)

    def press(number: int) -> bool:
        if TimeEntry.objects.filter(user=user, ended_at=None).exists():
            return False
        now = days.now()
        entry = TimeEntry(workspace=owner, user=user, note=f"tab {number}", timezone=user.timezone, started_at=now)
        entry.currency = owner.currency
        entry.save(force_insert=True)
        Segment.objects.create(workspace=owner, user=user, entry=entry, started_at=now, open_for=entry)
        return True

    return _at_once(press, count, first)


def _at_once(press: Callable[[int], object], count: int, first: int) -> list:
    """Run `press` in so many threads, none before all are there."""
    barrier = Barrier(count)

    def go(number: int) -> object:
        connection.ensure_connection()
        barrier.wait()
        try:
            return press(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(go, range(first, first + count)))


def facts(workspace: int) -> dict:
    """How it stands afterwards."""
    entries = TimeEntry.with_trash.filter(workspace=workspace)
    return {
        "live": entries.filter(ended_at=None).count(),
        "open_segments": Segment.objects.filter(workspace=workspace, ended_at=None).count(),
        "entries": entries.count(),
    }
