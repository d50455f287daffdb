"""Plain functions that make what tests need. Every value has a default; name only what matters."""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any
from uuid import UUID

from orchestrator.accounts.models import Role, User
from orchestrator.core.json import Json
from orchestrator.executions.models import Execution
from orchestrator.executions.services.starting import start_execution
from orchestrator.workflows.models import Access, Workflow, WorkflowPermission
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import publish_draft

_numbers = count(1)

PASSWORD = "a long enough password"


def make_user(username: str = "", *, role: Role = Role.USER, password: str = "", **fields: Any) -> User:
    """Somebody who cannot log in with a password, unless one is given."""
    name = username or f"person{next(_numbers)}"
    user = User(username=name, email=fields.pop("email", f"{name}@example.test"), role=role.value, **fields)
    user.set_password(password or None)
    user.save()
    return user


def make_workflow(
    owner: User | None = None,
    *,
    nodes: list[Any] | None = None,
    edges: list[Any] | None = None,
    publish: bool = True,
    **fields: Any,
) -> Workflow:
    """A published workflow of one step, unless told otherwise."""
    owner = owner or make_user()
    fields.setdefault("name", f"Workflow {next(_numbers)}")
    workflow = create_workflow(
        owner, nodes=nodes if nodes is not None else [step("only")], edges=edges or [], **fields
    )
    if publish:
        publish_draft(owner, workflow.pk)
    workflow.refresh_from_db()
    return workflow


def share(workflow: Workflow, user: User, access: Access) -> None:
    WorkflowPermission.objects.create(workflow=workflow, user=user, access=access.value)


def start(workflow: Workflow, input: Json = None, **options: Any) -> Execution:
    """A run by the owner, not yet taken by any worker."""
    execution, _ = start_execution(options.pop("user", workflow.owner), workflow.pk, input=input, **options)
    return execution


def fresh(execution: Execution | UUID) -> Execution:
    """The execution as it is stored now."""
    return Execution.objects.get(pk=execution if isinstance(execution, UUID) else execution.pk)


def node(node_id: str, kind: str, config: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "data": {"config": config or {}, **data}}


def step(node_id: str, output: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
    """A pure step."""
    return node(node_id, "transform", {"output": output if output is not None else {"ok": True}}, **data)


def log_step(node_id: str, message: str = "here", **data: Any) -> dict[str, Any]:
    """An idempotent step: one commit of its own."""
    return node(node_id, "action", {"action": "log", "with": {"message": message}}, **data)


def set_vars(node_id: str, **variables: Any) -> dict[str, Any]:
    return node(node_id, "action", {"action": "set", "with": {"vars": variables}})


def expression(source: str) -> dict[str, str]:
    return {"=": source}


def edge(source: str, target: str, *, when: str | None = None, port: str | None = None) -> dict[str, Any]:
    drawn: dict[str, Any] = {"id": f"{source}-{port or 'out'}-{target}", "source": source, "target": target}
    if when is not None:
        drawn["condition"] = when
    if port is not None:
        drawn["sourceHandle"] = port
    return drawn


def chain(*node_ids: str) -> list[dict[str, Any]]:
    return [edge(source, target) for source, target in pairwise(node_ids)]
