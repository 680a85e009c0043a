"""What is done to a session by hand: logged, changed, doubled, cut in two, thrown away and taken back."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.transactions import atomic
from apps.projects.models import Project, Tag, Task
from apps.workbench.models.presses import TimerPress
from apps.workbench.models.segments import Segment, check_span

# What a copy or a half says like the entry that it is of.
SAME_OF_TWINS = ("workspace", "user", "project", "task", "note", "timezone", "billable", "rate_minor", "currency")


class Recorded:
    """The verbs of a `TimeEntry` that are not the timer's."""

    @classmethod
    @atomic
    def log(
        cls,
        *,
        user,
        workspace,
        started_at: datetime,
        ended_at: datetime,
        project: Project | None = None,
        task: Task | None = None,
        note: str = "",
        billable: bool | None = None,
        tags: Iterable[Tag] = (),
    ) -> Self:
        """Record work that is done already. Raises ValidationError for an end that is not after the start."""
        check_span(started_at, ended_at)
        entry = cls(user=user, workspace=workspace, project=project, task=task, note=note, timezone=user.timezone)
        entry.started_at, entry.ended_at = started_at, ended_at
        entry._take_terms(billable)
        entry.save(force_insert=True)
        entry.parts = [Segment(entry=entry, started_at=started_at, ended_at=ended_at, **entry._owner)]
        entry.parts[0].save()
        if tags:
            entry.tags.set(tags)
        entry.cut_slices()
        entry._review()
        return entry

    @atomic
    def revise(
        self,
        *,
        project: Project | None = ...,
        task: Task | None = ...,
        note: str = ...,
        billable: bool = ...,
        started_at: datetime = ...,
        ended_at: datetime = ...,
        tags: Iterable[Tag] = ...,
    ) -> None:
        """Change what is given and keep the rest; slices, rate and totals follow. A billed entry refuses.

        Another project or task brings its own rate. A running entry has no end to change.
        """
        self._lock(with_clients=True)
        self._refuse_if_billed()
        before = self.facts()
        moved = (project is not ... and project != self.project) or (task is not ... and task != self.task)
        if project is not ...:
            self.project = project
        if task is not ...:
            self.task = task
        if note is not ...:
            self.note = note
        if moved:
            self._take_terms(self.billable if billable is ... else billable)
        elif billable is not ...:
            self.billable = billable
        self._reshape(
            self.started_at if started_at is ... else started_at,
            self.ended_at if ended_at is ... or self.is_live else ended_at,
        )
        self.say_changes(before)
        if tags is not ...:
            self.tags.set(tags)
            self.say("tags")
        self.save()
        self.cut_slices()
        self._review()

    @atomic
    def trash(self) -> None:
        """Throw it away; `restore` takes it back. A billed entry refuses."""
        self._lock()
        self._refuse_if_billed()
        ended_at = self._end(None)
        if ended_at:
            self.press(TimerPress.Kind.DISCARD, ended_at)
        self.deleted_at = self.deleted_at or days.now()
        self.say("deleted")
        self.save(update_fields=["deleted_at", "stamps"])
        self.cut_slices()

    @atomic
    def restore(self) -> None:
        """Take it back from the trash, stopped."""
        self._lock()
        self.deleted_at = None
        self.say("deleted")
        self.save(update_fields=["deleted_at", "stamps"])
        self.cut_slices()
        self._review()

    def again(self, *, replacing=...) -> Self:
        """Start the timer anew on the same work."""
        return self.start(
            user=self.user,
            workspace=self.workspace,
            project=self.project,
            task=self.task,
            note=self.note,
            billable=self.billable,
            tags=self.tags.all(),
            replacing=replacing,
        )

    @atomic
    def duplicate(self, *, started_at: datetime, zone: ZoneInfo) -> Self:
        """The same work once more from `started_at`, with its breaks and pauses, at the rate of today.

        Raises ValidationError while it is live: it has no end yet.
        """
        if self.is_live:
            raise ValidationError(_("Stop the timer first: running time has no end to copy."), code="running")
        shift = started_at - self.started_at
        check_span(started_at, self.ended_at + shift)
        copy = self._twin(timezone=str(zone))
        copy._take_terms(self.billable)
        copy._hold([part.moved(shift) for part in self.parts])
        copy.tags.set(self.tags.all())
        copy.cut_slices()
        copy._review()
        return copy

    @atomic
    def split(self, at: datetime) -> Self:
        """Cut it in two at an instant; returns the new entry. A billed one refuses.

        The new one is the later half. Of a live one it is the earlier half: the timer goes on as the entry that it is.
        Both keep project, task, tags, note and rate; a stretch that the instant falls into is cut to the second.
        Raises ValidationError unless both halves have work in them.
        """
        self._lock()
        self._refuse_if_billed()
        self.say("started", "span")
        earlier = [part for part in (part.clipped(until=at) for part in self.parts) if part]
        later = [part for part in (part.clipped(since=at) for part in self.parts) if part]
        if not (_has_work(earlier) and _has_work(later)):
            raise ValidationError(_("Choose a moment with work before and after it."), code="empty_half")
        new = self._twin()
        self.segments.all().delete()
        for entry, parts in zip((new, self), (earlier, later) if self.is_live else (later, earlier), strict=True):
            entry._hold(parts)
        if self.is_live:
            self.stand()
            self.save(update_fields=["stamps"])
        new.tags.set(self.tags.all())
        for entry in (self, new):
            entry.cut_slices()
            entry._review()
        return new

    @atomic
    def rejoin(self, half: Self) -> None:
        """Take a split back: this entry holds the time of both again, the other goes to the trash without any.

        Raises ValidationError where either is on an invoice, in the trash, or was changed since.
        """
        for entry in sorted((self, half), key=lambda entry: entry.pk):
            entry._lock()
            entry._refuse_if_billed()
        parts = sorted([*self.parts, *half.parts], key=lambda part: part.started_at)
        if not self._goes_with(half) or _any_meet(parts):
            raise ValidationError(_("One of the two was changed since. Nothing was put together."), code="changed")
        for entry in (self, half):
            entry.segments.all().delete()
        half.parts, half.ended_at, half.deleted_at = [], half.started_at, days.now()
        half.say("deleted")
        half.save()
        half.cut_slices()
        self.say("started", "span")
        self._hold(_joined(parts))
        if self.is_live:
            self.stand()
            self.save(update_fields=["stamps"])
        self.cut_slices()
        self._review()

    def _goes_with(self, half: Self) -> bool:
        """Whether the other still says the same, and neither is in the trash."""
        says_the_same = all(getattr(self, name) == getattr(half, name) for name in SAME_OF_TWINS)
        return says_the_same and half != self and not (half.is_live or self.deleted_at or half.deleted_at)

    def _twin(self, **fields) -> Self:
        """An entry that says the same, not saved yet and without time."""
        return type(self)(**{name: getattr(self, name) for name in SAME_OF_TWINS} | fields)

    def _hold(self, parts: list[Segment]) -> None:
        """Save it with these stretches, in order of time, as all that it has."""
        self.started_at, self.ended_at = parts[0].started_at, parts[-1].ended_at if not self.running_for_id else None
        self.save()
        for part in parts:
            part.entry, part.open_for = self, None if part.ended_at else self
        self.parts = Segment.objects.bulk_create(parts)


def _any_meet(parts: list[Segment]) -> bool:
    return any(part.meets(later) for part, later in pairwise(parts))


def _joined(parts: list[Segment]) -> list[Segment]:
    """Copies, not saved, of these stretches; two of a kind that touch are one again."""
    joined: list[Segment] = []
    for part in (part.clipped() for part in parts):
        if joined and (joined[-1].kind, joined[-1].ended_at) == (part.kind, part.started_at):
            joined[-1].ended_at = part.ended_at
        else:
            joined.append(part)
    return joined


def _has_work(parts: list[Segment]) -> bool:
    return any(part.kind == Segment.Kind.WORK for part in parts)
