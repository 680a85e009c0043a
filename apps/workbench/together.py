"""Many entries of one person changed, thrown away and taken back at once: one transaction, few queries for hundreds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import cached_property

from apps.core import days
from apps.core.transactions import atomic, lock_rows
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import ProjectTotal, Segment, TimeEntry, TimeSlice, review
from apps.workbench.querysets import TimeEntryQuerySet

# So many are read and written together; SQLite takes a limited number of parameters in one statement.
BATCH = 500

# What `revise` changes and `put_back` brings back, as columns of the entry.
REVISED = ("project_id", "task_id", "billable", "rate_minor", "currency")


@dataclass(frozen=True)
class Before:
    """What an entry said before it was changed with others."""

    entry: UUID
    values: tuple
    tags: frozenset[int] = frozenset()


@dataclass
class Outcome:
    """What became of many: which were changed, and how many stay as they are, since they are billed or still run."""

    changed: list[UUID] = field(default_factory=list)
    billed: int = 0
    live: int = 0
    before: list[Before] = field(default_factory=list)

    @cached_property
    def at(self) -> datetime:
        """One moment for all of them: by it the trash knows them again."""
        return days.now()


class Together:
    """All of `entries`, a queryset of one person's in one workspace."""

    def __init__(self, entries: TimeEntryQuerySet):
        self.entries = entries

    @atomic
    def revise(
        self,
        *,
        work: tuple[Project | None, Task | None] = ...,
        billable: bool = ...,
        add_tags: Iterable[Tag] = (),
        remove_tags: Iterable[Tag] = (),
    ) -> Outcome:
        """Change what is given in each and keep the rest. Billed and live ones stay as they are.

        `work` is where they belong from now on: a task with its project, a project alone, or neither. What moves takes
        the rate of its new place, as a single entry does.
        """
        outcome = Outcome()
        for entries in self._free(outcome, self.entries):
            outcome.before += self._remembered(entries)
            for entry in entries:
                if work is not ... and (entry.project, entry.task) != work:
                    entry.project, entry.task = work
                    entry._take_terms(entry.billable)
                if billable is not ...:
                    entry.billable = billable
            said = [("work", work), ("billable", billable), ("tags", add_tags or remove_tags or ...)]
            self._say(entries, *(fact for fact, given in said if given is not ...))
            if work is not ... or billable is not ...:
                self._write(entries, REVISED)
                self._recut(entries)
                self._review(entries)
            self._tag(entries, add_tags, remove_tags)
        return outcome

    @atomic
    def put_back(self, before: Iterable[Before]) -> Outcome:
        """Undo `revise`: what it changed says again what it said, as far as it is still there and free."""
        outcome, known = Outcome(), {row.entry: row for row in before}
        for entries in self._free(outcome, self.entries.filter(pk__in=known)):
            for entry in entries:
                for name, value in zip(REVISED, known[entry.pk].values, strict=True):
                    setattr(entry, name, value)
            self._write(entries, REVISED)
            parts = {entry.pk: entry.parts for entry in entries}
            # Read again, with the projects and tasks that they belong to now.
            entries = _read(parts)
            for entry in entries:
                entry.parts = parts[entry.pk]
            self._say(entries, "work", "billable", "tags")
            self._recut(entries)
            self._review(entries)
            TimeEntry.tags.through.objects.filter(timeentry__in=entries).delete()
            self._link((entry.pk, tag) for entry in entries for tag in known[entry.pk].tags)
        return outcome

    @atomic
    def trash(self) -> Outcome:
        """Throw each away. Billed and live ones stay as they are."""
        outcome = Outcome()
        for entries in self._free(outcome, self.entries):
            for entry in entries:
                entry.deleted_at = outcome.at
            self._write(entries, ["deleted_at"])
            self._say(entries, "deleted")
            self._recut(entries)
        return outcome

    @atomic
    def restore(self) -> Outcome:
        """Take each back from the trash."""
        outcome = Outcome()
        for entries in self._free(outcome, self.entries.filter(deleted_at__isnull=False)):
            for entry in entries:
                entry.deleted_at = None
            self._write(entries, ["deleted_at"])
            self._say(entries, "deleted")
            self._recut(entries)
            self._review(entries)
        return outcome

    # ── How ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _free(self, outcome: Outcome, entries: TimeEntryQuerySet) -> Iterator[list[TimeEntry]]:
        """Batch after batch of those that may be changed, locked, with their stretches; `outcome` counts the rest."""
        ids = sorted(entries.order_by().values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            lock_rows(TimeEntry.with_trash.filter(pk__in=ids[start : start + BATCH]))
            found = _read(ids[start : start + BATCH])
            outcome.billed += sum(entry.billed for entry in found)
            outcome.live += sum(entry.is_live for entry in found)
            free = [entry for entry in found if not (entry.billed or entry.is_live)]
            parts = defaultdict(list)
            for part in Segment.objects.filter(entry__in=free).order_by("started_at"):
                parts[part.entry_id].append(part)
            for entry in free:
                entry.parts = parts[entry.pk]
            outcome.changed += [entry.pk for entry in free]
            yield free

    def _remembered(self, entries: list) -> list[Before]:
        tags = defaultdict(set)
        for entry_id, tag_id in TimeEntry.tags.through.objects.filter(timeentry__in=entries).values_list(
            "timeentry_id", "tag_id"
        ):
            tags[entry_id].add(tag_id)
        return [
            Before(entry.pk, tuple(getattr(entry, name) for name in REVISED), frozenset(tags[entry.pk]))
            for entry in entries
        ]

    def _write(self, entries: list, names: Iterable[str]) -> None:
        """Save these columns: one statement for all that say the same."""
        alike = defaultdict(list)
        for entry in entries:
            alike[tuple(getattr(entry, name) for name in names)].append(entry.pk)
        for values, ids in alike.items():
            TimeEntry.with_trash.filter(pk__in=ids).update(**dict(zip(names, values, strict=True)))

    def _say(self, entries: list[TimeEntry], *facts: str) -> None:
        """Note that these facts were said now, so that what a device said earlier does not come back."""
        for entry in entries:
            entry.say(*facts)
        TimeEntry.with_trash.bulk_update(entries, ["stamps"], batch_size=BATCH)

    def _recut(self, entries: list) -> None:
        """Cut their slices anew, and bring the totals of projects along."""
        before = list(TimeSlice.objects.filter(entry__in=entries))
        TimeSlice.objects.filter(entry__in=entries).delete()
        after = [part for entry in entries if not entry.deleted_at for part in entry._slices()]
        TimeSlice.objects.bulk_create(after, batch_size=BATCH)
        ProjectTotal.objects.shift(remove=before, add=after)
        seconds = defaultdict(int)
        for part in after:
            seconds[part.entry_id] += part.seconds
        for entry in entries:
            entry.closed_seconds = seconds[entry.pk]

    def _review(self, entries: list) -> None:
        """Note anew what is odd about them."""
        odd = review.odd_ones(entries)
        changed = [entry for entry in entries if odd[entry.pk] != entry.needs_review]
        for entry in changed:
            entry.needs_review = odd[entry.pk]
        self._write(changed, ["needs_review"])

    def _tag(self, entries: list, add: Iterable[Tag], remove: Iterable[Tag]) -> None:
        gone = [tag.pk for tag in remove]
        if gone:
            TimeEntry.tags.through.objects.filter(timeentry__in=entries, tag__in=gone).delete()
        self._link((entry.pk, tag.pk) for tag in add for entry in entries)

    def _link(self, pairs: Iterable[tuple[UUID, int]]) -> None:
        link = TimeEntry.tags.through
        links = [link(timeentry_id=entry_id, tag_id=tag_id) for entry_id, tag_id in pairs]
        link.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)


def _read(ids: Iterable[UUID]) -> list[TimeEntry]:
    """These as they are now, with all that their rate and their review depend on."""
    return list(
        TimeEntry.with_trash.select_related("workspace", "project__client", "task__project")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
