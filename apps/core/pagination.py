"""The pages under a list: where it stands, and links to the others. Drawn without the template engine, for speed."""

from collections.abc import Callable

from django.core.paginator import Page
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from apps.core.markup import markup
from apps.core.templatetags.workhub import icon


def pagination(page: Page, address: Callable[[int], str], target: str) -> SafeString:
    """Nothing for a single page. `address` is that of a page number; `target` the id of the part that is swapped."""
    if page.paginator.num_pages <= 1:
        return SafeString("")
    previous = _link(address(page.previous_page_number()), "prev") if page.has_previous() else ""
    following = _link(address(page.next_page_number()), "next") if page.has_next() else ""
    # 1 2 … 7 8 9 … 30 31
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    numbers = SafeString("".join(_number(each, page, address) for each in shown))
    return markup(
        '<nav class="pages" aria-label="{}" hx-target="#{}" hx-swap="outerHTML show:window:top" hx-push-url="true">'
        '<span class="small muted num-l">{}–{} {} {}</span><ul class="pagination">{}{}{}</ul></nav>',
        gettext("Pages"), target,
        page.start_index(), page.end_index(), gettext("of"), page.paginator.count,
        previous, numbers, following,
    )  # fmt: skip


def _link(url: str, way: str) -> SafeString:
    label, mark = {
        "prev": (gettext("Previous page"), icon("chevron-left")),
        "next": (gettext("Next page"), icon("chevron-right")),
    }[way]
    return markup(
        '<li class="page-item"><a class="page-link" rel="{}" href="{}" hx-get="{}" aria-label="{}">{}</a></li>',
        way, url, url, label, mark,
    )  # fmt: skip


def _number(number: int | str, page: Page, address: Callable[[int], str]) -> SafeString:
    if number == page.paginator.ELLIPSIS:
        return SafeString('<li class="page-item disabled"><span class="page-link">…</span></li>')
    if number == page.number:
        pattern = '<li class="page-item active" aria-current="page"><span class="page-link">{}</span></li>'
        return markup(pattern, number)
    url = address(number)
    return markup('<li class="page-item"><a class="page-link" href="{}" hx-get="{}">{}</a></li>', url, url, number)
