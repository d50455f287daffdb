"""``{% kill_switch as x %}``, ``{% live_locks workflow as x %}``, ``{% feed_trouble as x %}``."""

from __future__ import annotations

from django import template

from orchestrator.trading.models import KillSwitch
from orchestrator.trading.queries import recording
from orchestrator.trading.queries.locks import Locks, locks_of, switch_now
from orchestrator.workflows.models import Workflow

register = template.Library()


@register.simple_tag
def kill_switch() -> KillSwitch | None:
    """The switch, while it is pulled."""
    return switch_now()


@register.simple_tag
def live_locks(workflow: Workflow) -> Locks:
    return locks_of(workflow)


@register.simple_tag
def feed_trouble() -> str:
    """Why nothing is recorded at the moment; empty where all is well."""
    return recording.feed_trouble()
