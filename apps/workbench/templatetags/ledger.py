"""What the rows of time entries share."""

from html import escape
from uuid import UUID

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.core.markup import markup
from apps.core.templatetags.workhub import fixed, money
from apps.workbench.daybook import Line
from apps.workbench.models import Segment, TimeEntry
from apps.workbench.overlaps import overlaps_in_words
from apps.workbench.trash import days_left

register = template.Library()

PROJECT = '<span class="tag"><span class="swatch s{}"></span><span class="truncate">{}</span></span>'


@register.simple_tag
def line_actions(line: Line) -> SafeString:
    """What can be done with an entry at the end of its row; the table around stands in a form."""
    # Drawn for every row anew, it would take as long as the rest of the row.
    pattern = fixed("workbench/_line_actions.html", is_live=line.entry.is_live, billed=line.entry.billed)
    return markup(pattern, address=line.address, title=line.title)


@register.simple_tag
def line_tick(line: Line) -> SafeString:
    """The box that selects an entry, with what its row adds to the sums; the timer's own cannot be selected."""
    entry = line.entry
    money = f"{line.amount_minor} {entry.currency}" if entry.billable else ""
    return SafeString(
        '<input class="form-check-input" type="checkbox" name="entries"'
        f' value="{entry.pk}" data-sum="{line.seconds} {money}"'
        f' aria-label="{escape(gettext("Select"))}: {escape(line.title)}"{" disabled" if entry.is_live else ""}>'
    )


@register.simple_tag
def line_project(line: Line) -> SafeString | str:
    """The project of an entry with its colour; nothing where it has none."""
    project = line.entry.project
    return markup(PROJECT, project.colour, project.name) if project else ""


@register.simple_tag
def line_billing(line: Line) -> SafeString:
    """The mark that tells whether an entry is billed, billable or neither."""
    entry = line.entry
    return fixed("workbench/_billing_mark.html", billed=entry.billed, billable=entry.billable)


@register.simple_tag
def line_invoice(line: Line) -> SafeString:
    """How far an entry is on its way to an invoice, in words."""
    entry = line.entry
    runs = bool(line.runs_since)
    return fixed("workbench/_invoice_mark.html", runs=runs, billed=entry.billed, billable=entry.billable)


@register.simple_tag
def line_rate(line: Line) -> SafeString:
    """The hourly rate of an entry; a dash where it is not billable or has none."""
    entry = line.entry
    return money(entry.rate_minor if entry.billable and entry.rate_minor else None, entry.currency)


@register.simple_tag
def line_amount(line: Line) -> SafeString:
    """What the line is worth; a dash where it is not billable."""
    return money(line.amount_minor if line.entry.billable else None, line.entry.currency)


@register.filter
def overlaps(segments: list[Segment]) -> dict[UUID, str]:
    """What overlaps what, by entry; see `overlap_of`."""
    return overlaps_in_words(segments)


@register.filter
def overlap_of(overlapping: dict[UUID, str] | str, entry: TimeEntry) -> str:
    """What this entry overlaps, in words; empty where nothing is known."""
    return overlapping.get(entry.pk, "") if overlapping else ""


@register.filter
def days_in_trash(entry: TimeEntry) -> int:
    """In how many days it goes for good."""
    return days_left(entry)


@register.filter
def recorded_seconds(entry: TimeEntry) -> int:
    """The work that it holds by its segments; in the trash it has no slices."""
    return sum(part.seconds for part in entry.segments.all() if part.kind == Segment.Kind.WORK)
