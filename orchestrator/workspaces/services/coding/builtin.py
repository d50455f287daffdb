"""The built-in workflow of coding runs: made when the first batch is sent, and following the release.

It belongs to an account that nobody logs in as. People start it by sending a batch; admins see its runs,
which hold ids, counts and scores.
"""

from __future__ import annotations

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

ACCOUNT: Final = UUID("019a0000-0000-7000-8000-000000000002")
WORKFLOW: Final = UUID("019a0000-0000-7000-8000-000000000021")
_NAME: Final = "workspace-coder"
_WHY: Final = "the built-in workflow belongs to an account of the server, whoever sends a batch"
_DESCRIPTION: Final = (
    "Works a batch of reviews into a pattern workspace's algorithm. Started by sending the batch; what is "
    "done stands in the workspace's timeline."
)


def graph_of() -> JsonObject:
    """Planning → implementing → testing, refining and testing again while it may help, then release."""
    nodes: list[Json] = [
        _node("planning", "workspace-plan", "Planning"),
        _node("implementing", "workspace-implement", "Implementing"),
        _node("testing", "workspace-test", "Testing"),
        _node(
            "good",
            "decision",
            "Good enough?",
            rules=[{"when": "nodes.testing.output.verdict == 'good'", "port": "yes"}],
            default="no",
        ),
        _node("refining", "workspace-refine", "Refining"),
        _node("committing", "workspace-commit", "Committing"),
        _node("deploying", "workspace-deploy", "Deploying"),
        _node("done", "end", "Done", output={"=": "nodes.deploying.output"}),
    ]
    ways = [
        ("planning", "implementing", None),
        ("implementing", "testing", None),
        ("testing", "good", None),
        ("good", "committing", "yes"),
        ("good", "refining", "no"),
        ("refining", "testing", None),
        ("committing", "deploying", None),
        ("deploying", "done", None),
    ]
    return document_of(nodes, [_edge(*way) for way in ways])


def _node(name: str, kind: str, title: str, **config: Any) -> Json:
    return {"id": name, "type": kind, "data": {"title": title, "config": config}}


def _edge(source: str, target: str, port: str | None) -> Json:
    drawn: dict[str, Json] = {"id": f"{source}-{target}", "source": source, "target": target}
    return {**drawn, "sourceHandle": port} if port else drawn


def builtin_workflow() -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release. May come twice at once."""
    with as_server(_WHY), transaction.atomic():
        account = _account()
        document = graph_of()
        checksum = json.checksum(document)
        current = WorkflowVersion.objects.filter(workflow=WORKFLOW, is_current=True)
        if list(current.values_list("checksum", flat=True)) != [checksum]:
            User.objects.select_for_update().get(pk=account.pk)  # those who come at once wait for the first
            _publish(account, document, checksum)
        return account, Workflow.objects.get(pk=WORKFLOW)


def _account() -> User:
    known = User.objects.filter(pk=ACCOUNT).first()
    if known is not None:
        return known
    account = User(pk=ACCOUNT, username=_NAME, role=Role.USER.value, first_name="Pattern workspaces")
    account.set_unusable_password()
    account.is_active = False
    User.objects.bulk_create([account], ignore_conflicts=True)
    return User.objects.get(pk=ACCOUNT)


def _publish(account: User, document: JsonObject, checksum: str) -> None:
    workflow, _ = Workflow.objects.get_or_create(
        pk=WORKFLOW,
        defaults={
            "name": "Workspaces: coding run",
            "description": _DESCRIPTION,
            "category": "Pattern workspaces",
            "owner": account,
            "status": WorkflowStatus.ACTIVE.value,
            "node_titles": titles_of(document),
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
        nodes=document["nodes"],
        edges=document["edges"],
        checksum=checksum,
        author=account,
        status=VersionStatus.PUBLISHED.value,
        is_current=True,
        published_at=utc_now(),
        note="Of this release",
    )
