"""Triggers of the demo: a schedule that keeps something going, and a webhook to call from a terminal."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Trigger, Workflow
from orchestrator.workflows.services.triggers import create_trigger

_TRIGGERS: Final[dict[str, list[dict[str, Any]]]] = {
    "A hundred sensors": [
        {
            "kind": "schedule",
            "name": "Read the sensors",
            "cron": "*/10 * * * *",
            "time_zone": "Europe/Paris",
            "overlap": "skip",
        }
    ],
    "Order approval": [{"kind": "webhook", "name": "Orders from the shop", "dedupe_seconds": 60}],
}


def make_triggers(owner: User, workflow: Workflow) -> int:
    """Those that the demo has for this workflow and that are missing; the number made."""
    made = 0
    for fields in _TRIGGERS.get(workflow.name, []):
        if not Trigger.objects.filter(workflow=workflow, kind=fields["kind"]).exists():
            create_trigger(owner, workflow.pk, **fields)
            made += 1
    return made
