"""What people are told, apart from how it looks in a mail, a chat or a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from orchestrator.core.clock import utc_now
from orchestrator.core.templatetags.display import relative
from orchestrator.executions.models import Approval, Notification, NotificationKind, Occasion

MOST_TEXT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Message:
    """``tone`` is one of ``good``, ``bad``, ``waiting``; ``action`` a button's text and address."""

    subject: str
    heading: str
    tone: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    """Text of the workflow's author, as it was written."""
    action: tuple[str, str] | None = None
    also: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    """Why this was sent, and where to change it."""


def subject_of(occasion: Occasion, count: int) -> str:
    """One line, kept with the notification: lists show it."""
    name = occasion.workflow.name
    if occasion.kind == NotificationKind.ALERT:
        return _one_line(_alerted(name, occasion.facts, count))
    if count > 1:
        verb = "failed" if occasion.kind == NotificationKind.FAILURE else "completed"
        return _one_line(f"{count:,} runs of {name} {verb}")
    title = occasion.approval.title if occasion.approval else ""
    return _one_line(
        {
            NotificationKind.FAILURE: f"{name} {_ended(occasion.facts)}",
            NotificationKind.SUCCESS: f"{name} completed",
            NotificationKind.APPROVAL: f"Your answer is needed: {title}",
            NotificationKind.REMINDER: f"Still waiting for your answer: {title}",
            NotificationKind.ESCALATION: f"Escalated to you: {title}",
            NotificationKind.UPDATE: str(occasion.facts.get("subject", f"{name} has changed")),
            NotificationKind.TEST: f"A test message from {name}",
        }[NotificationKind(occasion.kind)]
    )


def compose(notification: Notification, *, link: str = "") -> Message:
    """``link`` is the one-time address of an approval's page, for a person who gets a mail."""
    kind = NotificationKind(notification.kind)
    zone = ZoneInfo(notification.recipient.time_zone if notification.recipient else "UTC")
    message = _MAKERS[kind](notification, zone, link)
    return replace(message, reason=_reason(notification, kind))


def _failure(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    if notification.count > 1:
        return _digest(notification, zone, "failed", "bad")
    facts = notification.facts
    error = facts.get("error")
    error = error if isinstance(error, dict) else {}
    shown = [("Workflow", notification.workflow.name), ("When", _moment(facts.get("at"), zone))]
    if error.get("node"):
        shown.append(("Step", str(error["node"])))
    if error.get("code"):
        shown.append(("Error", str(error["code"])))
    return Message(
        subject=notification.subject,
        heading=f"{notification.workflow.name} {_ended(facts)}",
        tone="bad",
        facts=tuple(shown),
        quote=str(error.get("message") or "")[:MOST_TEXT],
        action=("Open the run", _run_url(notification)),
    )


def _success(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    if notification.count > 1:
        return _digest(notification, zone, "completed", "good")
    return Message(
        subject=notification.subject,
        heading=f"{notification.workflow.name} completed",
        tone="good",
        facts=(
            ("Workflow", notification.workflow.name),
            ("When", _moment(notification.facts.get("at"), zone)),
        ),
        action=("Open the run", _run_url(notification)),
    )


def _digest(notification: Notification, zone: ZoneInfo, verb: str, tone: str) -> Message:
    facts = notification.facts
    examples = facts.get("examples")
    lines = []
    for each in examples if isinstance(examples, list) else ():
        error = each.get("error") or {}
        lines.append(f"{_moment(each.get('at'), zone)}: {error.get('message') or each.get('status')}"[:300])
    status = "?status=failed&status=timed_out&" if tone == "bad" else "?status=completed&"
    url = f"{_url('executions:list')}{status}workflow={notification.workflow_id}"
    return Message(
        subject=notification.subject,
        heading=f"{notification.count:,} runs of {notification.workflow.name} {verb}",
        tone=tone,
        lines=("The last of them:", *lines),
        facts=(
            ("From", _moment(facts.get("from"), zone)),
            ("Until", _moment(facts.get("until"), zone)),
        ),
        action=("Open these runs", url),
    )


def _approval(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    approval = notification.approval
    assert approval is not None, "this kind is about an approval"
    page = _url("approvals:detail", approval.pk)
    lines = {
        NotificationKind.APPROVAL: "A run waits for an answer.",
        NotificationKind.REMINDER: "A run still waits for an answer.",
        NotificationKind.ESCALATION: "Nobody answered in time, so that you are asked now.",
    }[NotificationKind(notification.kind)]
    more: tuple[str, ...] = (lines,)
    if notification.facts.get("nobody"):
        more = ("A run waits for an answer, and none of those it asks can log in. Name somebody else.",)
    if link:
        more += (
            "The button opens the question without logging in. It is meant for you alone and works once.",
        )
    return Message(
        subject=notification.subject,
        heading=approval.title,
        tone="waiting",
        lines=more,
        facts=tuple(_approval_facts(approval, zone)),
        quote=approval.instructions[:MOST_TEXT],
        action=("Open the question", link or page),
        also=(("Your inbox", _url("approvals:list")),) if link else (),
    )


def _approval_facts(approval: Approval, zone: ZoneInfo) -> list[tuple[str, str]]:
    found = [
        ("Workflow", approval.workflow.name),
        ("Asked", _moment_of(approval.requested_at, zone)),
    ]
    if approval.deadline_at is not None:
        then = {"approve": "then it is approved", "reject": "then it is rejected"}
        after = then.get(approval.on_deadline, "then others are asked, too")
        left = relative(approval.deadline_at, utc_now())
        found.append(("Answer due", f"{_moment_of(approval.deadline_at, zone)} ({left}), {after}"))
    return found


def _update(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    facts = notification.facts
    shown = [("Workflow", notification.workflow.name), ("When", _moment(facts.get("at"), zone))]
    if facts.get("by"):
        shown.append(("By", str(facts["by"])))
    return Message(
        subject=notification.subject,
        heading=notification.subject,
        tone="good",
        facts=tuple(shown),
        quote=str(facts.get("note") or "")[:MOST_TEXT],
        action=("Open the workflow", _url("workflows:detail", notification.workflow_id)),
    )


def _alert(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    """What a run tells people; ``path`` leads to where it is told in full."""
    facts = notification.facts
    texts = facts.get("texts")
    said = [str(each) for each in texts] if isinstance(texts, list) else []
    left = notification.count - len(said)
    path = str(facts.get("path") or "")
    shown = [("Workflow", notification.workflow.name), ("When", _moment(facts.get("at"), zone))]
    if facts.get("mode"):
        shown.append(("Money", "real" if facts["mode"] == "live" else str(facts["mode"])))
    return Message(
        subject=notification.subject,
        heading=_alerted(notification.workflow.name, {}, notification.count),
        tone="bad" if facts.get("level") == "critical" else "waiting",
        lines=(f"These are the last of them; {left:,} came before.",) if left > 0 else (),
        facts=tuple(shown),
        quote="\n".join(said)[:MOST_TEXT],
        action=("Open the run", f"{settings.BASE_URL}{path}" if path else _run_url(notification)),
    )


def _alerted(name: str, facts: Mapping[str, Any], count: int) -> str:
    if count > 1:
        return f"{count:,} alerts of {name}"
    texts = facts.get("texts")
    return f"{name}: {texts[0]}" if isinstance(texts, list) and texts else f"An alert of {name}"


def _test(notification: Notification, zone: ZoneInfo, link: str) -> Message:
    return Message(
        subject=notification.subject,
        heading=notification.subject,
        tone="good",
        lines=("If you can read this, messages of this workflow arrive here.",),
        facts=(("Workflow", notification.workflow.name),),
        action=("Open the workflow", _url("workflows:detail", notification.workflow_id)),
    )


_MAKERS: Final[Mapping[NotificationKind, Callable[[Notification, ZoneInfo, str], Message]]] = {
    NotificationKind.FAILURE: _failure,
    NotificationKind.SUCCESS: _success,
    NotificationKind.APPROVAL: _approval,
    NotificationKind.REMINDER: _approval,
    NotificationKind.ESCALATION: _approval,
    NotificationKind.UPDATE: _update,
    NotificationKind.ALERT: _alert,
    NotificationKind.TEST: _test,
}


def _reason(notification: Notification, kind: NotificationKind) -> str:
    if notification.recipient is None:
        where = _url("workflows:detail", notification.workflow_id)
        return f"The notifications of the workflow name this address. To change that: {where}"
    why = "You are asked" if _MAKERS[kind] is _approval else "You chose to hear of this"
    return f"{why} as {notification.recipient.username}. Your notifications: {_url('accounts:notifications')}"


def _ended(facts: Mapping[str, Any]) -> str:
    return "took too long and was stopped" if facts.get("status") == "timed_out" else "failed"


def _run_url(notification: Notification) -> str:
    return _url("executions:detail", notification.execution_id)


def _url(name: str, *args: object) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def _moment(text: object, zone: ZoneInfo) -> str:
    return _moment_of(datetime.fromisoformat(text), zone) if isinstance(text, str) else "\N{EN DASH}"


def _moment_of(moment: datetime, zone: ZoneInfo) -> str:
    here = moment.astimezone(zone)
    return f"{here:%-d %B %Y, %H:%M} {here.tzname()}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
