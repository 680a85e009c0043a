"""The demo world's mails: each invoice was sent when it was issued, and most clients have looked at it.

Nothing is sent: what is written down here is past.
"""

import random
from datetime import datetime, timedelta

from apps.core import days
from apps.demo.management_data import demo_user
from apps.demo.moments import date_back
from apps.invoicing.models import Delivery, Invoice, MailTemplate
from apps.invoicing.placeholders import fill_mail, values_of

VIEWED_OF_TEN = 7


def write_down(invoice: Invoice, sent_at: datetime) -> None:
    """That the invoice was mailed at that instant, and perhaps viewed on the same day."""
    text = fill_mail(MailTemplate.of(invoice.workspace, invoice.mail_kind).text, values_of(invoice))
    to = invoice.recipients() or [f"office@{invoice.client.code.lower()}.example"]
    mail = Delivery.queue(
        invoice, kind=invoice.mail_kind, text=text, to=to, key=f"demo-{invoice.number}", actor=demo_user()
    )
    mail.claim(mail.turn)
    mail.succeed(mail.turn, at=sent_at)
    date_back(mail, sent_at)
    rng = random.Random(f"view of {invoice.reference}")
    viewed_at = sent_at + timedelta(minutes=rng.randrange(10, 240))
    if rng.randrange(10) < VIEWED_OF_TEN and viewed_at <= days.now():
        invoice.make_link().note_visit(at=viewed_at)
