"""Lists of the day's page that are drawn from patterns: the week above it, and what to continue beside it."""

from django import template
from django.utils.dateformat import format as date_text
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from apps.core.addresses import row_address
from apps.core.durations import format_duration, format_words
from apps.core.markup import markup
from apps.core.templatetags.workhub import icon, local_date
from apps.workbench.daypage import Again, DayPage
from apps.workbench.templatetags.ledger import PROJECT

register = template.Library()

WEEKDAY = (
    '<a href="{url}?day={date}" class="{name}"{current} aria-label="{day}: {words}">'
    '<span class="d"><span>{weekday}</span><span>{number}</span></span><span class="h">{worked}</span>'
    '<svg class="bar" aria-hidden="true">'
    '<rect width="{percent}%" height="100%"/></svg></a>\n'
)
CURRENT = SafeString(' aria-current="date"')
AGAIN = (
    '<li><form class="d-inline-flex" method="post" action="{url}" hx-post="{url}" hx-target="#timer"'
    ' hx-swap="outerHTML" hx-include="#timer-live"><input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    '<button class="btn-round" type="submit" data-key="{key}" aria-label="{label}" title="{hint}">{play}</button>'
    "</form>"
    '<span class="grow"><span class="d-block truncate">{title}</span>{project}</span>'
    '<span class="muted small text-nowrap">{when}</span></li>'
)
SUB = '<span class="sub d-flex">{}</span>'


@register.simple_tag
def week_days(page: DayPage, day_url: str) -> SafeString:
    """The seven days, each with what was worked and how far that is of what was meant to be."""
    return SafeString(
        "".join(
            markup(
                WEEKDAY, url=day_url, date=f"{part.day:%Y-%m-%d}", name="" if part.seconds else "is-off",
                current=CURRENT if part.is_chosen else "", day=date_text(part.day, "l, j F"),
                words=format_words(part.seconds), weekday=date_text(part.day, "D"), number=part.day.day,
                worked=format_duration(part.seconds) if part.seconds else "–", percent=part.percent,
            )
            for part in page.week
        )
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def again_rows(context: template.Context, page: DayPage) -> SafeString:
    """Earlier work that one press starts anew."""
    token = context["csrf_token"]
    return SafeString("".join(_again(item, key, page, token) for key, item in enumerate(page.again, 1)))


def _again(item: Again, key: int, page: DayPage, token: str) -> SafeString:
    entry, worked = item.entry, format_duration(item.seconds)
    title = Truncator(entry.title)
    project = markup(SUB, markup(PROJECT, entry.project.colour, entry.project)) if entry.project else ""
    is_today = item.day == page.today
    return markup(
        AGAIN, url=row_address("workbench:entry_continue", entry.pk), token=token, key=key, play=icon("play"),
        label=gettext("Continue %(title)s") % {"title": title.chars(60)}, hint=gettext("Continue this"),
        title=title.chars(80), project=project,
        when=gettext("%(hours)s today") % {"hours": worked} if is_today else f"{local_date(item.day)}, {worked}",
    )  # fmt: skip
