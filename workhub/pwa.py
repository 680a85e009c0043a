"""What makes WorkHub installable and lets it open without a network: the manifest, the service worker, its shell."""

import hashlib
import json
import re

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import access
from apps.core.htmx import render

_NONCE = re.compile(r' nonce="[^"]*"')


@access.public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a browser asks before it installs a web application (W3C, Web Application Manifest)."""
    icons = [
        {"src": static("icons/app-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("icons/app-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("icons/app-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        {"src": static("icons/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    answer = {
        "id": "/",
        "name": "WorkHub",
        "short_name": "WorkHub",
        "description": _("Time, clients and invoices of freelancers"),
        "start_url": reverse("workbench:day"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#FBFAF6",
        "theme_color": "#0B5D4E",
        "icons": icons,
        "shortcuts": [{"name": _("Workbench"), "url": reverse("workbench:day")}],
    }
    return JsonResponse(answer, content_type="application/manifest+json")


@access.public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The shell that stands in for every page while the server cannot be reached; the same for everybody.

    What it shows of a person comes from that person's own device.
    """
    request.user, request.COOKIES = AnonymousUser(), {}
    return render(request, "offline.html")


@access.public
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script between the pages and the network. It names the shell's version, so a new shell replaces the old."""
    settled = _NONCE.sub("", offline(request).content.decode())
    facts = {
        "version": hashlib.sha256(settled.encode()).hexdigest()[:16],
        "shell": reverse("offline"),
        "static": settings.STATIC_URL,
        "workbench": reverse("workbench:day"),
    }
    answer = render(request, "service_worker.js", {"facts": json.dumps(facts)})
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    patch_cache_control(answer, no_cache=True)
    return answer
