"""``{% kill_switch as x %}``, ``{% unread_alerts user as x %}``, ``{% feed_trouble as x %}``."""

from __future__ import annotations

from django import template

from orchestrator.accounts.models import User
from orchestrator.trading.models import KillSwitch
from orchestrator.trading.queries import recording
from orchestrator.trading.queries.alerts import MOST_COUNTED, unread_count
from orchestrator.trading.queries.locks import switch_now

register = template.Library()


@register.simple_tag
def kill_switch() -> KillSwitch | None:
    """The switch, while it is pulled."""
    return switch_now()


@register.simple_tag
def unread_alerts(user: User) -> str:
    """How many alerts the person has not read, ``99+`` for many; empty for none."""
    count = unread_count(user)
    return "" if not count else "99+" if count >= MOST_COUNTED else str(count)


@register.simple_tag
def feed_trouble() -> str:
    """Why nothing is recorded at the moment; empty where all is well."""
    return recording.feed_trouble()
