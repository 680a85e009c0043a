"""Sending an invoice: one mail for each press, with the stored document, through a real mail server."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from apps.clients.models import Contact
from apps.core import days
from apps.invoicing import child_process, pdf
from apps.invoicing.mail_texts import MailKind, MailText
from apps.invoicing.models import Delivery, InvoiceDocument
from apps.invoicing.models.delivery import LEASE, PAUSES
from apps.invoicing.tasks import send_delivery
from apps.invoicing.tests.building import a_draft, issued
from apps.workspaces.models import Workspace

TEXT = MailText("Invoice", "Hello")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-05-20T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def invoice(alice):
    alice.client.email = "accounts@acme.example"
    alice.client.save()
    return issued(alice, due_date=date(2026, 6, 1))


def queue(invoice, **changes) -> Delivery:
    wanted = {"kind": MailKind.INVOICE, "text": TEXT, "to": ["kay@acme.example"], "key": "one press"}
    return Delivery.queue(invoice, **wanted | changes)


def work(delivery: Delivery) -> str:
    """What the worker does with the job of the last press."""
    delivery.refresh_from_db()
    return send_delivery.call(delivery.workspace_id, delivery.pk, delivery.turn)


def url(name: str, invoice, *more) -> str:
    return reverse(f"invoicing:{name}", args=[invoice.pk, *more])


def posted(client, invoice, name="send", **changes):
    drawn = client.get(url(name, invoice)).context["form"]
    fields = {field.html_name: field.value() or "" for field in drawn}
    return client.post(url(name, invoice), fields | changes)


def jobs() -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path="apps.invoicing.tasks.send_delivery").order_by("enqueued_at"))


def test_a_mail_whose_pdf_cannot_be_made_goes_out_later(monkeypatch, invoice, post_office):
    delivery = queue(invoice)
    monkeypatch.setattr(child_process, "TIME_LIMIT_SECONDS", 0.01)
    pdf.PRESS.stop()
    work(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("queued", "Its PDF could not be made just now.")
    monkeypatch.undo()
    assert work(delivery) == "sent"
    assert len(post_office.mails) == 1


# ── From the button to the mailbox ────────────────────────────────────────────────────────────────────────────────────


def test_a_press_on_send_brings_the_stored_document_to_the_client(as_alice, alice, invoice, post_office):
    Workspace.objects.filter(pk=alice.workspace.pk).update(name="Winter, Ink & Co", email="ada@winter.example")
    assert posted(as_alice, invoice, cc="boss@acme.example").status_code == 302
    (job,) = jobs()
    assert job.task.call(*job.args_kwargs["args"]) == "sent"
    (mail,) = post_office.mails
    assert mail["Subject"] == f"Invoice {invoice.number} from Winter, Ink & Co"
    assert mail["From"].addresses[0].display_name == "Winter, Ink & Co"
    assert mail["From"].addresses[0].addr_spec == "workhub@localhost"
    assert (mail["Reply-To"], mail["To"], mail["Cc"]) == (
        "ada@winter.example", "accounts@acme.example", "boss@acme.example",
    )  # fmt: skip
    assert post_office.recipients == [["accounts@acme.example", "boss@acme.example"]]
    (attached,) = mail.iter_attachments()
    stored = InvoiceDocument.objects.get(invoice=invoice)
    assert attached.get_content() == bytes(stored.content)
    assert attached.get_filename() == "inv-2026-001.pdf"
    body = mail.get_body().get_content()
    assert "alice client" in body
    assert invoice.make_link().address in body
    assert "{" not in body


def test_log_and_timeline_say_that_it_was_sent(as_alice, invoice, post_office):
    page = as_alice.get(invoice.get_absolute_url()).text
    assert ">Issued<" in page.replace("\n", "")
    posted(as_alice, invoice)
    assert work(invoice.deliveries.get()) == "sent"
    page = as_alice.get(invoice.get_absolute_url())
    assert page.context["invoice"].state_label == "Sent"
    assert "Sent to accounts@acme.example" in [moment.text for moment in page.context["moments"]]
    (row,) = as_alice.get(reverse("invoicing:list")).context["table"].rows
    assert row.record.state_label == "Sent"


def test_the_same_form_sent_twice_goes_out_once(as_alice, invoice, post_office):
    drawn = as_alice.get(url("send", invoice)).context["form"]
    fields = {field.html_name: field.value() or "" for field in drawn}
    for _press in range(2):
        assert as_alice.post(url("send", invoice), fields).status_code == 302
    assert len(jobs()) == 1
    for job in jobs() * 2:
        job.task.call(*job.args_kwargs["args"])
    assert len(post_office.mails) == 1


def test_billing_contacts_get_it_too_each_address_once(alice, invoice):
    own = {"workspace": alice.workspace, "client": alice.client}
    Contact.objects.create(**own, name="Kay", email="kay@acme.example", is_billing=True)
    Contact.objects.create(**own, name="Kay again", email="KAY@acme.example", is_billing=True)
    Contact.objects.create(**own, name="Lee", email="lee@acme.example")
    assert invoice.recipients() == ["accounts@acme.example", "kay@acme.example"]


def test_nothing_is_queued_where_the_transaction_fails(invoice):
    with transaction.atomic():
        queue(invoice)
        transaction.set_rollback(True)
    assert (jobs(), invoice.deliveries.count()) == ([], 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", ""), ("to", "nobody"), ("to", "a@acme.example\nBcc: spy@evil.example"), ("to", "a@acme.example,,@x"),
        ("cc", "a@"), ("subject", ""), ("subject", "Hello\r\nBcc: spy@evil.example"), ("subject", "a\u2028b"),
        ("body", ""), ("to", ", ".join(f"k{number}@acme.example" for number in range(21))),
    ],
)  # fmt: skip
def test_what_cannot_be_a_mail_is_told_at_its_field(as_alice, invoice, field, value):
    answer = posted(as_alice, invoice, **{field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert invoice.deliveries.count() == 0


def test_text_that_looks_like_a_template_or_like_html_is_sent_as_it_is(alice, post_office):
    alice.client.name, alice.client.email = "<b>{{ 7 }} {total} {link}</b>", "kay@acme.example"
    alice.client.save()
    invoice = issued(alice, notes="{{ settings.SECRET_KEY }} {% debug %} <script>alert(1)</script>")
    text = MailText("For {number}", "{{ settings.SECRET_KEY }} {0} {number.__class__} <i>{link}</i>")
    assert work(queue(invoice, text=text)) == "sent"
    (mail,) = post_office.mails
    body = mail.get_body().get_content()
    assert mail.get_body().get_content_type() == "text/plain"
    assert body.startswith("{{ settings.SECRET_KEY }} {0} {number.__class__} <i>http")


def test_a_draft_is_not_sent(as_alice, alice):
    draft = a_draft(alice)
    assert "a draft is not sent" in as_alice.get(url("send", draft)).text
    assert as_alice.post(url("send", draft), {}).status_code == 422
    with pytest.raises(ValidationError, match="draft"):
        queue(draft)


def test_a_credit_note_has_words_of_its_own(as_alice, alice, invoice, post_office):
    note = invoice.credit()
    note.issue()
    posted(as_alice, note)
    assert work(note.deliveries.get()) == "sent"
    assert post_office.mails[0]["Subject"] == "Credit note CN-2026-001 from alice studio"
    with pytest.raises(ValidationError, match="cancelled"):
        queue(invoice)


def test_sent_by_hand_is_sent(as_alice, invoice):
    for _press in range(2):
        as_alice.post(url("mark_sent", invoice))
    page = as_alice.get(invoice.get_absolute_url())
    assert page.context["invoice"].state_label == "Sent"
    assert [moment.text for moment in page.context["moments"]].count("Sent without WorkHub") == 1


# ── When it goes wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_busy_mail_server_is_tried_again_with_growing_pauses(invoice, post_office, clock):
    post_office.data_answer = "451 Come back later"
    delivery = queue(invoice)
    message_ids = set()
    for pause in PAUSES:
        assert work(delivery) == "queued"
        delivery.refresh_from_db()
        message_ids.add(delivery.message_id)
        assert delivery.next_try_at == days.now() + pause
        assert delivery.next_try_at in {job.run_after for job in jobs()}
        clock.shift(pause)
    assert work(delivery) == "failed"
    delivery.refresh_from_db()
    assert (delivery.attempts, "451 Come back later" in delivery.reason) == (5, True)
    assert len(message_ids) == 1
    assert work(delivery) == "failed"


def test_what_a_second_try_delivers_is_sent(invoice, post_office):
    post_office.data_answer = "421 Closing"
    delivery = queue(invoice)
    assert work(delivery) == "queued"
    post_office.data_answer = ""
    assert work(delivery) == "sent"
    assert len(post_office.mails) == 1


def test_no_mail_server_at_all_is_tried_again(invoice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    delivery = queue(invoice)
    assert work(delivery) == "queued"
    delivery.refresh_from_db()
    assert delivery.reason == "The mail server cannot be reached."


def test_an_address_that_is_refused_is_told_and_can_be_sent_again(as_alice, invoice, post_office):
    post_office.address_answers = {"kay@acme.example": "550 No such mailbox"}
    delivery = queue(invoice)
    assert work(delivery) == "failed"
    page = as_alice.get(invoice.get_absolute_url()).text
    assert "The mail server said: 550 No such mailbox" in page
    assert "did not go out" in page
    post_office.address_answers = {}
    as_alice.post(url("delivery_again", invoice, delivery.pk))
    assert work(delivery) == "sent"
    assert len(post_office.mails) == 1


def test_where_the_connection_breaks_off_a_person_decides(as_alice, invoice, post_office):
    post_office.breaks_off = True
    delivery = queue(invoice)
    assert work(delivery) == "unsure"
    assert "may or may not have arrived" in as_alice.get(invoice.get_absolute_url()).text
    assert work(delivery) == "unsure"
    post_office.breaks_off = False
    as_alice.post(url("delivery_again", invoice, delivery.pk))
    assert work(delivery) == "sent"


def test_where_the_worker_died_in_between_nothing_is_sent_twice_and_a_person_is_told(
    as_alice, invoice, post_office, clock
):
    delivery = queue(invoice)
    assert delivery.claim(1)
    assert work(delivery) == "sending"
    clock.shift(LEASE + timedelta(seconds=1))
    assert work(delivery) == "sending"
    assert post_office.mails == []
    assert "The server stopped while it was sending" in as_alice.get(invoice.get_absolute_url()).text
    as_alice.post(url("delivery_again", invoice, delivery.pk))
    delivery.succeed(1)
    assert Delivery.objects.get().state == "queued", "what the dead worker had in hand does not count any more"
    assert work(delivery) == "sent"
    assert len(post_office.mails) == 1


def test_what_waits_for_a_lost_job_can_be_sent_again(invoice, post_office, clock):
    delivery = queue(invoice)
    assert not delivery.may_be_sent_again
    clock.shift(LEASE + timedelta(seconds=1))
    assert delivery.may_be_sent_again
    delivery.send_again()
    assert send_delivery.call(delivery.workspace_id, delivery.pk, 1) == "queued", "the lost job turned up after all"
    assert work(delivery) == "sent"


def test_what_was_sent_is_not_sent_again(as_alice, invoice, post_office):
    delivery = queue(invoice)
    work(delivery)
    as_alice.post(url("delivery_again", invoice, delivery.pk))
    with pytest.raises(ValidationError, match="sent already"):
        delivery.send_again()
    work(delivery)
    assert len(post_office.mails) == 1


def test_a_mail_that_cannot_be_put_together_has_failed(invoice, post_office):
    delivery = queue(invoice)
    Workspace.objects.filter(pk=invoice.workspace_id).update(email="a@b.example\nBcc: spy@evil.example")
    with pytest.raises(ValueError, match="newlines"):
        work(delivery)
    assert (Delivery.objects.get().state, post_office.mails) == ("failed", [])


def test_one_failed_recipient_of_several_is_not_hidden(invoice, post_office):
    post_office.address_answers = {"kay@acme.example": "550 No such mailbox"}
    delivery = queue(invoice, to=["lee@acme.example", "kay@acme.example"])
    assert work(delivery) == "sent"
    delivery.refresh_from_db()
    assert "kay@acme.example" in delivery.reason
    assert post_office.recipients == [["lee@acme.example"]]


def test_an_estimate_has_words_of_its_own_and_asks_for_no_money(as_alice, client, alice, invoice, post_office):
    estimate = issued(alice, kind="estimate", due_date=date(2026, 6, 20))
    posted(as_alice, estimate)
    assert work(estimate.deliveries.get()) == "sent"
    (mail,) = post_office.mails
    assert mail["Subject"] == "Estimate EST-2026-001 from alice studio"
    assert "stands until 20 June 2026" in mail.get_body().get_content()
    assert "nothing to remind of" in as_alice.get(url("remind", estimate)).text
    client.logout()
    page = client.get(estimate.make_link().get_absolute_url()).text
    assert "stands until 20 June 2026. Nothing is to be paid yet." in page
    assert "Paid in full" not in page
