"""Time entries made, changed, thrown away and taken back by devices, inside the transaction of one operation."""

import uuid

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.core import days
from apps.sync.book import Book
from apps.sync.facts import rows_of, said_in, said_of, save_tags, say, settle_terms, single
from apps.sync.operations import Op, check_typed_span
from apps.sync.timeline import Course, span_of
from apps.sync.timers import Session, press
from apps.workbench.models import TimeEntry


def draft(op: Op, book: Book) -> TimeEntry:
    """The entry that an operation makes, not saved and without times yet.

    Raises ValidationError for a project or task that is not there.
    """
    entry = TimeEntry(id=uuid.UUID(op.entity), user=book.user, workspace=book.workspace, timezone=book.user.timezone)
    entry.stamps = {"made": op.stamp}
    say(entry, op, book.work)
    settle_terms(entry)
    return entry


def create(entry: TimeEntry, op: Op, book: Book) -> None:
    """Save a draft as work that was done from start to end."""
    entry.follow(single((op.data["started_at"], op.data["ended_at"])))
    book.add(entry)
    if op.data.get("tags"):
        save_tags(entry, op.data["tags"])


def update(entry: TimeEntry, op: Op, book: Book) -> bool:
    """Take what this is the latest to say; False where all of it was said anew since.

    Raises ValidationError for a billed entry, a span that is none, a project or task that is not there.
    """
    if not said_in(op):
        return True
    session = Session.of(entry, book) if {"span", "started"} & set(said_in(op)) else None
    is_told = session is not None and session.is_told
    fresh = say(entry, op, book.work)
    if not fresh:
        return False
    refuse_billed(entry)
    if session and {"span", "started"} & set(fresh):
        session.become(session.told() if is_told else _retimed(entry))
    entry.save()
    if "tags" in fresh:
        save_tags(entry, op.data["tags"])
    if {"work", "billable"} & set(fresh):
        entry.cut_slices()
    return len(fresh) == len(said_in(op))


def _retimed(entry: TimeEntry) -> Course:
    """Its rows with the start and end that were said."""
    said, rows = said_of(entry), rows_of(entry)
    if rows.is_live and not said.span:
        return rows.since(said.started)
    start, end = span_of(said) if said.span else (said.started, entry.ended_at)
    check_typed_span(start, end)
    return rows.spanning(start, end)


def throw_away(entry: TimeEntry, op: Op, book: Book) -> bool:
    """To the trash, stopped; False where it was taken back since. Raises ValidationError for a billed one."""
    refuse_billed(entry)
    is_latest = op.stamp > entry.stamps.get("deleted", "")
    if is_latest:
        entry.stamps = {**entry.stamps, "deleted": op.stamp}
    press(entry, op, book)
    if is_latest:
        entry.deleted_at = entry.deleted_at or days.now()
        entry.save(update_fields=["deleted_at", "stamps"])
        entry.cut_slices()
    return is_latest


def take_back(entry: TimeEntry, op: Op) -> bool:
    """Out of the trash; False where it was thrown away since."""
    if op.stamp <= entry.stamps.get("deleted", ""):
        return False
    entry.stamps = {**entry.stamps, "deleted": op.stamp}
    entry.deleted_at = None
    entry.save(update_fields=["deleted_at", "stamps"])
    entry.cut_slices()
    return True


def refuse_billed(entry: TimeEntry) -> None:
    """Raise ValidationError for an entry that is on an invoice."""
    if entry.billed:
        raise ValidationError(_("This time is on an invoice and cannot be changed any more."), code="billed")
