"""What templates need beyond Django's own: icons, money, durations, local days, query strings."""

from datetime import date, datetime
from functools import cache, lru_cache
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.core.durations import format_clock, format_duration, format_words
from apps.core.money import format_money

register = template.Library()

NONE = format_html('<span class="muted">{}</span>', "\u2013")


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing from the sprite, for the eye only: the control that holds it needs a name of its own."""
    return _sprite("icon", f"i-{name}", classes)


@register.simple_tag
def status_mark(name: str) -> SafeString:
    """The mark of a status (`paid`, `overdue`, `live` …), for the eye only: the word stands beside it."""
    return _sprite("status-mark", f"st-{name}", "")


@lru_cache(maxsize=512)
def _sprite(base: str, symbol: str, classes: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"{base} {classes}".strip(),
        static("icons/sprite.svg"),
        symbol,
    )


@register.simple_tag
@cache
def address(view_name: str) -> str:
    """The address of a page that takes no arguments, looked up once; for what stands on every page."""
    return reverse(view_name)


@register.simple_tag
def fixed(template_name: str, **context) -> SafeString:
    """A part of the page that depends on nothing but the language and `context`, drawn once for all requests."""
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template_name, get_language(), tuple(context.items()))


@lru_cache(maxsize=512)
def _drawn(template_name: str, language: str, context: tuple) -> SafeString:
    return get_template(template_name).render(dict(context))


@register.filter
def money(minor: int | None, currency: str) -> SafeString:
    """Minor units as the design's markup, so that big figures can step the decimals back; nothing is an en dash."""
    return NONE if minor is None else _money_markup(minor, currency)


@lru_cache(maxsize=4096)
def _money_markup(minor: int, currency: str) -> SafeString:
    parts = format_money(minor, currency)
    decimals = format_html('<span class="money-dec">{}</span>', parts.decimals) if parts.decimals else ""
    return format_html(
        '<span class="money">{}<span class="money-cur">{}</span>{}{}</span>',
        parts.sign,
        parts.symbol,
        parts.whole,
        decimals,
    )


@register.filter
def money_plain(minor: int | None, currency: str) -> str:
    """Minor units as text, for titles, options and mails."""
    return "\u2013" if minor is None else str(format_money(minor, currency))


@register.filter
def duration(seconds: int | None) -> str | SafeString:
    """Seconds as `H:MM`; nothing is an en dash."""
    return NONE if seconds is None else format_duration(seconds)


@register.filter
def clock(seconds: int | None) -> str | SafeString:
    """Seconds as `H:MM:SS`, for what is running; nothing is an en dash."""
    return NONE if seconds is None else format_clock(seconds)


@register.filter
def duration_words(seconds: int | None) -> str:
    """Seconds for a sentence: `5 h 36 m`; nothing is an en dash."""
    return "\u2013" if seconds is None else format_words(seconds)


@register.filter
def local_date(value: date | datetime | None) -> str:
    """`17 Nov`, with the year when it is not this one; an instant is told in the present time zone."""
    if value is None:
        return "\u2013"
    day = timezone.localdate(value) if isinstance(value, datetime) else value
    return _day_text(day, day.year == timezone.localdate().year, get_language())


@lru_cache(maxsize=4096)
def _day_text(day: date, is_this_year: bool, language: str) -> str:
    return dateformat.format(day, "j M" if is_this_year else "j M Y")


@register.filter
def local_time(value: datetime | None) -> str:
    """An instant as `14:18` in the present time zone."""
    return "\u2013" if value is None else dateformat.format(timezone.localtime(value), "H:i")


@register.simple_tag(takes_context=True)
def query_replace(context: template.Context, **changes) -> str:
    """The present query string with some parameters changed; None or an empty text takes one out."""
    return changed_query(context["request"].GET, **changes)


def changed_query(query: QueryDict, **changes) -> str:
    """`query` with some parameters changed, as `query_replace` gives it."""
    kept = [(name, values) for name, values in query.lists() if name not in changes]
    said = [(name, value) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(kept + said, doseq=True)}"


@register.simple_tag(takes_context=True)
def pages(context: template.Context, page: Page, target: str = "list") -> SafeString:
    """The pages under a list; `target` is the id of the part that they swap."""
    from apps.core.pagination import pagination

    query = context["request"].GET
    return pagination(page, lambda number: changed_query(query, page=number), target)


@register.filter
def zone_city(name: str) -> str:
    """`America/New_York` → `New York`."""
    return name.rpartition("/")[2].replace("_", " ")
