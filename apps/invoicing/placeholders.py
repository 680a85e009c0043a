"""What templates of mails may name in braces, and what is written there: names are looked up, nothing is evaluated."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.money import format_money, round_half_up
from apps.invoicing.mail_texts import MailText

PLACEHOLDERS = {
    "number": gettext_lazy("the invoice's number"),
    "client": gettext_lazy("the client's name"),
    "total": gettext_lazy("what it comes to"),
    "open": gettext_lazy("what is still to be paid"),
    "due_date": gettext_lazy("when it is due"),
    "days_late": gettext_lazy("for how many days it has been late"),
    "interest": gettext_lazy("late interest up to now, by your yearly rate"),
    "link": gettext_lazy("the address at which the client can read it"),
    "business": gettext_lazy("your business"),
}
LINK = "{link}"
LONGEST_SUBJECT = 200
_NAMED = re.compile(r"\{([^{}\s]{1,40})\}")
DAYS_OF_YEAR = 365


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with the value of each name in braces; other braces stay. A value is never read for names again."""
    return _NAMED.sub(lambda found: str(values.get(found[1], found[0])), text)


def fill_mail(text: MailText, values: Mapping[str, str]) -> MailText:
    """`fill` for both parts; the subject is one line, whatever the values are."""
    return MailText(" ".join(fill(text.subject, values).split())[:LONGEST_SUBJECT], fill(text.body, values))


def validate_placeholders(text: str) -> None:
    """Raise ValidationError for a name in braces that nothing stands for."""
    unknown = [name for name in _NAMED.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(
            _("{%(name)s} stands for nothing. You can write %(known)s."),
            code="placeholder",
            params={"name": unknown[0], "known": known},
        )


def late_interest(open_minor: int, percent: Decimal, days_late: int) -> int:
    """Open amount × yearly rate / 100 × days late / 365, rounded half-up once: simple interest, in minor units."""
    return round_half_up(open_minor * percent * days_late / (100 * DAYS_OF_YEAR))


def values_of(invoice) -> dict[str, str]:
    """What each placeholder stands for on an issued invoice, but the link: that is made when the mail is sent."""
    interest = late_interest(invoice.open_minor, invoice.workspace.late_interest_percent, invoice.days_late)
    return {
        "number": invoice.number,
        "client": invoice.client.name,
        "total": str(format_money(invoice.total_minor, invoice.currency)),
        "open": str(format_money(max(0, invoice.open_minor), invoice.currency)),
        "due_date": date_format(invoice.due_date, "j F Y"),
        "days_late": str(invoice.days_late),
        "interest": str(format_money(interest, invoice.currency)),
        "business": invoice.workspace.name,
    }
