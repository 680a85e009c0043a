"""Every page there is, found by walking the URLs, so that a new page is looked at without anybody listing it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import APIRequestContext


@dataclass(frozen=True)
class Address:
    """One route with its arguments filled in; `leads_on` where it is meant to answer with a redirect to the page."""

    name: str
    path: str
    leads_on: bool = False

    @property
    def file_name(self) -> str:
        """The name without what a file system dislikes."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())


# What somebody without a workspace is asked first; for everybody else it leads on.
FIRST_STEP = Address("workspaces:new", "/settings/new/")


class UnknownArgumentError(LookupError):
    """A route asks for something that `_sample` has no example of."""


def addresses(workspace) -> list[Address]:
    """Every route of the project, each with a row of the workspace where it needs one, in the order of the URLs.

    Behind them come the pages that look different with another row or question, and the links from mails.
    """
    from django.urls import get_resolver, reverse

    found = []
    for name, arguments in _routes(get_resolver()):
        if name in (*_FROM_MAILS, *_FOR_PROGRAMS):
            continue
        values = {argument: _sample(name, argument, workspace) for argument in arguments}
        found.append(Address(name, reverse(name, kwargs=values)))
    return [*found, *_other_states(workspace), *_links_from_mails(workspace.memberships.get().user)]


def empty_pages() -> list[Address]:
    """The pages that show somebody who has just signed up what to do first."""
    from django.urls import reverse

    names = [f"{namespace}:list" for namespace in ("clients", "projects", "tasks", "invoicing")]
    names += ["workbench:day", "workbench:week", "workbench:entries", "workbench:picker"]
    names += ["invoicing:from_time", "palette"]
    return [Address(f"{name}, nothing there yet", reverse(name)) for name in names]


def pages(requests: APIRequestContext, candidates: list[Address]) -> list[Address]:
    """Those that answer a plain GET with a whole page: no redirects, no fragments, no files."""
    return [address for address in candidates if _is_page(requests, address)]


def _is_page(requests: APIRequestContext, address: Address) -> bool:
    answer = requests.get(address.path, max_redirects=1 if address.leads_on else 0)
    if answer.status >= 500:
        raise AssertionError(f"{address.name} answers {answer.status} at {address.path}")
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status == 200 and is_html and answer.text().lstrip().lower().startswith("<!doctype html")


def _routes(resolver, namespace: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    from django.urls import URLResolver

    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry, inner)
        elif entry.name:
            yield f"{namespace}{entry.name}", tuple(entry.pattern.regex.groupindex)


def _other_states(workspace) -> Iterator[Address]:
    from django.urls import reverse

    def page(name: str, state: str, row=None, query: str = "") -> Address:
        return Address(f"{name}, {state}", reverse(name, args=[row.pk] if row else []) + query)

    draft, paid = (
        workspace.invoices.drafts().first(),
        workspace.invoices.filter(receivable=None).exclude(allocations=None),
    )
    yield page("invoicing:detail", "a draft", draft)
    yield page("invoicing:detail", "paid", paid.first())
    unbilled = workspace.time_slices.filter(billed=False, amount_minor__gt=0, project__billing="hourly").first()
    yield page("invoicing:bank_columns", "a new file", _statement(workspace, is_read=False))
    yield page("invoicing:from_time", "a client chosen", query=f"?client={unbilled.project.client_id}")
    yield page("workbench:entry", "billed", workspace.time_entries.exclude(billed_time=None).first())
    yield page("workbench:entry_edit", "billed", workspace.time_entries.exclude(billed_time=None).first())
    yield page("workbench:day", "a day that is past", query=f"?day={paid.first().issue_date}")
    yield page("palette", "something found", query="?q=a")
    for name in ("clients:list", "projects:list", "tasks:list", "invoicing:list", "workbench:entries", "palette"):
        yield page(name, "nothing found", query="?q=there+is+nothing+of+this+name")


def _links_from_mails(user) -> Iterator[Address]:
    """Made as allauth makes them; each opens once for the right key and says so for a wrong one."""
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email)
    who, key = user_pk_to_url_str(user), default_token_generator.make_token(user)
    for state, confirmation in (("right", EmailConfirmationHMAC(address).key), ("wrong", "no-such-key")):
        yield Address(f"account_confirm_email, {state} key", reverse("account_confirm_email", args=[confirmation]))
    for state, secret in (("right", key), ("wrong", "no-such-key")):
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": who, "key": secret})
        yield Address(f"account_reset_password_from_key, {state} key", path, leads_on=state == "right")


# They carry a key that is made for one person.
_FROM_MAILS = ("account_confirm_email", "account_reset_password_from_key")

# Files of whichever set of data is named: nothing to look at.
_FOR_PROGRAMS = ("sync:export",)

# Which row stands for an argument of a namespace's routes; where a route has two, the second belongs to the first.
_ROWS = {
    ("clients", "pk"): lambda workspace: workspace.contacts.first().client,
    ("clients", "contact_pk"): lambda workspace: workspace.contacts.first(),
    ("projects", "pk"): lambda workspace: workspace.projects.filter(tasks__status="todo").first(),
    ("tasks", "pk"): lambda workspace: workspace.tasks.first(),
    ("workbench", "run_pk"): lambda workspace: _checked_import(workspace),
    ("workbench", "pk"): lambda workspace: workspace.time_entries.filter(ended_at__isnull=False).last(),
    ("workbench", "half_pk"): lambda workspace: workspace.time_entries.filter(ended_at__isnull=False).first(),
    ("tokens", "pk"): lambda workspace: _token(workspace),
    ("invoicing", "pk"): lambda workspace: _part_paid(workspace),
    ("invoicing", "client_pk"): lambda workspace: _part_paid(workspace).client,
    ("invoicing", "payment_pk"): lambda workspace: _part_paid(workspace).allocations.first().payment,
    ("invoicing", "allocation_pk"): lambda workspace: _part_paid(workspace).allocations.first(),
    ("invoicing", "refund_pk"): lambda workspace: _refund(workspace),
    ("invoicing", "statement_pk"): lambda workspace: _statement(workspace, is_read=True),
    ("invoicing", "line_pk"): lambda workspace: _statement(workspace, is_read=True).lines.first(),
    ("invoicing", "delivery_pk"): lambda workspace: _mail(workspace),
    ("public", "token"): lambda workspace: _part_paid(workspace).make_link().token,
    ("invoicing", "number"): lambda workspace: _part_paid(workspace).versions.first().number,
    ("invoicing", "tax_pk"): lambda workspace: _tax(workspace),
    ("invoicing", "schedule_pk"): lambda workspace: workspace.recurring_invoices.first(),
    ("invoicing", "expense_pk"): lambda workspace: workspace.expenses.unbilled().first(),
}
# Arguments that are words.
_WORDS = {("invoicing", "kind"): "invoice", ("invoicing", "theme"): "classic"}
# What can still be changed has pages that the rest has not.
_OF_DRAFTS = ("invoicing:edit", "invoicing:submit", "invoicing:delete")


def _part_paid(workspace):
    return workspace.invoices.exclude(allocations=None).exclude(receivable=None).first()


def _refund(workspace):
    """Credit that came in and went back."""
    account = _part_paid(workspace).account
    account.receive(5000, shares={}, key="pages")
    return account.refund(2000, key="pages")


def _statement(workspace, *, is_read: bool):
    """A file of the bank: one line names an invoice, one nothing."""
    from apps.invoicing.models import BankStatement

    name = "June.csv" if is_read else "July.csv"
    found = workspace.bank_statements.filter(file_name=name).first()
    if found:
        return found
    number = _part_paid(workspace).number
    content = f"Date,Amount,Payer,Reference\n2026-06-01,10.00,Someone,{number}\n2026-06-02,7.77,Nobody,\n".encode()
    statement = BankStatement.keep(workspace=workspace, file_name=name, content=content, contents=None)
    if is_read:
        statement.read(statement.csv_file.suggestion)
    return statement


def _mail(workspace):
    """A mail that waits for nobody: no worker knows of it."""
    from apps.invoicing.models import Delivery

    own = {"workspace": workspace, "invoice": _part_paid(workspace), "kind": "invoice"}
    found = Delivery.objects.get_or_create(**own, defaults={"to": "kay@example.com", "state": "failed"})
    return found[0]


def _tax(workspace):
    """A tax that is stored, so that it can be changed."""
    from apps.invoicing.models import TaxRate

    TaxRate.keep_usual(workspace)
    return workspace.tax_rates.first()


def _token(workspace):
    """A program's way in, so that the page of tokens has something to show."""
    user = workspace.memberships.get().user
    return workspace.api_tokens.first() or workspace.api_tokens.create(user=user, name="Calendar on the wall")


def _checked_import(workspace):
    """A file of another tracker that waits to be imported, with a row that cannot be read."""
    from apps.workbench.importing.survey import look_over
    from apps.workbench.models import ImportedRow, ImportRun

    if found := workspace.import_runs.filter(state="checked").first():
        return found
    own = {"workspace": workspace, "user": workspace.memberships.get().user}
    data = b"Date,Hours,Client,Notes\n2026-03-02,1.5,Harbour Books,Proofs\n2026-03-03,soon,Harbour Books,Letters\n"
    survey = look_over(lambda: [data])
    mapping = survey.suggestion(zone=own["user"].timezone, email="", name="")
    run = ImportRun.keep(
        **own, file_name="march.csv", file_size=len(data), survey=survey, mapping=mapping, pieces=[data]
    )
    told = "\u201csoon\u201d is no duration that can be read."
    ImportedRow.objects.create(**own, run=run, number=3, is_error=True, message=told, cells=["2026-03-03", "soon"])
    names = {"clients": {"count": 1, "first": ["Harbour Books"]}}
    ImportRun.objects.filter(pk=run.pk).update(state="checked", rows_done=2, failed=1, names=names)
    return run


def _sample(name: str, argument: str, workspace) -> object:
    if name in _OF_DRAFTS:
        return workspace.invoices.drafts().first().pk
    namespace = name.rpartition(":")[0]
    if (namespace, argument) in _WORDS:
        return _WORDS[namespace, argument]
    if (namespace, argument) not in _ROWS:
        raise UnknownArgumentError(f"{name} asks for {argument}: tell e2e/pages.py which row to show")
    found = _ROWS[namespace, argument](workspace)
    return getattr(found, "pk", found)
