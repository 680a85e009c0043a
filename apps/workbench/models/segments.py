"""Stretches of time that an entry consists of, and what a span of time has to keep to."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.workspaces.tenancy import OwnedQuerySet, WorkspaceKey, WorkspaceOwned

# The day on which the clocks go back has 25 hours, and somebody may have worked them all.
LONGEST = timedelta(hours=25)

# A timer forgotten for longer than this is not looked for, so that a look at one day need not read all later ones.
LONGEST_STRETCH = timedelta(days=31)


def check_span(started_at: datetime, ended_at: datetime) -> None:
    """Raise ValidationError unless the span lies in 2000–2100, has time in it and no more than a day."""
    days.validate_instant(started_at)
    days.validate_instant(ended_at)
    if ended_at <= started_at:
        raise ValidationError({"ended_at": _("The end must come after the start.")}, code="order")
    if ended_at - started_at > LONGEST:
        raise ValidationError(
            {"ended_at": _("One entry holds 24 hours at most. Log longer work day by day.")}, code="long"
        )


class SegmentQuerySet(OwnedQuerySet):
    """Questions about stretches of time."""

    def meeting(self, start: datetime, end: datetime, latest: datetime | None = None) -> Self:
        """Those that have ended and share time with the half-open interval.

        The one that is still open hangs on its live entry: asked for here as well, no index could serve both. `latest`
        is when they have ended at any rate, for a prepared question, which cannot work it out.
        """
        latest = end + LONGEST_STRETCH if latest is None else latest
        return self.filter(ended_at__gt=start, started_at__lt=end, ended_at__lt=latest)


class Segment(WorkspaceOwned):
    """A stretch of work or of a break, half-open: 9–13 and 13–17 touch, they do not overlap."""

    class Kind(models.TextChoices):
        WORK = "work", _("Work")
        BREAK = "break", _("Break")

    workspace = WorkspaceKey("segments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    entry = models.ForeignKey("workbench.TimeEntry", models.CASCADE, related_name="segments")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.WORK)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # At most one open segment of an entry; unique for the same reason as TimeEntry.running_for.
    open_for = models.OneToOneField("workbench.TimeEntry", models.CASCADE, null=True, related_name="open_segment")

    objects = SegmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name="segment_has_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, open_for__isnull=False) | Q(ended_at__isnull=False, open_for=None),
                name="segment_is_open_or_ended",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "user", "ended_at", "started_at"], name="segments_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> int:
        """Its length; an open one counts to now."""
        return max(0, int(((self.ended_at or days.now()) - self.started_at).total_seconds()))

    @property
    def from_to(self) -> str:
        """`09:30 – 11:45` on the entry's wall clock, `22:00 – 02:00 +1` over midnight; an open end is a dash."""
        start = self.started_at.astimezone(self.entry.zone)
        if self.ended_at is None:
            return f"{start:%H:%M} –"
        end = self.ended_at.astimezone(self.entry.zone)
        nights = (end.date() - start.date()).days
        return f"{start:%H:%M} – {end:%H:%M}" + (f" +{nights}" if nights else "")

    def moved(self, by: timedelta) -> Self:
        """A copy, not saved, of an ended one at another time."""
        return self._copy(self.started_at + by, self.ended_at + by)

    def clipped(self, *, since: datetime | None = None, until: datetime | None = None) -> Self | None:
        """A copy, not saved, of what lies between the two; None where nothing does. An open end stays open."""
        start = max(self.started_at, since) if since else self.started_at
        end = self.ended_at if until is None else min(self.ended_at or until, until)
        return None if end and end <= start else self._copy(start, end)

    def _copy(self, started_at: datetime, ended_at: datetime | None) -> Self:
        same = {"workspace_id": self.workspace_id, "user_id": self.user_id, "kind": self.kind}
        return type(self)(started_at=started_at, ended_at=ended_at, **same)

    def meets(self, other: "Segment") -> bool:
        """Whether both share time; an open end reaches for ever."""
        return (other.ended_at is None or self.started_at < other.ended_at) and (
            self.ended_at is None or other.started_at < self.ended_at
        )


def overlaps_in(stretches: Iterable[Segment]) -> Iterator[tuple[Segment, Segment]]:
    """Each two of the stretches that share time and belong to different entries, the earlier one first."""
    going_on: list[Segment] = []
    for stretch in sorted(stretches, key=lambda each: each.started_at):
        going_on = [other for other in going_on if stretch.meets(other)]
        yield from ((other, stretch) for other in going_on if other.entry_id != stretch.entry_id)
        going_on.append(stretch)
