"""Figures of the operations page as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template

from orchestrator.core.templatetags.display import duration
from orchestrator.executions.runtime.presence import EngineSeen
from orchestrator.executions.services.vitals import Database

register = template.Library()


@register.filter
def ago(seconds: float | None) -> str:
    """``0 s ago`` to ``3 min 20 s ago``; ``never`` for None."""
    if seconds is None:
        return "never"
    return "just now" if seconds < 2 else f"{duration(round(seconds) * 1000)} ago"


@register.filter
def waited(seconds: float) -> str:
    return f"the oldest for {duration(seconds * 1000)}" if seconds else "none waits"


@register.filter
def connections(database: Database) -> str:
    return f"{database.connections} of {database.max_connections} connections"


@register.filter
def commits(engine: EngineSeen) -> int:
    return sum(engine.commits)


@register.filter
def mean_commit(engine: EngineSeen) -> str:
    done = sum(engine.commits)
    return f"{engine.commit_seconds / done * 1000:.1f} ms" if done else "\N{EN DASH}"


@register.filter
def utc_month(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%B %Y}"
