"""Asking a route as somebody, and taking everything back afterwards."""

from copy import deepcopy
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/workbench/"}


class Browser:
    """Somebody's browser. Each request starts from the same cookies; what it changed is taken back unless kept."""

    def __init__(self, user=None):
        self._client = Client(raise_request_exception=False)
        if user:
            self._client.force_login(user)
        self._cookies = self._client.cookies

    def ask(
        self, method: str, url: str, data=None, *, htmx: bool = False, look=None, keep: bool = False, **extra
    ) -> HttpResponse:
        """The answer; `look` is called before the changes are taken back, and what it returns is `answer.seen`.

        `keep` keeps the changes, for requests of which none should make any.
        """
        self._client.cookies = deepcopy(self._cookies)
        with transaction.atomic():
            answer = getattr(self._client, method)(url, data, headers=HTMX if htmx else {}, **extra)
            answer.seen = look() if look else None
            transaction.set_rollback(not keep)
        return answer


def describe(answer: HttpResponse) -> str:
    """Status and, for an error of the server, what was raised."""
    raised = getattr(answer, "exc_info", None)
    return f"{answer.status_code} {raised[1]!r}" if raised else str(answer.status_code)


def all_text(answer: HttpResponse) -> str:
    """Body and headers, in lower case."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return (body.decode("utf-8", "replace") + str(dict(answer.headers))).lower()


@dataclass
class Form:
    """A form as a browser would send it, and the values that its choices offer."""

    action: str
    fields: dict[str, list[str]]
    offered: dict[str, set[str]]


class _FormReader(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._select = self._textarea = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name, value = attributes.get("name"), attributes.get("value", "")
        if tag == "form":
            action = attributes.get("hx-post") or attributes.get("action") or self.page
            posts = "hx-post" in attributes or attributes.get("method", "").lower() == "post"
            self._form = Form(urlsplit(action).path or self.page, {}, {})
            if posts:
                self.forms.append(self._form)
        elif not self.forms:
            return
        elif tag == "select" and name:
            self._select = name
            self.forms[-1].offered[name] = set()
        elif tag == "option" and self._select:
            self.forms[-1].offered[self._select].add(value)
            if "selected" in attributes or self._select not in self.forms[-1].fields:
                self.forms[-1].fields[self._select] = [value]
        elif tag == "textarea" and name:
            self._textarea = name
            self.forms[-1].fields[name] = [""]
        elif tag == "input" and name:
            self._input(name, value, attributes)

    def _input(self, name, value, attributes):
        form, kind = self.forms[-1], attributes.get("type", "text")
        if kind in ("checkbox", "radio"):
            form.offered.setdefault(name, set()).add(value)
            if "checked" in attributes:
                form.fields.setdefault(name, []).append(value or "on")
        elif kind not in ("submit", "button", "file"):
            form.fields.setdefault(name, []).append(value or _filler(kind))

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.forms[-1].fields[self._textarea] = [data]


def _filler(kind: str) -> str:
    """Something believable for an empty field."""
    return {"number": "1", "date": "2026-05-04", "time": "09:00", "email": "a@example.com", "hidden": ""}.get(
        kind, "1:30"
    )


def read_forms(page: str, html: str) -> list[Form]:
    """The forms of a page (its path) that post."""
    reader = _FormReader(page)
    reader.feed(html)
    return reader.forms
