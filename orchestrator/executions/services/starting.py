"""Starting runs."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import UUID

from django.db import IntegrityError, transaction

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.context import current_origin
from orchestrator.core.errors import InvalidInput, TooLarge, WrongState
from orchestrator.core.json import Json, JsonObject, NotJson
from orchestrator.core.schemas import complaints
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime import admission
from orchestrator.executions.runtime.hints import hint_on_commit
from orchestrator.workflows.access import Runnable, find_runnable
from orchestrator.workflows.models import Workflow, WorkflowStatus, WorkflowVersion

MAX_INPUT_BYTES = 1024 * 1024


def start_execution(
    user: User,
    workflow_id: UUID,
    *,
    input: Json = None,
    version: int | None = None,
    idempotency_key: str | None = None,
    trigger: JsonObject | None = None,
) -> tuple[Execution, bool]:
    """Start a run of the workflow's current version, or of a given published one.

    Answers with the run and whether it is new: a key that this workflow has seen gives the run it
    started, unchanged. Raises NotFound, NotAllowed, WrongState for a workflow that cannot be run, and
    InvalidInput for an input that does not fit its schema.
    """
    runnable = find_runnable(user, workflow_id, version)
    known = _by_key(workflow_id, idempotency_key)
    if known is not None:
        return known, False
    _check_input(runnable.workflow, input)
    return _insert(runnable, user, input, idempotency_key, trigger)


def start_for(
    person: User, workflow_id: UUID, *, input: Json, idempotency_key: str | None = None
) -> tuple[Execution, bool]:
    """Start a run of a workflow that a product has for everybody, whatever the person may see of it.

    For services of products, which know that the person may have it run. Answers as ``start_execution``;
    raises WrongState for a workflow that was archived or has no version.
    """
    version = WorkflowVersion.objects.filter(workflow=workflow_id, is_current=True).select_related("workflow")
    current = version.defer("nodes", "edges").first()
    if current is None or current.workflow.status == WorkflowStatus.ARCHIVED:
        raise WrongState("This cannot be run now: an administrator has put its workflow away.")
    known = _by_key(workflow_id, idempotency_key)
    if known is not None:
        return known, False
    runnable = Runnable(current.workflow, current)
    return _insert(runnable, person, input, idempotency_key, {"type": "manual"})


def _insert(
    runnable: Runnable, person: User, input: Json, key: str | None, trigger: JsonObject | None
) -> tuple[Execution, bool]:
    execution = Execution(
        workflow=runnable.workflow,
        version=runnable.version,
        input=input,
        started_by=person,
        idempotency_key=key,
        trigger={**(trigger or {"type": "manual"}), "origin": current_origin().as_metadata()},
    )
    try:
        with transaction.atomic() if key else nullcontext():
            admission.insert(execution, now=utc_now())
    except IntegrityError:
        known = _by_key(runnable.workflow.pk, key)
        if known is None:
            raise
        return known, False  # the same key at the same moment: the other one was quicker
    hint_on_commit()
    return execution, True


def _by_key(workflow_id: UUID, key: str | None) -> Execution | None:
    if key is None:
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise InvalidInput("An idempotency key has 1 to 200 printable characters.")
    runs = Execution.objects.select_related("workflow", "version").defer("state", "version__nodes")
    return runs.filter(workflow=workflow_id, idempotency_key=key).first()


def _check_input(workflow: Workflow, given: Json) -> None:
    try:
        json.normalize(given, limit=MAX_INPUT_BYTES)
    except NotJson as error:
        raise TooLarge(str(error)) from error
    schema = workflow.settings.get("input_schema")
    if schema is None:
        return
    if fields := complaints(given, schema, under="input"):
        raise InvalidInput("The input does not fit what this workflow takes.", fields=fields)
