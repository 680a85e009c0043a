"""What has changed for a device since it last heard, in pages of bounded size.

The cursor is opaque to the device: the moment and id of the last change that it was told. At the end of the changes it
is set back a little, since a transaction that began earlier may still come in with an earlier moment; what is told
twice does no harm.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.sync.answers import entry_json, moment, with_all
from apps.workspaces.models import Workspace

PAGE = 500
FIRST_PAGE = 200
SETTLING = timedelta(seconds=30)
# The trash forgets after thirty days: a device that heard nothing for so long starts afresh.
REMEMBERED = timedelta(days=29)
_CURSOR = re.compile(r"1\.(\d{1,17})(?:\.([0-9a-f]{32}))?")
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """A place among the changes."""

    at: datetime
    entry: uuid.UUID | None = None

    def __str__(self) -> str:
        microseconds = (self.at - _FIRST) // timedelta(microseconds=1)
        return f"1.{microseconds}.{self.entry.hex}" if self.entry else f"1.{microseconds}"


def read_cursor(text: str | None) -> Cursor | None:
    """Raises ValidationError for a cursor that was never given out."""
    if text is None:
        return None
    match = _CURSOR.fullmatch(text)
    if not match:
        raise ValidationError(_("This cursor is not one of ours. Start without one."), code="bad_cursor")
    try:
        return Cursor(_FIRST + timedelta(microseconds=int(match[1])), uuid.UUID(match[2]) if match[2] else None)
    except (OverflowError, ValueError) as error:
        raise ValidationError(_("This cursor is not one of ours. Start without one."), code="bad_cursor") from error


def changes(user, workspace: Workspace, cursor: Cursor | None) -> dict:
    """`{entries, deleted, live, cursor, more, reset, server_time}`; without a cursor the latest entries."""
    now = timezone.now()
    entries = with_all(workspace.time_entries(manager="with_trash").of(user))
    reset = cursor is None or cursor.at < now - REMEMBERED
    if reset:
        found = list(entries.filter(deleted_at=None).latest_first()[:FIRST_PAGE])
        following, more = Cursor(now - SETTLING), False
    else:
        later = Q(changed_at__gt=cursor.at)
        if cursor.entry:
            later |= Q(changed_at=cursor.at, pk__gt=cursor.entry)
        found = list(entries.filter(later).order_by("changed_at", "pk")[:PAGE])
        more = len(found) == PAGE
        last = found[-1] if found else None
        following = Cursor(last.changed_at, last.pk) if more else Cursor(min(now, max(cursor.at, now - SETTLING)))
    told = next((entry for entry in found if entry.is_live), None)
    live = told or next(iter(entries.filter(running_for=user)), None)
    return {
        "server_time": moment(now),
        "cursor": str(following),
        "more": more,
        "reset": reset,
        "live": entry_json(live) if live else None,
        "entries": [entry_json(entry) for entry in found if entry.deleted_at is None],
        "deleted": [str(entry.pk) for entry in found if entry.deleted_at is not None],
    }
