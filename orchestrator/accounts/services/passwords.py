"""Passwords: changing one's own, and setting one by a signed link that was mailed."""

from __future__ import annotations

from typing import Final

import structlog
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from kombu.exceptions import OperationalError

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.accounts.services.sessions import end_log_ins
from orchestrator.celery import app
from orchestrator.core.context import acts_for
from orchestrator.core.errors import InvalidInput

RESET_TASK: Final = "accounts.mail_password_reset"
LINK_TASK: Final = "accounts.mail_password_link"
INVITED, FORGOTTEN, KNOWN = "invited", "forgotten", "known"
_SUBJECTS: Final = {
    INVITED: "Your account on Orchestrator",
    FORGOTTEN: "Set a new password for Orchestrator",
    KNOWN: "You have an account on Orchestrator already",
}

log = structlog.get_logger(__name__)


@transaction.atomic
def change_password(user: User, new: str, *, keep_session: str | None) -> None:
    """Change one's own password and end all other log-ins. The caller has asked for the present one.

    Raises InvalidInput with the field.
    """
    _set(user, new)
    record_audit(user, "password.changed", user)
    end_log_ins(user, user, keep_session=keep_session)


@transaction.atomic
def set_password_by_link(user: User, new: str) -> None:
    """For somebody who came by a signed link, which is spent thereby. Ends all log-ins.

    Raises InvalidInput with the field.
    """
    acts_for(user.pk)
    _set(user, new)
    record_audit(user, "password.set_by_link", user)
    end_log_ins(user, user)


def request_password_reset(address: str) -> None:
    """Ask for a mail with a link, if an account has this address. Takes as long whether one has or not."""
    _send(RESET_TASK, address)


def send_link_on_commit(user: User, kind: str) -> None:
    """Mail somebody a link to set their password with, once the transaction is committed."""
    transaction.on_commit(lambda: _send(LINK_TASK, str(user.pk), kind))


def user_to_reset(address: str) -> User | None:
    """Whom a forgotten password's mail goes to. Nobody without a mail address or with a closed account."""
    if not address:
        return None
    return User.objects.filter(Exact(Lower("email"), address.lower()), is_active=True).first()


def password_link(user: User) -> str:
    """An address where this person, and nobody else, can set their password, once and within some days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    path = reverse("accounts:set-password", kwargs={"uidb64": uid, "token": token})
    return f"{settings.BASE_URL}{path}"


def mail_link(user: User, kind: str) -> None:
    """Send the mail now. Raises OSError or SMTPException."""
    context = {
        "user": user,
        "link": password_link(user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        "site": settings.BASE_URL,
    }
    text = render_to_string(f"accounts/mail/{kind}.txt", context)
    EmailMessage(_SUBJECTS[kind], text, to=[user.email]).send()


def _set(user: User, new: str) -> None:
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise InvalidInput("This password does not do.", fields={"new": list(error.messages)}) from error
    user.set_password(new)
    user.save(update_fields=["password", "updated_at"])


def _send(task: str, *arguments: str) -> None:
    try:
        app.send_task(task, args=arguments, retry=False)
    except (OperationalError, OSError) as error:
        log.error("mail_not_asked_for", task=task, error=str(error))
