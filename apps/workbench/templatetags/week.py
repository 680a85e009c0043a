"""Rows, cells and sums of the week grid. A week may have hundreds of cells, so they are patterns, not templates."""

from datetime import date

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core.durations import format_duration, format_words
from apps.core.markup import markup
from apps.core.templatetags.workhub import fixed, icon
from apps.workbench.week.grid import Cell, Row, Total

register = template.Library()

NONE = "\u2013"


@register.simple_tag
def week_row(row: Row, today: date) -> SafeString:
    """A row of the table with its cells and its sum."""
    pattern = fixed("workbench/_week_row.html", has_title=bool(row.title), has_sub=bool(row.belongs_to))
    cells = [_cell(cell, cell.day == today, row.is_new and number == 0) for number, cell in enumerate(row.cells)]
    return markup(
        pattern, key=row.key, title=row.title, sub=row.belongs_to, colour=row.colour,
        cells=SafeString("".join(cells)), sum=week_total(Total.of(f"sum-{row.key}", row.cells)),
    )  # fmt: skip


@register.simple_tag
def week_cell(cell: Cell) -> SafeString:
    """What is inside a cell: how it was, the field, a lock, and why something was refused."""
    return SafeString(_inside(cell, ""))


@register.simple_tag
def week_total(total: Total, out_of_band: bool = False) -> SafeString:
    """A sum, ticking where something runs; out of band it takes the place of the one on the page."""
    oob = SafeString(' hx-swap-oob="true"') if out_of_band else ""
    if not total.runs_since:
        text = format_duration(total.seconds) if total.seconds else NONE
        return markup('<span id="{}"{}>{}</span>', total.name, oob, text)
    return markup(
        '<span id="{}"{}><wh-clock data-format="short" data-started="{}" data-base="{}">{}</wh-clock></span>',
        total.name, oob, total.runs_since.isoformat(), total.standing, format_duration(total.seconds),
    )  # fmt: skip


def _cell(cell: Cell, is_today: bool, is_first_of_new: bool) -> str:
    classes = "wk-cell is-today" if is_today else "wk-cell"
    return f'<td class="{classes}" role="cell">{_inside(cell, " autofocus" if is_first_of_new else "")}</td>'


def _inside(cell: Cell, more: str) -> str:
    name = cell.name
    label = f'aria-labelledby="row-{cell.key} day-{cell.day:%Y-%m-%d}"{more}'
    if not (cell.kept or cell.running or cell.runs_since or cell.error or cell.typed):
        return f'<input name="cell-{name}" {label}>'
    value = cell.text if cell.typed is None else cell.typed
    attributes = SafeString(label + _state(cell))
    parts = [
        f'<input type="hidden" name="was-{name}" value="{cell.was}">',
        markup('<input name="cell-{}" value="{}" {}>', name, value, attributes),
    ]
    if cell.billed:
        billed = _("%(words)s on an invoice") % {"words": format_words(cell.billed)}
        parts.append(markup('<span class="wk-lock" title="{}">{}</span>', billed, icon("lock")))
    if cell.error:
        parts.append(markup('<span class="wk-error" id="why-{}" role="alert">{}</span>', name, cell.error))
    return "".join(parts)


def _state(cell: Cell) -> str:
    """Attributes of a field that ticks, that was refused, or that holds something else than the truth."""
    ticks = (
        f' class="is-live" data-base="{cell.standing}" data-started="{cell.runs_since.isoformat()}"'
        if cell.runs_since
        else ""
    )
    wrong = f' aria-invalid="true" aria-describedby="why-{cell.name}"' if cell.error else ""
    other = f' data-truth="{cell.text}"' if cell.typed is not None else ""
    return ticks + wrong + other
