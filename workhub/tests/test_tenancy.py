"""A stranger learns nothing and changes nothing: proved for every route, also for those that do not exist yet.

Alice and Charlie have a workspace each, full of rows whose every text carries their name. Every route is asked with
own ids, with the other's ids in the address and in every field, by nobody, and by somebody with too small a role.
"""

import pytest

from apps.clients.models import Client, Contact
from apps.invoicing.models import Invoice, InvoiceLine, Payment
from apps.projects.models import Project, Tag, Task
from apps.workbench.models import TimeEntry
from workhub.tests.asking import Browser, all_text, describe, read_forms
from workhub.tests.routes import all_routes
from workhub.tests.worlds import OWNED, User, fill, links_abroad

pytestmark = pytest.mark.django_db

# How many routes there were when somebody last looked. Fewer means that the walk lost some, not that all is well.
FEWEST_ROUTES = 190
# Fields in which a form or a query string may name a row, whether or not the route knows them.
NAMING_FIELDS = {
    "client": Client,
    "clients": Client,
    "contact": Contact,
    "project": Project,
    "projects": Project,
    "task": Task,
    "tasks": Task,
    "tag": Tag,
    "tags": Tag,
    "assignee": User,
    "user": User,
    "entry": TimeEntry,
    "entries": TimeEntry,
    "replacing": TimeEntry,
    "invoice": Invoice,
    "line": InvoiceLine,
    "lines": InvoiceLine,
    "payment": Payment,
    "id": Task,
    "ids": TimeEntry,
    "row": TimeEntry,
    "rows": TimeEntry,
    "selected": TimeEntry,
}
WORKED = {200, 204, 302, 303}
TOLD = WORKED | {400, 409, 415, 422}
REFUSED_METHOD = 405
WAYS = [(method, htmx) for method in ("get", "post") for htmx in (False, True)]

ROUTES = all_routes()
OURS = [route for route in ROUTES if not route.third_party]
NAMING_ROWS = [route for route in OURS if route.names_rows]


@pytest.fixture
def ours(alice):
    return fill(alice)


@pytest.fixture
def theirs(charlie):
    return fill(charlie)


def test_the_worlds_hold_a_row_of_every_model(ours, theirs):
    for model in OWNED:
        for world in (ours, theirs):
            held = model._base_manager.filter(workspace=world.workspace).exists()
            assert held, f"workhub/tests/worlds.py makes no {model._meta.label} yet"
    assert links_abroad() == []


def test_every_route_says_who_may_use_it():
    assert [route.name for route in ROUTES if route.access is None] == []


def test_the_arguments_of_every_route_are_known():
    for route in ROUTES:
        for argument in route.arguments:
            assert route.meaning(argument)


def test_no_route_was_lost():
    assert len(ROUTES) >= FEWEST_ROUTES


def test_own_rows_are_shown_and_nothing_of_the_stranger(ours, theirs):
    browser, failures = Browser(ours.owner), []
    harvested = _forms_by_action(browser, ours)
    for route in OURS:
        for method, htmx in WAYS:
            answers = []
            for url in route.urls(ours):
                data = {name: values for form in harvested.get(url, [])[:1] for name, values in form.fields.items()}
                answer = browser.ask(method, url, data if method == "post" else None, htmx=htmx)
                answers.append(answer)
                if answer.status_code >= 500:
                    failures.append(f"{method} {url} htmx={htmx}: {describe(answer)}")
                if theirs.name in all_text(answer):
                    failures.append(f"{method} {url} htmx={htmx}: shows {theirs.name}")
            expected = WORKED if method == "get" else TOLD
            if not any(answer.status_code in expected | {REFUSED_METHOD} for answer in answers):
                failures.append(f"{method} {route} htmx={htmx}: {[describe(answer) for answer in answers]}")
    assert not failures, "\n".join(failures)


def test_asking_for_a_page_changes_nothing(ours, theirs):
    browser = Browser(ours.owner)
    before = (ours.everything(), theirs.everything())
    for route in OURS:
        for url in route.urls(ours):
            browser.ask("get", url, keep=True)
        after = (ours.everything(), theirs.everything())
        assert not _difference(before, after), f"get {route} changed {_difference(before, after)}"


def test_a_foreign_id_in_the_address_is_not_found_and_nothing_happens(ours, theirs):
    browser, failures = Browser(ours.owner), []
    before = theirs.everything()
    for route in NAMING_ROWS:
        methods_answered = set()
        for url in route.foreign_urls(ours, theirs):
            for method, htmx in WAYS:
                answer = browser.ask(method, url, {} if method == "post" else None, htmx=htmx, keep=True)
                if answer.status_code == REFUSED_METHOD:
                    continue
                methods_answered.add(method)
                if answer.status_code != 404:
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: {describe(answer)}")
                if theirs.name in all_text(answer):
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: shows {theirs.name}")
        if not methods_answered:
            failures.append(f"{route}: refuses every method")
        if changed := _difference(before, theirs.everything()):
            failures.append(f"{route} changed {changed}")
    assert not failures, "\n".join(failures)


def test_foreign_ids_in_a_query_string_show_nothing(ours, theirs):
    browser, failures = Browser(ours.owner), []
    singly = [{field: theirs.ids(model)[0]} for field, model in NAMING_FIELDS.items() if not field.endswith("s")]
    at_once = {field: theirs.ids(model)[0] for field, model in NAMING_FIELDS.items()}
    for route in OURS:
        url = route.urls(ours)[0]
        if browser.ask("get", url).status_code == REFUSED_METHOD:
            continue
        for query, htmx in [
            # One after the other only in the part that a query changes: the frame around it costs most of the time.
            *((one, True) for one in singly if not route.arguments),
            (at_once, False),
            (at_once, True),
        ]:
            answer = browser.ask("get", url, query, htmx=htmx)
            # A typed id may come back in a link, a name may not.
            if answer.status_code >= 500 or theirs.name in all_text(answer):
                failures.append(f"get {url} {query} htmx={htmx}: {describe(answer)}")
    assert not failures, "\n".join(failures)


def test_foreign_ids_in_posted_fields_change_nothing_and_show_nothing(ours, theirs):
    browser, failures = Browser(ours.owner), []
    before = theirs.everything()
    harvested = _forms_by_action(browser, ours)

    def look():
        return theirs.everything(), links_abroad()

    for route in OURS:
        for url in route.urls(ours):
            forms = harvested.get(url, [])
            for fields, poisoned in _poisoned(forms, theirs):
                answer = browser.ask("post", url, fields, look=look)
                if answer.status_code == REFUSED_METHOD:
                    break
                after, abroad = answer.seen
                if answer.status_code >= 500 or theirs.name in all_text(answer):
                    failures.append(f"post {url} ({route}) with foreign {poisoned}: {describe(answer)}")
                if after != before or abroad:
                    changed = abroad or _difference(before, after)
                    failures.append(f"post {url} ({route}) with foreign {poisoned} changed {changed}")
    assert not failures, "\n".join(failures)


def test_every_field_that_offers_rows_is_known_to_this_check(ours, theirs):
    browser, unknown = Browser(ours.owner), set()
    own_ids = {
        pk for model in set(NAMING_FIELDS.values()) for pk in ours.ids(model) if not pk.isdigit() or int(pk) > 400
    }
    for forms in _forms_by_action(browser, ours).values():
        for form in forms:
            for name, offered in form.offered.items():
                if name.rpartition("-")[2] not in NAMING_FIELDS and offered & own_ids:
                    unknown.add(f"{form.action}: {name}")
    assert not unknown, f"add to NAMING_FIELDS: {unknown}"


def test_nobody_is_sent_to_sign_in(ours):
    browser, failures = Browser(), []
    before = ours.everything()
    for route in ROUTES:
        if route.access == "public":
            continue
        for url in route.urls(ours):
            for method, htmx in WAYS:
                answer = browser.ask(method, url, {} if method == "post" else None, htmx=htmx, keep=True)
                if route.access == "program":
                    if answer.status_code != 401 or answer.json()["code"] != "sign_in" or "Location" in answer.headers:
                        failures.append(f"{method} {url} ({route}) htmx={htmx}: {describe(answer)}")
                    continue
                sent = answer.headers.get("HX-Redirect" if answer.status_code == 401 else "Location", "")
                # A method that the view never has may be refused before anybody asks who is there.
                if answer.status_code not in (302, 401, REFUSED_METHOD) or (
                    answer.status_code != REFUSED_METHOD and not sent.startswith("/accounts/login/")
                ):
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: {describe(answer)} {sent}")
                if htmx and answer.status_code == 302 and not route.third_party:
                    failures.append(f"{method} {url} ({route}): a redirect would put the sign-in page into a fragment")
                if ours.name in all_text(answer):
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: shows {ours.name}")
        if changed := _difference(before, ours.everything()):
            failures.append(f"{route} changed {changed}")
    assert not failures, "\n".join(failures)


def test_a_member_may_not_do_what_takes_an_admin_or_the_owner(ours, bob):
    browser, failures = Browser(bob), []
    for route in OURS:
        guarded = route.access in ("admin", "owner")
        before = ours.everything() if guarded else None
        for url in route.urls(ours):
            for method, htmx in WAYS:
                answer = browser.ask(method, url, {} if method == "post" else None, htmx=htmx, keep=guarded)
                if answer.status_code >= 500 or (guarded and answer.status_code != 403):
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: {describe(answer)}")
        if guarded and (changed := _difference(before, ours.everything())):
            failures.append(f"{route} changed {changed}")
    assert not failures, "\n".join(failures)


def test_somebody_without_a_workspace_is_sent_to_make_one(ours):
    lonely = User.objects.create_user("dora@example.com", "correct horse", name="Dora")
    browser, failures = Browser(lonely), []
    for route in OURS:
        if route.access not in ("member", "admin", "owner"):
            continue
        for url in route.urls(ours):
            for method, htmx in WAYS:
                answer = browser.ask(method, url, {} if method == "post" else None, htmx=htmx)
                sent = answer.headers.get("HX-Redirect" if htmx else "Location")
                if sent != "/settings/new/":
                    failures.append(f"{method} {url} ({route}) htmx={htmx}: {describe(answer)} {sent}")
    assert not failures, "\n".join(failures)


def _forms_by_action(browser: Browser, world) -> dict:
    """Every form that the pages of `world` hold, by the address that it posts to."""
    found = {}
    for route in OURS:
        for url in route.urls(world):
            answer = browser.ask("get", url)
            if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
                for form in read_forms(url, answer.content.decode()):
                    found.setdefault(form.action, []).insert(0, form) if form.action == url else found.setdefault(
                        form.action, []
                    ).append(form)
    return found


def _poisoned(forms: list, theirs):
    """What to post: the forms as they stand, with the stranger's ids in one field after the other, and in all."""
    base = dict(forms[0].fields) if forms else {}
    naming = {name: NAMING_FIELDS[short] for name in base if (short := name.rpartition("-")[2]) in NAMING_FIELDS}
    everywhere = NAMING_FIELDS | naming
    for name, model in naming.items():
        yield {**base, name: theirs.ids(model)[:1]}, name
    yield {**base, **{name: theirs.ids(model)[:1] for name, model in everywhere.items()}}, "ids everywhere"


def _difference(before, after) -> str:
    befores, afters = (part if isinstance(part, tuple) else (part,) for part in (before, after))
    changed = [name for was, now in zip(befores, afters, strict=True) for name in was if was[name] != now[name]]
    return ", ".join(changed)
