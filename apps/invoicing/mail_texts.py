"""The mails that a business sends about an invoice, and what each says until somebody words it otherwise."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailKind(models.TextChoices):
    """What a mail is about. The reminders stand in the order in which they are sent."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    ESTIMATE = "estimate", _("Estimate")
    BEFORE_DUE = "before_due", _("Early reminder")
    FIRST = "first", _("First reminder")
    SECOND = "second", _("Second reminder")
    LAST = "last", _("Last reminder")

    @property
    def is_reminder(self) -> bool:
        """Whether it asks for what is open, and has no sense once nothing is."""
        return self in REMINDERS


REMINDERS = (MailKind.BEFORE_DUE, MailKind.FIRST, MailKind.SECOND, MailKind.LAST)


class MailText(NamedTuple):
    """Subject and body, with placeholders or without."""

    subject: str
    body: str


_END = _("\n\nYou can also read it here, without an account:\n{link}\n\nKind regards\n{business}")

USUAL_TEXTS = {
    MailKind.INVOICE: (
        _("Invoice {number} from {business}"),
        _("Hello {client},\n\nattached is invoice {number} over {total}. It is due on {due_date}."),
    ),
    MailKind.CREDIT_NOTE: (
        _("Credit note {number} from {business}"),
        _("Hello {client},\n\nattached is credit note {number} over {total}. It takes that much of your invoice back."),
    ),
    MailKind.ESTIMATE: (
        _("Estimate {number} from {business}"),
        _("Hello {client},\n\nattached is estimate {number} over {total}. It stands until {due_date}."),
    ),
    MailKind.BEFORE_DUE: (
        _("Invoice {number} is due on {due_date}"),
        _("Hello {client},\n\na short note that invoice {number} is due on {due_date}. {open} is open. "
          "If you have paid already, thank you: nothing is left to do."),
    ),
    MailKind.FIRST: (
        _("Reminder: invoice {number}"),
        _("Hello {client},\n\ninvoice {number} was due on {due_date}, and {open} is still open. It may have slipped "
          "by: could you have a look? If the payment is on its way, thank you."),
    ),
    MailKind.SECOND: (
        _("Second reminder: invoice {number}"),
        _("Hello {client},\n\ninvoice {number} has been due for {days_late} days, and {open} is still open. "
          "Please pay it within a week, or tell us if something stands in the way."),
    ),
    MailKind.LAST: (
        _("Last reminder: invoice {number}"),
        _("Hello {client},\n\nin spite of our reminders {open} of invoice {number} is still open. It was due on "
          "{due_date}. Please pay it within seven days, or get in touch with us."),
    ),
}  # fmt: skip


def usual_text(kind: MailKind) -> MailText:
    """What a mail of this kind says until somebody words it otherwise."""
    subject, body = USUAL_TEXTS[kind]
    return MailText(str(subject), f"{body}{_END}")
