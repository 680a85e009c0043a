"""What every answer says about itself: no foreign code, no framing, no storing of signed-in pages."""

import re

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from workhub.tests.asking import Browser
from workhub.tests.routes import all_routes
from workhub.tests.worlds import fill

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# WeasyPrint and mail programs read these, no browser: a Content-Security-Policy does not reach them.
FOR_PAPER = ("print/", "email/")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "an hx-on handler": re.compile(r"\shx-on\b", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "evaluated values": re.compile(r"hx-(?:vals|headers|vars)\s*=\s*['\"](?:js|javascript):|\shx-vars\b", re.I),
    "a filter that is evaluated": re.compile(r"""hx-trigger\s*=\s*(["'])(?:(?:(?!\1).)*,\s*)?[\w:-]+\[""", re.I),
    "a script without src or nonce": re.compile(r"<script(?![^>]*\b(?:src|nonce)\s*=)", re.I),
    "a foreign address to load from": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*['\"](?:https?:)?//"
    ),
}


def pages(world):
    """Every page that answers a GET with 200, as (route, address)."""
    browser = Browser(world.owner)
    for route in all_routes():
        if route.third_party:
            continue
        for url in route.urls(world)[:1]:
            answer = browser.ask("get", url)
            if answer.status_code == 200:
                yield route, url, answer, browser


@pytest.mark.django_db
def test_every_page_carries_the_security_headers(alice):
    missing = []
    for route, _url, answer, _browser in pages(fill(alice)):
        policy = answer.headers.get("Content-Security-Policy", "")
        for directive in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"):
            if directive not in policy:
                missing.append(f"{route}: {directive}")
        if "unsafe" in policy:
            missing.append(f"{route}: {policy}")
        for header, value in [
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer" if route.name.startswith("public:") else "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]:
            if answer.headers.get(header) != value:
                missing.append(f"{route}: {header}")
    assert not missing, "\n".join(missing)


@pytest.mark.django_db
def test_a_page_that_also_answers_fragments_says_so(alice):
    silent = []
    for route, url, page, browser in pages(fill(alice)):
        fragment = browser.ask("get", url, htmx=True)
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        if fragment.status_code == 200 and getattr(fragment, "content", b"") != getattr(page, "content", b""):
            for answer in (page, fragment):
                if "hx-request" not in answer.headers.get("Vary", "").lower():
                    silent.append(str(route))
    assert not silent, "\n".join(sorted(set(silent)))


@pytest.mark.django_db
def test_signed_in_pages_are_not_kept_by_anybody(alice):
    kept = []
    for route, _url, answer, _browser in pages(fill(alice)):
        control = answer.headers.get("Cache-Control", "")
        if route.access != "public" and not ("private" in control and "no-store" in control):
            kept.append(f"{route}: {control or 'nothing said'}")
    assert not kept, "\n".join(kept)


@pytest.mark.django_db
def test_cookies_are_not_for_scripts_or_other_sites(client, alice):
    client.post("/accounts/login/", {"login": "alice@example.com", "password": "correct horse"})
    client.post("/profile/theme/", {"theme": "dark"})
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["theme"]["httponly"]
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}


def test_no_template_has_inline_code():
    found = []
    for path in TEMPLATES:
        name = path.relative_to(settings.BASE_DIR / "templates").as_posix()
        if any(folder in name for folder in FOR_PAPER):
            continue
        text = path.read_text()
        found += [f"{name}: {what}" for what, pattern in INLINE.items() if pattern.search(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_compiles(path):
    assert engines["django"]
    get_template(path.relative_to(settings.BASE_DIR / "templates").as_posix())
