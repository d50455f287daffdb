"""``email.send``: a plain e-mail."""

from __future__ import annotations

import hashlib
from smtplib import SMTPException
from typing import Annotated

from django.core.mail import EmailMessage
from pydantic import Field

from orchestrator.executions.nodes.config import NodeConfig
from orchestrator.graphs.nodetypes import Effect
from orchestrator.graphs.steps import Outcome, StepContext, StepError, Succeeded

Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$", max_length=254)]


class EmailSend(NodeConfig):
    to: list[Address] = Field(min_length=1, max_length=50)
    subject: str = Field(min_length=1, max_length=500, pattern=r"^[^\r\n]+$")
    text: str = Field(max_length=200_000)

    @property
    def effect(self) -> Effect:
        return Effect.IDEMPOTENT  # a repeated mail has the same Message-ID


def send(step: StepContext, config: EmailSend) -> Outcome:
    """Output: ``{to, message_id}``."""
    name = hashlib.sha256(step.idempotency_key.encode()).hexdigest()[:32]
    message_id = f"<{name}@orchestrator>"
    mail = EmailMessage(config.subject, config.text, to=config.to, headers={"Message-ID": message_id})
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise StepError("mail_not_sent", f"The mail could not be sent: {type(error).__name__}.") from error
    return Succeeded({"to": list(config.to), "message_id": message_id})
