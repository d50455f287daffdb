"""Who hears of an occasion, and by which media."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet

from orchestrator.accounts.models import User
from orchestrator.executions.models import (
    Approval,
    EndpointKind,
    Execution,
    NotificationEndpoint,
    NotificationKind,
    NotificationMedium,
    Occasion,
    PushSubscription,
)
from orchestrator.executions.queries.asked import people_asked, people_at, people_awaited
from orchestrator.workflows.domain.channels import Channel, read_channel
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Access, Workflow

MOST_PEOPLE: Final = 200
"""People told of one occasion. A role may have thousands of members, who find the approval in their inbox."""
_RUN_KINDS: Final = (NotificationKind.FAILURE, NotificationKind.SUCCESS, NotificationKind.ALERT)
_APPROVAL_KINDS: Final = (
    NotificationKind.APPROVAL,
    NotificationKind.REMINDER,
    NotificationKind.ESCALATION,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One address. ``key`` is the same for whatever leads to the same mailbox, endpoint or browser."""

    medium: NotificationMedium
    address: str
    key: str
    user: User | None = None
    facts: tuple[tuple[str, str], ...] = ()


def targets_of(occasion: Occasion) -> list[Target]:
    """Everybody who hears of it, each address once."""
    kind = NotificationKind(occasion.kind)
    if kind in _APPROVAL_KINDS:
        found = _of_approval(occasion, kind)
    elif kind in _RUN_KINDS:
        found = _of_run(occasion, occasion.execution)
    else:
        found = _people(_addressees(occasion), kind)
    return list({target.key: target for target in found}.values())


def targets_of_runs(occasion: Occasion) -> list[Target]:
    """Those who hear of many runs of a workflow at once."""
    return list({target.key: target for target in _of_run(occasion, None)}.values())


def _of_approval(occasion: Occasion, kind: NotificationKind) -> Iterator[Target]:
    approval = occasion.approval
    assert approval is not None, "occasions of these kinds are about an approval"
    yield from _people(_asked(approval, kind), kind)
    if not people_asked(approval).exists():
        for target in _people(_named(occasion.workflow, "owner", None), kind):
            yield replace(target, facts=(*target.facts, ("nobody", "asked")))
    settings = _settings(occasion.workflow)
    if kind is not NotificationKind.REMINDER and settings.notify_on_approval:
        yield from _places(occasion.workflow, settings)


def _asked(approval: Approval, kind: NotificationKind) -> QuerySet[User]:
    awaited = people_awaited(approval)
    if kind is NotificationKind.ESCALATION:
        return awaited.filter(pk__in=people_at(approval.escalate_to, approval).values("pk"))
    return awaited


def _of_run(occasion: Occasion, execution: Execution | None) -> Iterator[Target]:
    settings = _settings(occasion.workflow)
    kind = NotificationKind(occasion.kind)
    channels = _channels(settings)
    who = [channel.name for channel in channels if channel.kind == "people"]
    if not channels:
        who = ["owner"]
    for name in who:
        yield from _people(_named(occasion.workflow, name, execution), kind)
    yield from _places(occasion.workflow, settings)


def _named(workflow: Workflow, name: str, execution: Execution | None) -> QuerySet[User]:
    """Of a run's starter only one who may still see the workflow hears of it."""
    people = User.objects.filter(is_active=True)
    if name == "starter":
        if execution is None or execution.started_by_id is None:
            return people.none()
        starter = people.filter(pk=execution.started_by_id)
        sees = any(Workflow.objects.visible_to(each).filter(pk=workflow.pk).exists() for each in starter)
        return starter if sees else people.none()
    access = [Access.OWNER.value] if name == "owner" else [Access.OWNER.value, Access.EDITOR.value]
    return people.filter(
        workflow_permissions__workflow=workflow, workflow_permissions__access__in=access
    ).distinct()


def _addressees(occasion: Occasion) -> QuerySet[User]:
    """Of a change of a workflow: those whom its facts name."""
    named = occasion.facts.get("people")
    people = named if isinstance(named, list) else []
    return User.objects.filter(is_active=True, pk__in=people)


def _people(people: QuerySet[User], kind: NotificationKind) -> Iterator[Target]:
    """By the media that each of them chose; nothing where they do not wish to hear of this kind."""
    chosen = list(people.order_by("pk")[:MOST_PEOPLE])
    chosen = [user for user in chosen if _wishes(user, kind)]
    browsers = _browsers(user for user in chosen if user.notify_push)
    for user in chosen:
        if user.notify_email and user.email:
            yield mail_target(user.email, user)
        for browser in browsers.get(user.pk, ()):
            yield Target(
                NotificationMedium.PUSH,
                browser.browser or "browser",
                f"push:{browser.pk}",
                user,
                (("subscription", str(browser.pk)),),
            )


def _wishes(user: User, kind: NotificationKind) -> bool:
    if kind in _RUN_KINDS:
        return user.notify_execution_alerts
    if kind is NotificationKind.UPDATE:
        return user.notify_workflow_updates
    return True


def _browsers(users: Iterable[User]) -> dict[object, list[PushSubscription]]:
    found: dict[object, list[PushSubscription]] = {}
    for browser in PushSubscription.objects.filter(user__in=[user.pk for user in users]).order_by("id"):
        found.setdefault(browser.user_id, []).append(browser)
    return found


def _places(workflow: Workflow, settings: WorkflowSettings) -> Iterator[Target]:
    """Addresses and endpoints, which have no preferences of their own."""
    channels = _channels(settings)
    endpoints = {
        (each.kind, each.name): each for each in NotificationEndpoint.objects.filter(workflow=workflow)
    }
    for channel in channels:
        if channel.kind == "email":
            yield mail_target(channel.name)
        elif channel.kind in EndpointKind.values:
            endpoint = endpoints.get((channel.kind, channel.name))
            facts = (("endpoint", str(endpoint.pk)),) if endpoint else ()
            yield Target(NotificationMedium.WEBHOOK, channel.text, channel.text, None, facts)


def mail_target(address: str, user: User | None = None) -> Target:
    digest = hashlib.sha256(address.lower().encode()).hexdigest()[:32]
    return Target(NotificationMedium.EMAIL, address, f"email:{digest}", user)


def _settings(workflow: Workflow) -> WorkflowSettings:
    return WorkflowSettings.model_validate(workflow.settings)


def _channels(settings: WorkflowSettings) -> list[Channel]:
    """What cannot be read was saved before channels were checked."""
    found = []
    for text in settings.notification_channels:
        try:
            found.append(read_channel(text))
        except ValueError:
            continue
    return found
