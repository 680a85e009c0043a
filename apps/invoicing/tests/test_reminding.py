"""The ladder of reminders: each step once, nothing made up for, and it stops."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from apps.clients.models import Client
from apps.core import days
from apps.invoicing.mail_texts import REMINDERS
from apps.invoicing.models import Delivery, MailTemplate, ReminderStep
from apps.invoicing.reminding import remind, remind_all
from apps.invoicing.tasks import remind_each_hour, send_delivery
from apps.invoicing.tests.building import issued, line
from apps.invoicing.timeline import timeline
from apps.workspaces.models import Workspace

ISSUED, DUE = date(2026, 5, 4), date(2026, 5, 18)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def invoice(alice):
    Client.objects.filter(pk=alice.client.pk).update(email="accounts@acme.example")
    alice.client.refresh_from_db()
    return issued(alice, line(unit_price="1000"), issue_date=ISSUED, due_date=DUE)


def switch_on(world, *, since=ISSUED, **steps) -> None:
    """A ladder of these steps and days after the due date; all four on their usual days unless given."""
    for kind, count in (steps or {kind.value: ReminderStep.USUAL_DAYS[kind] for kind in REMINDERS}).items():
        ReminderStep.objects.create(workspace=world.workspace, kind=kind, days=count, on_since=since)


def go_to(clock, day: date, client=None, person=None) -> None:
    """To the late morning of another day; sessions end in between, so whoever looks then signs in anew."""
    clock.move_to(f"{day.isoformat()}T10:00:00+00:00")
    if client:
        client.force_login(person)


def sent(invoice) -> list[str]:
    return list(invoice.deliveries.order_by("pk").values_list("step", flat=True))


def url(name: str, *args) -> str:
    return reverse(f"invoicing:{name}", args=args)


# ── By itself ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_run_every_hour_for_two_months_each_step_comes_once_on_its_day(alice, invoice, clock):
    switch_on(alice)
    came = {}
    for hour in range(24 * 60):
        clock.move_to(f"{ISSUED.isoformat()}T00:30:00+00:00")
        clock.shift(timedelta(hours=hour))
        before = set(sent(invoice))
        remind_all()
        for step in set(sent(invoice)) - before:
            came[step] = days.now().date()
    assert came == {
        "before_due": date(2026, 5, 15), "first": date(2026, 5, 21), "second": date(2026, 6, 1),
        "last": date(2026, 6, 17),
    }  # fmt: skip
    assert sent(invoice) == ["before_due", "first", "second", "last"]


def test_a_worker_that_was_away_sends_the_latest_step_alone(alice, invoice, clock):
    switch_on(alice)
    go_to(clock, date(2026, 6, 5))
    assert [remind(alice.workspace) for _run in range(3)] == [1, 0, 0]
    assert sent(invoice) == ["second"]


@pytest.mark.parametrize(("since", "expected"), [(date(2026, 6, 1), ["second"]), (date(2026, 6, 2), [])])
def test_what_was_to_come_before_it_was_switched_on_is_not_made_up_for(alice, invoice, clock, since, expected):
    switch_on(alice, since=since)
    go_to(clock, date(2026, 6, 5))
    remind(alice.workspace)
    assert sent(invoice) == expected


def test_an_invoice_that_is_issued_late_is_not_reminded_of_at_once(alice, invoice, clock):
    switch_on(alice)
    go_to(clock, date(2026, 7, 1))
    late = issued(alice, issue_date=ISSUED, due_date=DUE)
    remind(alice.workspace)
    assert sent(late) == []


def paid(invoice, actor):
    invoice.mark_paid(key="paid")


def written_off(invoice, actor):
    invoice.write_off()


def credited(invoice, actor):
    note = invoice.credit()
    note.issue()


def left_alone(invoice, actor):
    Client.objects.filter(pk=invoice.client_id).update(reminders_off=True)


def without_address(invoice, actor):
    Client.objects.filter(pk=invoice.client_id).update(email="")


def switched_off(invoice, actor):
    ReminderStep.objects.update(on_since=None)


@pytest.mark.parametrize("happens", [paid, written_off, credited, left_alone, without_address, switched_off])
def test_it_stops(alice, invoice, clock, happens):
    switch_on(alice)
    happens(invoice, alice.owner)
    go_to(clock, date(2026, 6, 5))
    assert remind_all() == 0
    assert sent(invoice) == []


def test_paid_between_the_queue_and_the_mailbox_is_not_sent(alice, invoice, clock, post_office, as_alice):
    switch_on(alice)
    go_to(clock, date(2026, 5, 21), as_alice, alice.owner)
    assert remind(alice.workspace) == 1
    invoice.mark_paid(key="paid")
    delivery = invoice.deliveries.get()
    assert send_delivery.call(delivery.workspace_id, delivery.pk, 1) == "dropped"
    assert post_office.mails == []
    assert "Not needed any more" in as_alice.get(invoice.get_absolute_url()).text


def test_a_part_that_is_paid_is_named_and_the_rest_is_reminded_of(alice, invoice, clock, post_office):
    switch_on(alice)
    invoice.pay(60000, key="part")
    go_to(clock, date(2026, 5, 21))
    remind(alice.workspace)
    delivery = invoice.deliveries.get()
    assert send_delivery.call(delivery.workspace_id, delivery.pk, 1) == "sent"
    (mail,) = post_office.mails
    assert mail["Subject"] == f"Reminder: invoice {invoice.number}"
    assert "€\u00a0400.00 is still open" in mail.get_body().get_content()
    assert invoice.workspace.audit_events.about(invoice).first().verb == "reminded"


def test_nobody_gets_mail_at_night(alice, invoice, clock):
    switch_on(alice)
    for hour, expected in ((3, 0), (5, 0), (6, 1)):
        clock.move_to(f"2026-05-21T{hour:02d}:00:00+00:00")
        assert remind_all() == expected, f"{hour + 2} o'clock in Berlin"


def test_each_business_has_a_ladder_of_its_own(alice, charlie, invoice, clock):
    switch_on(charlie)
    go_to(clock, date(2026, 6, 5))
    assert remind_all() == 0
    assert sent(invoice) == []


def test_a_ladder_asks_no_more_queries_for_many_invoices(alice, invoice, clock, django_assert_num_queries):
    switch_on(alice, since=date(2026, 7, 1))
    for _each in range(5):
        issued(alice, issue_date=ISSUED, due_date=DUE)
    go_to(clock, date(2026, 7, 2))
    with django_assert_num_queries(3):
        assert remind(alice.workspace) == 0


def test_the_job_comes_back_every_hour_once(alice, clock):
    for _press in range(3):
        remind_each_hour.call()
    (waiting,) = DBTaskResult.objects.filter(task_path="apps.invoicing.tasks.remind_each_hour")
    assert waiting.run_after == days.now() + timedelta(hours=1)


# ── By hand ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def remind_by_hand(client, invoice):
    drawn = client.get(url("remind", invoice.pk)).context["form"]
    fields = {field.html_name: field.value() or "" for field in drawn}
    return client.post(url("remind", invoice.pk), fields)


def test_a_reminder_by_hand_takes_its_step(as_alice, alice, invoice, clock):
    switch_on(alice)
    go_to(clock, date(2026, 5, 20), as_alice, alice.owner)
    assert remind_by_hand(as_alice, invoice).status_code == 302
    go_to(clock, date(2026, 5, 22))
    assert remind(alice.workspace) == 0
    for _press in range(3):
        remind_by_hand(as_alice, invoice)
    assert sent(invoice) == ["first", "second", "last", None]


def test_there_is_nothing_to_remind_of_once_it_is_paid(as_alice, invoice):
    invoice.mark_paid(key="paid")
    page = as_alice.get(url("remind", invoice.pk))
    assert "nothing to remind of" in page.text
    assert as_alice.post(url("remind", invoice.pk), {}).status_code == 422


def test_the_timeline_tells_what_goes_out_next(alice, invoice, clock):
    assert [moment.text for moment in timeline(invoice)][0] == "Payment is due"
    switch_on(alice)
    told = [(moment.on, moment.text) for moment in timeline(invoice)][:2]
    assert told == [(DUE, "Payment is due"), (date(2026, 5, 15), "Early reminder goes out by itself")]
    go_to(clock, date(2026, 5, 22))
    remind(alice.workspace)
    assert timeline(invoice)[0].text == "Second reminder goes out by itself"
    invoice.mark_paid(key="paid")
    assert "by itself" not in " ".join(moment.text for moment in timeline(invoice))


# ── Setting it up ─────────────────────────────────────────────────────────────────────────────────────────────────────


def ladder(**changes) -> dict:
    steps = {"before_due": 3, "first": 3, "second": 14, "last": 30}
    fields = {f"{kind}-days": count for kind, count in steps.items()} | {"late_interest_percent": "0"}
    return fields | {name.replace("__", "-"): value for name, value in changes.items()}


def test_what_is_switched_on_counts_from_today_and_stays_so(as_alice, alice, clock):
    assert as_alice.post(url("ladder"), ladder(first__is_on="on")).status_code == 302
    go_to(clock, date(2026, 6, 1), as_alice, alice.owner)
    as_alice.post(url("ladder"), ladder(first__is_on="on", second__is_on="on", second__days=20))
    since = dict(ReminderStep.objects.values_list("kind", "on_since"))
    assert since == {"before_due": None, "first": ISSUED, "second": date(2026, 6, 1), "last": None}
    as_alice.post(url("ladder"), ladder(first__is_on="on", first__days=5, second__is_on="on", second__days=20))
    assert ReminderStep.objects.get(kind="first").on_since == date(2026, 6, 1)
    assert ReminderStep.objects.get(kind="before_due").days == -3


@pytest.mark.parametrize(
    "wrong", [{"first__days": "-1"}, {"first__days": "x"}, {"last__days": 400}, {"second__days": 3}]
)
def test_a_ladder_that_makes_no_sense_is_told_and_not_saved(as_alice, alice, wrong):
    answer = as_alice.post(url("ladder"), ladder(first__is_on="on", **wrong))
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert ReminderStep.objects.count() == 0


@pytest.mark.parametrize("rate", ["-1", "101", "x", ""])
def test_a_rate_of_interest_that_makes_no_sense_is_told(as_alice, alice, rate):
    assert as_alice.post(url("ladder"), ladder(late_interest_percent=rate)).status_code == 422
    assert Workspace.objects.get(pk=alice.workspace.pk).late_interest_percent == 0


def test_interest_is_told_where_a_reminder_asks_for_it_and_the_invoice_stays(as_alice, alice, invoice, clock):
    as_alice.post(url("ladder"), ladder(first__is_on="on", late_interest_percent="9.12"))
    MailTemplate.objects.create(workspace=alice.workspace, kind="first", subject="Late", body="Interest: {interest}")
    go_to(clock, date(2026, 5, 21))
    remind(Workspace.objects.get(pk=alice.workspace.pk))
    # 1,000.00 × 9.12 % × 3 / 365 = 0.7495…
    assert Delivery.objects.get().body == "Interest: €\u00a00.75"
    invoice.refresh_from_db()
    assert invoice.open_minor == 100000


def test_a_member_may_look_and_not_change(client, bob, alice):
    client.force_login(bob)
    page = client.get(url("mails"))
    assert "Owners and admins" in page.text
    assert client.post(url("ladder"), ladder(first__is_on="on")).status_code == 403
    assert client.get(url("mail_template", "first")).status_code == 403
