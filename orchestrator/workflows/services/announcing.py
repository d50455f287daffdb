"""Tells other parts of the platform that a workflow has changed, in the transaction that changes it.

Who wants to know adds itself to ``listeners`` when the app begins: what stands above the workflows is not
imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission


@dataclass(frozen=True, slots=True)
class WorkflowNews:
    """``people`` are those whom it concerns, without whoever did it."""

    workflow: Workflow
    by: User
    subject: str
    people: tuple[UUID, ...]
    note: str = ""


Listener = Callable[[WorkflowNews], None]
listeners: list[Listener] = []


def announce_publication(workflow: Workflow, by: User, number: int, note: str) -> None:
    """To everybody else who may edit it."""
    access = [Access.OWNER.value, Access.EDITOR.value]
    rows = WorkflowPermission.objects.filter(workflow=workflow, access__in=access).exclude(user=by)
    people = tuple(rows.values_list("user_id", flat=True))
    _tell(WorkflowNews(workflow, by, f"{workflow.name}: version {number} is published", people, note))


def announce_share(workflow: Workflow, by: User, permission: WorkflowPermission) -> None:
    """To whom it is shared with."""
    if permission.user_id != by.pk:
        what = Access(permission.access).label.partition(":")[0].lower()
        subject = f"{workflow.name} is shared with you: you are {what} now"
        _tell(WorkflowNews(workflow, by, subject, (permission.user_id,)))


def _tell(news: WorkflowNews) -> None:
    if news.people:
        for listener in listeners:
            listener(news)
