"""Versions of a draft: what changed between two of them, and how an earlier one is taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.activity.models import record
from apps.core.money import format_money
from apps.core.transactions import atomic
from apps.invoicing.billing import billed_seconds, check_fit, for_billing
from apps.invoicing.models import Invoice, InvoiceLine, InvoiceVersion
from apps.invoicing.services import LINE_FIELDS, mark_billed
from apps.invoicing.sources import attach, is_free
from apps.invoicing.totals import hours

# ── Compare ───────────────────────────────────────────────────────────────────────────────────────────────────────────

HEAD_LABELS = {
    "client_id": gettext_lazy("Client"),
    "currency": gettext_lazy("Currency"),
    "issue_date": gettext_lazy("Issue date"),
    "due_date": gettext_lazy("Due"),
    "reference": gettext_lazy("Their reference"),
    "notes": gettext_lazy("Notes"),
    "prices_include_tax": gettext_lazy("Prices include tax"),
    "is_deposit": gettext_lazy("Deposit"),
    "discount_percent": gettext_lazy("Discount in %"),
    "discount_minor": gettext_lazy("Discount"),
}
LINE_LABELS = {
    "description": gettext_lazy("Description"),
    "quantity": gettext_lazy("Quantity"),
    "unit": gettext_lazy("Unit"),
    "unit_price": gettext_lazy("Rate"),
    "discount_percent": gettext_lazy("Discount in %"),
    "discount_minor": gettext_lazy("Discount"),
    "tax_name": gettext_lazy("Tax"),
    "tax_rate": gettext_lazy("Tax %"),
    "amount_minor": gettext_lazy("Amount"),
}
# What stands for nothing in one field or the other.
NOTHING = (None, "", 0, "0", False)


@dataclass(frozen=True)
class Change:
    """One field that differs. Nothing before: it is new; nothing after: it is gone."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class LineChange:
    """A line that is new, gone or different."""

    title: str
    kind: str
    changes: list[Change]


def compare(old: InvoiceVersion | None, new: InvoiceVersion) -> tuple[list[Change], list[LineChange]]:
    """What is different in `new`: of the head, and line by line. Before the first version there was nothing."""
    clients = dict(new.invoice.workspace.clients.filter(pk__in=_client_ids(old, new)).values_list("pk", "name"))
    heads = [_readable_head(version, clients) if version else {} for version in (old, new)]
    return list(_differences(*heads, HEAD_LABELS)), list(_line_changes(old, new))


def changes_since(invoice: Invoice, number: int) -> tuple[list[Change], list[LineChange]] | None:
    """What the draft says otherwise than in its version `number`; None where that is not kept any more."""
    seen = invoice.versions.filter(number=number).first()
    newest = invoice.versions.first()
    return compare(seen, newest) if seen and newest else None


def _client_ids(*versions: InvoiceVersion | None) -> list[int]:
    return [version.facts["head"]["client_id"] for version in versions if version]


def _readable_head(version: InvoiceVersion, clients: dict[int, str]) -> dict:
    head = dict(version.facts["head"])
    head["client_id"] = clients.get(head["client_id"], _("a client that is gone"))
    for name in ("issue_date", "due_date"):
        head[name] = date_format(date.fromisoformat(head[name]), "j F Y")
    return _readable(head, head["currency"])


def _readable(facts: dict, currency: str) -> dict:
    """Every value as a text; nothing where there is nothing to say."""
    texts = {}
    for name, value in facts.items():
        if value in NOTHING:
            texts[name] = ""
        elif name.endswith("_minor"):
            texts[name] = str(format_money(value, currency))
        else:
            texts[name] = _("yes") if value is True else str(value)
    return texts


def _differences(before: dict, after: dict, labels: dict) -> Iterator[Change]:
    for name, label in labels.items():
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Change(label, old, new)


def _line_changes(old: InvoiceVersion | None, new: InvoiceVersion) -> Iterator[LineChange]:
    before = {line["pk"]: _readable(line, old.facts["head"]["currency"]) for line in old.lines} if old else {}
    for line in new.lines:
        after = _readable(line, new.facts["head"]["currency"])
        earlier = before.pop(line["pk"], None)
        if earlier is None:
            yield LineChange(_title(after), "added", list(_differences({}, after, LINE_LABELS)))
        elif changes := list(_differences(earlier, after, LINE_LABELS)):
            yield LineChange(_title(after), "changed", changes)
    for line in before.values():
        yield LineChange(_title(line), "removed", list(_differences(line, {}, LINE_LABELS)))


def _title(line: dict) -> str:
    return line["description"].partition("\n")[0]


# ── Restore ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@atomic
def restore(invoice: Invoice, version: InvoiceVersion, *, seen: int | None = None, actor=None) -> list[str]:
    """Make the draft say again what it said then, which is a new version; returns what the person should be told.

    `seen` is the version that the person looked at. Time that is billed elsewhere by now, or gone, stays off. Raises
    ValidationError for an issued invoice and for a client that is gone.
    """
    invoice.lock_draft(seen)
    client = invoice.workspace.clients.filter(pk=version.head["client_id"]).first()
    if client is None:
        raise ValidationError(_("The client of that version is not there any more."), code="client")
    invoice.release_time(invoice.billed_times.all())
    invoice.lines.all().delete()
    for name, value in version.head.items():
        setattr(invoice, name, value)
    invoice.client = client
    left_out = sum(_write_line(invoice, place, facts) for place, facts in enumerate(version.lines))
    invoice.write_totals(actor=actor)
    record("restored", invoice, actor=actor, version=version.number, now=invoice.version)
    if not left_out:
        return []
    told = ngettext(
        "%(count)d time entry or other thing is billed elsewhere or gone by now, and was left out.",
        "%(count)d time entries or other things are billed elsewhere or gone by now, and were left out.",
        left_out,
    )
    return [told % {"count": left_out}]


def _write_line(invoice: Invoice, position: int, facts: dict) -> int:
    """One line as it was, with what of its time is still free; how many entries that leaves out."""
    entries = _take_free(invoice, facts["entries"])
    left_out = len(facts["entries"]) - len(entries)
    if left_out and not entries:
        return left_out
    source = facts.get("source")
    if source and not is_free(invoice, source):
        return left_out + 1
    line = InvoiceLine(workspace=invoice.workspace, invoice=invoice, position=position)
    for name in LINE_FIELDS:
        setattr(line, name, facts[name])
    for name in ("quantity", "unit_price", "discount_percent", "tax_rate"):
        setattr(line, name, Decimal(facts[name]))
    if left_out:
        line.quantity = hours(sum(billed_seconds(entries, invoice.client.rounding_rule).values()))
    line.save(force_insert=True)
    mark_billed(invoice, [(line, entries)])
    if source:
        attach(line, source)
    return left_out


def _take_free(invoice: Invoice, ids: list[str]) -> list:
    """Those of the entries that can still be billed on it, locked as billed."""
    if not ids:
        return []
    fit = []
    for entry in for_billing(invoice.workspace.time_entries.filter(pk__in=ids).unbilled()):
        try:
            check_fit([entry], invoice.client, invoice.currency)
        except ValidationError:
            continue
        fit.append(entry)
    invoice.workspace.time_entries.filter(pk__in=[entry.pk for entry in fit]).bill()
    return fit
