"""What the frame of every page shows of time: the timer bar while it rests, and the line of the day."""

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeString

from apps.core.markup import markup_join
from apps.core.templatetags.workhub import fixed

register = template.Library()


@register.simple_tag(takes_context=True)
def resting_timer(context: Context) -> SafeString:
    """The bar when nothing runs: the same on every page of a workspace, but for the token of its form."""
    workspace = context["request"].workspace
    pattern = fixed(
        "workbench/_timer_form.html",
        is_resting=True,
        limit=workspace.timer_limit_minutes,
        idle=workspace.idle_limit_minutes,
    )
    return SafeString(pattern.replace("{token}", CsrfTokenNode().render(context)))


@register.simple_tag
def day_line_blocks(blocks: list) -> SafeString:
    """The stretches of the line of the day (see `workhub.shell`); a break is thinner than work."""
    return markup_join(
        '<rect class="is-{}" x="{}%" width="{}%" y="{}" height="{}"/>',
        ((block.kind, block.left, block.width, *((6, 2) if block.kind == "break" else (4, 4))) for block in blocks),
    )
