"""The pages that are measured, and the addresses of rows to ask them for."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.workspaces.models import Workspace


@dataclass(frozen=True)
class Page:
    """A page asked for with GET; `most` is how many times the bare view's time it may take (None: no bound)."""

    name: str
    path: str
    most: int | None = None


def pages(workspace: Workspace) -> list[Page]:
    """All measured pages, for rows in the middle of the workspace."""
    client = workspace.clients.order_by("pk")[20]
    project = workspace.projects.order_by("pk")[100]
    invoice = workspace.invoices.issued().order_by("pk").first()
    named = [
        ("workbench", "workbench:day", [], 60),
        ("entries", "workbench:entries", [], 60),
        ("clients", "clients:list", [], 50),
        ("projects", "projects:list", [], 50),
        ("tasks", "tasks:list", [], None),
        ("client", "clients:detail", [client.pk], None),
        ("project", "projects:detail", [project.pk], None),
        ("invoices", "invoicing:list", [], 60),
        ("invoice", "invoicing:detail", [invoice and invoice.pk], None),
        ("invoice PDF, stored", "invoicing:pdf", [invoice and invoice.pk], 25),
    ]
    found = [Page(name, path, most) for name, view, key, most in named if (path := _path(view, key))]
    last_week = timezone.localdate() - timedelta(days=7)
    return [*found, Page("week, a full one", f"{reverse('workbench:week')}?week={last_week}", 70)]


def _path(view: str, key: list) -> str | None:
    try:
        return reverse(view, args=key)
    except NoReverseMatch:
        print(f"{view} has no page; left out")
        return None
