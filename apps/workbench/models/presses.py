"""What was pressed on a timer and when: the record from which its timeline can be told again, in whatever order
devices that were offline bring theirs."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core import days
from apps.core.identifiers import uuid7
from apps.workbench.models.segments import Segment
from apps.workspaces.tenancy import WorkspaceKey, WorkspaceOwned


class TimerPress(WorkspaceOwned):
    """One press on a timer, by a page or by a device that tells of it later.

    `place` is its place in the order of all presses of the person: the `stamp` of when it was pressed. `at` (whole
    seconds) is the moment that it means, which is earlier where somebody said "started earlier" or "stopped at".
    """

    class Kind(models.TextChoices):
        START = "start", _("Start")
        # A second start of the same session: one of them counts, the earliest.
        AGAIN = "again", _("Started already")
        PAUSE = "pause", _("Pause")
        RESUME = "resume", _("Go on")
        BREAK = "break", _("Break")
        BREAK_STOP = "break_stop", _("Back to work")
        STOP = "stop", _("Stop")
        # Ends what still runs, and says nothing where the next one had started by then.
        DISCARD = "discard", _("Throw away")

    workspace = WorkspaceKey("timer_presses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    # It outlives its entry: when that is deleted for good, the session before it still ended there, and a device that
    # tells of it once more does not make it anew.
    entry = models.ForeignKey("workbench.TimeEntry", models.DO_NOTHING, related_name="presses", db_constraint=False)
    op = models.UUIDField(default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    # Text, since the databases do not agree on the order of UUIDs.
    place = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "op"], name="one_press_of_an_operation")]
        indexes = [models.Index(fields=["user", "kind", "place"], name="presses_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"


def stamp(at: datetime, op: uuid.UUID | None = None) -> str:
    """When something was said, and by which operation (None: by a page), as text that sorts by time."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ} {op or ''}"


class Pressed(models.Model):
    """What a `TimeEntry` remembers of how it came to be: presses, when each fact was last said, the last change."""

    # By fact ("note", "work", "billable", "tags", "deleted", …) the `stamp` of who said it last: of two devices that
    # changed the same fact, the later one is right, whichever is heard first.
    stamps = models.JSONField(default=dict, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields: Iterable[str] | None = None, **kwargs):
        self.changed_at = timezone.now()
        if update_fields is not None:
            update_fields = {*update_fields, "changed_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def say(self, *facts: str, at: datetime | None = None, op: uuid.UUID | None = None) -> None:
        """Note that these facts were said now, by hand, or at another moment by an operation; the caller saves."""
        self.stamps = {**self.stamps, **dict.fromkeys(facts, stamp(at or timezone.now(), op))}

    def press(
        self, kind: str, at: datetime, *, op: uuid.UUID | None = None, pressed_at: datetime | None = None
    ) -> TimerPress:
        """Write down what was pressed, in the transaction of what it did; by a page now, or by an operation."""
        op = op or uuid7()
        place = stamp(pressed_at or timezone.now(), op)
        press = TimerPress(entry=self, kind=kind, at=at, op=op, place=place, **self._owner)
        press.insert()
        return press

    def _pressed(self, kind: str, at: datetime) -> None:
        """Write down what was pressed where only the segments have changed: the entry has changed with them."""
        self.press(kind, at)
        self.save(update_fields=[])

    def facts(self) -> dict:
        """What it says, by the names that are stamped."""
        return {
            "note": self.note,
            "work": (self.project_id, self.task_id),
            "billable": self.billable,
            "started": self.started_at,
            "span": (self.started_at, self.ended_at),
        }

    def say_changes(self, before: dict) -> None:
        """Stamp, as said by hand now, the facts that are not what they were; the caller saves."""
        after = self.facts()
        changed = {fact for fact in after if after[fact] != before[fact]}
        if "span" in changed:
            # Whoever changes one end has seen the other.
            changed.add("started")
        self.say(*changed)
        if self.is_live and "started" in changed:
            self.stand()

    def stand(self) -> None:
        """Note that it is live and goes on from the parts that it has now, whatever was pressed before; the caller
        saves. So it stays told by its presses after its times were changed by hand."""
        parts = [
            [part.kind, part.started_at.isoformat(), part.ended_at and part.ended_at.isoformat()] for part in self.parts
        ]
        self.stamps = {**self.stamps, "base": [stamp(timezone.now()), self.started_at.isoformat(), parts]}

    def follow(self, course) -> None:
        """Become what `course` says: `started_at`, `is_live`, and `stretches` with kind, started_at and ended_at.

        For a new entry, or one whose row the caller holds locked. A session that turns out to be empty goes to the
        trash, as one that is stopped does, unless somebody has thrown it away or taken it back themselves.
        """
        is_new, stretches = self._state.adding, list(course.stretches)
        if is_new:
            self.parts = []
        worked, was_kept = self._finished_work(), self.deleted_at is None
        self.started_at = course.started_at
        self.ended_at = None if course.is_live else stretches[-1].ended_at if stretches else self.started_at
        self.running_for_id = self.user_id if course.is_live else None
        if "deleted" not in self.stamps:
            has_work = any(stretch.kind == Segment.Kind.WORK for stretch in stretches)
            self.deleted_at = None if course.is_live or has_work else days.now()
        self.changed_at = timezone.now()
        if is_new:
            self.insert()
        else:
            self.rewrite("started_at", "ended_at", "running_for", "deleted_at", "stamps", "changed_at")
        self._lay(stretches)
        if (worked, was_kept) != (self._finished_work(), self.deleted_at is None):
            self.cut_slices(is_first=not worked)

    def _finished_work(self) -> list[tuple[datetime, datetime]]:
        return [(part.started_at, part.ended_at) for part in self.work if part.ended_at]

    def _lay(self, wanted: list) -> None:
        """Change as few segments as it takes to have those that are wanted."""
        parts, kept = self.parts, 0
        for part, stretch in zip(parts, wanted, strict=False):
            if _facts(part) != _facts(stretch):
                break
            kept += 1
        if kept < min(len(parts), len(wanted)) and _is_end_of(wanted[kept], parts[kept]):
            # Most often the open one is ended: that is one row to write.
            parts[kept].ended_at, parts[kept].open_for = wanted[kept].ended_at, None
            parts[kept].rewrite("ended_at", "open_for")
            kept += 1
        if parts[kept:]:
            Segment.objects.filter(pk__in=[part.pk for part in parts[kept:]]).delete()
        del parts[kept:]
        for kind, started_at, ended_at in map(_facts, wanted[kept:]):
            part = Segment(entry=self, kind=kind, started_at=started_at, ended_at=ended_at, **self._owner)
            part.open_for = None if ended_at else self
            part.insert()
            parts.append(part)


def _facts(stretch) -> tuple[str, datetime, datetime | None]:
    return stretch.kind, stretch.started_at, stretch.ended_at


def _is_end_of(stretch, part: Segment) -> bool:
    """Whether it is the same stretch with an end."""
    return bool(stretch.ended_at) and (stretch.kind, stretch.started_at) == (part.kind, part.started_at)
