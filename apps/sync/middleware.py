"""Programs that come with `Authorization: Bearer …` instead of a session."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.core.api import is_for_programs
from apps.sync.tokens import open_with


class TokenMiddleware:
    """Sets person, membership and workspace of a request with a token, and `request.token`; a session beside it does
    not count. Only addresses for programs take tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not is_for_programs(request):
            return self.get_response(request)
        request.token, request.membership, request.workspace = None, None, None
        request.user = AnonymousUser()
        try:
            request.token, request.membership = open_with(text.strip())
        except ValidationError as refusal:
            request.token_problem = (refusal.code, refusal.message)
            return self.get_response(request)
        request.user, request.workspace = request.membership.user, request.membership.workspace
        with timezone.override(request.user.zone):
            return self.get_response(request)
