"""What a person says of a step: accepted, changed, to be done again; and trying again what failed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import JsonObject, NotJson
from orchestrator.core.rls import as_server
from orchestrator.core.schemas import complaints
from orchestrator.executions.models import Execution
from orchestrator.executions.runtime.graphs import graph_of
from orchestrator.executions.services.retrying import retry_for
from orchestrator.executions.services.steering import signal_for
from trading.strategy.access import May, find_session
from trading.strategy.domain.answers import Unsupported, read_confidence, read_recommendations
from trading.strategy.domain.steps import MOST_OUTPUT_BYTES, definition_of
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.models import StrategicSession, StrategicStep
from trading.strategy.services.layout import node_named
from trading.strategy.services.logging import write_log
from trading.strategy.services.material import sources_given
from trading.strategy.services.matrices import matrix_of_step_output
from trading.strategy.services.sessions import is_live, no_run
from trading.strategy.services.stepping import is_matrix, signals_of, store_recommendations, told_to_run

MOST_REMARK: Final = 4_000
_WHY: Final = "the run belongs to a workflow that the person need not see"


class NothingToReview(WrongState):
    """The step does not wait for anybody: it has not begun, is at work, failed, or was accepted."""

    code = "nothing_to_review"


@transaction.atomic
def accept_step(user: User, session_id: UUID, position: int, *, comment: str = "") -> StrategicStep:
    """The session goes on. Raises NotFound, NotAllowed, InvalidInput, WrongState, NothingToReview."""
    step = _reviewable(user, session_id, position)
    _accept(user, step, _remark("comment", comment))
    return step


@transaction.atomic
def advance_session(user: User, session_id: UUID) -> StrategicStep:
    """Accept the step that waits, the first where branches wait at once. Raises as ``accept_step``."""
    session = _active(user, session_id)
    step = next((each for each in session.steps.all() if each.awaits_review), None)
    if step is None:
        raise NothingToReview("No step of this session waits to be accepted.")
    step.session = session
    _accept(user, step, "")
    return step


@transaction.atomic
def edit_step(
    user: User,
    session_id: UUID,
    position: int,
    *,
    output: Any,
    confidence: float | None = None,
    recommendations: Any = None,
    comment: str = "",
) -> StrategicStep:
    """Put the person's words in place of the answer, which then still waits to be accepted.

    What is None stays. Raises as ``accept_step``; InvalidInput for an output that does not fit the step's
    schema, a confidence outside 0 to 1, or a citation of what the step was not given.
    """
    step = _reviewable(user, session_id, position)
    said = _remark("comment", comment)
    step.output = _fitting(step, output)
    try:
        if confidence is not None:
            step.confidence_score = read_confidence(confidence)
        if recommendations is not None:
            store_recommendations(step, read_recommendations(recommendations, sources_given(step)))
    except Unsupported as error:
        field = "confidence" if "between 0 and 1" in str(error) else "recommendations"
        raise InvalidInput(str(error), fields={field: [str(error)]}) from error
    step.edited, step.reviewed_by, step.reviewed_at = True, user, utc_now()
    step.save()
    if is_matrix(step.step_type, schema_of(step)):
        matrix_of_step_output(step, actor=user)
    _tell(user, step, "step_edited", {"comment": said} if said else {})
    return step


@transaction.atomic
def ask_again(user: User, session_id: UUID, position: int, *, remark: str) -> StrategicStep:
    """Have the step done again, minding the remark; its model is shown its last answer.

    Raises as ``accept_step``, and InvalidInput without a remark.
    """
    step = _reviewable(user, session_id, position)
    step.remark = _remark("remark", remark)
    if not step.remark:
        raise InvalidInput("Say what it should mind.", fields={"remark": ["Say what it should mind."]})
    previous: JsonObject = {"output": step.output, "confidence": step.confidence_score}
    step.input = {**step.input, "previous": previous}
    again = signals_of(step)[1]
    step.output = step.confidence_score = None
    step.edited = False
    step.reviewed_by, step.reviewed_at = user, utc_now()
    step.recommendations.all().delete()
    _do_again(user, step, again, "step_asked_again", {"remark": step.remark})
    return step


@transaction.atomic
def retry_step(user: User, session_id: UUID, position: int) -> StrategicStep:
    """Try again what failed. Raises NotFound, NotAllowed, and WrongState for a step that did not fail."""
    step = _step(_active(user, session_id), position)
    if step.status != StepStatus.ERROR:
        raise WrongState(
            f"Step {position + 1} is {step.status.replace('_', ' ')}: there is no error to mend."
        )
    again = signals_of(step)[1]
    code = (step.error or {}).get("code", "")
    step.status, step.error = StepStatus.IN_PROGRESS.value, None
    _do_again(user, step, again, "step_retried", {"code": code})
    return step


def _accept(user: User, step: StrategicStep, comment: str) -> None:
    now = utc_now()
    step.status = StepStatus.COMPLETED.value
    step.completed_at = max(now, step.started_at)  # by another machine's clock
    step.reviewed_by, step.reviewed_at = user, now
    step.save(update_fields=["status", "completed_at", "reviewed_by", "reviewed_at"])
    _signal(user, step.session, signals_of(step)[0], told_to_run(step))
    details: JsonObject = {"round": step.rounds, "edited": step.edited}
    _tell(user, step, "step_accepted", {**details, "comment": comment} if comment else details)


def _do_again(user: User, step: StrategicStep, signal: str, event: str, details: JsonObject) -> None:
    step.rounds += 1
    step.save()
    step.session.current_step = step.position
    _signal(user, step.session, signal, None)
    _tell(user, step, event, {**details, "round": step.rounds})


def _signal(user: User, session: StrategicSession, name: str, payload: JsonObject | None) -> None:
    """Tell the run. One that failed as a whole is gone on with by another, from where it failed."""
    with as_server(_WHY):
        if not is_live(session):
            assert session.execution_id is not None
            session.execution = retry_for(user, session.execution_id)
            session.save(update_fields=["execution"])
        assert session.execution_id is not None
        signal_for(user, session.execution_id, name, payload)


def _tell(user: User, step: StrategicStep, event: str, details: JsonObject) -> None:
    write_log(step.session, event, at=utc_now(), actor=user, step=step.position, details=details)
    record_audit(user, f"strategic_session.{event}", step.session, after={"step": step.position})


def _reviewable(user: User, session_id: UUID, position: int) -> StrategicStep:
    step = _step(_active(user, session_id), position)
    if not step.awaits_review:
        state = "at work" if step.status == StepStatus.IN_PROGRESS else step.status.replace("_", " ")
        raise NothingToReview(f"Step {position + 1} is {state}: there is nothing to review.")
    return step


def _active(user: User, session_id: UUID) -> StrategicSession:
    session = find_session(user, session_id, May.WORK, lock=True)
    if session.status != SessionStatus.ACTIVE:
        raise WrongState(f"This session is {session.status}: none of its steps can be moved.")
    if session.execution_id is None:
        raise no_run(session)
    return session


def _step(session: StrategicSession, position: int) -> StrategicStep:
    step = StrategicStep.objects.filter(session=session, position=position).first()
    if step is None:
        raise NotFound(f"This session has no step {position}.")
    step.session = session
    return step


def _fitting(step: StrategicStep, output: Any) -> JsonObject:
    if not isinstance(output, dict):
        message = "A step's output is a JSON object."
        raise InvalidInput(message, fields={"output": [message]})
    try:
        json.normalize(output, limit=MOST_OUTPUT_BYTES)
    except NotJson as error:
        raise InvalidInput(str(error), fields={"output": [str(error)]}) from error
    if fields := complaints(output, schema_of(step), under="output"):
        raise InvalidInput("The output does not fit this step.", fields=fields)
    return output


def _remark(field: str, text: str) -> str:
    said = text.strip()
    if len(said) > MOST_REMARK or "\x00" in said:
        message = f"Say it in {MOST_REMARK:,} characters of text."
        raise InvalidInput(message, fields={field: [message]})
    return said


def schema_of(step: StrategicStep) -> JsonObject:
    """As the step's node says in the version that runs."""
    with as_server(_WHY):
        version = Execution.objects.values_list("version_id", flat=True).get(pk=step.session.execution_id)
        node = node_named(graph_of(version), step.node_id)
    own = node.node.data.config.get("output_schema") if node is not None else None
    definition = definition_of(step.step_type)
    return own or (definition.schema if definition else {"type": "object"})
