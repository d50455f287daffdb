"""Workflows that come with the product: made when first asked for, and following the release.

They belong to accounts that nobody logs in as, and nobody else is given them: products start them for people
through services of their own, and admins see their runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.rls import as_server
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)
from orchestrator.workflows.services.versions import document_of, titles_of

_WHY: Final = "a built-in workflow belongs to an account of the server, whoever has it run"

Way = tuple[str, str, str | None]
"""From one node to another, by this port."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose built-in workflows are; ``title`` is the product's name."""

    id: UUID
    username: str
    title: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """One workflow of the product. ``document`` is its graph in this release."""

    id: UUID
    account: Account
    name: str
    description: str
    document: JsonObject


def drawn(nodes: Sequence[Json], ways: Sequence[Way]) -> JsonObject:
    """The document of a graph whose nodes are made by ``node_of``."""
    return document_of(list(nodes), [_edge(*way) for way in ways])


def node_of(name: str, kind: str, title: str, **config: Any) -> Json:
    return {"id": name, "type": kind, "data": {"title": title, "config": config}}


def _edge(source: str, target: str, port: str | None) -> Json:
    edge: dict[str, Json] = {"id": f"{source}-{target}", "source": source, "target": target}
    return {**edge, "sourceHandle": port} if port else edge


def ensure_builtin(builtin: Builtin) -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release. May come twice at once."""
    with as_server(_WHY), transaction.atomic():
        account = _account(builtin.account)
        checksum = json.checksum(builtin.document)
        current = WorkflowVersion.objects.filter(workflow=builtin.id, is_current=True)
        if list(current.values_list("checksum", flat=True)) != [checksum]:
            User.objects.select_for_update().get(pk=account.pk)  # those who come at once wait for the first
            _publish(account, builtin, checksum)
        return account, Workflow.objects.get(pk=builtin.id)


def _account(wanted: Account) -> User:
    known = User.objects.filter(pk=wanted.id).first()
    if known is not None:
        return known
    account = User(
        pk=wanted.id, username=wanted.username, role=Role.USER.value, first_name=wanted.title, is_active=False
    )
    account.set_unusable_password()
    User.objects.bulk_create([account], ignore_conflicts=True)
    return User.objects.get(pk=wanted.id)


def _publish(account: User, builtin: Builtin, checksum: str) -> None:
    workflow, _ = Workflow.objects.get_or_create(
        pk=builtin.id,
        defaults={
            "name": builtin.name,
            "description": builtin.description,
            "category": builtin.account.title,
            "owner": account,
            "status": WorkflowStatus.ACTIVE.value,
            "node_titles": titles_of(builtin.document),
        },
    )
    WorkflowPermission.objects.get_or_create(
        workflow=workflow, user=account, defaults={"access": Access.OWNER.value, "granted_by": account}
    )
    versions = WorkflowVersion.objects.filter(workflow=workflow)
    if versions.filter(is_current=True, checksum=checksum).exists():
        return
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    versions.filter(is_current=True).update(is_current=False)
    WorkflowVersion.objects.create(
        workflow=workflow,
        number=last + 1,
        nodes=builtin.document["nodes"],
        edges=builtin.document["edges"],
        checksum=checksum,
        author=account,
        status=VersionStatus.PUBLISHED.value,
        is_current=True,
        published_at=utc_now(),
        note="Of this release",
    )
