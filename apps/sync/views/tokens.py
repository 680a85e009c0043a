"""Tokens: handed out to programs, and looked after by their owners."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import access
from apps.core.htmx import notify, render
from apps.core.limits import take_place
from apps.sync.forms import TokenForm
from apps.sync.reading import optional, read_json, text, whole
from apps.sync.tokens import exchange, pair, refresh_token
from apps.workspaces.models import Membership

SIGN_INS_A_MINUTE, REFRESHES_A_MINUTE = 10, 60
LOGIN_PAUSE_SECONDS = 300
# In the session: the token that was made just now, whose text is shown once.
MADE = "token_made"


@access.public_program
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A pair of tokens for e-mail and password."""
    take_place("token", get_adapter().get_client_ip(request), SIGN_INS_A_MINUTE)
    sent = read_json(request)
    email = text(254, required=True)("email", sent.get("email"))
    password = text(1000, required=True, strip=False)("password", sent.get("password"))
    name = text(80)("name", sent.get("name") or "") or _("Signed in by a program")
    workspace = optional(whole(1))("workspace", sent.get("workspace"))
    user = _sign_in(request, email, password)
    made = _workspace(user, workspace).api_tokens.create(user=user, name=name)
    return JsonResponse(pair(made).as_json(), status=201)


@access.public_program
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """A new pair for a refresh token, which is used up by that."""
    take_place("refresh", get_adapter().get_client_ip(request), REFRESHES_A_MINUTE)
    sent = text(4000, required=True)("refresh", read_json(request).get("refresh"))
    return JsonResponse(exchange(sent).as_json())


@access.member
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """A person's tokens in this workspace; the one that was made just now shows its text."""
    form = TokenForm(request.POST or None, workspace=request.workspace, user=request.user)
    if request.method == "POST" and form.is_valid():
        request.session[MADE] = form.save().pk
        return redirect("tokens:page")
    tokens = list(request.workspace.api_tokens.of(request.user).for_page())
    made = next((one for one in tokens if one.pk == _take_made(request)), None)
    context = {"form": form, "tokens": tokens, "made": made, "secret": made and refresh_token(made)}
    return render(request, "sync/tokens.html", context, status=422 if form.is_bound else 200)


@access.member
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a token for good."""
    shut = get_object_or_404(request.workspace.api_tokens.of(request.user), pk=pk)
    shut.revoke()
    notify(request, _("Revoked: %(name)s. Programs that use it have to come in anew.") % {"name": shut.name})
    return redirect("tokens:page")


def _take_made(request: HttpRequest) -> int | None:
    return request.session.pop(MADE, None) if request.method == "GET" and MADE in request.session else None


def _sign_in(request: HttpRequest, email: str, password: str):
    """The person. Raises ValidationError for wrong words, too many of them, and where a password is not enough."""
    try:
        user = get_adapter(request).authenticate(request, email=email, password=password)
    except ValidationError as refusal:
        raise ValidationError(
            " ".join(refusal.messages), code="too_often", params={"retry_after": LOGIN_PAUSE_SECONDS}
        ) from refusal
    if user is None:
        raise ValidationError(_("E-mail and password do not belong together."), code="sign_in")
    must_confirm = app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY
    if must_confirm and not has_verified_email(user):
        raise ValidationError(_("Confirm your e-mail address first."), code="forbidden")
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa.utils import is_mfa_enabled

        if is_mfa_enabled(user):
            hint = _("You sign in with a second factor: make a token in the settings.")
            raise ValidationError(hint, code="second_factor")
    return user


def _workspace(user, pk: int | None):
    """The workspace that is asked for, else the person's first. Raises ValidationError where they have none."""
    memberships = Membership.objects.of(user.pk)
    membership = (memberships.filter(workspace=pk) if pk else memberships).first()
    if membership is None:
        raise ValidationError(_("You are in no such workspace."), code="no_workspace")
    return membership.workspace
