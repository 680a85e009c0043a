"""Two full workspaces for the checks that hold for every app: at least one row of each model, every text marked."""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from PIL import Image

from apps.activity.models import AuditEvent, AuditHead, record
from apps.clients.models import Client, Contact
from apps.core import days
from apps.core.identifiers import uuid7
from apps.invoicing.bank.booking import book
from apps.invoicing.mail_texts import MailKind, MailText
from apps.invoicing.models import (
    Allocation,
    BankLine,
    BankStatement,
    BilledTime,
    Delivery,
    EstimateAnswer,
    Expense,
    Invoice,
    InvoiceDocument,
    InvoiceLine,
    InvoiceVersion,
    LineSource,
    Logo,
    MailTemplate,
    NumberCounter,
    NumberSeries,
    Payment,
    PublicLink,
    Receivable,
    RecurringInvoice,
    RecurringRun,
    Refund,
    ReminderStep,
    TaxRate,
    WriteOff,
)
from apps.invoicing.sources import add_sources
from apps.projects.models import Project, Tag, Task
from apps.sync.models import ApiToken, Operation
from apps.workbench.importing.survey import look_over
from apps.workbench.models import ImportedRow, ImportRun, ProjectTotal, Segment, TimeEntry, TimeSlice
from apps.workspaces.models import Membership, Workspace
from apps.workspaces.tenancy import WorkspaceOwned

User = get_user_model()

OWNED = [model for model in apps.get_models() if issubclass(model, WorkspaceOwned)]
# Made by the rows that `fill` makes; a test sees to it that none of them stays empty.
FOLLOWING = {Segment, TimeSlice, ProjectTotal, NumberSeries, NumberCounter, Receivable, AuditHead}
# Texts that mean something to the code: a mark in them would be no valid value.
CODES = {
    "currency",
    "timezone",
    "needs_review",
    "country",
    "kind",
    "row",
    "verb",
    "acted_by",
    "hash",
    "number",
    "sha256",
    "unit",
    "method",
    "place",
    "state",
    "step",
    "token",
}


@dataclass
class Full:
    """A workspace and what was made in it: for every model that an address can name, its rows."""

    name: str
    owner: User
    workspace: Workspace
    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)

    def ids(self, model: type[models.Model]) -> list[str]:
        """The ids of its rows of one model, as they stand in an address."""
        return [str(row.pk) for row in self.rows[model]]

    def everything(self) -> dict:
        """All that belongs to it, row by row, to see whether a request changed anything."""
        found = {
            model._meta.label: sorted(
                _rows(model).filter(workspace=self.workspace).values_list(*_columns(model)), key=str
            )
            for model in OWNED
        }
        found["tags of tasks"] = sorted(Task.tags.through.objects.filter(tag__workspace=self.workspace).values_list())
        found["tags of entries"] = sorted(
            TimeEntry.tags.through.objects.filter(tag__workspace=self.workspace).values_list(), key=str
        )
        found["workspace"] = list(Workspace.objects.filter(pk=self.workspace.pk).values())
        found["people"] = list(User.objects.filter(memberships__workspace=self.workspace).values())
        found["roles"] = list(Membership.objects.filter(workspace=self.workspace).values())
        return found


def fill(world) -> Full:
    """Put at least one row of every model into the workspace of `world` (see conftest.py)."""
    name, owner, workspace = world.owner.name.lower(), world.owner, world.workspace
    full = Full(name, owner, workspace)
    Workspace.objects.filter(pk=workspace.pk).update(
        address=f"{name} street 1", country="DE", email=f"{name}@studio.example", iban=f"{name} iban"
    )
    workspace.refresh_from_db()
    Client.objects.filter(pk=world.client.pk).update(address=f"{name} client street 2", country="DE")
    world.client.refresh_from_db()
    contact = Contact.objects.create(workspace=workspace, client=world.client, name=f"{name} contact")
    tag = Tag.objects.create(workspace=workspace, name=f"{name} tag")
    world.task.assignee = owner
    world.task.save()
    world.task.tags.add(tag)

    entries = [_log(world, hours_ago) for hours_ago in (8, 6, 4)]
    entries[0].tags.add(tag)
    trashed = _log(world, 10)
    trashed.trash()
    live = TimeEntry.start(user=owner, workspace=workspace, note=f"{name} live", at=days.now() - timedelta(minutes=30))

    draft, issued = (_invoice(world, entry) for entry in entries[:2])
    estimate = _estimate(world)
    expense, billed = _expense(world), _expense(world)
    add_sources(draft, [f"expense-{billed.pk}"])
    # While they are drafts: an issued invoice takes no mark, not even past all guards of the models.
    for model in (Invoice, InvoiceLine):
        _mark_texts(model, full)
    issued.issue(actor=owner)
    payment = issued.pay(100, key=f"{name} payment", actor=owner, note=f"{name} paid")
    estimate.issue(actor=owner)
    answer = estimate.give_answer(is_accepted=True, name=f"{name} client", note=f"{name} yes")
    schedule = _schedule(world)
    kept = issued.account.receive(90, shares={}, key=f"{name} credit", actor=owner, note=f"{name} credit")
    [used] = issued.use_credit(30, key=f"{name} use", actor=owner)
    refund = issued.account.refund(20, key=f"{name} refund", actor=owner, note=f"{name} back")
    new_file, statement = _statement(world), _statement(world)
    statement.read(statement.csv_file.suggestion)
    lines = list(statement.lines.all())
    book(lines[0], client=world.client.pk, shares={}, actor=owner)
    lost = _lost(world)
    token = ApiToken.objects.create(workspace=workspace, user=owner, name=f"{name} token")
    Operation.objects.create(
        workspace=workspace, user=owner, op=uuid7(), kind="timer.start", entity=str(live.pk), at=days.now()
    )
    InvoiceDocument.keep(issued, f"%PDF-1.7 {name}".encode())
    logo = Logo.keep(workspace, _picture())
    Workspace.objects.filter(pk=workspace.pk).update(logo=logo.sha256)
    full.rows = {
        Client: [world.client],
        Contact: [contact],
        Project: [world.project],
        Task: [world.task],
        Tag: [tag],
        TimeEntry: [*entries, live, trashed],
        Invoice: [draft, issued],
        InvoiceLine: [*draft.lines.all(), *issued.lines.all()],
        BilledTime: list(workspace.billed_times.all()),
        Payment: [payment, kept],
        Allocation: [payment.allocations.get(), used],
        Refund: [refund],
        BankStatement: [new_file, statement],
        BankLine: lines,
        Delivery: [_mail(issued)],
        PublicLink: [issued.make_link()],
        WriteOff: [lost],
        ReminderStep: [ReminderStep.objects.create(workspace=workspace, kind="first", days=3)],
        MailTemplate: [
            MailTemplate.objects.create(workspace=workspace, kind="invoice", subject=f"{name} mail", body=name)
        ],
        InvoiceVersion: [*draft.versions.all(), *issued.versions.all()],
        Logo: [logo],
        TaxRate: [TaxRate.objects.create(workspace=workspace, name=f"{name} tax", rate=19)],
        InvoiceDocument: list(workspace.invoice_documents.defer("content")),
        EstimateAnswer: [answer],
        RecurringInvoice: [schedule],
        Expense: [expense, billed],
        LineSource: list(workspace.line_sources.all()),
        RecurringRun: list(workspace.recurring_runs.all()),
        AuditEvent: [record("test.filled", world.client, actor=owner, name=name)],
        ApiToken: [token],
        User: [owner],
        ImportRun: [_import(world), _import(world, state="checked"), _import(world, entries[2], state="done", added=1)],
    }
    for model in OWNED:
        _mark_texts(model, full)
    return full


def _expense(world) -> Expense:
    fields = {"client": world.client, "currency": world.client.currency, "spent_on": days.now().date()}
    name = world.owner.name.lower()
    return Expense.objects.create(workspace=world.workspace, description=f"{name} train", amount_minor=900, **fields)


def _estimate(world) -> Invoice:
    estimate = Invoice.start(workspace=world.workspace, client=world.client, kind=Invoice.Kind.ESTIMATE)
    InvoiceLine.objects.create(workspace=world.workspace, invoice=estimate, description="work", unit_price=80)
    estimate.write_totals()
    return estimate


def _schedule(world) -> RecurringInvoice:
    """One that has made an invoice."""
    model = Invoice.start(workspace=world.workspace, client=world.client)
    today = days.local_day(days.now(), world.workspace.zone)
    schedule = RecurringInvoice(workspace=world.workspace, model_invoice=model, anchor_on=today)
    schedule.keep(today=today)
    schedule.make_due(today)
    return schedule


_BANK_FILE = "Date,Amount,Payer,Reference\n2026-05-06,10.50,%s,INV\n2026-05-07,20.50,%s,INV\n"


def _statement(world) -> BankStatement:
    """A file of the bank whose columns are to be named."""
    name = world.owner.name.lower()
    content = (_BANK_FILE % (name, name)).encode()
    return BankStatement.keep(workspace=world.workspace, file_name=f"{name}.csv", content=content, contents=None)


def _picture() -> bytes:
    stored = BytesIO()
    Image.new("RGB", (40, 20), "#0b5d4e").save(stored, "PNG")
    return stored.getvalue()


def _log(world, hours_ago: int) -> TimeEntry:
    start = days.now() - timedelta(hours=hours_ago)
    return TimeEntry.log(
        user=world.owner,
        workspace=world.workspace,
        task=world.task,
        started_at=start,
        ended_at=start + timedelta(hours=1),
        note=f"{world.owner.name.lower()} note {hours_ago}",
    )


def _import(world, entry: TimeEntry | None = None, **changes) -> ImportRun:
    """A file on its way in; with an entry it has arrived."""
    name, own = world.owner.name.lower(), {"workspace": world.workspace, "user": world.owner}
    data = f"Date,Hours,Client,Notes,Email\n2026-03-02,1.5,{name} new client,{name} note,{name}@example.com\n".encode()
    survey = look_over(lambda: [data])
    mapping = survey.suggestion(zone="UTC", email=world.owner.email, name=world.owner.name)
    facts = {"file_name": f"{name}.csv", "file_size": len(data), "survey": survey, "mapping": mapping}
    run = ImportRun.keep(**own, **facts, pieces=[data])
    print_of_row = f"{run.pk:032d}" if entry else None
    ImportedRow.objects.create(**own, run=run, number=2, entry=entry, fingerprint=print_of_row, message=f"{name} odd")
    ImportRun.objects.filter(pk=run.pk).update(rows_done=1, **changes)
    return run


def _invoice(world, entry: TimeEntry) -> Invoice:
    invoice = Invoice.start(workspace=world.workspace, client=world.client, actor=world.owner)
    line = InvoiceLine.objects.create(
        workspace=world.workspace, invoice=invoice, description=f"{world.owner.name.lower()} line", unit_price=80
    )
    world.workspace.time_entries.filter(pk=entry.pk).bill()
    BilledTime.objects.create(workspace=world.workspace, entry=entry, invoice=invoice, line=line)
    invoice.write_totals()
    return invoice


def _lost(world) -> WriteOff:
    """What is given up of an invoice of its own, so that the other stays open."""
    name = world.owner.name.lower()
    texts = {"reference": f"{name} lost", "notes": f"{name} lost"}
    invoice = Invoice.start(workspace=world.workspace, client=world.client, actor=world.owner, **texts)
    InvoiceLine.objects.create(
        workspace=world.workspace, invoice=invoice, description=f"{name} lost", tax_name=f"{name} tax", unit_price=20
    )
    invoice.write_totals()
    invoice.issue(actor=world.owner)
    return invoice.write_off(reason=f"{name} gives up", actor=world.owner)


def _mail(invoice: Invoice) -> Delivery:
    """A mail that did not go out, so that it can be sent again."""
    name = invoice.workspace.name.split()[0]
    text = MailText(f"{name} subject", f"{name} body")
    to = [f"{name}@client.example"]
    mail = Delivery.queue(invoice, kind=MailKind.INVOICE, text=text, to=to, key=f"{name} mail")
    mail.claim(1)
    mail.fail(1, f"{name} is unknown there")
    return mail


def _mark_texts(model: type[models.Model], full: Full) -> None:
    """Write the name into every text that is still empty, past all guards: this is not the product at work."""
    for column in model._meta.concrete_fields:
        if not isinstance(column, models.CharField | models.TextField) or column.name in CODES or column.choices:
            continue
        if isinstance(column, models.EmailField):
            text = f"{full.name}@example.com"
        elif isinstance(column, models.URLField):
            text = f"https://{full.name}.example.com"
        else:
            text = f"{full.name} {column.name}"[: column.max_length]
        _rows(model).filter(workspace=full.workspace, **{column.name: ""}).update(**{column.name: text})


def _rows(model: type[models.Model]) -> models.QuerySet:
    """All rows of a model, without what its own managers leave out or refuse."""
    return models.QuerySet(model)


def _columns(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields if not isinstance(column, models.BinaryField)]


def links_abroad() -> list[str]:
    """Every row that points to a row of another workspace or to a person who is not in its own; should be none."""
    found = []
    for model in OWNED:
        abroad = models.Q()
        for key in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if key.is_relation and key.name != "workspace":
                abroad |= _abroad(model, key)
        if abroad:
            found += [f"{model._meta.label} {pk}" for pk in _rows(model).filter(abroad).values_list("pk", flat=True)]
    return found


def _abroad(model: type[models.Model], key) -> models.Q:
    points = models.Q(**{f"{key.name}__isnull": False})
    if issubclass(key.related_model, WorkspaceOwned):
        return points & ~models.Q(**{f"{key.name}__workspace": models.F("workspace")})
    assert key.related_model is User, f"{model._meta.label}.{key.name} points to a model that this check does not know"
    at_home = Membership.objects.filter(user=models.OuterRef(key.name), workspace=models.OuterRef("workspace"))
    return points & ~models.Exists(at_home)
