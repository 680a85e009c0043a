"""Projects: making and changing them, their limits, their figures, their end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.clients.models import Client
from apps.projects.models import Project
from apps.workbench.models import TimeEntry

DIALOG = {"HX-Request": "true", "HX-Target": "dialog-body"}
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)
PLAIN = {"name": "Portal", "client": "", "colour": "2", "status": "active", "billing": "hourly"}


def log(world, *, minutes: int) -> TimeEntry:
    end = MORNING + timedelta(minutes=minutes)
    return TimeEntry.log(
        user=world.owner, workspace=world.workspace, started_at=MORNING, ended_at=end, task=world.task,
        project=world.project,
    )  # fmt: skip


def test_a_project_keeps_its_budget_in_seconds_and_its_money_in_the_clients_currency(as_alice, alice):
    yen = Client.objects.create(workspace=alice.workspace, name="Tokyo", currency="JPY")
    fields = PLAIN | {"client": yen.pk, "budget_seconds": "40:00", "budget_minor": "900000", "due_on": "2026-12-01"}
    answer = as_alice.post(reverse("projects:new"), fields)
    made = Project.objects.get(name="Portal")
    assert answer.url == made.get_absolute_url()
    assert (made.budget_seconds, made.budget_minor, made.currency) == (144_000, 900_000, "JPY")
    page = as_alice.get(reverse("projects:edit", args=[made.pk])).content.decode()
    assert 'value="40:00"' in page
    assert "Understood as 40 h" in page
    assert 'value="900000"' in page


def test_a_new_project_can_be_asked_for_a_client(as_alice, alice):
    page = as_alice.get(reverse("projects:new"), {"client": alice.client.pk}).content.decode()
    assert f'<option value="{alice.client.pk}" selected data-currency="EUR">' in page
    assert as_alice.get(reverse("projects:new"), {"client": "9" * 30}).status_code == 200


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "),
        ("name", "a" * 121),
        ("client", "9" * 30),
        ("client", "x"),
        ("colour", "7"),
        ("colour", "9" * 30),
        ("status", "evil"),
        ("hourly_rate_minor", "-1"),
        ("budget_minor", "9" * 23),
        ("budget_seconds", "lots"),
        ("budget_seconds", "0"),
        ("budget_seconds", "9999999h"),
        ("starts_on", "1999-12-31"),
        ("due_on", "2101-01-01"),
        ("due_on", "9999999-01-01"),
        ("notes", "a" * 10_001),
        ("notes", "\x00"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_written(as_alice, field, text):
    answer = as_alice.post(reverse("projects:new"), PLAIN | {field: text}, headers=DIALOG)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Project.objects.count() == 1


def test_the_deadline_is_not_before_the_start(as_alice):
    fields = PLAIN | {"starts_on": "2026-06-02", "due_on": "2026-06-01"}
    answer = as_alice.post(reverse("projects:new"), fields)
    assert answer.status_code == 422
    assert "The deadline lies before the start." in answer.content.decode()


def test_a_strangers_client_cannot_be_chosen(as_alice, charlie):
    answer = as_alice.post(reverse("projects:new"), PLAIN | {"client": charlie.client.pk})
    assert list(answer.context["form"].errors) == ["client"]
    page = as_alice.get(reverse("projects:new"), {"client": charlie.client.pk}).content.decode()
    assert "charlie" not in page


def test_a_fixed_price_has_its_budget_in_hours(alice):
    alice.project.billing, alice.project.budget_minor = Project.Billing.FIXED, 100
    with pytest.raises(ValidationError, match="give the budget in hours"):
        alice.project.full_clean()


def test_recorded_time_keeps_its_project_in_its_currency(as_alice, alice):
    log(alice, minutes=60)
    other = Client.objects.create(workspace=alice.workspace, name="Tokyo", currency="JPY")
    url = reverse("projects:edit", args=[alice.project.pk])
    assert list(as_alice.post(url, PLAIN | {"client": other.pk}).context["form"].errors) == ["client"]
    other.currency = "EUR"
    other.save()
    assert as_alice.post(url, PLAIN | {"client": other.pk}).status_code == 302


def test_the_budget_in_hours_and_in_money_shows_how_much_of_it_is_used(as_alice, alice):
    log(alice, minutes=90)
    alice.project.budget_seconds = 3600
    alice.project.save()
    assert Project.objects.get().budget_percent == 150
    page = as_alice.get(alice.project.get_absolute_url()).content.decode()
    assert "150 % used" in page
    assert '<rect class="b-ink" width="100%"' in page
    Project.objects.update(budget_seconds=None, budget_minor=48_000)
    assert Project.objects.get().budget_percent == 25
    assert 'width="25%"' in as_alice.get(reverse("projects:list")).content.decode()


def test_the_overview_shows_hours_unbilled_money_and_its_tasks(as_alice, alice):
    log(alice, minutes=90)
    page = as_alice.get(alice.project.get_absolute_url()).content.decode()
    assert "1:30" in page
    assert "120<span" in page
    assert "alice task" in page


def test_an_archived_project_leaves_the_pickers_and_comes_back(as_alice, alice):
    as_alice.post(reverse("projects:archive", args=[alice.project.pk]))
    assert not alice.workspace.projects.active().exists()
    offered = as_alice.get(reverse("tasks:new")).context["form"].fields["project"].queryset
    assert not offered.exists()
    as_alice.post(reverse("projects:unarchive", args=[alice.project.pk]))
    assert alice.workspace.projects.active().exists()


def test_a_project_with_tasks_and_time_is_not_deleted(as_alice, alice):
    log(alice, minutes=60)
    answer = as_alice.post(reverse("projects:delete", args=[alice.project.pk]), headers=DIALOG)
    assert answer.status_code == 422
    assert "alice project has 1 task and 1 time entry. Archive it instead." in answer.content.decode()


def test_an_empty_project_is_deleted(as_alice, alice):
    alice.task.delete()
    as_alice.post(reverse("projects:delete", args=[alice.project.pk]))
    assert not Project.objects.exists()


def test_a_fixed_price_tells_what_an_hour_brings_instead_of_unbilled_time(alice, as_alice):
    Project.objects.filter(pk=alice.project.pk).update(billing="fixed", fixed_price_minor=100_000)
    alice.project.refresh_from_db()
    entry = log(alice, minutes=7 * 60)
    entry.revise(billable=True)
    project = Project.objects.get(pk=alice.project.pk)
    assert project.hour_brings_minor == 14_286  # 1000.00 by 7 hours
    page = as_alice.get(project.get_absolute_url()).content.decode()
    assert "an hour so far" in page
    assert "not invoiced yet" not in page


def test_projects_in_progress_are_offered_before_those_that_are_done(alice):
    for name, status in (
        ("a done", "completed"),
        ("b waits", "on_hold"),
        ("c planned", "planned"),
        ("d runs", "active"),
    ):
        Project.objects.create(workspace=alice.workspace, name=name, status=status)
    names = list(alice.workspace.projects.to_work_on().values_list("name", flat=True))
    assert names == ["alice project", "d runs", "c planned", "b waits", "a done"]
