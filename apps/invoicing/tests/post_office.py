"""A mail server of the tests' own: real SMTP, and it can be out of sorts."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import socket
from threading import Event

from aiosmtpd.controller import Controller


class PostOffice:
    """What came in, and what it answers. `address_answers` is said to recipients by name, `data_answer` at the end."""

    def __init__(self):
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.address_answers: dict[str, str] = {}
        self.data_answer = ""
        self.breaks_off = False
        self.takes_its_time = False
        self.has_begun = Event()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.address_answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        self.has_begun.set()
        if self.takes_its_time:
            await asyncio.sleep(600)
        if self.breaks_off:
            server.transport.close()
        if self.data_answer:
            return self.data_answer
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def open_post_office() -> Iterator[tuple[PostOffice, int]]:
    """One at work, and the port of this machine at which it listens."""
    office = PostOffice()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()
