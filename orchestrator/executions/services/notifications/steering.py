"""What people do about a workflow's notifications: who is told, endpoints, tries, and trying again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.ids import new_id
from orchestrator.executions.models import (
    EndpointKind,
    Notification,
    NotificationEndpoint,
    NotificationKind,
    NotificationMedium,
    NotificationState,
)
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.domain.channels import ENDPOINT_NAME
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.definitions import describe_workflow

MOST_ENDPOINTS: Final = 20
_LONGEST_URL: Final = 2_000


@transaction.atomic
def choose_who_is_told(
    user: User,
    workflow_id: UUID,
    *,
    on_failure: bool,
    on_success: bool,
    on_approval: bool,
    channels: Sequence[str],
) -> Workflow:
    """Change these settings of a workflow and leave the others. Raises InvalidInput naming the channel."""
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    settings = {
        **workflow.settings,
        "notify_on_failure": on_failure,
        "notify_on_success": on_success,
        "notify_on_approval": on_approval,
        "notification_channels": list(channels),
    }
    return describe_workflow(user, workflow_id, settings=settings)


@transaction.atomic
def add_endpoint(
    user: User, workflow_id: UUID, *, kind: str, name: str, url: str
) -> tuple[NotificationEndpoint, str]:
    """Save an address under a name; the second value is the secret that signs what is sent there.

    Raises InvalidInput by field. The address is encrypted and not shown again.
    """
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    fields: dict[str, list[str]] = {}
    if kind not in EndpointKind.values:
        fields["kind"] = [f"Choose one of {', '.join(EndpointKind.values)}."]
    if not ENDPOINT_NAME.fullmatch(name):
        fields["name"] = ["A name has a-z, 0-9, - and _, begins with one of the first two, at most 50."]
    host = _host(url)
    if not host:
        fields["url"] = [f"Expected an address like https://host/path, at most {_LONGEST_URL:,} characters."]
    there = NotificationEndpoint.objects.filter(workflow=workflow)
    if not fields and there.filter(kind=kind, name=name).exists():
        fields["name"] = [f"There is a {kind} endpoint of this name already."]
    if there.count() >= MOST_ENDPOINTS:
        fields["name"] = [f"A workflow has at most {MOST_ENDPOINTS} endpoints."]
    if fields:
        raise InvalidInput("The endpoint is not right.", fields=fields)
    secret = secrets.token_urlsafe(32)
    endpoint = NotificationEndpoint(
        workflow=workflow, kind=kind, name=name, host=host, url=url, secret=secret, created_by=user
    )
    endpoint.save(force_insert=True)
    record_audit(user, "endpoint.added", endpoint, after={"kind": kind, "name": name, "host": host})
    return endpoint, secret


@transaction.atomic
def remove_endpoint(user: User, workflow_id: UUID, endpoint_id: UUID) -> NotificationEndpoint:
    endpoint = _endpoint(user, workflow_id, endpoint_id)
    record_audit(user, "endpoint.removed", endpoint, before={"kind": endpoint.kind, "name": endpoint.name})
    endpoint.delete()
    return endpoint


@transaction.atomic
def try_endpoint(user: User, workflow_id: UUID, endpoint_id: UUID) -> Notification:
    """Send a test message there, like any other notification. Raises WrongState while one is under way."""
    endpoint = _endpoint(user, workflow_id, endpoint_id)
    address = str(endpoint)
    tries = Notification.objects.filter(
        workflow=workflow_id,
        kind=NotificationKind.TEST.value,
        address=address,
        state=NotificationState.PENDING.value,
    )
    if tries.exists():
        raise WrongState("A test message to this endpoint is on its way.")
    made = Notification(
        kind=NotificationKind.TEST.value,
        medium=NotificationMedium.WEBHOOK.value,
        workflow_id=workflow_id,
        address=address,
        subject=f"A test message from {endpoint.workflow.name}"[:200],
        facts={"endpoint": str(endpoint.pk)},
        dedupe_key=f"test:{new_id()}",
    )
    made.save(force_insert=True)
    return made


@transaction.atomic
def retry_notification(user: User, notification_id: UUID) -> Notification:
    """Try one again that was given up, from the first attempt. For those who may edit the workflow."""
    seen = Notification.objects.visible_to(user).filter(pk=notification_id).first()
    if seen is None:
        raise NotFound("There is no such notification, or none that you may see.")
    find_workflow(user, seen.workflow_id, Access.EDITOR)
    found = Notification.objects.select_for_update().get(pk=notification_id)
    if found.state != NotificationState.FAILED:
        word = found.get_state_display().lower()
        raise WrongState(f"Only what was given up can be tried again; this is {word}.")
    found.state, found.attempts = NotificationState.PENDING.value, 0
    found.next_attempt_at, found.last_error = utc_now(), ""
    if found.medium == NotificationMedium.WEBHOOK:
        found.facts = {**found.facts, **_present_endpoint(found)}
    found.save(update_fields=["state", "attempts", "next_attempt_at", "last_error", "facts"])
    record_audit(user, "notification.retried", found)
    return found


def _present_endpoint(notification: Notification) -> dict[str, str]:
    """The endpoint that has the name now: it may have been saved since."""
    kind, _, name = notification.address.partition(":")
    named = NotificationEndpoint.objects.filter(workflow=notification.workflow_id, kind=kind, name=name)
    found = named.first()
    return {"endpoint": str(found.pk)} if found is not None else {}


def _endpoint(user: User, workflow_id: UUID, endpoint_id: UUID) -> NotificationEndpoint:
    find_workflow(user, workflow_id, Access.EDITOR)
    rows = NotificationEndpoint.objects.select_related("workflow")
    found = rows.filter(workflow=workflow_id, pk=endpoint_id).first()
    if found is None:
        raise NotFound("The workflow has no such endpoint.")
    return found


def _host(url: str) -> str:
    """Empty for what is no address of a web server."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    fits = parts.scheme in ("http", "https") and len(url) <= _LONGEST_URL and not set(url) & set(" \r\n\t\0")
    if not fits or not parts.hostname or parts.username or port == 0:
        return ""
    return parts.hostname[:255]
