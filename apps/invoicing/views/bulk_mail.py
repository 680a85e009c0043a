"""The mails of many invoices at once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.core import access
from apps.core.htmx import done, notify
from apps.invoicing.post_round import PostRound, remind_all, send_all
from apps.invoicing.views.bulk import LONGEST_TOKEN, InvoiceSelection, refuse_selection
from apps.invoicing.views.payments import CHANGED, posted_token


@access.member
@require_POST
def bulk_send(request: HttpRequest) -> HttpResponse:
    """Mail what is ticked to its clients; the same form sent twice sends once."""
    return _go_round(request, send_all, "send")


@access.member
@require_POST
def bulk_remind(request: HttpRequest) -> HttpResponse:
    """Remind of what is ticked; the same form sent twice reminds once."""
    return _go_round(request, remind_all, "remind")


def _go_round(request: HttpRequest, post: Callable[..., PostRound], name: str) -> HttpResponse:
    selection = InvoiceSelection(request)
    if selection.refusal:
        return refuse_selection(request, selection.refusal)
    # Both buttons stand in one form, so its token alone would not tell their mails apart.
    token = f"{name}-{posted_token(request)[:LONGEST_TOKEN]}"
    outcome = post(request.workspace, selection.rows, token=token, actor=request.user)
    notify(request, " ".join([_queued(outcome), *_left_out(outcome)]))
    return done(request, reverse("invoicing:list"), events=["selection-done", CHANGED])


def _queued(outcome: PostRound) -> str:
    count = len(outcome.queued)
    if not count:
        return _("No mail was sent.")
    return ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count) % {"count": count}


def _left_out(outcome: PostRound) -> list[str]:
    count = outcome.left_out
    sentences = {
        "draft": ngettext(
            "%(count)d is a draft: issue it first.", "%(count)d are drafts: issue them first.", count["draft"]
        ),
        "paid": _("On %(count)d nothing is open."),
        "cancelled": ngettext("%(count)d is cancelled.", "%(count)d are cancelled.", count["cancelled"]),
        "sent": ngettext(
            "%(count)d was sent already, or is on its way.",
            "%(count)d were sent already, or are on their way.",
            count["sent"],
        ),
        "no_address": ngettext(
            "%(count)d has a client without an e-mail address.",
            "%(count)d have clients without an e-mail address.",
            count["no_address"],
        ),
        "other": ngettext(
            "%(count)d could not be put together: send it by itself.",
            "%(count)d could not be put together: send them one by one.",
            count["other"],
        ),
    }
    return [sentence % {"count": count[reason]} for reason, sentence in sentences.items() if count[reason]]
