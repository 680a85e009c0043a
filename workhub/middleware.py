"""What every request of a signed-in person needs: their workspace, their time zone; and how HTMX hears of toasts."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.core.htmx import add_triggers
from apps.workspaces.models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]

WORKSPACE_KEY = "workspace"


class WorkspaceMiddleware:
    """Sets `request.membership` and `request.workspace` (None when there is none) and the person's time zone."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = request.workspace = None
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.membership = Membership.objects.current(request.user, request.session.get(WORKSPACE_KEY))
        if request.membership:
            request.workspace = request.membership.workspace
        with timezone.override(request.user.zone):
            return self.get_response(request)


class HtmxAnswersMiddleware:
    """Hands waiting toasts to an HTMX answer as the event `toast`, since no page is drawn that could show them."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.htmx and not request.htmx.boosted and not _navigates(response):
            toasts = [{"text": str(message), "undo": message.extra_tags} for message in messages.get_messages(request)]
            if toasts:
                add_triggers(response, {"toast": toasts})
        return response


def _navigates(response: HttpResponse) -> bool:
    return "HX-Redirect" in response.headers or 300 <= response.status_code < 400
