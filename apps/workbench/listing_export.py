"""The list of entries as a table for a file: what is listed, line by line."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.core import days
from apps.core.export import Cell, Export, decimal_hours
from apps.core.money import to_major
from apps.workbench.daybook import Line
from apps.workbench.listing import Listing
from apps.workbench.listing_form import ALL_TIME


def export_of(listing: Listing) -> Export:
    """All pages of the list in its order, each line with what its row says."""
    titles = [
        _("Day"), _("Start"), _("End"), _("Duration"), _("Hours"), _("Project"), _("Client"), _("Task"), _("Note"),
        _("Tags"), _("Billable"), _("Billed"), _("Rate"), _("Amount"), _("Currency"), _("Time zone"),
    ]  # fmt: skip
    return Export(_file_name(listing), titles, _rows(listing))


def _file_name(listing: Listing) -> str:
    if listing.bounds == ALL_TIME:
        return "time-entries"
    first, last = listing.bounds
    return f"time-entries-{first:%Y-%m-%d}-to-{last:%Y-%m-%d}"


def _rows(listing: Listing) -> Iterator[list[Cell]]:
    for line in listing.all_lines():
        entry = line.entry
        client = entry.project.client if entry.project else None
        start, end = _on_its_day(line)
        yield [
            line.day, start, end, timedelta(seconds=line.seconds), decimal_hours(line.seconds),
            str(entry.project or ""), str(client or ""), str(entry.task or ""), entry.note, ", ".join(line.tags),
            entry.billable, entry.billed,
            to_major(entry.rate_minor, entry.currency) if entry.billable else None,
            to_major(line.amount_minor, entry.currency) if entry.billable else None,
            entry.currency, entry.timezone,
        ]  # fmt: skip


def _on_its_day(line: Line) -> tuple[datetime, datetime | None]:
    """From when to when it went on that day, on its own clock; no end while it goes on."""
    zone = line.entry.zone
    first, last = days.day_bounds(line.day, zone)
    ended_at = line.entry.ended_at or (last if last <= days.now() else None)
    start = max(line.entry.started_at, first).astimezone(zone)
    return start, ended_at and min(ended_at, last).astimezone(zone)
