"""A session of work: started, perhaps paused or broken, stopped; and its segments."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.addresses import row_address
from apps.core.identifiers import uuid7
from apps.core.money import CurrencyField, MinorField, amount_for_time, split_by_largest_remainder
from apps.core.transactions import atomic, lock_rows
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import review
from apps.workbench.models.presses import Pressed, TimerPress
from apps.workbench.models.recorded import Recorded
from apps.workbench.models.repair import Repaired
from apps.workbench.models.segments import Segment, check_span
from apps.workbench.models.slices import ProjectTotal, TimeSlice
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class KeptEntries(models.Manager.from_queryset(TimeEntryQuerySet)):
    """Entries that are not in the trash."""

    def get_queryset(self):
        return super().get_queryset().filter(deleted_at=None)


class TimeEntry(Recorded, Repaired, Pressed, WorkspaceOwned):
    """One session of work of one person, with the rate that applied when it was recorded.

    Its segments say when; its slices, cut from them in the same transaction, say how much on which day.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        ON_BREAK = "on_break", _("On a break")
        STOPPED = "stopped", _("Stopped")

    class Review(models.TextChoices):
        OVERLAP = "overlap", _("Overlaps with another entry")
        LONG = "long", _("Longer than you usually work")
        ARCHIVED = "archived", _("On an archived project")
        FUTURE = "future", _("Lies in the future")

    REVIEWS = {
        Review.OVERLAP: review.overlaps,
        Review.LONG: review.is_long,
        Review.ARCHIVED: review.is_archived,
        Review.FUTURE: review.is_future,
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = WorkspaceKey("time_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="time_entries", editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="time_entries", verbose_name=_("project")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="time_entries", verbose_name=_("task")
    )
    note = models.TextField(_("note"), max_length=10_000, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="time_entries", verbose_name=_("tags"))
    billable = models.BooleanField(_("billable"), default=True)
    billed = models.BooleanField(default=False, editable=False)
    timezone = models.CharField(max_length=64, editable=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rate_minor = MinorField(default=0, editable=False)
    currency = CurrencyField(editable=False)
    needs_review = models.CharField(max_length=60, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    # Set while the timer is live. A nullable unique column keeps "one timer each" on every database; a conditional
    # unique constraint would silently not exist on MariaDB.
    running_for = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="live_entry"
    )

    objects = KeptEntries()
    with_trash = TimeEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="entry_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(running_for=None) | Q(ended_at=None, deleted_at=None), name="live_entry_is_open"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "user", "started_at"], name="entries_of_person"),
            models.Index(fields=["workspace", "user", "changed_at"], name="entries_by_change"),
            models.Index(fields=["workspace", "project", "billed", "billable"], name="entries_to_bill"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return row_address("workbench:entry", self.pk)

    # ── What it is ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def title(self) -> str:
        """The note, else the task, else the project."""
        return self.note or str(self.task or self.project or _("No description"))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which it was recorded; its wall-clock times never change."""
        return ZoneInfo(self.timezone)

    @property
    def is_live(self) -> bool:
        """Whether the timer is on, be it running, paused or on a break."""
        return self.ended_at is None

    @property
    def state(self) -> str:
        """Running, paused, on a break or stopped."""
        if self.ended_at is not None:
            return self.State.STOPPED
        segment = self.current_segment
        if segment is None:
            return self.State.PAUSED
        return self.State.RUNNING if segment.kind == Segment.Kind.WORK else self.State.ON_BREAK

    @property
    def current_segment(self) -> "Segment | None":
        """The segment that is open, if any."""
        if "parts" in self.__dict__:
            return self.parts[-1] if self.parts and self.parts[-1].ended_at is None else None
        return getattr(self, "open_segment", None)

    @property
    def work_seconds(self) -> int:
        """Finished work, without the segment that runs now. Querysets bring it along as `closed_seconds`."""
        if not hasattr(self, "closed_seconds"):
            self.closed_seconds = sum(part.seconds for part in self.slices.all())
        return self.closed_seconds

    @property
    def elapsed_seconds(self) -> int:
        """Work up to this moment; a clock that jumped back never makes it less than what is finished."""
        if self.state != self.State.RUNNING:
            return self.work_seconds
        running = days.now() - self.current_segment.started_at
        return self.work_seconds + max(0, int(running.total_seconds()))

    @property
    def day(self):
        """The local day on which it began."""
        return days.local_day(self.started_at, self.zone)

    @property
    def reviews(self) -> list[str]:
        """Why it needs a look, in words."""
        return [self.Review(code).label for code in self.needs_review.split(",") if code]

    # ── The timer ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
        live = cls.objects.select_for_update().filter(running_for=user).first()
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
                entry.save(force_insert=True)
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
        self.save(update_fields=["ended_at", "running_for", "deleted_at", "needs_review"])
        return at

    @atomic
    def discard(self) -> None:
        """Stop the timer and throw the session away; it can be restored from the trash."""
        self.trash()

    # ── Upkeep ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def cut_slices(self, *, is_first: bool = False) -> None:
        """Cut the finished work into slices anew, and bring the project's totals along, in the caller's transaction.

        `is_first`: no work was finished so far, so there is no slice yet that would have to go.
        """
        before = [] if is_first else self.known_slices
        after = [] if self.deleted_at else self._slices()
        if before:
            self.slices.all().delete()
        for part in after:
            part.insert()
        ProjectTotal.objects.shift(remove=before, add=after)
        self.known_slices = after
        self.closed_seconds = sum(part.seconds for part in after)

    def _slices(self) -> list[TimeSlice]:
        seconds_of_day: Counter = Counter()
        for segment in self.work:
            if segment.ended_at is None:
                continue
            for day, seconds in days.split_by_day(segment.started_at, segment.ended_at, self.zone):
                seconds_of_day[day] += seconds
        parts = sorted(seconds_of_day.items())
        total = amount_for_time(sum(seconds_of_day.values()), self.rate_minor) if self.billable else 0
        amounts = split_by_largest_remainder(total, [seconds for _day, seconds in parts])
        return [
            TimeSlice(
                entry=self, project=self.project, task=self.task, day=day, seconds=seconds, amount_minor=amount,
                billable=self.billable, billed=self.billed, currency=self.currency, **self._owner,
            )
            for (day, seconds), amount in zip(parts, amounts, strict=True)
        ]  # fmt: skip

    @cached_property
    def known_slices(self) -> list[TimeSlice]:
        """Its slices as they were read or cut last, under the lock on its row."""
        return list(self.slices.all())

    @property
    def _owner(self) -> dict:
        return {"workspace_id": self.workspace_id, "user_id": self.user_id}

    def _lock(self, *also: str) -> None:
        """Read this row again, alone with it until the transaction ends: two tabs take turns here.

        Project and task come along, and what else is named; the workspace never changes.
        """
        workspace = self.workspace
        for known in ("closed_seconds", "known_slices"):
            self.__dict__.pop(known, None)
        lock_rows(TimeEntry.with_trash.filter(pk=self.pk))
        self.refresh_from_db(from_queryset=TimeEntry.with_trash.select_related("project", "task", *also))
        self.workspace = workspace
        self.parts = list(self.segments.order_by("started_at"))

    def _refuse_if_billed(self) -> None:
        if self.billed:
            raise ValidationError(_("This time is on an invoice and cannot be changed any more."), code="billed")

    @cached_property
    def parts(self) -> "list[Segment]":
        """Its segments in order of time, read once; whoever changes one changes it here."""
        return list(self.segments.order_by("started_at"))

    @property
    def work(self) -> "list[Segment]":
        """Its stretches of work in order of time, breaks left out."""
        return [part for part in self.parts if part.kind == Segment.Kind.WORK]

    def _open(self, kind: str, at: datetime) -> None:
        parts = self.parts
        parts.append(Segment.objects.create(entry=self, kind=kind, started_at=at, open_for=self, **self._owner))

    def _close(self, at: datetime) -> None:
        """End the open segment, if there is one; an empty one leaves no trace."""
        segment = self.current_segment
        if segment is None:
            return
        is_first = not any(part.ended_at for part in self.work)
        if at > segment.started_at:
            segment.ended_at, segment.open_for = at, None
            segment.save(update_fields=["ended_at", "open_for"])
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
                part.save(update_fields=["ended_at", "open_for"])
            else:
                self.parts.remove(part)
                part.delete()
        if late:
            self.cut_slices(is_first=is_first)

    def _take_terms(self, billable: bool | None) -> None:
        """Take rate and currency from the task, else the project, as they are now; None means their default."""
        if self.task:
            self.project = self.task.project
        source = self.task or self.project
        self.currency = self.project.currency if self.project else self.workspace.currency
        self.rate_minor = source.rate_minor if source else 0
        self.billable = bool(source and source.is_billable) if billable is None else billable

    def _reshape(self, started_at: datetime, ended_at: datetime | None) -> None:
        """Move start and end; breaks and pauses between them stay where they were."""
        if (started_at, ended_at) == (self.started_at, self.ended_at):
            return
        check_span(started_at, ended_at or days.now())
        segments = self.parts
        if ended_at is None and not any(part.ended_at is None or part.ended_at > started_at for part in segments):
            raise ValidationError({"started_at": _("The start must come before the end of the work.")}, code="order")
        if not segments:
            segments.append(Segment(entry=self, started_at=started_at, ended_at=ended_at, **self._owner))
        for segment in list(segments):
            outside = (segment.ended_at and segment.ended_at <= started_at) or (
                ended_at and segment.started_at >= ended_at
            )
            if outside and len(segments) > 1:
                segments.remove(segment)
                segment.delete()
        segments[0].started_at = started_at
        if ended_at:
            segments[-1].ended_at = ended_at
        for segment in (segments[0], *segments[1:][-1:]):
            segment.save()
        self.started_at, self.ended_at = started_at, ended_at

    def _odd(self) -> str:
        """What is odd about it, as codes with commas between them."""
        return ",".join(code for code, is_odd in self.REVIEWS.items() if is_odd(self))

    def _review(self) -> None:
        """Note what is odd about it. Never an error: a timer must always stop."""
        codes = self._odd()
        if codes != self.needs_review:
            self.needs_review = codes
            self.save(update_fields=["needs_review"])
