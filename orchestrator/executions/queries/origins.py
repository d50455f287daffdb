"""From where somebody acted: kept on events, and shown to those who answer for the workflow only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models import Access, WorkflowPermission

_FOR_ALL: Final = frozenset({"user_id"})


def owned_among(user: User, workflows: Collection[UUID]) -> frozenset[UUID]:
    """Those of the workflows whose events the person sees with addresses: their own, or all for an admin."""
    if user.is_admin:
        return frozenset(workflows)
    owned = WorkflowPermission.objects.filter(user=user, workflow__in=workflows, access=Access.OWNER)
    return frozenset(owned.values_list("workflow_id", flat=True))


def shown_metadata(metadata: Mapping[str, Any], *, owner: bool) -> JsonObject:
    """Who caused an event; for owners also session, address and browser."""
    return {name: value for name, value in metadata.items() if owner or name in _FOR_ALL}


def shown_data(data: Mapping[str, Any]) -> JsonObject:
    """Without the address that events of earlier releases hold in the run's trigger."""
    trigger = data.get("trigger")
    if not isinstance(trigger, dict) or "origin" not in trigger:
        return dict(data)
    return {**data, "trigger": {name: value for name, value in trigger.items() if name != "origin"}}
