"""The built-in workflows by which helpers are run: one for each kind of help, made when first asked for.

They belong to an account that nobody logs in as, and nobody else is given them: people start them through
``services/helping.py``, and admins see their runs, which hold ids and counts.
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
from orchestrator.process.domain.vocabulary import Help
from orchestrator.workflows.models import (
    Access,
    VersionStatus,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)
from orchestrator.workflows.services.versions import document_of, titles_of

ACCOUNT: Final = UUID("019a0000-0000-7000-8000-000000000001")
_NAME: Final = "process-helper"
_WHY: Final = "the built-in workflows belong to an account of the server, whoever has them run"
WORKFLOWS: Final = {
    Help.FOLLOW_UP: (UUID("019a0000-0000-7000-8000-000000000011"), "Process: follow-up question"),
    Help.DRAFT: (UUID("019a0000-0000-7000-8000-000000000012"), "Process: section draft"),
    Help.CHECKPOINT: (UUID("019a0000-0000-7000-8000-000000000013"), "Process: checkpoint"),
    Help.ARCHETYPES: (UUID("019a0000-0000-7000-8000-000000000014"), "Process: patterns"),
}
_HANDLERS: Final = {
    Help.FOLLOW_UP: "process-follow-up",
    Help.DRAFT: "process-synthesis",
    Help.CHECKPOINT: "process-synthesis",
    Help.ARCHETYPES: "process-archetypes",
}
_DESCRIPTION: Final = (
    "Run for a person by their session. What they said is read and stored by the steps themselves: inputs, "
    "outputs and events hold ids and counts, no words."
)


def graph_of(help: Help) -> JsonObject:
    """Gather what may be given away; if there is anything, have it written."""
    nodes: list[Json] = [
        _node("gather", "process-gather", "Gather what may be used"),
        _node(
            "anything",
            "decision",
            "Anything to go by?",
            rules=[{"when": "nodes.gather.output.usable > 0", "port": "yes"}],
            default="no",
        ),
        _node("write", _HANDLERS[help], WORKFLOWS[help][1].removeprefix("Process: ").capitalize()),
        _node("done", "end", "Done", output={"=": "nodes.write.output"}),
        _node("nothing", "end", "Nothing to go by", output={"=": "nodes.gather.output"}),
    ]
    ways = [
        ("gather", "anything", None),
        ("anything", "write", "yes"),
        ("anything", "nothing", "no"),
        ("write", "done", None),
    ]
    return document_of(nodes, [_edge(*way) for way in ways])


def _node(name: str, kind: str, title: str, **config: Any) -> Json:
    return {"id": name, "type": kind, "data": {"title": title, "config": config}}


def _edge(source: str, target: str, port: str | None) -> Json:
    drawn: dict[str, Json] = {"id": f"{source}-{target}", "source": source, "target": target}
    return {**drawn, "sourceHandle": port} if port else drawn


def builtin_workflow(help: Help) -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release. May come twice at once."""
    with as_server(_WHY), transaction.atomic():
        account = _account()
        document = graph_of(help)
        checksum = json.checksum(document)
        pk, name = WORKFLOWS[help]
        current = WorkflowVersion.objects.filter(workflow=pk, is_current=True).values_list(
            "checksum", flat=True
        )
        if list(current) != [checksum]:
            User.objects.select_for_update().get(pk=account.pk)  # those who come at once wait for the first
            _publish(account, pk, name, document, checksum)
        return account, Workflow.objects.get(pk=pk)


def _account() -> User:
    known = User.objects.filter(pk=ACCOUNT).first()
    if known is not None:
        return known
    account = User(pk=ACCOUNT, username=_NAME, role=Role.USER.value, first_name="Guided processes")
    account.set_unusable_password()
    account.is_active = False
    User.objects.bulk_create([account], ignore_conflicts=True)
    return User.objects.get(pk=ACCOUNT)


def _publish(account: User, pk: UUID, name: str, document: JsonObject, checksum: str) -> None:
    now = utc_now()
    workflow, _ = Workflow.objects.get_or_create(
        pk=pk,
        defaults={
            "name": name,
            "description": _DESCRIPTION,
            "category": "Guided processes",
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
        published_at=now,
        note="Of this release",
    )
