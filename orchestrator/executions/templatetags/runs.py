"""How the pages about runs put things: advice, addresses of people, moments, events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orchestrator.core.clock import utc_now
from orchestrator.core.templatetags.display import relative, tone
from orchestrator.executions.models.approval import EDITORS, Approval
from orchestrator.executions.queries.advice import advice_for
from orchestrator.executions.queries.records import Told

register = template.Library()
register.filter("advice", advice_for)
_ANY: Final = UUID(int=0)


@register.filter
def run_url(pk: UUID) -> str:
    """The address of a run's page. Long lists show many: the way there is looked up once."""
    return _run_urls().replace(str(_ANY), str(pk))


@cache
def _run_urls() -> str:
    return reverse("executions:detail", args=[_ANY])


_TONES: Final[Mapping[str, str]] = {
    "step_succeeded": "good",
    "step_ended": "good",
    "item_finished": "good",
    "step_failed": "bad",
    "join_starved": "bad",
    "execution_aborted": "bad",
    "deadline_passed": "bad",
    "step_waiting": "waiting",
    "step_stuck": "waiting",
    "execution_paused": "paused",
    "step_started": "running",
    "step_restarted": "running",
    "step_expanded": "running",
    "item_started": "running",
    "execution_started": "accent",
    "execution_resumed": "accent",
    "signal_received": "accent",
    "approval_answered": "accent",
}


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> Any:
    """The value under the key, or the key itself."""
    return mapping.get(key, key)


@register.filter
def event_tone(event: Told) -> str:
    if event.type == "execution_ended":
        return tone(event.outcome)
    return f"tone-{_TONES.get(event.type, 'muted')}"


@register.filter
def people(addresses: Iterable[str]) -> str:
    """``user:bob`` and ``role:admin`` as people say it."""
    return " or ".join(map(_called, addresses))


def _called(address: str) -> str:
    if address == EDITORS:
        return "an editor of the workflow"
    kind, _, name = address.partition(":")
    return name if kind == "user" else f"any {name}"


@register.simple_tag
def moment(value: datetime) -> SafeString:
    """A moment to come, with its date: ``22 Nov, 14:05 (in 3 h)``."""
    here = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time> (<time datetime="{}" data-relative>{}</time>)',
        value.isoformat(),
        f"{here:%-d %B %Y, %H:%M:%S} {here.tzname()}",
        f"{here:%-d %b, %H:%M}",
        value.isoformat(),
        relative(value, utc_now()),
    )


_MOST_ROWS: Final = 30
_MOST_TEXT: Final = 300


@register.filter
def plain_rows(value: object) -> list[tuple[str, str]] | None:
    """Name and value of a flat object, as a person would write it; None for anything more involved."""
    if not isinstance(value, dict) or not 1 <= len(value) <= _MOST_ROWS:
        return None
    rows = []
    for name, part in value.items():
        if isinstance(part, dict | list) or (isinstance(part, str) and len(part) > _MOST_TEXT):
            return None
        rows.append((name.replace("_", " "), _said(part)))
    return rows


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "\N{EN DASH}" if value is None else str(value)


@register.filter
def after_deadline(approval: Approval) -> str:
    """What happens if nobody answers in time."""
    match approval.on_deadline:
        case "approve":
            return "then it is approved"
        case "escalate":
            return f"then {people(approval.escalate_to)} is asked, too"
    return "then it is rejected"
