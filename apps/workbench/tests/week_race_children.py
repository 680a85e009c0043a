"""What the processes of the week's races do; each function returns something that JSON can carry."""

import time
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from apps.accounts.models import User
from apps.core import days
from apps.workbench.models import TimeEntry
from apps.workbench.tests.race_children import _at_once
from apps.workbench.week.saving import Was, is_stale, save_cell
from apps.workspaces.models import Workspace

DAY = date(2026, 5, 4)


def type_at_once(workspace: int, count: int, first: int) -> list[bool]:
    """Type another duration into the same empty cell in `count` tabs; whether each was saved."""
    owner = Workspace.objects.get(pk=workspace)
    user = User.objects.get(memberships__workspace=owner)

    def press(number: int) -> bool:
        text = f"1:{number:02d}"
        try:
            save_cell(workspace=owner, user=user, work=(None, None), day=DAY, text=text, was=Was())
        except ValidationError as refusal:
            if not is_stale(refusal):
                raise
            return False
        return True

    return _at_once(press, count, first)


def type_unprotected(workspace: int, count: int, first: int) -> list[bool]:
    """The control: look whether the cell is empty and fill it, without taking turns."""
    owner = Workspace.objects.get(pk=workspace)
    user = User.objects.get(memberships__workspace=owner)
    nine = days.day_start(DAY, user.zone) + timedelta(hours=9)

    def press(number: int) -> bool:
        if owner.time_slices.of(user).between(DAY, DAY).exists():
            return False
        # As long as a page takes between looking and writing: all have looked before the first has written.
        time.sleep(0.1)
        TimeEntry.log(user=user, workspace=owner, started_at=nine, ended_at=nine + timedelta(minutes=60 + number))
        return True

    return _at_once(press, count, first)


def facts(workspace: int) -> dict:
    """How it stands afterwards."""
    owner = Workspace.objects.get(pk=workspace)
    return {
        "entries": owner.time_entries.count(),
        "seconds": owner.time_slices.total_seconds(),
        "to_review": owner.time_entries.filter(needs_review__contains="overlap").count(),
    }
