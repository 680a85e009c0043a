"""What the processes of the mail races do; each function returns something that JSON can carry."""

from datetime import date

from django.conf import settings
from django.db import transaction

from apps.clients.models import Client
from apps.core import days
from apps.invoicing.mail_texts import MailKind, MailText
from apps.invoicing.mailing import hand_over, message_of
from apps.invoicing.models import Delivery, Invoice, ReminderStep
from apps.invoicing.reminding import remind
from apps.invoicing.tasks import send_delivery
from apps.invoicing.tests.building import issued
from apps.workspaces.models import Workspace


def prepare(worlds: dict[str, int]) -> dict:
    """Workspaces by name, each with so many late invoices, a mail of each in the queue, and a ladder."""
    return {name: _world(name, count) for name, count in worlds.items()}


@transaction.atomic
def _world(name: str, count: int) -> dict:
    from conftest import make_world

    world = make_world(name)
    Client.objects.filter(pk=world.client.pk).update(email=f"{name}@client.example")
    world.client.refresh_from_db()
    today = days.local_day(days.now(), world.workspace.zone)
    invoices = [issued(world, issue_date=date(2026, 1, 5), due_date=today) for _each in range(count)]
    ReminderStep.objects.create(workspace=world.workspace, kind="first", days=0, on_since=date(2026, 1, 1))
    return {
        "workspace": world.workspace.pk,
        "invoices": [invoice.pk for invoice in invoices],
        "deliveries": [_queued(invoice).pk for invoice in invoices],
    }


def _queued(invoice: Invoice) -> Delivery:
    text = MailText(f"Invoice {invoice.pk}", "Hello")
    return Delivery.queue(
        invoice, kind=MailKind.INVOICE, text=text, to=["kay@client.example"], key=f"queued {invoice.pk}"
    )


def send(workspace: int, deliveries: list[int], port: int) -> list[str]:
    """Send one after the other, as a worker does with jobs that came twice."""
    _use(port)
    return [send_delivery.call(workspace, pk, 1) for pk in deliveries]


def send_without_claim(workspace: int, deliveries: list[int], port: int) -> list[str]:
    """The control: look whether it waits, send it, write that down. This is what the claim is there to prevent."""
    _use(port)
    for pk in deliveries:
        delivery = Delivery.objects.get(pk=pk)
        if delivery.state == Delivery.State.QUEUED:
            hand_over(message_of(delivery))
            Delivery.objects.filter(pk=pk).update(state="sent", sent_at=days.now())
    return []


def send_for_ever(workspace: int, deliveries: list[int], port: int) -> None:
    """Send to a mail server that takes its time; somebody will kill this process meanwhile."""
    settings.EMAIL_TIMEOUT = 600
    send(workspace, deliveries, port)


def _use(port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def remind_all_at_once(workspace: int) -> int:
    """Queue what is due, as the hourly job of a second worker does at this moment."""
    return remind(Workspace.objects.get(pk=workspace))


def press_send(invoices: list[int], key: str) -> list[int]:
    """Send each with the same form as others do at this moment; returns the mails."""
    text, to = MailText("Invoice", "Hello"), ["kay@client.example"]
    return [
        Delivery.queue(
            Invoice.objects.select_related("workspace").get(pk=pk), kind=MailKind.INVOICE, text=text, to=to,
            key=f"{key} {pk}",
        ).pk
        for pk in invoices
    ]  # fmt: skip


def states(workspace: int) -> dict:
    """How its mails stand: how many of each kind, and in which states."""
    mails = Delivery.objects.filter(workspace=workspace)
    return {
        "steps": mails.exclude(step=None).count(),
        "mails": mails.count(),
        "states": sorted(set(mails.filter(kind="invoice").values_list("state", flat=True))),
    }
