"""How values look on pages: durations, times, statuses, icons, JSON. Available in every template."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orchestrator.core import json
from orchestrator.core.clock import utc_now

register = template.Library()

_MONTH_SECONDS: Final = 30 * 86_400


class Look(NamedTuple):
    """A status as people see it: never by colour alone."""

    tone: str
    icon: str
    label: str


_LOOKS: Final = {
    # runs
    "pending": Look("muted", "circle-dashed", "Pending"),
    "running": Look("running", "loader-circle", "Running"),
    "waiting": Look("waiting", "hourglass", "Waiting"),
    "paused": Look("paused", "circle-pause", "Paused"),
    "completed": Look("good", "circle-check", "Completed"),
    "failed": Look("bad", "circle-x", "Failed"),
    "retry": Look("running", "refresh-cw", "Trying again"),
    "timed_out": Look("bad", "clock", "Timed out"),
    "cancelled": Look("muted", "circle-slash", "Cancelled"),
    # steps
    "success": Look("good", "circle-check", "Success"),
    "error": Look("bad", "circle-x", "Error"),
    "in_progress": Look("running", "loader-circle", "In progress"),
    "skipped": Look("muted", "skip-forward", "Skipped"),
    # approvals
    "approved": Look("good", "circle-check", "Approved"),
    "rejected": Look("bad", "circle-x", "Rejected"),
    "sent": Look("good", "circle-check", "Sent"),
    "withdrawn": Look("muted", "circle-slash", "Withdrawn"),
    # test sessions
    "open": Look("running", "circle", "Open"),
    "right": Look("good", "circle-check", "Right"),
    "wrong": Look("bad", "circle-x", "Wrong"),
    "adjust": Look("waiting", "move", "Adjust"),
    "missed": Look("accent", "plus", "Missed"),
    "held": Look("good", "circle-check", "Holds"),
    "lost": Look("bad", "circle-x", "Does not hold"),
    "untested": Look("muted", "circle-dashed", "Not tested yet"),
    # workflows and versions
    "draft": Look("waiting", "pencil", "Draft"),
    "active": Look("good", "circle-check", "Active"),
    "archived": Look("muted", "archive", "Archived"),
    "published": Look("good", "circle-check", "Published"),
    "current": Look("accent", "flag", "Current"),
    # workspaces
    "soon": Look("muted", "circle-dashed", "Soon"),
    "implementing": Look("running", "code", "Implementing"),
    "beta": Look("waiting", "gauge", "Beta"),
    "in_review": Look("accent", "user-check", "In review"),
    "verified": Look("good", "circle-check", "Verified"),
    # orders
    "filled": Look("good", "circle-check", "Filled"),
    "partially_filled": Look("running", "circle-dashed", "Partly filled"),
    "expired": Look("muted", "clock", "Expired"),
    "unknown": Look("bad", "circle-question-mark", "Unknown"),
    # deployments
    "queued": Look("waiting", "clock", "Queued"),
    "building": Look("running", "loader-circle", "Building"),
    "ready": Look("good", "circle-check", "Live"),
    "canceled": Look("muted", "circle-slash", "Cancelled"),
}


@register.filter
def spoken(word: str) -> str:
    """A stored word as people read it: ``in_progress`` is “in progress”."""
    return str(word).replace("_", " ")


@register.filter
def duration(milliseconds: float | None) -> str:
    """``842 ms``, ``12.4 s``, ``3 min 20 s``, ``2 h 5 min``, ``4 d 1 h``; a dash for none."""
    if milliseconds is None:
        return "\N{EN DASH}"
    if milliseconds < 1:
        return "<1 ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    for small, large, size in (("s", "min", 60), ("min", "h", 60), ("h", "d", 24)):
        amount, rest = divmod(int(seconds), size)
        if amount < size or large == "d":
            return f"{amount} {large}" + (f" {rest} {small}" if rest else "")
        seconds = amount
    raise AssertionError("days have no upper bound")


@register.filter
def share(part: float | None) -> str:
    """A share from 0 to 1 as ``94 %``; a dash for none. Only all is 100 %, only nothing 0 %."""
    if part is None:
        return "\N{EN DASH}"
    percent = round(part * 100)
    return f"{min(99, max(1, percent)) if 0 < part < 1 else percent} %"


def relative(then: datetime, now: datetime) -> str:
    """``3 min ago``, ``in 2 h``. The same words as ``relative`` in static/src/page/times.ts."""
    seconds = round((now - then).total_seconds())
    away = abs(seconds)
    if away < 5:
        return "just now"
    for unit, size, limit in (("s", 1, 60), ("min", 60, 3_600), ("h", 3_600, 86_400)):
        if away < limit:
            text = f"{away // size} {unit}"
            break
    else:
        text = f"{away // 86_400} d"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """A time as ``<time>``: relative within a month, else the date; exact, in the reader's zone, on hover."""
    if moment is None:
        return format_html('<span class="text-muted">{}</span>', "\N{EN DASH}")
    return time_tag(timezone.localtime(moment), utc_now())


def time_tag(here: datetime, now: datetime) -> SafeString:
    """The same for a moment in the reader's zone. Nothing in it was written by anybody."""
    exact = f"{here.day} {here:%B %Y, %H:%M:%S} {here.tzname()}"
    near = abs((now - here).total_seconds()) < _MONTH_SECONDS
    text = relative(here, now) if near else f"{here.day} {here:%b %Y}"
    # Digits, and names of months and zones: there is nothing to escape.
    return mark_safe(  # noqa: S308
        f'<time datetime="{here.astimezone(UTC).isoformat()}" title="{exact}"'
        f' class="whitespace-nowrap" data-relative>{text}</time>'
    )


@register.simple_tag
@lru_cache(maxsize=1_000)
def icon(name: str, classes: str = "") -> SafeString:
    """A picture from static/src/icons.svg, for the eye only: the word stands beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        classes,
        _sprite(),
        name,
    )


@cache
def _sprite() -> str:
    return static("dist/icons.svg")


@register.simple_tag(takes_context=True)
def places(context: template.Context) -> SafeString:
    """The navigation, beside the page and in the menu of phones: made once for all who see the same."""
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    waiting = context.get("approvals_waiting") or 0
    return _places(
        match.namespace if match else "",
        bool(match and match.view_name == "home"),
        getattr(getattr(request, "user", None), "is_staff", False),
        waiting() if callable(waiting) else waiting,
    )


@lru_cache(maxsize=500)
def _places(space: str, is_home: bool, is_staff: bool, waiting: int) -> SafeString:
    here = {"here": space, "is_home": is_home, "is_staff": is_staff, "approvals_waiting": waiting}
    return render_to_string("components/nav.html", here)


@register.simple_tag
def status(value: str, label: str = "") -> SafeString:
    """A status as a pill with icon and word. A status nobody knows is shown as it is called."""
    look = _LOOKS.get(value, Look("muted", "circle", value.replace("_", " ").capitalize()))
    drawn = icon(look.icon, "spin" if value == "running" else "")
    return format_html('<span class="pill tone-{}">{}{}</span>', look.tone, drawn, label or look.label)


@register.filter
def tone(value: str) -> str:
    """The CSS class of a status's colour."""
    return f"tone-{_LOOKS[value].tone}" if value in _LOOKS else "tone-muted"


@register.filter
def pretty_json(value: object) -> str:
    """Indented JSON, as text: the template escapes it."""
    return json.pretty(value)


@register.filter
def one_line_json(value: object) -> str:
    return json.dumps(value).decode()


@register.filter
def seconds(value: float | None) -> str:
    """A duration that is known in seconds; see ``duration``."""
    return duration(None if value is None else value * 1000)


@register.filter
def short_id(value: object) -> str:
    """The last part of a UUID, which tells apart rows that were made in the same second."""
    return str(value)[-8:]


@register.filter
def person_name(user: Any) -> str:
    """Full name if there is one, else the user name; "system" for nobody."""
    return (user.get_full_name() or user.username) if user is not None else "system"


@register.filter
def initials(user: Any) -> str:
    words = (user.get_full_name() or user.username).split()
    return "".join(word[0] for word in words[:2]).upper()
