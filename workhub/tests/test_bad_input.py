"""Whatever somebody sends, the answer is no error of the server, on every route.

What each form says about bad values is tested beside the form; here nothing may break. All values on all routes would
take minutes, so they are dealt out: each request has another value in every field, and the next route goes on where
the last one stopped. Every run asks the same.
"""

import re
from io import BytesIO
from itertools import count
from wsgiref.util import setup_testing_defaults

import pytest

from workhub.tests.asking import Browser, describe, read_forms
from workhub.tests.routes import all_routes
from workhub.tests.worlds import fill
from workhub.wsgi import application

pytestmark = pytest.mark.django_db

BAD_VALUES = [
    "", " ", "\x00", "a\x00b", "🧾🇮🇳👩‍👩‍👧", "\u202etxet desrever\u202c", "مرحبا", "e\u0301\u0301\u0301", "\u200b",
    "\ufffe\uffff", "x" * 10_000, "\n" * 300, "' OR 1=1 --", "%s %(a)s {0} {{ 7 }}", "<script>alert(1)</script>",
    "../../etc/passwd", "=1+1", "-1", "0", "1e400", "-1e400", "1e-400", str(10**30), str(-(10**30)), "9" * 5000,
    "9223372036854775808", "NaN", "Infinity", "1_000", "٣", "½", "2026-02-30", "0001-01-01", "9999-12-31",
    "2026-05-04T25:61", "24:01", "99:99", "True", "null", "[]", "{}", "not-a-uuid",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
]  # fmt: skip
BAD_BODIES = [
    (b"\xff\xfe\x00name=\xc3\x28", "application/x-www-form-urlencoded"),
    (b"name=%ED%A0%80&title=%FF&note=%00&client=%F0%9F", "application/x-www-form-urlencoded"),
    (b"&".join(b"f%d=1" % number for number in range(9000)), "application/x-www-form-urlencoded"),
    (b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfe\r\n--x', "multipart/form-data; boundary=x"),
    (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data"),
    (b"{", "application/json"),
    (b"\x00" * 100, "application/octet-stream"),
]  # fmt: skip
QUERY_NAMES = [
    "q", "page", "sort", "day", "week", "from", "to", "start", "end", "client", "project", "task", "tag", "status",
    "state", "billable", "assignee", "group", "period", "next", "per_page", "archived", "entry", "tab", "on",
    "replacing",
]  # fmt: skip
POST_NAMES = [
    *QUERY_NAMES, "name", "title", "note", "text", "lines", "entries", "tags", "ids", "amount", "started_at", "token",
]  # fmt: skip
BAD_QUERIES = ["%00", "%", "%FF=%FF", "a" * 20_000, "&&==&", "page=%ED%A0%80", ";", "sort=-&sort=name&sort=-name"]
BAD_IDS = [
    "-1", "x", "%00", "..%2f..", "1%0a", "%F0%9F%A7%BE", "%FF", "1.0", "%D9%A3",
    "0", "9" * 400, "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-1000-8000-000000000000}",
    "019a0000-0000-7000-8000-00000000000",
]  # fmt: skip
# These get through to the view, which asks the database for them: where a number is expected, and elsewhere.
BELIEVABLE_IDS = {True: "99999999999999999999", False: "00000000-0000-0000-0000-000000000000"}
BAD_HEADERS = [
    {
        "HX-Current-URL": "http://[::1",
        "HX-Target": "x" * 5000,
        "HX-Prompt": "%00",
        "Referer": "http://[::1",
        "Accept-Language": "x" * 3000 + ",*;q=2,;;;",
    },
    {
        "HX-Current-URL": "javascript:alert(1)",
        "HX-Trigger": "\u00ff",
        "HX-History-Restore-Request": "true",
        "Referer": "//elsewhere.example/\\..\\",
        "Accept": "\u00ff",
        "X-Forwarded-For": "not an address",
        "X-Forwarded-Host": "a b",
    },
    {"HX-Current-URL": "%zz\x7f", "HX-Current-URL-URI-AutoEncoded": "true", "HX-Boosted": "maybe"},
]
BAD_COOKIE = "sessionid=\u00ff; csrftoken=; theme=<script>; messages=x; =; a"

ROUTES = all_routes()


@pytest.fixture
def world(alice):
    return fill(alice)


class Watch:
    """Asks, and remembers every answer that was an error of the server."""

    def __init__(self, user):
        self.browser, self.broken, self.dealt = Browser(user), [], count()

    def __call__(self, method: str, url: str, data=None, note: str = "", **more):
        answer = self.browser.ask(method, url, data, **more)
        if answer.streaming:
            list(answer.streaming_content)
        if answer.status_code >= 500:
            self.broken.append(f"{method} {url[:120]} {note}: {describe(answer)[:300]}")
        return answer

    def deal(self, things: list):
        """The next one; 7 shares no factor with the length of any list here, so all come to everybody in time."""
        return things[next(self.dealt) * 7 % len(things)]

    def assert_nothing_broke(self):
        assert self.broken == [], f"{len(self.broken)} errors\n" + "\n".join(self.broken[:60])


def forms_of(watch: Watch, world) -> list:
    """Every form by its address, one of each, in the state that has most fields."""
    found = {}
    for route in ROUTES:
        for url in route.urls(world)[:2]:
            answer = watch("get", url)
            if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
                for form in read_forms(url, answer.content.decode()):
                    if len(form.fields) >= len(found.get(form.action, form).fields):
                        found[form.action] = form
    return list(found.values())


def test_values_and_routes_are_dealt_out_whole():
    for things in (BAD_VALUES, BAD_BODIES, BAD_QUERIES, BAD_HEADERS):
        watch = Watch(None)
        assert {id(watch.deal(things)) for _thing in things} == {id(thing) for thing in things}


@pytest.mark.parametrize("signed_in", [True, False])
def test_no_form_breaks(world, signed_in):
    watch = Watch(world.owner if signed_in else None)
    seen = set()
    for form in forms_of(watch, world):
        names = [name for name in form.fields | form.offered if name != "csrfmiddlewaretoken"]
        watch("post", form.action, {}, "no fields")
        if not names:
            continue
        dealt = {name: watch.deal(BAD_VALUES) for name in names}
        watch("post", form.action, {**form.fields, **dealt}, "all fields")
        # New and edit are one form on two addresses.
        if frozenset(names) in seen:
            continue
        seen.add(frozenset(names))
        watch("post", form.action, {**form.fields, **dict.fromkeys(names, ["1", "2", "x"])}, "each field three times")
        for name in names:
            value = watch.deal(BAD_VALUES)
            watch("post", form.action, {**form.fields, name: value}, f"{name}={value[:40]!r}", htmx=True)
    watch.assert_nothing_broke()


def test_no_route_breaks_on_what_no_form_of_its_sends(world):
    watch = Watch(world.owner)
    for route in ROUTES:
        url = route.urls(world)[0]
        if watch("post", url, {name: watch.deal(BAD_VALUES) for name in POST_NAMES}, "names").status_code == 405:
            continue
        for _again in range(2):
            body, kind = watch.deal(BAD_BODIES)
            # As an extra, since the test client would read the content type itself.
            watch(
                "post", url, body, f"{kind} {body[:30]!r}", content_type="application/octet-stream", CONTENT_TYPE=kind
            )
    watch.assert_nothing_broke()


@pytest.mark.parametrize("charset", ["no-such-charset", "base64", "utf-16", "idna", "UTF-8"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_texts_are_read_as_utf_8_whatever_the_sender_calls_them(kind, charset):
    body = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xc3\xbc\r\n--x--\r\n'
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/accounts/login/",
        "QUERY_STRING": "next=%C3%BC",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": f"{kind}; charset={charset}",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    setup_testing_defaults(environ)
    request = application.request_class(environ)
    assert request.GET["next"] == "ü"
    assert request.POST.get("login", "ü") == "ü"
    answers = []
    environ["wsgi.input"] = BytesIO(body)
    list(application(environ, lambda status, headers: answers.append(status)))
    assert answers == ["403 Forbidden"], "no token"


def test_no_query_string_breaks_a_page(world):
    watch = Watch(world.owner)
    for route in ROUTES:
        url = route.urls(world)[0]
        page = watch("get", url, {name: watch.deal(BAD_VALUES) for name in QUERY_NAMES}, "all names")
        if page.status_code == 405 or page.streaming or page.headers["Content-Type"].startswith("image/"):
            continue
        watch("get", f"{url}?{(query := watch.deal(BAD_QUERIES))}", note=query[:30], htmx=True)
        if route.arguments:
            continue
        known = {"page", "sort", *re.findall(r'name="(\w+)"', page.text)} & set(QUERY_NAMES)
        for name in sorted(known):
            value = watch.deal(BAD_VALUES)
            watch("get", url, {name: value}, f"{name}={value[:40]!r}", htmx=True)
    watch.assert_nothing_broke()


def test_no_id_in_an_address_breaks_a_route(world):
    watch, seen = Watch(world.owner), set()
    for route in ROUTES:
        for argument in route.arguments:
            meaning = route.meaning(argument)
            own = route.values(argument, world)[0]
            url = route.urls(world)[0]
            believable = BELIEVABLE_IDS[own.isdigit()]
            for method in ("get", "post"):
                watch(method, url.replace(f"/{own}/", f"/{believable}/"), note=str(route))
            # Others stay in front of the view, or meet the same code: one route for each kind of row is enough.
            for bad in BAD_IDS if meaning not in seen else []:
                watch("get", url.replace(f"/{own}/", f"/{bad}/"), note=str(route))
            seen.add(meaning)
    watch.assert_nothing_broke()


@pytest.mark.parametrize("signed_in", [True, False])
def test_no_header_breaks_a_route(world, signed_in):
    watch = Watch(world.owner if signed_in else None)
    for route in ROUTES:
        url = route.urls(world)[0]
        watch("get", url, note="cookie", HTTP_COOKIE=BAD_COOKIE)
        for method in ("get", "post"):
            headers = watch.deal(BAD_HEADERS)
            extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
            watch(method, url, note=str(headers)[:60], htmx=True, **extra)
    watch.assert_nothing_broke()


@pytest.mark.parametrize("path", ["/%00", "/%FF%FE", "/..%2f..%2fetc/passwd", "/" + "a" * 5000, "/static/%00", "/🧾/"])
def test_no_address_breaks_the_server(client, path):
    client.raise_request_exception = False
    assert client.get(path).status_code in (301, 400, 404)


@pytest.mark.parametrize("path", ["//", "//elsewhere.example", "//elsewhere.example/clients"])
def test_two_slashes_at_the_start_lead_nowhere_else(client, path):
    # As an extra, since the test client would take what follows for a host.
    answer = client.get("/", PATH_INFO=path)
    assert answer.status_code == 404 or answer.url.startswith("/%2F")
