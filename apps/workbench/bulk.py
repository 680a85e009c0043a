"""Many finished entries written at once, with the same segments, slices and totals as if each had been logged."""

from collections.abc import Iterable

from apps.workbench.models import ProjectTotal, Segment, TimeEntry, TimeSlice

# SQLite takes a limited number of parameters in one statement.
ROWS_OF_STATEMENT = 500


def write_finished(entries: list[TimeEntry], tag_links: Iterable[tuple[TimeEntry, int]] = ()) -> None:
    """Write entries that have their terms and their `parts`, in the caller's transaction.

    `tag_links` are pairs of an entry and the id of one of its tags.
    """
    slices = [part for entry in entries for part in entry._slices()]
    TimeEntry.objects.bulk_create(entries, batch_size=ROWS_OF_STATEMENT)
    Segment.objects.bulk_create([part for entry in entries for part in entry.parts], batch_size=ROWS_OF_STATEMENT)
    TimeSlice.objects.bulk_create(slices, batch_size=ROWS_OF_STATEMENT)
    link = TimeEntry.tags.through
    links = [link(timeentry_id=entry.pk, tag_id=tag_id) for entry, tag_id in tag_links]
    link.objects.bulk_create(links, batch_size=ROWS_OF_STATEMENT)
    ProjectTotal.objects.shift(remove=(), add=slices)
