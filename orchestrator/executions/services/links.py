"""One-time links to approvals, for mails: whoever holds one may give one person's word, once.

The address is signed with the server's key and names approval and person, so nothing secret is stored:
a copy of the database opens nothing. The row says whether the link is still good.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound, WrongState
from orchestrator.executions.models import Approval, ApprovalLink, ApprovalStatus
from orchestrator.executions.services.approving import UNCHANGED, AlreadyAnswered, answer_approval

LIFETIME: Final = timedelta(days=7)


class LinkUnknown(NotFound):
    """The address is not one that this server has signed."""

    code = "link_unknown"


class LinkSpent(WrongState):
    """The link was good once: it has been used, its time is over, or the person is no longer asked."""

    code = "link_spent"


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """What a signed address says, before anything is looked up."""

    approval_id: UUID
    user_id: UUID


def token_of(approval_id: UUID, user_id: UUID) -> str:
    """The same for the same pair, so that a mail that is sent twice carries one link."""
    packed = base64.urlsafe_b64encode(approval_id.bytes + user_id.bytes).decode().rstrip("=")
    return _signer().sign(packed)


def read_token(token: str) -> LinkedPerson:
    """Raises LinkUnknown for anything that this server has not signed."""
    try:
        packed = base64.urlsafe_b64decode(_signer().unsign(token) + "=")
        return LinkedPerson(UUID(bytes=packed[:16]), UUID(bytes=packed[16:]))
    except (signing.BadSignature, ValueError) as error:
        message = "This link is not complete. Copy the whole of it from the mail, or log in and answer there."
        raise LinkUnknown(message) from error


def _signer() -> signing.Signer:
    return signing.Signer(salt="orchestrator.approval-link", sep=".")


@transaction.atomic
def make_link(approval: Approval, user: User, *, now: datetime) -> str:
    """The address of the page on which this person may answer without logging in.

    Good until the deadline, and for at most ``LIFETIME``; asking again prolongs it, unless it was used.
    """
    until = min(filter(None, (approval.deadline_at, now + LIFETIME)))
    link, created = ApprovalLink.objects.get_or_create(
        approval=approval, user=user, defaults={"created_at": now, "expires_at": until}
    )
    if not created and link.used_at is None and link.expires_at < until:
        ApprovalLink.objects.filter(pk=link.pk, used_at=None).update(expires_at=until)
    path = reverse("approvals:link", args=[token_of(approval.pk, user.pk)])
    return f"{settings.BASE_URL}{path}"


def open_link(person: LinkedPerson) -> tuple[Approval, User]:
    """The approval and whom the link speaks for. Raises LinkUnknown, LinkSpent, AlreadyAnswered.

    Changes nothing: programs that look at mails open their links, too.
    """
    link = (
        ApprovalLink.objects.select_related("user", "approval__workflow", "approval__execution")
        .select_related("approval__decided_by")
        .filter(approval=person.approval_id, user=person.user_id)
        .first()
    )
    if link is None:
        raise LinkUnknown("What this link asks about is no longer there, or no longer asks you.")
    approval, user = link.approval, link.user
    if link.used_at is not None:
        raise LinkSpent("You have answered by this link already. It opens once.")
    if approval.status != ApprovalStatus.PENDING:
        word = approval.get_status_display().lower()
        raise AlreadyAnswered(f"No answer is needed any more: this is already {word}.")
    if link.expires_at <= utc_now():
        raise LinkSpent("The time of this link is over.")
    if not user.is_active or not Approval.objects.open_to(user).filter(pk=approval.pk).exists():
        raise LinkSpent("You are no longer asked here, or have answered already.")
    return approval, user


@transaction.atomic
def answer_by_link(
    person: LinkedPerson, *, approves: bool, comment: str = "", payload: object = UNCHANGED
) -> Approval:
    """``answer_approval`` in the name of the person whom the link was sent to; spends the link."""
    approval, user = open_link(person)
    answered = answer_approval(user, approval.pk, approves=approves, comment=comment, payload=payload)
    spent = ApprovalLink.objects.filter(approval=approval, user=user, used_at=None)
    if not spent.update(used_at=utc_now()):
        raise LinkSpent("You have answered by this link already. It opens once.")
    return answered
