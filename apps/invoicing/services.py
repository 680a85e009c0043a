"""Journeys across invoice, lines and time: each is one transaction, and happens whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from apps.core.transactions import atomic
from apps.invoicing.billing import UNFIT, Grouping, check_fit, for_billing, group
from apps.invoicing.models import BilledTime, Invoice, InvoiceLine
from apps.invoicing.models.line import MAX_LINES
from apps.invoicing.totals import STANDARD, ZERO_RATED

LINE_FIELDS = [
    "description", "quantity", "unit", "unit_price", "discount_percent", "discount_minor",
    "tax_rate", "tax_category", "tax_name",
]  # fmt: skip


@dataclass(frozen=True)
class LineTax:
    """The tax of a line; without a category it is the plain one of its rate."""

    rate: Decimal = Decimal(0)
    category: str = ""
    name: str = ""

    def columns(self) -> dict:
        """As a line keeps it."""
        category = self.category or (STANDARD if self.rate else ZERO_RATED)
        return {"tax_rate": self.rate, "tax_category": category, "tax_name": self.name}


NO_TAX = LineTax()


@atomic
def draft_from_time(
    *,
    workspace,
    client,
    entries: Iterable[UUID],
    grouping: str = Grouping.TASK,
    tax: LineTax = NO_TAX,
    actor=None,
    **fields,
) -> Invoice:
    """A new draft with the given entries (ids) as lines; `fields` go to the invoice.

    Raises ValidationError, and leaves nothing behind, when an entry is billed already or does not fit the client.
    """
    invoice = Invoice.start(workspace=workspace, client=client, actor=actor, **fields)
    add_time(invoice, entries=entries, grouping=grouping, tax=tax, actor=actor)
    return invoice


@atomic
def add_time(
    invoice: Invoice,
    *,
    entries: Iterable[UUID],
    grouping: str = Grouping.TASK,
    tax: LineTax = NO_TAX,
    actor=None,
) -> int:
    """Add entries (ids) to a draft and return how many lines they became. Raises as `draft_from_time` does."""
    ids = set(entries)
    if not ids:
        raise ValidationError(_("Tick the time that you want to bill."), code="none")
    invoice.lock_draft()
    invoice.refuse_time()
    taken = _take(invoice, ids)
    first = invoice.lines.count()
    time_lines = group(taken, grouping, invoice.currency, invoice.client.rounding_rule)
    lines = [
        InvoiceLine(
            workspace=invoice.workspace, invoice=invoice, position=first + place, description=each.description,
            quantity=each.quantity, unit=InvoiceLine.Unit.HOUR, unit_price=each.unit_price, **tax.columns(),
        )
        for place, each in enumerate(time_lines)
    ]  # fmt: skip
    refuse_too_many(first + len(lines))
    for line in lines:
        line.save(force_insert=True)
    mark_billed(invoice, ((line, each.entries) for line, each in zip(lines, time_lines, strict=True)))
    invoice.write_totals(actor=actor)
    return len(lines)


def _take(invoice: Invoice, ids: set[UUID]) -> list:
    """Lock the entries as billed and read them again: from here on they are this invoice's or nobody's."""
    chosen = invoice.workspace.time_entries.filter(pk__in=ids)
    try:
        found = chosen.bill()
    except ValidationError as error:
        if error.code == "billed":
            raise billed_elsewhere(invoice.workspace, ids) from None
        raise
    if len(found) != len(ids):
        raise ValidationError(UNFIT, code="unfit")
    entries = list(for_billing(invoice.workspace.time_entries.filter(pk__in=ids)))
    check_fit(entries, invoice.client, invoice.currency)
    return entries


def billed_elsewhere(workspace, ids: Iterable[UUID]) -> ValidationError:
    """The refusal that names where the time already is."""
    invoices = Invoice.objects.filter(workspace=workspace, billed_times__entry__in=ids).distinct().order_by("pk")
    names = ", ".join(str(invoice) for invoice in invoices.select_related("client")[:3])
    return ValidationError(
        _("This time is already billed on %(names)s. Nothing was added.") % {"names": names or _("another invoice")},
        code="billed",
    )


def mark_billed(invoice: Invoice, pairs: Iterable[tuple[InvoiceLine, Iterable]]) -> None:
    """Write down which entries, billed already, each line rests on; refuses those that are on another invoice."""
    rows = [
        BilledTime(workspace=invoice.workspace, invoice=invoice, line=line, entry=entry)
        for line, entries in pairs
        for entry in entries
    ]
    try:
        BilledTime.objects.bulk_create(rows, batch_size=200)
    except IntegrityError:
        raise billed_elsewhere(invoice.workspace, [row.entry_id for row in rows]) from None


@atomic
def save_draft(
    invoice: Invoice,
    *,
    fields: dict,
    lines: Sequence[dict],
    version: int | None = None,
    actor=None,
    is_autosave: bool = False,
) -> list[str]:
    """Write a draft's own fields and all its lines, in their order; returns what the person should be told.

    A line is a dict with `pk` (None: new) and of LINE_FIELDS those that are to be written. Lines that are not named
    go, and their time is free again. Another client takes what is of the one before off the draft. Raises
    ValidationError for a stale `version`.
    """
    invoice.lock_draft(version)
    notices = []
    if fields.get("client", invoice.client) != invoice.client:
        lines, notices = _without_what_is_theirs(invoice, lines)
    elif fields.get("currency", invoice.currency) != invoice.currency and invoice.billed_times.exists():
        message = _("The time on this draft is in %(currency)s. Remove it before you change the currency.")
        raise ValidationError({"currency": message % {"currency": invoice.currency}}, code="currency")
    refuse_too_many(len(lines))
    for name, value in fields.items():
        setattr(invoice, name, value)
    _write_lines(invoice, lines)
    invoice.write_totals(actor=actor, is_autosave=is_autosave)
    return notices


def _without_what_is_theirs(invoice: Invoice, lines: Sequence[dict]) -> tuple[list[dict], list[str]]:
    theirs = set(invoice.billed_times.values_list("line_id", flat=True))
    theirs |= set(invoice.sources.values_list("line_id", flat=True))
    kept = [line for line in lines if line["pk"] not in theirs]
    if len(kept) == len(lines):
        return kept, []
    told = _("What was recorded for %(client)s was taken off this draft and can be billed again.")
    return kept, [told % {"client": invoice.client}]


def _write_lines(invoice: Invoice, lines: Sequence[dict]) -> None:
    present = {line.pk: line for line in invoice.lines.all()}
    wanted = {line["pk"] for line in lines if line["pk"]}
    if not wanted <= set(present):
        raise ValidationError(_("One of these lines is not there any more. Load the draft again."), code="stale")
    gone = set(present) - wanted
    if gone:
        invoice.release_time(invoice.billed_times.filter(line__in=gone))
        invoice.lines.filter(pk__in=gone).delete()
    rewritten, added, touched = [], [], set()
    for position, facts in enumerate(lines):
        line = present.get(facts["pk"]) or InvoiceLine(workspace=invoice.workspace, invoice=invoice)
        changed = _write(line, {"position": position, **_columns(facts)})
        if not line.pk:
            added.append(line)
        elif changed:
            rewritten.append(line)
            touched |= changed
    # Only what differs: writing all of 500 lines takes seconds.
    if rewritten:
        invoice.lines.bulk_update(rewritten, sorted(touched), batch_size=100)
    invoice.lines.bulk_create(added)


def _columns(facts: dict) -> dict:
    """What of LINE_FIELDS is given; a rate without a category is the plain tax of that rate."""
    given = {name: facts[name] for name in LINE_FIELDS if name in facts}
    if "tax_rate" in given and "tax_category" not in given:
        given |= LineTax(given["tax_rate"]).columns()
    return given


def _write(line: InvoiceLine, facts: dict) -> set[str]:
    """Set the line's fields; the names of those that were different."""
    changed = {name for name, value in facts.items() if getattr(line, name) != value}
    for name in changed:
        setattr(line, name, facts[name])
    return changed


def refuse_too_many(count: int) -> None:
    """Raise ValidationError for more lines than an invoice holds."""
    if count > MAX_LINES:
        raise ValidationError(
            _("An invoice holds %(most)d lines at most.") % {"most": MAX_LINES}, code="too_many_lines"
        )
