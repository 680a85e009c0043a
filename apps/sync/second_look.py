"""What is odd about entries after a batch: asked once for all that changed, and for those that they meet.

A page reviews the entry that it writes. A batch may bring many, in any order: here both of two that overlap are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from apps.accounts.models import User
from apps.core.transactions import atomic, lock_rows
from apps.workbench.models import Segment, TimeEntry
from apps.workbench.models.segments import LONGEST_STRETCH

Extent = tuple[datetime, datetime | None]
# Extents that lie closer than this are asked for together.
NEAR = timedelta(days=2)
Review = TimeEntry.Review


@dataclass(frozen=True)
class Work:
    """A stretch of work of an entry; one that is forgotten for longer than a month is looked at no further."""

    started_at: datetime
    ended_at: datetime
    entry: object
    workspace: int


@atomic
def look_again(user, changed: dict[object, list[Extent]]) -> None:
    """Write anew what is odd about the entries that changed (their ids, with where they lie and lay)."""
    if not changed:
        return
    lock_rows(User.objects.filter(pk=user.pk))
    windows = _together(extent for extents in changed.values() for extent in extents)
    work = _read_work(user, windows)
    meeting, meeting_changed = _meeting(work, changed)
    flagged = TimeEntry.objects.filter(
        user=user, pk__in={one.entry for one in work}, needs_review__contains=Review.OVERLAP
    )
    ids = {*changed, *meeting_changed, *flagged.values_list("pk", flat=True)}
    whole = _whole(work, windows)
    odd: dict[str, list] = {}
    entries = TimeEntry.with_trash.filter(pk__in=ids).select_related("project", "task", "workspace").with_segments()
    for entry in entries:
        entry.parts = list(entry.segments.all())
        entry.closed_seconds = sum(part.seconds for part in entry.work if part.ended_at)
        overlaps = entry.pk in meeting or (
            entry.pk not in changed and entry.pk not in whole and TimeEntry.REVIEWS[Review.OVERLAP](entry)
        )
        codes = _codes(entry, entry.pk in changed, overlaps)
        if codes != entry.needs_review:
            odd.setdefault(codes, []).append(entry.pk)
    for codes, pks in sorted(odd.items()):
        TimeEntry.with_trash.filter(pk__in=pks).update(needs_review=codes)


def _until(start: datetime, end: datetime | None) -> datetime:
    latest = start + LONGEST_STRETCH
    return min(end, latest) if end else latest


def _together(extents: Iterable[Extent]) -> list[tuple[datetime, datetime]]:
    """The extents, merged where they meet or nearly do."""
    merged: list[list[datetime]] = []
    for start, end in sorted((start, _until(start, end)) for start, end in extents):
        if merged and start <= merged[-1][1] + NEAR:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [(start, end) for start, end in merged]


def _read_work(user, windows: list[tuple[datetime, datetime]]) -> list[Work]:
    """The person's work that meets the windows, in order of starts."""
    found = {}
    for start, end in windows:
        meets = Q(ended_at__gt=start, started_at__lt=end, ended_at__lt=end + LONGEST_STRETCH)
        rows = Segment.objects.filter(meets, user=user, kind=Segment.Kind.WORK, entry__deleted_at=None)
        found |= {row[0]: row[1:] for row in rows.values_list("pk", "started_at", "ended_at", "entry", "workspace")}
    # At most one is open; it has an index of its own.
    live = Segment.objects.filter(open_for__running_for=user, kind=Segment.Kind.WORK)
    found |= {row[0]: row[1:] for row in live.values_list("pk", "started_at", "ended_at", "entry", "workspace")}
    work = [Work(start, _until(start, end), entry, owner) for start, end, entry, owner in found.values()]
    return sorted(work, key=lambda one: one.started_at)


def _meeting(work: list[Work], changed: dict) -> tuple[set, set]:
    """The entries whose work shares time with another's of the workspace: all of them, and those that meet a change."""
    meeting, meeting_changed, open_now = set(), set(), []
    for one in work:
        open_now = [other for other in open_now if other.ended_at > one.started_at]
        for other in open_now:
            if other.entry != one.entry and other.workspace == one.workspace:
                meeting |= {one.entry, other.entry}
                if one.entry in changed or other.entry in changed:
                    meeting_changed |= {one.entry, other.entry}
        open_now.append(one)
    return meeting, meeting_changed


def _whole(work: list[Work], windows: list[tuple[datetime, datetime]]) -> set:
    """The entries of which everything was read: none of their work reaches out of a window."""
    outside = {
        one.entry for one in work if not any(start <= one.started_at and one.ended_at <= end for start, end in windows)
    }
    return {one.entry for one in work} - outside


def _codes(entry: TimeEntry, is_changed: bool, overlaps: bool) -> str:
    """What is odd about it; of one that did not change only the overlap is looked at."""
    if is_changed:
        odd = {code for code, is_odd in TimeEntry.REVIEWS.items() if code != Review.OVERLAP and is_odd(entry)}
    else:
        odd = {code for code in entry.needs_review.split(",") if code and code != Review.OVERLAP}
    odd |= {Review.OVERLAP} if overlaps else set()
    return ",".join(code for code in TimeEntry.REVIEWS if code in odd)
