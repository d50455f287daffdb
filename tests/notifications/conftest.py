"""Mail servers and receivers on this machine, and what was sent."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from orchestrator.core.clock import utc_now
from orchestrator.executions.services.notifications.delivering import Delivered, deliver_due
from orchestrator.executions.services.notifications.expanding import expand_due
from tests.stand_in import Answer, Received, StandIn, stand_in


class MailServer:
    """Speaks SMTP. ``reply`` is what it says to a mail or an address; ``mails`` are those it took."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.reply_to_mail = "250 OK"
        self.reply_to_address = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.reply_to_address.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.reply_to_address

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.reply_to_mail.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            message = BytesParser(policy=default).parsebytes(envelope.original_content)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
        return self.reply_to_mail


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_TIMEOUT=2,
            EMAIL_USE_TLS=False,
        ):
            yield server
    finally:
        controller.stop()


Receiver = Callable[[Callable[[Received], Answer]], StandIn]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """``receiver(behave)`` starts an HTTP server that notifications may reach."""
    with ExitStack() as stack:

        def start(behave: Callable[[Received], Answer]) -> StandIn:
            server = stack.enter_context(stand_in(behave))
            stack.enter_context(override_settings(HTTP_ALLOWED_PRIVATE=[server.address]))
            return server

        yield start


Send = Callable[[], Delivered]


@pytest.fixture
def send(db: None) -> Send:
    """What the task does: expand, deliver."""

    def work() -> Delivered:
        expand_due(now=utc_now())
        return deliver_due(now=utc_now())

    return work
