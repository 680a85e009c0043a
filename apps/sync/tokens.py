"""Tokens of programs: signed, and good only as long as the row behind them is.

An access token opens the API for ten minutes. A refresh token is good for one exchange, which brings a new pair; one
that was exchanged before shuts the whole family, since somebody else may have it.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.sync.models import REFRESH_LASTS, ApiToken
from apps.workspaces.models import Membership

ACCESS_LASTS = timedelta(minutes=10)
ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return salted_hmac("apps.sync.tokens", "api tokens", secret=secret, algorithm="sha256").digest()


def _sign(token: ApiToken, kind: str, lasts: timedelta) -> str:
    now = timezone.now()
    claims = {
        "typ": kind, "tok": token.pk, "sub": str(token.user_id), "wsp": token.workspace_id, "gen": token.generation,
        "iat": now, "exp": now + lasts,
    }  # fmt: skip
    return jwt.encode(claims, _key(settings.SECRET_KEY), algorithm=ALGORITHM)


def _read(text: str, kind: str) -> dict:
    """The claims of one of our tokens. Raises ValidationError (`token`) for anything else."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            claims = jwt.decode(
                text,
                _key(secret),
                algorithms=[ALGORITHM],
                options={"require": ["exp", "typ", "tok", "sub", "wsp", "gen"]},
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValueError):
            break
        if claims["typ"] == kind:
            return claims
        break
    raise refusal()


def refusal() -> ValidationError:
    """The one answer to a token that opens nothing; it does not say why."""
    return ValidationError(_("This token is not valid, or not any more."), code="token")


@dataclass(frozen=True)
class Pair:
    """What is handed out."""

    access: str
    refresh: str

    def as_json(self) -> dict:
        """As it is answered."""
        return {
            "access": self.access,
            "refresh": self.refresh,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LASTS.total_seconds()),
        }


def pair(token: ApiToken) -> Pair:
    """Both tokens of the present generation."""
    return Pair(access=_sign(token, ACCESS, ACCESS_LASTS), refresh=refresh_token(token))


def refresh_token(token: ApiToken) -> str:
    """The refresh token of the present generation."""
    return _sign(token, REFRESH, REFRESH_LASTS)


def exchange(text: str) -> Pair:
    """A new pair for a refresh token. Raises ValidationError (`token`), and shuts the family of one used before."""
    claims = _read(text, REFRESH)
    token = ApiToken.objects.filter(pk=claims["tok"]).first()
    if token is None or not _member(token) or not token.take_generation(claims["gen"]):
        raise refusal()
    return pair(token)


def open_with(text: str) -> tuple[ApiToken, Membership]:
    """The row behind an access token, and the membership that it speaks for. Raises ValidationError (`token`)."""
    claims = _read(text, ACCESS)
    token = ApiToken.objects.filter(pk=claims["tok"]).first()
    membership = _member(token) if token and token.is_usable else None
    if membership is None:
        raise refusal()
    token.note_use()
    return token, membership


def _member(token: ApiToken) -> Membership | None:
    """The membership of the token's person in its workspace, while there is one and they are not shut out."""
    found = Membership.objects.select_related("workspace", "user")
    return found.filter(workspace=token.workspace_id, user=token.user_id, user__is_active=True).first()
