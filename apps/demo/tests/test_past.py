"""The demo world's past is told as a past: each thing has the day on which it happened, and the days make sense."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.core import days
from apps.invoicing.timeline import timeline


def day_of(instant, workspace):
    return days.local_day(instant, workspace.zone)


def expected_day(event, invoice):
    """When it happened, as the rows tell it that the event is about."""
    if event.verb == "credited":
        return invoice.credit_notes.get(number=event.facts["number"]).issue_date
    if event.verb in ("accepted", "declined"):
        return day_of(invoice.answer.created_at, invoice.workspace)
    if event.verb == "billed":
        return invoice.billed_by.issue_date
    return event.facts.get("paid_on") or event.facts.get("day") or invoice.issue_date


def assert_each_event_is_from_its_day(workspace) -> None:
    for invoice in workspace.invoices.all():
        events = list(workspace.audit_events.about(invoice).order_by("pk"))
        assert [event.verb for event in events[:2]] == (["created"] if invoice.is_draft else ["created", "issued"])
        assert [event.at for event in events] == sorted(event.at for event in events)
        for event in events:
            assert str(day_of(event.at, workspace)) == str(expected_day(event, invoice))
            assert event.at <= days.now()


def test_what_happened_to_an_invoice_lies_on_its_days(studio):
    assert_each_event_is_from_its_day(studio)
    for invoice in studio.invoices.all():
        assert day_of(invoice.created_at, studio) == invoice.issue_date
    for payment in studio.payments.all():
        assert day_of(payment.created_at, studio) == payment.paid_on


def test_answers_losses_expenses_and_schedules_are_as_old_as_what_they_are_about(studio):
    now = days.now()
    for answer in studio.estimate_answers.select_related("estimate"):
        assert answer.estimate.issued_at < answer.created_at < now - timedelta(days=1)
    for loss in studio.write_offs.select_related("invoice"):
        assert loss.invoice.issued_at < loss.created_at
        assert day_of(loss.created_at, studio) == loss.written_off_on
    for expense in studio.expenses.all():
        assert day_of(expense.created_at, studio) == expense.spent_on
        assert studio.audit_events.about(expense).get().at == expense.created_at
    for schedule in studio.recurring_invoices.select_related("model_invoice"):
        assert schedule.created_at == schedule.model_invoice.issued_at
        assert studio.audit_events.about(schedule).get().at == schedule.created_at


def test_an_issued_invoice_says_everywhere_when_that_was(studio):
    issued = list(studio.invoices.issued())
    assert len(issued) > 50
    for invoice in issued:
        assert day_of(invoice.issued_at, studio) == invoice.issue_date
        assert invoice.paper.issued_at == invoice.issued_at
        assert studio.audit_events.about(invoice).get(verb="issued").at == invoice.issued_at


def test_the_page_of_an_invoice_tells_it_newest_first_over_more_than_one_day(studio):
    several = 0
    for invoice in studio.invoices.issued():
        days_told = [moment.on for moment in timeline(invoice) if moment.tone != "is-next"]
        assert days_told == sorted(days_told, reverse=True)
        several += len(set(days_told)) > 1
    assert several > 50


def test_first_the_studio_then_clients_then_projects_then_tasks(studio):
    owner = User.objects.get(memberships__workspace=studio)
    assert owner.created_at == studio.created_at == owner.memberships.get().created_at
    clients, projects, tasks = studio.clients.all(), studio.projects.select_related("client"), studio.tasks.all()
    assert all(studio.created_at < client.created_at for client in clients)
    assert all(project.client.created_at < project.created_at for project in projects if project.client)
    assert all(day_of(project.created_at, studio) < project.starts_on for project in projects)
    assert all(task.project.created_at <= task.created_at for task in tasks.select_related("project"))
    assert all(task.created_at < task.completed_at for task in tasks if task.completed_at)
    for rows in (clients, projects, tasks):
        assert all(row.created_at <= days.now() for row in rows)
        assert len({day_of(row.created_at, studio) for row in rows}) > 5


@pytest.mark.parametrize("later_by", [1, 45])
def test_a_later_run_dates_what_came_since_on_its_own_days(studio, monkeypatch, later_by):
    events, later = studio.audit_events.count(), days.now() + timedelta(days=later_by)
    monkeypatch.setattr(days, "now", lambda: later)
    call_command("seed_dashboard", "--allow-demo-user")
    assert studio.audit_events.count() >= events + (later_by > 1)
    assert_each_event_is_from_its_day(studio)
