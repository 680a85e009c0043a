"""Changing a rate in a form: it asks about unbilled time, shows what would follow, and tells what happened."""

import pytest
from django.core.exceptions import ValidationError

from apps.activity.models import AuditEvent
from apps.projects.models import Project, Task
from apps.workbench.models import TimeEntry

SETTINGS = {
    "name": "alice studio", "timezone": "Europe/Berlin", "currency": "EUR", "week_start": "0", "timer_limit": "8:00",
    "idle_limit_minutes": "10", "payment_terms_days": "14",
}  # fmt: skip
HTMX = {"HX-Request": "true"}


@pytest.fixture
def forms(alice):
    """Address and fields of each form in which a rate stands; the rate is 80.00 for all of them."""
    project, task = alice.project, alice.task
    as_project = {"name": "p", "client": alice.client.pk, "colour": 1, "status": "active", "billing": "hourly"}
    as_task = {"title": "t", "project": project.pk, "status": "todo", "priority": 2, "billable": "on"}
    return {
        "settings": ("/settings/", SETTINGS | {"hourly_rate_minor": "80"}),
        "client": (f"/clients/{alice.client.pk}/edit/", {"name": "c", "currency": "EUR"}),
        "project": (f"/projects/{project.pk}/edit/", as_project),
        "task": (f"/tasks/{task.pk}/edit/", as_task),
    }


@pytest.fixture(params=["settings", "client", "project", "task"])
def form(request, forms):
    return forms[request.param]


@pytest.fixture
def entry(alice, log) -> TimeEntry:
    """An hour and a half that is worth 120.00."""
    return log(alice, "2026-05-04 09:00", "10:30", project=None, task=alice.task)


def rate_of(entry) -> int:
    return TimeEntry.objects.get(pk=entry.pk).rate_minor


def said(browser) -> str:
    """The toast on the next page."""
    return browser.get("/clients/").content.decode()


def test_a_changed_rate_asks_before_anything_is_saved(as_alice, form, entry):
    address, fields = form
    answer = as_alice.post(address, fields | {"hourly_rate_minor": "90"})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reach"]
    assert "1 entry, 1:30 h:" in page
    assert 'value="now" checked' in page
    assert not AuditEvent.objects.exists()
    assert rate_of(entry) == 8000


def test_from_now_on_leaves_what_is_recorded(as_alice, form, entry):
    address, fields = form
    assert as_alice.post(address, fields | {"hourly_rate_minor": "90", "reach": "now"}).status_code == 302
    assert rate_of(entry) == 8000
    assert Task.objects.get().rate_minor == 9000
    assert "1 unbilled entry keeps its old rate." in said(as_alice)
    assert AuditEvent.objects.get().facts["entries"] == 0


def test_unbilled_time_follows_and_the_toast_names_the_figures(as_alice, form, entry, alice):
    address, fields = form
    assert as_alice.post(address, fields | {"hourly_rate_minor": "90", "reach": "unbilled"}).status_code == 302
    assert rate_of(entry) == 9000
    assert entry.slices.get().amount_minor == 13_500
    assert "1 unbilled entry (1:30 h) follows: €\xa0120.00 became €\xa0135.00." in said(as_alice)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.facts["entries"]) == ("rate_changed", alice.owner, 1)


def test_while_the_rate_is_typed_the_figures_are_shown_and_nothing_is_saved(as_alice, form, entry):
    address, fields = form
    answer = as_alice.post(address, fields | {"hourly_rate_minor": "90", "part": "reach"}, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<form" not in text
    assert "120" in text
    assert "135" in text
    assert "Choose whether" not in text
    assert rate_of(entry) == 8000
    assert Task.objects.get().rate_minor == 8000


@pytest.mark.parametrize("typed", ["80", "", "eighty", "-1", "9" * 40])
def test_nothing_is_asked_about_a_rate_that_is_the_same_or_cannot_be_read(as_alice, forms, entry, typed):
    address, fields = forms["client"]
    answer = as_alice.post(address, fields | {"hourly_rate_minor": typed, "part": "reach"}, headers=HTMX)
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")


def test_a_half_filled_form_shows_the_figures_all_the_same(as_alice, forms, entry):
    address, fields = forms["client"]
    typed = fields | {"name": "", "hourly_rate_minor": "90", "part": "reach"}
    assert "1 entry, 1:30 h:" in as_alice.post(address, typed, headers=HTMX).content.decode()


@pytest.mark.parametrize("billed", [True, False])
def test_without_unbilled_time_nothing_is_asked(as_alice, form, alice, log, billed):
    entry = log(alice, "2026-05-04 09:00", "10:30", project=None, task=alice.task, billable=billed)
    if billed:
        TimeEntry.objects.filter(pk=entry.pk).bill()
    address, fields = form
    assert as_alice.post(address, fields | {"hourly_rate_minor": "90"}).status_code == 302
    page = said(as_alice)
    assert "saved." in page
    assert "unbilled entr" not in page


def test_a_form_that_changes_no_rate_asks_nothing(as_alice, form, entry):
    address, fields = form
    assert as_alice.post(address, fields).status_code == 302
    assert not AuditEvent.objects.exists()


def test_an_old_form_tells_what_really_happened(as_alice, forms, entry, alice, log):
    """Counted with one entry, saved when there are two and the rate was changed in another tab meanwhile."""
    address, fields = forms["client"]
    as_alice.post(address, fields | {"hourly_rate_minor": "90", "part": "reach"}, headers=HTMX)
    as_alice.post(address, fields | {"hourly_rate_minor": "85", "reach": "unbilled"})
    said(as_alice)
    log(alice, "2026-05-05 09:00", "10:00", project=None, task=Task.objects.get())
    as_alice.post(address, fields | {"hourly_rate_minor": "90", "reach": "unbilled"})
    assert "2 unbilled entries (2:30 h) follow: €\xa0212.50 became €\xa0225.00." in said(as_alice)


def test_another_way_of_billing_or_another_client_is_a_changed_rate_too(as_alice, forms, entry, alice):
    address, fields = forms["project"]
    assert as_alice.post(address, fields | {"billing": "fixed"}).status_code == 422
    priced = type(alice.client).objects.create(
        workspace=alice.workspace, name="priced", currency="EUR", hourly_rate_minor=5000
    )
    assert as_alice.post(address, fields | {"client": priced.pk}).status_code == 422
    assert as_alice.post(address, fields | {"client": priced.pk, "reach": "unbilled"}).status_code == 302
    assert rate_of(entry) == 5000


def test_an_answer_that_is_none_is_refused(as_alice, forms, entry):
    address, fields = forms["client"]
    answer = as_alice.post(address, fields | {"hourly_rate_minor": "90", "reach": "always"})
    assert answer.status_code == 422
    assert rate_of(entry) == 8000


def test_a_new_row_asks_nothing(as_alice, alice, entry):
    answer = as_alice.post("/clients/new/", {"name": "new", "currency": "EUR", "hourly_rate_minor": "90"})
    assert answer.status_code == 302
    assert not AuditEvent.objects.exists()


# ── An entry that moves takes the rate of where it goes ───────────────────────────────────────────────────────────────


@pytest.fixture
def places(alice):
    """Places with rates of their own."""
    own = {"workspace": alice.workspace}
    dear = Project.objects.create(**own, client=alice.client, name="dear", hourly_rate_minor=12_000)
    return {
        "dear": {"project": dear, "task": None},
        "dear task": {"task": Task.objects.create(**own, project=dear, title="dearer", hourly_rate_minor=15_000)},
        "task of the same project": {
            "task": Task.objects.create(**own, project=alice.project, title="cheap", hourly_rate_minor=3000)
        },
        "nowhere": {"project": None, "task": None},
    }


@pytest.mark.parametrize(
    ("place", "rate"), [("dear", 12_000), ("dear task", 15_000), ("task of the same project", 3000), ("nowhere", 0)]
)
def test_another_project_or_task_brings_its_rate_and_slices_follow(alice, entry, places, place, rate):
    entry.revise(**places[place])
    assert rate_of(entry) == rate
    assert entry.slices.get().amount_minor == rate * 3 // 2
    kept = {total.project_id: total.unbilled_minor for total in alice.workspace.project_totals.all()}
    assert kept.get(entry.project_id, 0) == entry.slices.get().amount_minor
    assert sum(kept.values()) == (rate * 3 // 2 if entry.project_id else 0)


def test_what_stays_where_it_is_keeps_the_rate_that_it_was_recorded_at(alice, entry):
    type(alice.client).objects.update(hourly_rate_minor=9900)
    entry.revise(note="a note", task=Task.objects.get(pk=alice.task.pk))
    assert rate_of(entry) == 8000


def test_a_billed_entry_moves_nowhere(alice, entry, places):
    TimeEntry.objects.filter(pk=entry.pk).bill()
    with pytest.raises(ValidationError, match="on an invoice"):
        entry.revise(**places["dear"])
    assert rate_of(entry) == 8000
