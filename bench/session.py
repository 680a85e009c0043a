"""A signed-in browser, as the headers that it would send."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

CSRF_SECRET = "b" * 32


def signed_in(user) -> dict[str, str]:
    """Cookies and what else a browser sends with every request."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    cookies = {settings.SESSION_COOKIE_NAME: store.session_key, settings.CSRF_COOKIE_NAME: CSRF_SECRET}
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Accept": "text/html",
        "Accept-Encoding": "br, gzip",
        "Accept-Language": "en",
    }


def of_htmx(headers: dict[str, str]) -> dict[str, str]:
    """The same for a request that HTMX sends, with the form's token."""
    return headers | {"HX-Request": "true", "X-CSRFToken": CSRF_SECRET}
