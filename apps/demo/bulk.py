"""Many finished sessions of work at once, with the same slices and totals as if each had been recorded by hand.

The demo world and the benchmark write their time through here.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from apps.core.identifiers import uuid7
from apps.core.transactions import atomic
from apps.projects.models import Project, Task
from apps.workbench.bulk import write_finished
from apps.workbench.models import Segment, TimeEntry

BATCH = 2000


@dataclass(frozen=True)
class Stretch:
    """A half-open stretch of work or of a break."""

    started_at: datetime
    ended_at: datetime
    kind: str = Segment.Kind.WORK


@dataclass
class Session:
    """A finished session: its stretches in order of time, without overlap. A gap between two of them was a pause."""

    stretches: list[Stretch]
    project: Project | None = None
    task: Task | None = None
    note: str = ""
    needs_review: str = ""
    tags: list = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        return self.stretches[0].started_at

    @property
    def ended_at(self) -> datetime:
        return self.stretches[-1].ended_at


def work(started_at: datetime, minutes: int) -> Stretch:
    """So many minutes of work."""
    return Stretch(started_at, started_at + timedelta(minutes=minutes))


def write_sessions(user, workspace, sessions: Iterable[Session]) -> int:
    """Write the sessions as stopped entries of `user`; returns how many. Each batch is one transaction.

    Rates are taken as they are now. Projects and tasks must have been read with their client and workspace.
    """
    sessions = iter(sessions)
    written = 0
    while batch := list(islice(sessions, BATCH)):
        _write(user, workspace, batch)
        written += len(batch)
    return written


@atomic
def _write(user, workspace, batch: list[Session]) -> None:
    entries = [_entry(user, workspace, session) for session in batch]
    tag_links = ((entry, tag.pk) for entry, session in zip(entries, batch, strict=True) for tag in session.tags)
    write_finished(entries, tag_links)


def _entry(user, workspace, session: Session) -> TimeEntry:
    entry = TimeEntry(
        id=_id_of(session.started_at),
        workspace=workspace,
        user=user,
        project=session.project,
        task=session.task,
        note=session.note,
        timezone=user.timezone,
        started_at=session.started_at,
        ended_at=session.ended_at,
        needs_review=session.needs_review,
    )
    entry._take_terms(None)
    entry.parts = [_segment(entry, stretch) for stretch in session.stretches]
    return entry


def _segment(entry: TimeEntry, stretch: Stretch) -> Segment:
    return Segment(
        workspace=entry.workspace,
        user=entry.user,
        entry=entry,
        kind=stretch.kind,
        started_at=stretch.started_at,
        ended_at=stretch.ended_at,
    )


def _id_of(instant: datetime) -> uuid.UUID:
    """The id that the entry would have got at that instant: a key that sorts by time, as it would on real data."""
    random_part = uuid7().int & ((1 << 80) - 1)
    return uuid.UUID(int=(int(instant.timestamp() * 1000) << 80) | random_part)
