"""The verbs of the timer: start, pause, go on, break, stop, throw away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import days
from apps.core.transactions import atomic
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import prepared
from apps.workbench.models.presses import TimerPress
from apps.workbench.models.segments import Segment


class Timed:
    """What is pressed on the timer of a `TimeEntry`. The second press of a button changes nothing."""

    @classmethod
    @atomic
    def start(
        cls,
        *,
        user,
        workspace,
        project: Project | None = None,
        task: Task | None = None,
        note: str = "",
        billable: bool | None = None,
        at: datetime | None = None,
        tags: Iterable[Tag] = (),
        replacing=...,
        pk: UUID | None = None,
    ) -> Self:
        """Start the timer and stop the one that runs; returns the entry that is live afterwards.

        `replacing` is the id of the live entry that the person saw when they pressed start (None: no timer). Where
        another one is live by now, it stays: somebody was faster in another tab, and the caller shows the winner.
        `at` may lie in the past; it is never later than now. `pk` is the id that a browser gave it: should the answer
        not arrive, it can tell of the same start once more (see apps/sync). Raises DoesNotExist where it is a
        stranger's.
        """
        at = min(at or days.now(), days.now())
        live = prepared.lock_live_of(user)
        if live and (live.pk == pk or (replacing is not ... and live.pk != replacing)):
            return live
        entry = cls(user=user, workspace=workspace, project=project, task=task, note=note, timezone=user.timezone)
        entry.pk = pk or entry.pk
        entry.started_at = at
        entry.running_for = user
        entry._take_terms(billable)
        try:
            with transaction.atomic():
                if live:
                    live._end(at)
                entry.insert()
        except IntegrityError:
            return cls.objects.filter(running_for=user).first() or cls.with_trash.get(pk=pk, user=user)
        if tags:
            entry.tags.set(tags)
        entry.closed_seconds, entry.parts = 0, []
        entry._open(Segment.Kind.WORK, at)
        entry.press(TimerPress.Kind.START, at)
        entry._review()
        return entry

    @atomic
    def pause(self) -> bool:
        """Stop the clock but keep the session; False when it was not running."""
        self._lock()
        if self.state != self.State.RUNNING:
            return False
        now = days.now()
        self._close(now)
        self._pressed(TimerPress.Kind.PAUSE, now)
        return True

    @atomic
    def resume(self) -> bool:
        """Go on with a paused session; False when it is not paused."""
        self._lock()
        if self.state != self.State.PAUSED:
            return False
        now = days.now()
        self._open(Segment.Kind.WORK, now)
        self._pressed(TimerPress.Kind.RESUME, now)
        return True

    @atomic
    def take_break(self) -> bool:
        """Begin a break, which never counts as work; False when the timer is stopped or on a break already."""
        self._lock()
        if self.state not in (self.State.RUNNING, self.State.PAUSED):
            return False
        now = days.now()
        self._close(now)
        self._open(Segment.Kind.BREAK, now)
        self._pressed(TimerPress.Kind.BREAK, now)
        return True

    @atomic
    def end_break(self) -> bool:
        """Back to work; False when there is no break."""
        self._lock()
        if self.state != self.State.ON_BREAK:
            return False
        now = days.now()
        self._close(now)
        self._open(Segment.Kind.WORK, now)
        self._pressed(TimerPress.Kind.BREAK_STOP, now)
        return True

    @atomic
    def stop(self, at: datetime | None = None) -> bool:
        """End the session; False when it had ended before. It never refuses: what is odd is marked for review.

        A session without a second of work goes to the trash: it says nothing.
        """
        at = self._end(at)
        if at is None:
            return False
        self.press(TimerPress.Kind.STOP, at)
        return True

    def _end(self, at: datetime | None) -> datetime | None:
        """Stop, or be cut by the start of another one; returns when, or None where it had ended before."""
        self._lock()
        if not self.is_live:
            return None
        at = max(min(at or days.now(), days.now()), self.started_at)
        self._cut_off(at)
        # Asked while it is still the live one: nothing else of this person can be running beside it.
        self.needs_review = self._odd()
        self.ended_at = self.parts[-1].ended_at if self.parts else self.started_at
        self.running_for = None
        if not self.work:
            self.deleted_at = days.now()
        self.changed_at = timezone.now()
        self.rewrite("ended_at", "running_for", "deleted_at", "needs_review", "changed_at")
        return at

    @atomic
    def discard(self) -> None:
        """Stop the timer and throw the session away; it can be restored from the trash."""
        self.trash()

    def _open(self, kind: str, at: datetime) -> None:
        part = Segment(entry=self, kind=kind, started_at=at, open_for=self, **self._owner)
        # Asked before, since what is read then must not hold the new one as well.
        parts = self.parts
        part.insert()
        parts.append(part)

    def _close(self, at: datetime) -> None:
        """End the open segment, if there is one; an empty one leaves no trace."""
        segment = self.current_segment
        if segment is None:
            return
        is_first = not any(part.ended_at for part in self.work)
        if at > segment.started_at:
            segment.ended_at, segment.open_for = at, None
            segment.rewrite("ended_at", "open_for")
        else:
            self.parts.remove(segment)
            segment.delete()
        self.cut_slices(is_first=is_first)

    def _cut_off(self, at: datetime) -> None:
        """Nothing of it reaches beyond this moment, be it open or not."""
        is_first = not any(part.ended_at for part in self.work)
        late = [part for part in self.parts if part.ended_at is None or part.ended_at > at]
        for part in late:
            if part.started_at < at:
                part.ended_at, part.open_for = at, None
                part.rewrite("ended_at", "open_for")
            else:
                self.parts.remove(part)
                part.delete()
        if late:
            self.cut_slices(is_first=is_first)
