"""What puts right a timer that ran while nobody worked, or was started too late."""

from datetime import datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.transactions import atomic
from apps.workbench.models.presses import TimerPress, stamp
from apps.workbench.models.segments import Segment

# How long a stop can be taken back.
REOPENED_WITHIN = timedelta(hours=1)


class Repaired:
    """The verbs of a `TimeEntry` that correct its timer afterwards."""

    @classmethod
    @atomic
    def start_earlier(cls, *, user, at: datetime, **facts) -> Self:
        """Start the timer as of `at`. What ran since before `at` ends there; what began later is stopped now and keeps
        its time: both are marked as overlapping, nothing is refused."""
        live = cls.objects.filter(running_for=user).first()
        replacing = facts.get("replacing", ...)
        if live and at <= live.started_at and replacing in (..., live.pk):
            live.stop()
            facts["replacing"] = None
        return cls.start(user=user, at=at, **facts)

    @atomic
    def work_so_far(self, seconds: int) -> None:
        """Move the start of the live entry so that the work until now comes to `seconds`. Raises ValidationError for
        nothing at all, and for more than a day."""
        self._lock()
        if self.is_live and self.parts:
            self.revise(started_at=self._start_for(seconds))

    def _start_for(self, seconds: int) -> datetime:
        missing = seconds - sum(part.seconds for part in self.work)
        if missing >= 0:
            return self.parts[0].started_at - timedelta(seconds=missing)
        for part in reversed(self.work):
            if seconds <= part.seconds:
                return (part.ended_at or days.now()) - timedelta(seconds=seconds)
            seconds -= part.seconds
        return self.started_at

    @atomic
    def leave_out(self, since: datetime, until: datetime) -> tuple[datetime, datetime] | None:
        """Take a time out of the stretch that runs, as if it had been paused; returns what was taken.

        No more is taken than runs: nothing before the stretch began, nothing in the future. None where there is nothing
        left to take, as when it was taken already.
        """
        self._lock()
        if self.state != self.State.RUNNING:
            return None
        since, until = max(since, self.current_segment.started_at), min(until, days.now())
        if since >= until:
            return None
        self._close(since)
        self._open(Segment.Kind.WORK, until)
        pressed_at = timezone.now()
        self.press(TimerPress.Kind.PAUSE, since, pressed_at=pressed_at)
        self.press(TimerPress.Kind.RESUME, until, pressed_at=pressed_at + timedelta(microseconds=1))
        self.save(update_fields=[])
        return since, until

    @atomic
    def set_aside(self, since: datetime, until: datetime) -> Self | None:
        """Take a time out of the stretch that runs and keep it as an entry of its own, without a project yet; None
        where there is nothing to take."""
        taken = self.leave_out(since, until)
        if taken is None:
            return None
        return self.log(user=self.user, workspace=self.workspace, started_at=taken[0], ended_at=taken[1])

    @atomic
    def reopen(self) -> bool:
        """Take a stop back: the timer runs on as if it had not been pressed. False where it runs already.

        Raises ValidationError when another timer runs by now or ran since, for a billed entry, for a stop of long ago,
        and where the times were changed since.
        """
        self._lock()
        self._refuse_if_billed()
        if self.is_live:
            return False
        if type(self).objects.filter(running_for=self.user).exists():
            raise ValidationError(_("Another timer runs by now. Stop it first."), code="running")
        stop = self._stop_to_take_back()
        if stop is None:
            raise ValidationError(_("That cannot be taken back any more. Change the entry instead."), code="late")
        last = self.parts[-1]
        # Otherwise it was paused when it was stopped, and is paused again.
        if last.ended_at == stop.at:
            last.ended_at, last.open_for = None, self
            last.save(update_fields=["ended_at", "open_for"])
        self.ended_at, self.running_for = None, self.user
        self.say("reopened", "deleted")
        self.stand()
        try:
            with transaction.atomic():
                self.save(update_fields=["ended_at", "running_for", "stamps"])
        except IntegrityError as taken:
            raise ValidationError(_("Another timer runs by now. Stop it first."), code="running") from taken
        self.cut_slices()
        self._review()
        return True

    def _stop_to_take_back(self) -> TimerPress | None:
        """The press that ended it, not long ago; None also where its times were changed or another started since."""
        kinds = TimerPress.Kind
        ends = self.presses.filter(kind__in=[kinds.STOP, kinds.DISCARD], place__gt=self.stamps.get("reopened", ""))
        end = ends.order_by("place").first()
        since = max(stamp(timezone.now() - REOPENED_WITHIN), self.stamps.get("span", ""))
        if self.deleted_at or not self.parts or end is None or end.kind != kinds.STOP or end.place < since:
            return None
        later = TimerPress.objects.filter(user=self.user, kind=kinds.START, place__gt=end.place)
        return None if later.exists() else end
