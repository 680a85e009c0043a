"""The ribbon of a day and its gaps: many small shapes, drawn from patterns rather than by looks at a context."""

from datetime import date

from django import template
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.core.durations import format_duration, format_words
from apps.core.markup import markup, markup_join
from apps.core.templatetags.workhub import local_time
from apps.workbench.ribbon import Block, Gap, Ribbon

register = template.Library()

WITHOUT_PROJECT = 6
TICK = '<line class="tick" x1="{0}%" x2="{0}%" y1="18" y2="70"/><text x="{0}%" dx="5" y="12">{1}</text>'
GAP = '<rect class="gap" x="{}%" width="{}%" y="56" height="14"><title>{}</title></rect>'
BREAK = '<rect class="blk-brk" x="{}%" width="{}%" y="40" height="30"><title>{} {}</title></rect>'
BLOCK = (
    '<svg x="{left}%" width="{width}%" y="{top}" height="{height}" class="s{colour}"><title>{title}, {worked}</title>'
    '<rect class="{shape}" width="100%" height="{height}"/>{cap}{words}</svg>'
)
CAP = SafeString('<rect class="cap" width="100%" height="3"/>')
WORDS = '<text class="{}" x="7" y="20">{}</text><text class="{}" x="7" y="36">{}</text>'
GAP_ROW = (
    '<li><span class="grow num-l">{start} – {end}<span class="sub truncate">{about}</span></span>'
    '<a class="btn btn-secondary btn-sm" href="{url}" hx-get="{url}" hx-target="#dialog-body" aria-label="{label}">'
    "{fill}</a></li>"
)


@register.simple_tag
def ribbon_ticks(ribbon: Ribbon) -> SafeString:
    """The full hours."""
    return markup_join(TICK, ((tick.at, tick.label) for tick in ribbon.ticks))


@register.simple_tag
def ribbon_gaps(gaps: list[Gap]) -> SafeString:
    """What is blank between the blocks."""
    blank = gettext("Blank from %(from)s to %(to)s")
    return markup_join(GAP, ((gap.left, gap.width, blank % _from_to(gap)) for gap in gaps))


@register.simple_tag
def ribbon_blocks(ribbon: Ribbon) -> SafeString:
    """The work and the breaks."""
    return SafeString("".join(map(_block, ribbon.blocks)))


def _block(block: Block) -> SafeString:
    worked = format_duration(block.seconds)
    if block.kind == "break":
        return markup(BREAK, block.left, block.width, gettext("Break"), worked)
    entry, is_live = block.segment.entry, block.kind == "live"
    title, words = Truncator(entry.title), ""
    if not block.is_narrow:
        name, time = ("blk-live-t", "blk-live-t") if is_live else ("blk-n", "blk-t")
        words = markup(WORDS, name, title.chars(block.room), time, worked)
    return markup(
        BLOCK, left=block.left, width=block.width, top=block.top, height=block.height, words=words, worked=worked,
        colour=entry.project.colour if entry.project else WITHOUT_PROJECT, title=title.chars(80),
        shape="blk-live" if is_live else "blk", cap="" if is_live else CAP,
    )  # fmt: skip


@register.simple_tag
def gap_rows(gaps: list[Gap], day: date, new_url: str) -> SafeString:
    """Each gap with what follows it, and the way to fill it."""
    about, label, fill = gettext("%(words)s before %(title)s"), gettext("Fill %(from)s to %(to)s"), gettext("Fill")
    rows = []
    for gap in gaps:
        times = _from_to(gap)
        words = {"words": format_words(gap.seconds), "title": Truncator(gap.before.entry.title).chars(40)}
        url = f"{new_url}?day={day:%Y-%m-%d}&start={times['from']}&end={times['to']}"
        told = {"about": about % words, "label": label % times, "fill": fill}
        rows.append(markup(GAP_ROW, start=times["from"], end=times["to"], url=url, **told))
    return SafeString("".join(rows))


def _from_to(gap: Gap) -> dict[str, str]:
    return {"from": local_time(gap.started_at), "to": local_time(gap.ended_at)}
