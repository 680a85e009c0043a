"""The mails of many invoices at once: sent, or reminded of."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from apps.core.transactions import atomic, lock_rows
from apps.invoicing.mail_texts import MailKind
from apps.invoicing.models import Delivery, Invoice, MailTemplate
from apps.invoicing.placeholders import fill_mail, values_of
from apps.invoicing.querysets import InvoiceQuerySet
from apps.workspaces.models import Workspace

# Why an invoice is left out, by the code of the refusal.
REASONS = ("draft", "paid", "cancelled", "sent", "no_address")


@dataclass
class PostRound:
    """What became of many: the mails that are on their way, and how many invoices were left out for which reason."""

    queued: list[Delivery] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def send_all(workspace: Workspace, invoices: InvoiceQuerySet, *, token: str, actor=None) -> PostRound:
    """Queue the mail that brings each to its client. The same `token` again queues nothing and tells the same."""
    return _go_round(workspace, invoices, token, actor, is_reminder=False)


def remind_all(workspace: Workspace, invoices: InvoiceQuerySet, *, token: str, actor=None) -> PostRound:
    """Queue for each the reminder that fits now, as `send_all` does."""
    return _go_round(workspace, invoices, token, actor, is_reminder=True)


@atomic
def _go_round(workspace: Workspace, invoices: InvoiceQuerySet, token: str, actor, *, is_reminder: bool) -> PostRound:
    chosen = workspace.invoices.filter(pk__in=sorted(invoices.order_by().values_list("pk", flat=True)))
    lock_rows(chosen)
    templates = MailTemplate.all_of(workspace)
    outcome = PostRound()
    for invoice in chosen.for_detail().order_by("pk"):
        key = f"{token}-{invoice.pk}"
        kind = invoice.next_reminder if is_reminder else invoice.mail_kind
        try:
            _check(invoice, kind, key)
            text = fill_mail(templates[kind].text, values_of(invoice))
            outcome.queued.append(
                Delivery.queue(invoice, kind=kind, text=text, to=invoice.recipients(), key=key, actor=actor)
            )
        except ValidationError as refusal:
            outcome.left_out[_reason(refusal)] += 1
    return outcome


def _check(invoice: Invoice, kind: MailKind, key: str) -> None:
    """Raise ValidationError where it is not for a round of many: what went out, or is about to, goes out one by one."""
    invoice.check_mail(kind)
    others = invoice.deliveries.exclude(idempotency_key=key)
    if others.under_way().exists() or (not kind.is_reminder and others.gone().exists()):
        raise ValidationError("", code="sent")


def _reason(refusal: ValidationError) -> str:
    """One of `REASONS`, else `other`."""
    errors = sum(refusal.error_dict.values(), []) if hasattr(refusal, "error_dict") else refusal.error_list
    return next((error.code for error in errors if error.code in REASONS), "other")
