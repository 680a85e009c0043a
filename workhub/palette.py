"""The command palette: where to go, what to start, what to make, found by a few letters.

A sign before them leaves a part: `>` what can be done, `@` clients and projects.
"""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from apps.workspaces.models import Workspace

FOUND_OF_EACH = 5


@dataclass(frozen=True)
class Item:
    """One line of the palette; `method` is "get" to go there, "post" to do it, "dialog" to open a form."""

    label: SafeString
    url: str
    icon: str
    hint: str = ""
    keys: tuple[str, ...] = ()
    method: str = "get"
    fields: tuple[tuple[str, str], ...] = ()


PLACES = [
    (_("Workbench"), "workbench:day", "timer", "G W"),
    (_("Week"), "workbench:week", "calendar-days", ""),
    (_("Entries"), "workbench:entries", "list-checks", "G E"),
    (_("Clients"), "clients:list", "contact-round", "G C"),
    (_("Projects"), "projects:list", "folders", "G P"),
    (_("Tasks"), "tasks:list", "list-checks", "G K"),
    (_("Invoices"), "invoicing:list", "receipt-text", "G I"),
    (_("Recurring invoices"), "invoicing:recurring", "repeat", ""),
    (_("Expenses"), "invoicing:expenses", "receipt-text", ""),
    (_("Bank statements"), "invoicing:bank", "landmark", ""),
    (_("Taxes"), "invoicing:taxes", "receipt-text", ""),
    (_("Invoice figures"), "invoicing:stats", "chart-line", ""),
    (_("Invoice numbers"), "invoicing:numbering", "hash", ""),
    (_("Look of documents"), "invoicing:look", "eye", ""),
    (_("Mails and reminders"), "invoicing:mails", "mail", ""),
    (_("Import time"), "workbench:imports", "upload", ""),
    (_("Settings"), "workspaces:settings", "settings-2", ""),
    (_("Tokens"), "tokens:page", "key-round", ""),
    (_("Your profile"), "accounts:profile", "user-round", ""),
]
CREATE = [
    (_("Log time"), "workbench:entry_new", "clock", "L"),
    (_("New client"), "clients:new", "contact-round", ""),
    (_("New project"), "projects:new", "folder-plus", ""),
    (_("New task"), "tasks:new", "plus", ""),
    (_("Bill unbilled time"), "invoicing:from_time", "file-plus", ""),
    (_("New invoice"), "invoicing:new", "file-plus", ""),
    (_("New expense"), "invoicing:expense_new", "receipt-text", ""),
]


ACTIONS, PARTIES = ">", "@"


class Palette:
    """What one workspace offers for one text."""

    def __init__(self, workspace: Workspace, text: str):
        self.workspace = workspace
        text = text.strip()[:80].replace("\x00", "")
        self.part = text[:1] if text[:1] in (ACTIONS, PARTIES) else ""
        self.text = text.removeprefix(self.part).strip()

    def groups(self) -> list[tuple[str, list[Item]]]:
        """Titles with their items; groups without a match are left out."""
        return [(title, items) for title, items in self._all_groups() if items]

    def _all_groups(self) -> list[tuple[str, list[Item]]]:
        actions = [(_("Create"), self._commands()), (_("Start the timer"), self._timers() if self.text else [])]
        if self.part == ACTIONS:
            return actions
        parties = [(_("Clients"), self._clients()), (_("Projects"), self._projects())]
        if self.part == PARTIES:
            return parties
        found = [*parties, (_("Invoices"), self._invoices())] if self.text else []
        return [(_("Go to"), self._places()), *found, *actions]

    def _places(self) -> list[Item]:
        return [
            Item(self._mark(label), reverse(name), icon, keys=tuple(keys.split()))
            for label, name, icon, keys in PLACES
            if self._fits(label)
        ]

    def _commands(self) -> list[Item]:
        return [
            Item(self._mark(label), reverse(name), icon, keys=tuple(keys.split()), method="dialog")
            for label, name, icon, keys in CREATE
            if self._fits(label)
        ]

    def _fits(self, label: str) -> bool:
        return self.text.lower() in str(label).lower()

    def _mark(self, label: str) -> SafeString:
        """The label with the letters marked that were typed."""
        words = str(label)
        found = re.search(re.escape(self.text), words, re.IGNORECASE) if self.text else None
        if not found:
            return escape(words)
        return format_html("{}<mark>{}</mark>{}", words[: found.start()], found[0], words[found.end() :])

    def _timers(self) -> list[Item]:
        tasks = self.workspace.tasks.open().search(self.text).select_related("project")[:FOUND_OF_EACH]
        start = reverse("workbench:timer_start")
        found = [
            Item(
                self._mark(task.title),
                start,
                "play",
                str(task.project),
                method="post",
                fields=(("task", str(task.pk)),),
            )
            for task in tasks
        ]
        note = Truncator(self.text).chars(60)
        as_typed = escape(_("Start “%s”") % note)
        return [*found, Item(as_typed, start, "play", method="post", fields=(("note", self.text),))]

    def _clients(self) -> list[Item]:
        found = self.workspace.clients.active().search(self.text)[:FOUND_OF_EACH]
        return [
            Item(self._mark(client.name), client.get_absolute_url(), "contact-round", client.code) for client in found
        ]

    def _projects(self) -> list[Item]:
        found = self.workspace.projects.active().search(self.text).select_related("client")[:FOUND_OF_EACH]
        return [
            Item(self._mark(project.name), project.get_absolute_url(), "folders", str(project.client or ""))
            for project in found
        ]

    def _invoices(self) -> list[Item]:
        found = (
            self.workspace.invoices.search(self.text)
            .select_related("client")
            .order_by("-issue_date", "-pk")[:FOUND_OF_EACH]
        )
        return [
            Item(
                self._mark(f"{invoice.number}, {invoice.client}" if invoice.number else invoice),
                invoice.get_absolute_url(),
                "receipt-text",
            )
            for invoice in found
        ]
