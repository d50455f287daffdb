"""Running again from some point of an earlier run, as a new run linked to it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import current_origin
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from orchestrator.executions.access import find_execution
from orchestrator.executions.domain.codec import encode_state
from orchestrator.executions.domain.fork import reopen, state_before_failure, state_before_node
from orchestrator.executions.models import Execution
from orchestrator.executions.queries.history import events_of
from orchestrator.executions.runtime import admission
from orchestrator.executions.runtime.graphs import graph_of
from orchestrator.executions.runtime.hints import hint_on_commit
from orchestrator.workflows.models import Access, WorkflowStatus, WorkflowVersion

FROM_FAILED = "failed"
FROM_START = "start"


@transaction.atomic
def retry_for(person: User, execution_id: UUID) -> Execution:
    """A new run that goes on from where one failed that a product started by ``start_for``.

    For services of products, which know that the person may have it run. Raises WrongState and CannotRetry as
    ``retry_execution``.
    """
    rows = Execution.objects.select_related("workflow", "version").defer("version__nodes", "version__edges")
    return _retry(person, rows.get(pk=execution_id), FROM_FAILED, "original")


@transaction.atomic
def retry_execution(
    user: User, execution_id: UUID, *, start: str = FROM_FAILED, version: str = "original"
) -> Execution:
    """A new run that goes on from ``failed``, from the ``start``, or from just before a node.

    ``version`` is ``original`` or ``current``. What the earlier run had finished before that point stays
    done and is not repeated. Raises WrongState for a run that is not over, CannotRetry for a point that
    does not exist or that the version does not have.
    """
    return _retry(user, find_execution(user, execution_id, Access.EDITOR), start, version)


def _retry(user: User, execution: Execution, start: str, version: str) -> Execution:
    if not execution.is_final:
        raise WrongState("This run is still under way; cancel it before you retry it.")
    if execution.workflow.status == WorkflowStatus.ARCHIVED:
        raise WrongState(f"{execution.workflow.name} is archived; restore it to run it.")
    chosen = _version(execution, version)
    retry = Execution(
        workflow=execution.workflow,
        version=chosen,
        input=execution.input,
        seed=None if start == FROM_START else _seed(execution, start, chosen),
        started_by=user,
        retry_of=execution,
        trigger={
            "type": "retry",
            "of": str(execution.pk),
            "from": start,
            "origin": current_origin().as_metadata(),
        },
    )
    admission.insert(retry, now=utc_now())
    hint_on_commit()
    return retry


def _version(execution: Execution, version: str) -> WorkflowVersion:
    if version == "original":
        return execution.version
    if version != "current":
        raise InvalidInput('version is "original" or "current".', fields={"version": ["Unknown choice."]})
    current = execution.workflow.versions.filter(is_current=True).defer("nodes", "edges").first()
    if current is None:
        raise WrongState(f"{execution.workflow.name} has no current version.")
    return current


def _seed(execution: Execution, start: str, version: WorkflowVersion) -> JsonObject:
    events = events_of(execution.pk)
    state = state_before_failure(events) if start == FROM_FAILED else state_before_node(events, start)
    same = version.pk == execution.version_id
    return encode_state(reopen(state, graph_of(version.pk), same_version=same))
