"""All addresses of WorkHub, found by walking the resolver, with who may use them and what their arguments name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.clients.models import Client, Contact
from apps.invoicing.models import (
    Allocation,
    BankLine,
    BankStatement,
    Delivery,
    Expense,
    Invoice,
    Payment,
    PublicLink,
    RecurringInvoice,
    Refund,
    TaxRate,
)
from apps.projects.models import Project, Task
from apps.sync.models import ApiToken
from apps.workbench.models import ImportRun, TimeEntry
from workhub.tests.worlds import Full

# Of django-allauth, whose views cannot carry our decorators: who may use them, by the name of the route.
THIRD_PARTY = {
    "account_login": "public",
    "account_logout": "public",
    "account_inactive": "public",
    "account_signup": "public",
    "account_email_verification_sent": "public",
    "account_confirm_email": "public",
    "account_reset_password": "public",
    "account_reset_password_done": "public",
    "account_reset_password_from_key": "public",
    "account_reset_password_from_key_done": "public",
    "account_confirm_login_code": "public",
    "account_reauthenticate": "signed_in",
    "account_email": "signed_in",
    "account_change_password": "signed_in",
    "account_set_password": "signed_in",
}


@dataclass(frozen=True)
class Secret:
    """An argument that opens a row to whoever has it, stranger or not: the text of a column."""

    model: type[Model]
    column: str

    def of(self, world: Full) -> list[str]:
        """Those of one world."""
        return [getattr(row, self.column) for row in world.rows[self.model]]


# What an argument of an address names, by the first part of the route's name: a model, one fixed text, or a secret.
ARGUMENTS = {
    ("clients", "pk"): Client,
    ("clients", "client_pk"): Client,
    ("clients", "contact_pk"): Contact,
    ("projects", "pk"): Project,
    ("tasks", "pk"): Task,
    ("workbench", "pk"): TimeEntry,
    ("workbench", "half_pk"): TimeEntry,
    ("workbench", "run_pk"): ImportRun,
    ("invoicing", "pk"): Invoice,
    ("invoicing", "payment_pk"): Payment,
    ("invoicing", "allocation_pk"): Allocation,
    ("invoicing", "refund_pk"): Refund,
    ("invoicing", "client_pk"): Client,
    ("invoicing", "statement_pk"): BankStatement,
    ("invoicing", "line_pk"): BankLine,
    ("invoicing", "delivery_pk"): Delivery,
    ("invoicing", "number"): "2",
    ("invoicing", "tax_pk"): TaxRate,
    ("invoicing", "schedule_pk"): RecurringInvoice,
    ("invoicing", "expense_pk"): Expense,
    ("invoicing", "kind"): "invoice",
    ("invoicing", "theme"): "classic",
    ("public", "token"): Secret(PublicLink, "token"),
    ("tokens", "pk"): ApiToken,
    ("sync", "dataset"): "time",
    ("sync", "kind"): "csv",
    ("account", "key"): "no-such-key",
    ("account", "uidb36"): "1",
}


@dataclass(frozen=True)
class Route:
    """One address; `name` is what `reverse` takes."""

    name: str
    arguments: tuple[str, ...]
    view: Callable
    third_party: bool

    def __str__(self) -> str:
        return self.name

    @property
    def access(self) -> str | None:
        """Who may use it: public, signed_in, member, admin, owner; None where nobody said."""
        return THIRD_PARTY.get(self.name) if self.third_party else getattr(self.view, "access", None)

    def meaning(self, argument: str):
        """The model whose id the argument is, or the fixed text that stands for it."""
        area = "account" if self.third_party else self.name.partition(":")[0]
        found = ARGUMENTS.get((area, argument))
        assert found, f"{self.name}: say in ARGUMENTS what “{argument}” names"
        return found

    @property
    def names_rows(self) -> bool:
        """Whether a row of a workspace is named in the address."""
        return any(self._is_row(argument) for argument in self.arguments)

    def _is_row(self, argument: str) -> bool:
        return not isinstance(self.meaning(argument), str | Secret)

    def values(self, argument: str, world: Full) -> list[str]:
        """What can stand for an argument in addresses of one world."""
        meaning = self.meaning(argument)
        if isinstance(meaning, Secret):
            return meaning.of(world)
        return world.ids(meaning) if self._is_row(argument) else [meaning]

    def urls(self, *worlds: Full) -> list[str]:
        """Its addresses with the rows of one world, or with one world for each argument."""
        worlds = worlds if len(worlds) > 1 else worlds * len(self.arguments)
        choices = [self.values(argument, world) for argument, world in zip(self.arguments, worlds, strict=True)]
        return [reverse(self.name, kwargs=dict(zip(self.arguments, ids, strict=True))) for ids in product(*choices)]

    def foreign_urls(self, own: Full, foreign: Full) -> list[str]:
        """Its addresses with the foreign world's row in each place in turn, and the own world's elsewhere."""
        rows = [name for name in self.arguments if self._is_row(name)]
        return (
            [
                url
                for place in rows
                for url in self.urls(*(foreign if name == place else own for name in self.arguments))
            ]
            if len(self.arguments) > 1
            else self.urls(foreign)
        )


def all_routes() -> list[Route]:
    """Every address that the project answers."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"the route {entry.pattern} has no name"
            yield Route(
                name=f"{namespace}{entry.name}",
                arguments=tuple(entry.pattern.regex.groupindex),
                view=entry.callback,
                third_party=not entry.callback.__module__.startswith(("apps.", "workhub.")),
            )
