"""Who may use a route: every view wears exactly one of these decorators, outermost.

A stranger's row is a matter of querysets (404); this is about the person: signed out, no membership, too small a role.
The declared class is kept on the view as `access`, and a test walks all routes and fails on one without it.
Views for programs (`program`, `public_program`) answer JSON, whatever happens.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.common import no_append_slash
from django.views.decorators.csrf import csrf_exempt
from django_htmx.http import HttpResponseClientRedirect

from apps.core.api import busy, problem, problem_of

View = Callable[..., HttpResponse]

ROLE_RANK = {"member": 1, "admin": 2, "owner": 3}


def public(view: View) -> View:
    """Anybody, signed in or not."""
    view.access = "public"
    return view


def signed_in(view: View) -> View:
    """Any person with an account; the view touches no workspace."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return _for_one_person(view(request, *args, **kwargs))

    guarded.access = "signed_in"
    return guarded


def may(request: HttpRequest, role: str) -> bool:
    """Whether the member who asks has this role or a larger one: for what a page offers to some of its readers."""
    return ROLE_RANK[request.membership.role] >= ROLE_RANK[role]


def _at_least(role: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.membership is None:
                return _go(request, resolve_url("workspaces:new"))
            if not may(request, role):
                raise PermissionDenied
            return _for_one_person(view(request, *args, **kwargs))

        guarded.access = role
        return guarded

    return decorate


member = _at_least("member")
admin = _at_least("admin")
owner = _at_least("owner")


def _for_programs(access: str) -> Callable[[View], View]:
    """A view whose every answer is JSON. A session needs its CSRF token, checked here so that the refusal is JSON too;
    a bearer token (see `TokenMiddleware`) needs none."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @no_append_slash
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                if access != "public":
                    _check_program(request)
                answer = view(request, *args, **kwargs)
            except ValidationError as refusal:
                answer = problem_of(refusal)
            except Http404:
                answer = problem("not_found", _("There is nothing here."))
            except PermissionDenied:
                answer = problem("forbidden", _("You may not do that."))
            except RequestDataTooBig:
                answer = problem("too_large", _("That is too much at once."))
            except UnreadablePostError:
                answer = problem("broken_off", _("The request broke off."))
            except OperationalError:
                answer = busy()
            if answer.status_code == 405 and not answer.content:
                allowed = answer.headers["Allow"]
                answer = problem("method", _("Ask with one of: %(methods)s.") % {"methods": allowed})
                answer.headers["Allow"] = allowed
            return _for_one_person(answer)

        guarded.access = access
        return guarded

    return decorate


program = _for_programs("program")
public_program = _for_programs("public")


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _check_program(request: HttpRequest) -> None:
    """Raise ValidationError unless it comes from a member, by a token or by a session with its CSRF token."""
    if not request.user.is_authenticated:
        code, text = getattr(request, "token_problem", None) or ("sign_in", _("Please sign in again."))
        raise ValidationError(text, code=code)
    if request.membership is None:
        raise ValidationError(_("You have no workspace yet."), code="no_workspace")
    if getattr(request, "token", None) is None and _Csrf(lambda _request: None).process_view(request, None, (), {}):
        raise ValidationError(_("The CSRF token is missing or old. Ask for the session again."), code="csrf")


def _for_one_person(answer: HttpResponse) -> HttpResponse:
    """No cache may keep what somebody saw while signed in: the back button shows nothing after signing out."""
    if not answer.has_header("Cache-Control"):
        patch_cache_control(answer, private=True, no_store=True)
    return answer


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page goes to sign-in and comes back; a fragment makes the browser go, since a form inside it helps nobody."""
    page = request.htmx.current_url_abs_path or "/" if request.htmx else request.get_full_path()
    answer = _go(request, redirect_to_login(page).url)
    if request.htmx:
        answer.status_code = 401
    return answer


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """To another page: a redirect, or for a fragment the word to the browser to go there."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
