"""Mails about accounts, sent beside the request that asked for them."""

from __future__ import annotations

from smtplib import SMTPException
from uuid import UUID

from celery import shared_task

from orchestrator.accounts.models import User
from orchestrator.accounts.services.passwords import (
    FORGOTTEN,
    LINK_TASK,
    RESET_TASK,
    mail_link,
    user_to_reset,
)

_LATER = (OSError, SMTPException)
"""What a mail server does that is worth trying again, half a minute later and then ever more seldom."""


@shared_task(name=RESET_TASK, ignore_result=True, autoretry_for=_LATER, max_retries=5, retry_backoff=30)
def mail_password_reset(address: str) -> None:
    """Delivered twice, it sends two mails with links that are both good until one is used."""
    user = user_to_reset(address)
    if user is not None:
        mail_link(user, FORGOTTEN)


@shared_task(name=LINK_TASK, ignore_result=True, autoretry_for=_LATER, max_retries=5, retry_backoff=30)
def mail_password_link(user_id: str, kind: str) -> None:
    user = User.objects.filter(pk=UUID(user_id), is_active=True).exclude(email="").first()
    if user is not None:
        mail_link(user, kind)
