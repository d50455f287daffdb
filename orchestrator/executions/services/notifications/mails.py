"""Notifications as e-mail: plain text, and the same as HTML."""

from __future__ import annotations

import hashlib
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from orchestrator.executions.services.notifications.messages import Message
from orchestrator.executions.services.notifications.outcomes import Again, GivenUp

_COLOURS: Final = {"good": "#15803d", "bad": "#b91c1c", "waiting": "#b45309"}


def send_mail(message: Message, *, to: str, dedupe_key: str) -> None:
    """Hand a mail to the server. Raises Again or GivenUp. The same key gives the same Message-ID."""
    context = {"message": message, "colour": _COLOURS[message.tone]}
    name = hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]
    mail = EmailMultiAlternatives(
        message.subject,
        render_to_string("executions/mail/notification.txt", context),
        to=[to],
        headers={"Message-ID": f"<{name}@orchestrator>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("executions/mail/notification.html", context), "text/html")
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refusal(max(codes, default=550), "The mail server refuses the address") from error
    except SMTPResponseException as error:
        raise _refusal(error.smtp_code, "The mail server refuses the mail") from error
    except (SMTPException, OSError) as error:
        raise Again(f"The mail server could not be reached: {type(error).__name__}.") from error


def _refusal(code: int, sentence: str) -> Again | GivenUp:
    """5xx is final by RFC 5321, except that a wrong password of ours may be put right."""
    message = f"{sentence} (SMTP {code})."
    return GivenUp(message) if 500 <= code < 600 and code not in (530, 535) else Again(message)
