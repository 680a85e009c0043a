"""A mail about an invoice on its way out: put together, handed to the mail server, and what the answer means."""

from contextlib import suppress
from email.utils import formataddr, parseaddr
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.invoicing.child_process import ChildError
from apps.invoicing.documents import stored_pdf
from apps.invoicing.models import Delivery

# Replies of a mail server from here on are final; those below ask for another try (RFC 5321, 4.2.1).
FINAL = 500


class TryLater(Exception):  # noqa: N818
    """It did not go out; the mail server may take it another time."""


class Refused(Exception):  # noqa: N818
    """It did not go out, and never will as it is."""


class Unclear(Exception):  # noqa: N818
    """The connection broke while the mail server may have been taking it."""


def send(delivery: Delivery, turn: int) -> None:
    """Send what was claimed for this `turn`, and write down what became of it."""
    try:
        message = message_of(delivery)
    except ChildError:
        delivery.try_later(turn, _("Its PDF could not be made just now."))
        return
    except Exception:
        delivery.fail(turn, _("The mail could not be put together. The log of the worker says why."))
        raise
    try:
        refused = hand_over(message)
    except TryLater as error:
        delivery.try_later(turn, str(error))
    except Refused as error:
        delivery.fail(turn, str(error))
    except Unclear as error:
        delivery.doubt(turn, str(error))
    else:
        delivery.succeed(turn, reason=" ".join(refused))


def message_of(delivery: Delivery) -> EmailMessage:
    """The mail itself: from the business by way of this server, answers to the business, with the stored document."""
    invoice, workspace = delivery.invoice, delivery.workspace
    message = EmailMessage(
        subject=delivery.subject,
        body=delivery.body,
        from_email=sender_of(workspace),
        to=addresses(delivery.to),
        cc=addresses(delivery.cc),
        reply_to=[workspace.email] if workspace.email else None,
        headers={"Message-ID": delivery.message_id},
    )
    message.attach(f"{slugify(invoice.number) or 'invoice'}.pdf", bytes(stored_pdf(invoice).content), "application/pdf")
    # Headers are checked as it is put together: here, before a mail server has heard anything.
    message.message()
    return message


def sender_of(workspace) -> str:
    """The address that this server may send from, under the name of the business."""
    name = " ".join(workspace.name.split())
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def addresses(kept: str) -> list[str]:
    """As a delivery keeps them, one by one."""
    return [address for address in kept.split(", ") if address]


def hand_over(message: EmailMessage) -> list[str]:
    """Give it to the mail server; returns a sentence for each of several recipients that it refused.

    Raises TryLater, Refused or Unclear, each with words for the person. Until it is connected nothing can have gone
    out; afterwards only what the server says is certain.
    """
    connection = get_connection()
    try:
        connection.open()
    except SMTPAuthenticationError as error:
        raise Refused(_("The mail server does not accept WorkHub's name and password.")) from error
    except OSError as error:
        raise TryLater(_("The mail server cannot be reached.")) from error
    refused = _heard_refusals(connection)
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused as error:
        replies = list(error.recipients.values())
        raise _answered(max(code for code, _text in replies), replies[0][1]) from error
    except SMTPResponseException as error:
        raise _answered(error.smtp_code, error.smtp_error) from error
    except (SMTPServerDisconnected, OSError) as error:
        told = _("The connection to the mail server broke off, so this may or may not have arrived.")
        raise Unclear(told) from error
    finally:
        # What the server has said stands, however it hangs up.
        with suppress(OSError):
            connection.close()
    told = _("%(address)s did not get it: the mail server said %(code)d.")
    return [told % {"address": address, "code": code} for address, (code, _words) in refused.items()]


def _heard_refusals(connection) -> dict[str, tuple[int, bytes]]:
    """Recipients that are refused while others are taken, by address, once it is sent.

    smtplib hands them back, and Django's backend drops them. Backends without a mail server refuse nobody.
    """
    refused: dict[str, tuple[int, bytes]] = {}
    if server := getattr(connection, "connection", None):
        hand_back = server.sendmail
        server.sendmail = lambda *args, **kwargs: refused.update(hand_back(*args, **kwargs))
    return refused


def _answered(code: int, said: bytes | str) -> TryLater | Refused:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    told = _("The mail server said: %(code)d %(words)s") % {"code": code, "words": " ".join(words.split())[:200]}
    return Refused(told) if code >= FINAL else TryLater(told)
