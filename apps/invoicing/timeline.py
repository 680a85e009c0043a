"""What happened to an invoice and what comes next, for its page."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from apps.core import days
from apps.core.money import format_money
from apps.invoicing.models import Invoice
from apps.invoicing.reminding import next_step


@dataclass(frozen=True)
class Moment:
    """One point of the timeline; `tone` is is-good, is-bad, is-next or nothing."""

    on: date
    text: str
    by: str = ""
    tone: str = ""


def timeline(invoice: Invoice) -> list[Moment]:
    """Newest first; what is still to come stands on top."""
    events = invoice.workspace.audit_events.about(invoice)
    told = [moment for event in events if (moment := _told(event, invoice))]
    if due := _due(invoice):
        place = 0 if due.tone == "is-next" else sum(moment.on > due.on for moment in told)
        told.insert(place, due)
    if reminder := _reminder(invoice):
        is_later = bool(due) and due.tone == "is-next" and due.on > reminder.on
        told.insert(1 if is_later else 0, reminder)
    return told


def _told(event, invoice: Invoice) -> Moment | None:
    amount = format_money(event.facts.get("amount_minor", 0), invoice.currency)
    number, to = {"number": event.facts.get("number", "")}, {"to": event.facts.get("to", "")}
    sentences = {
        "created": (_("Draft made"), ""),
        "issued": (_("Issued as %(number)s") % number, ""),
        "paid": (_("%(amount)s received") % {"amount": amount}, "is-good"),
        "restored": (_("Version %(version)s taken back") % {"version": event.facts.get("version", "")}, ""),
        "credited": (_("%(amount)s credited by %(number)s") % {"amount": amount, **number}, ""),
        "accepted": (_said(_("Accepted"), event.facts), "is-good"),
        "declined": (_said(_("Declined"), event.facts), "is-bad"),
        "billed": (_("Invoice made"), ""),
        "credit_used": (_("%(amount)s paid from credit") % {"amount": amount}, "is-good"),
        "credit_given_back": (_("%(amount)s given back to the credit") % {"amount": amount}, ""),
        "kept_as_credit": (_("%(amount)s kept as credit") % {"amount": amount}, ""),
        "refunded": (_("%(amount)s paid back") % {"amount": amount}, ""),
        "refund_removed": (_("Refund of %(amount)s taken back") % {"amount": amount}, ""),
        "sent": (_("Sent to %(to)s") % to, ""),
        "sent_by_hand": (_("Sent without WorkHub"), ""),
        "reminded": (_("Reminder sent to %(to)s") % to, ""),
        "not_sent": (_("The mail to %(to)s did not go out") % to, "is-bad"),
        "viewed": (_("Viewed by the client"), ""),
        "link_renewed": (_("New address for the client"), ""),
        "link_revoked": (_("Address for the client withdrawn"), ""),
        "written_off": (_("%(amount)s written off") % {"amount": amount}, ""),
        "write_off_undone": (_("Write-off of %(amount)s taken back") % {"amount": amount}, ""),
        "payment_removed": (_("Payment of %(amount)s taken back") % {"amount": amount}, ""),
    }
    if event.verb not in sentences:
        return None
    text, tone = sentences[event.verb]
    return Moment(
        _day(event.at, invoice), text, str(event.actor.name or event.actor.email) if event.actor else "", tone
    )


def _said(answer: str, facts: dict) -> str:
    """`Accepted by Ada Byron: from May on`, as far as it is known."""
    by = _("%(answer)s by %(name)s") % {"answer": answer, "name": facts["name"]} if facts.get("name") else answer
    return f"{by}: {facts['note']}" if facts.get("note") else by


def _day(at: datetime, invoice: Invoice) -> date:
    return days.local_day(at, invoice.workspace.zone)


def _reminder(invoice: Invoice) -> Moment | None:
    step = next_step(invoice, _day(days.now(), invoice))
    if step is None:
        return None
    told = _("%(step)s goes out by itself") % {"step": step.get_kind_display()}
    return Moment(step.day_for(invoice.due_date), told, tone="is-next")


def _due(invoice: Invoice) -> Moment | None:
    if invoice.open_minor <= 0:
        return None
    if invoice.days_late:
        return Moment(invoice.due_date, _("Due date passed"), tone="is-bad")
    return Moment(invoice.due_date, _("Payment is due"), tone="is-next")
