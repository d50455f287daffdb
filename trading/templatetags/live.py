"""``{% kill_switch as x %}``, ``{% unread_alerts user as x %}``, ``{% feed_trouble as x %}``."""

from __future__ import annotations

from typing import Final

from django import template
from django.template import Context

from orchestrator.accounts.models import User
from trading.models import KillSwitch
from trading.queries import recording
from trading.queries.alerts import MOST_COUNTED, unread_count
from trading.queries.locks import switch_now

register = template.Library()
_SWITCH: Final = "_trading_kill_switch"


@register.simple_tag(takes_context=True)
def kill_switch(context: Context) -> KillSwitch | None:
    """The switch, while it is pulled; asked for once a request, however many parts of its page tell of it."""
    request = context.get("request")
    if not hasattr(request, _SWITCH):
        switch = switch_now()
        if request is None:
            return switch
        setattr(request, _SWITCH, switch)
    found: KillSwitch | None = getattr(request, _SWITCH)
    return found


@register.simple_tag
def unread_alerts(user: User) -> str:
    """How many alerts the person has not read, ``99+`` for many; empty for none."""
    count = unread_count(user)
    return "" if not count else "99+" if count >= MOST_COUNTED else str(count)


@register.simple_tag
def feed_trouble() -> str:
    """Why nothing is recorded at the moment; empty where all is well."""
    return recording.feed_trouble()
