"""What the processes of the timer races do; each function returns something that JSON can carry."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core import days
from apps.workbench.models import Segment, TimeEntry
from apps.workbench.together import Together
from apps.workbench.trash import delete_for_good
from apps.workspaces.models import Workspace

HOUR = timedelta(hours=1)


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
        # As long as a page takes between looking and writing: all have looked before the first has written.
        time.sleep(0.1)
        now = days.now()
        entry = TimeEntry(workspace=owner, user=user, note=f"tab {number}", timezone=user.timezone, started_at=now)
        entry.currency = owner.currency
        entry.save(force_insert=True)
        Segment.objects.create(workspace=owner, user=user, entry=entry, started_at=now, open_for=entry)
        return True

    return _at_once(press, count, first)


@transaction.atomic
def throw_away(workspace: int) -> None:
    """An hour of work on a project, in the trash."""
    owner = Workspace.objects.get(pk=workspace)
    user = User.objects.get(memberships__workspace=owner)
    end = days.now()
    project = owner.projects.get()
    entry = TimeEntry.log(user=user, workspace=owner, project=project, started_at=end - HOUR, ended_at=end)
    entry.trash()


def restore_or_delete(workspace: int, restores: bool) -> None:
    """Take what is in the trash back, and take two seconds to be done with it; or delete it for good meanwhile."""
    entries = TimeEntry.with_trash.filter(workspace=workspace)
    if restores:
        with transaction.atomic():
            Together(entries).restore()
            time.sleep(2)
    else:
        time.sleep(1)
        delete_for_good(entries)


def kept(workspace: int) -> list[int]:
    """How many entries are not in the trash, the seconds of their slices, and those of the project's total."""
    owner = Workspace.objects.get(pk=workspace)
    totals = owner.project_totals.values_list("seconds", flat=True)
    return [owner.time_entries.count(), owner.time_slices.total_seconds(), sum(totals)]


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
