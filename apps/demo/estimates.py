"""The demo world's estimates: open, accepted, declined, expired, and one that an invoice was made of."""

from datetime import date, timedelta
from decimal import Decimal

from apps.clients.models import Client
from apps.demo.drafts import write_line
from apps.demo.management_data import demo_user
from apps.demo.moments import date_back, office_hour
from apps.demo.post import write_down
from apps.demo.world import read
from apps.invoicing.models import Invoice
from apps.workspaces.models import Workspace


def seed_estimates(workspace: Workspace, clients: dict[str, Client], today: date) -> int:
    """Issue those that are missing, and note what the clients said; returns how many are new."""
    known = set(workspace.invoices.estimates().values_list("reference", flat=True))
    missing = [
        content
        for content in read("billing")["estimates"]
        if content["reference"] not in known and content["client"] in clients
    ]
    for content in sorted(missing, key=lambda content: -content["days_ago"]):
        _answer(_issue(clients[content["client"]], content, today), content, today)
    return len(missing)


def _issue(client: Client, content: dict, today: date) -> Invoice:
    day = today - timedelta(days=content["days_ago"])
    at = office_hour(day, client.workspace.zone, f"estimate {content['reference']}")
    estimate = Invoice.start(
        workspace=client.workspace,
        client=client,
        kind=Invoice.Kind.ESTIMATE,
        issue_date=day,
        reference=content["reference"],
        actor=demo_user(),
        at=at,
    )
    date_back(estimate, at)
    write_line(estimate, content["text"], Decimal(content["amount"]))
    estimate.issue(actor=demo_user(), at=at)
    write_down(estimate, at)
    return estimate


def _answer(estimate: Invoice, content: dict, today: date) -> None:
    answer = content.get("answer")
    if answer:
        day = today - timedelta(days=answer["days_ago"])
        at = office_hour(day, estimate.workspace.zone, f"answer {estimate.reference}")
        estimate.give_answer(is_accepted=answer["is_accepted"], name=answer["name"], note=answer.get("note", ""), at=at)
