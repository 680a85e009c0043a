"""What the demo world's studio spent for its clients."""

from datetime import date, timedelta
from decimal import Decimal

from apps.activity.models import record
from apps.clients.models import Client
from apps.core.money import to_minor
from apps.demo.management_data import demo_user
from apps.demo.moments import office_hour
from apps.demo.world import read
from apps.invoicing.models import Expense
from apps.workspaces.models import Workspace


def seed_expenses(workspace: Workspace, clients: dict[str, Client], today: date) -> int:
    """Note those that are missing, known by what they were for; returns how many are new."""
    known = set(workspace.expenses.values_list("description", flat=True))
    missing = [
        content
        for content in read("billing")["expenses"]
        if content["text"] not in known and content["client"] in clients
    ]
    for content in missing:
        _note(clients[content["client"]], content, today - timedelta(days=content["days_ago"]))
    return len(missing)


def _note(client: Client, content: dict, day: date) -> None:
    at = office_hour(day, client.workspace.zone, content["text"])
    amount = {"amount_minor": to_minor(Decimal(content["amount"]), client.currency), "currency": client.currency}
    expense = Expense.objects.create(
        workspace=client.workspace, client=client, description=content["text"], spent_on=day, created_at=at, **amount
    )
    record("created", expense, actor=demo_user(), at=at, **amount)
