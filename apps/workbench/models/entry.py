"""A session of work: started, perhaps paused or broken, stopped; and its segments."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.addresses import row_address
from apps.core.identifiers import uuid7
from apps.core.money import CurrencyField, MinorField, amount_for_time, split_by_largest_remainder
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import prepared, review
from apps.workbench.models.presses import Pressed
from apps.workbench.models.recorded import Recorded
from apps.workbench.models.repair import Repaired
from apps.workbench.models.segments import Segment, check_span
from apps.workbench.models.slices import ProjectTotal, TimeSlice
from apps.workbench.models.timed import Timed
from apps.workbench.querysets import TimeEntryQuerySet
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class KeptEntries(models.Manager.from_queryset(TimeEntryQuerySet)):
    """Entries that are not in the trash."""

    def get_queryset(self):
        return super().get_queryset().filter(deleted_at=None)


class TimeEntry(Timed, Recorded, Repaired, Pressed, WorkspaceOwned):
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

    def _lock(self, *, with_clients: bool = False) -> None:
        """Read this row again, alone with it until the transaction ends: two tabs take turns here.

        Project and task come along, on request with their clients. Raises DoesNotExist when it is gone meanwhile.
        """
        for known in ("closed_seconds", "known_slices"):
            self.__dict__.pop(known, None)
        prepared.lock_entry(self.pk)
        row = (prepared.ENTRY_WITH_CLIENTS if with_clients else prepared.ENTRY).first(self.pk)
        if row is None:
            raise TimeEntry.DoesNotExist
        self._become(row)
        self.parts = prepared.parts_of(self)

    def _become(self, row: "TimeEntry") -> None:
        """Say what the row says. Of what hangs on it, only workspace and person are kept: they never change."""
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(row, field.attname))
        known = self._state.fields_cache
        kept = {name: known[name] for name in ("workspace", "user") if name in known}
        self._state.fields_cache = row._state.fields_cache | kept

    def _refuse_if_billed(self) -> None:
        if self.billed:
            raise ValidationError(_("This time is on an invoice and cannot be changed any more."), code="billed")

    @cached_property
    def parts(self) -> "list[Segment]":
        """Its segments in order of time, read once; whoever changes one changes it here."""
        return prepared.parts_of(self)

    @property
    def work(self) -> "list[Segment]":
        """Its stretches of work in order of time, breaks left out."""
        return [part for part in self.parts if part.kind == Segment.Kind.WORK]

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
