"""What a step of the engine does with a session's rows: begins, keeps an answer, says why there is none.

Everything is found by the run and the node's firing, under the session's lock, and may be called twice: a
step that a killed worker had begun is done again, finds what it had kept, and only waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import JsonObject
from orchestrator.executions.models import Execution
from trading.strategy.domain.answers import Advice, Answer, Question, Unsupported
from trading.strategy.domain.steps import DEFINITIONS
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus, StepType
from trading.strategy.models import Corporation, Recommendation, StrategicSession, StrategicStep
from trading.strategy.services.logging import write_log
from trading.strategy.services.material import earlier_steps, material_of, named, sources_of, told_of
from trading.strategy.services.matrices import matrix_of_step_output
from trading.strategy.services.placing import NoSession, step_of

_NO_SESSION: Final = (
    "This run belongs to no strategy session. Begin a session for a corporation, or have a step of another "
    "workflow begin one."
)
MOST_MESSAGE: Final = 2_000


class TakenOver(WrongState):
    """Another worker goes on with the run: this one was taken for dead."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One firing of a node, and what its author wants of it. ``node`` names it within maps, too.

    ``all_kinds``: the author chose the data, so that none of it may be missing.
    """

    run: UUID
    fence: int | None
    node: str
    iteration: int
    step_type: str
    title: str
    instructions: str
    schema: JsonObject
    kinds: tuple[str, ...]
    all_kinds: bool
    review: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A round of work: ``round`` is how often the step has been asked by now."""

    session: StrategicSession
    step: StrategicStep
    round: int


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked in this round, and how its input is stored."""

    begun: Begun
    question: Question
    input: JsonObject


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step stands that has nothing left to do by itself. ``told`` holds no word of the session."""

    accepted: str
    again: str
    is_over: bool
    told: JsonObject


def signals_of(step: StrategicStep) -> tuple[str, str]:
    """By which the run hears that this round was accepted, or is to be done again."""
    name = f"strategy:{step.pk}:{step.rounds}"
    return f"{name}:accepted", f"{name}:again"


def told_to_run(step: StrategicStep) -> JsonObject:
    """What events of the run may hold, which more people see than the session: places and figures."""
    return {
        "step": step.position,
        "step_type": step.step_type,
        "round": step.rounds,
        "confidence": step.confidence_score,
    }


def begin(asked: Asked) -> Begun | Standing:
    """Raises NoSession and TakenOver."""
    with _locked(asked) as session:
        step = _step_of(session, asked)
        if _stands(step):
            return _standing(step, asked)
        if step.status == StepStatus.PENDING:
            now = utc_now()
            step.status, step.started_at = StepStatus.IN_PROGRESS.value, now
            step.rounds += 1
            step.save(update_fields=["status", "started_at", "rounds"])
            session.current_step = step.position
            write_log(
                session,
                "step_started",
                at=now,
                step=step.position,
                details={"step_type": step.step_type, "round": step.rounds},
            )
        step.session = session
        return Begun(session, step, step.rounds)


def prepare(begun: Begun, asked: Asked) -> Work:
    """Gather what the step is given. EVE may be asked, so no transaction is open; raises its errors."""
    step, session = begun.step, begun.session
    corporation = Corporation.objects.get(pk=session.corporation_id)
    snapshots = material_of(corporation, asked.kinds, all_of=asked.all_kinds)
    steps = earlier_steps(step)
    previous = step.input.get("previous")
    known = {each.kind for each in snapshots}
    missing = tuple(each for each in asked.kinds if each not in known)
    question = Question(
        step_type=asked.step_type,
        title=step.title,
        instructions=asked.instructions,
        schema=asked.schema,
        corporation=corporation.name,
        objective=session.objective,
        sources=sources_of(snapshots, steps),
        earlier=told_of(steps),
        missing=missing,
        remark=step.remark,
        previous=previous,
    )
    given: JsonObject = {
        "objective": session.objective,
        "instructions": asked.instructions,
        **named(snapshots, steps),
        "missing": list(missing),
    }
    if step.remark:
        given |= {"remark": step.remark, "previous": previous}
    return Work(begun, question, given)


def keep(asked: Asked, work: Work, answer: Answer, *, provider: str, model: str) -> Standing:
    """Store an answer, once for each round: whoever comes second changes nothing. Raises as ``begin``."""
    with _locked(asked) as session:
        step = _step_of(session, asked)
        if _stands(step) or step.rounds != work.begun.round:
            return _standing(step, asked)
        now = utc_now()
        step.input = {**work.input, "provider": provider, "model": model}
        step.output, step.confidence_score, step.error = answer.output, answer.confidence, None
        step.edited = False
        if not asked.review:
            step.status, step.completed_at = StepStatus.COMPLETED.value, max(now, step.started_at)
        step.save()
        step.session = session
        store_recommendations(step, answer.recommendations)
        _keep_matrix(step, asked)
        details: JsonObject = {
            "round": step.rounds,
            "confidence": answer.confidence,
            "recommendations": len(answer.recommendations),
            "provider": provider,
        }
        write_log(session, "step_answered", at=now, step=step.position, details=details)
        return _standing(step, asked)


def _keep_matrix(step: StrategicStep, asked: Asked) -> None:
    """What the built-in matrix step answered is a matrix of the session. Raises Unsupported for one that is
    none."""
    if is_matrix(asked.step_type, asked.schema):
        try:
            matrix_of_step_output(step)
        except InvalidInput as error:
            raise Unsupported(error.message) from error


def is_matrix(step_type: str, schema: JsonObject) -> bool:
    """An author's own schema may mean something else by a matrix."""
    return step_type == StepType.MATRIX and schema == DEFINITIONS[StepType.MATRIX].schema


def note_failure(asked: Asked, begun: Begun | None, code: str, message: str, *, is_last: bool) -> Standing:
    """Log a failure; the last one is the step's error, with which it waits. Raises as ``begin``."""
    with _locked(asked) as session:
        step = _step_of(session, asked)
        if _stands(step) or (begun is not None and step.rounds != begun.round):
            return _standing(step, asked)
        now = utc_now()
        error: JsonObject = {"code": code, "message": message[:MOST_MESSAGE], "at": now.isoformat()}
        if is_last:
            step.status, step.error = StepStatus.ERROR.value, error
            step.save(update_fields=["status", "error"])
        event = "step_failed" if is_last else "step_attempt_failed"
        details: JsonObject = {"code": code, "message": error["message"], "round": step.rounds}
        write_log(session, event, at=now, step=step.position, details=details)
        return _standing(step, asked)


_KEPT: Final = ("pk", "status", "outcome", "note", "judged_by_id", "accepted_at", "done_at", "judged_at")


def store_recommendations(step: StrategicStep, advice: tuple[Advice, ...]) -> None:
    """In place of those it had; one by the same title keeps what people made of it."""
    known = {each.title: each for each in step.recommendations.all()}
    step.recommendations.all().delete()
    rows = []
    for number, each in enumerate(advice, start=1):
        before = known.pop(each.title, None)
        rows.append(
            Recommendation(
                step=step,
                number=number,
                title=each.title,
                detail=each.detail,
                confidence_score=each.confidence,
                citations=list(each.citations),
                **({name: getattr(before, name) for name in _KEPT} if before else {}),
            )
        )
    Recommendation.objects.bulk_create(rows)


@contextmanager
def _locked(asked: Asked) -> Iterator[StrategicSession]:
    with transaction.atomic():
        session = StrategicSession.objects.select_for_update().filter(execution_id=asked.run).first()
        if session is None:
            raise NoSession(_NO_SESSION)
        if session.status == SessionStatus.ARCHIVED:
            raise NoSession("The session of this run was archived.")
        fence = Execution.objects.filter(pk=asked.run).values_list("fence", flat=True).first()
        if asked.fence is not None and fence != asked.fence:
            raise TakenOver("Another worker goes on with this run.")
        yield session


def _step_of(session: StrategicSession, asked: Asked) -> StrategicStep:
    return step_of(
        session, node=asked.node, iteration=asked.iteration, step_type=asked.step_type, title=asked.title
    )


def _stands(step: StrategicStep) -> bool:
    """Whether it waits for a person, or is over."""
    return step.status in (StepStatus.COMPLETED, StepStatus.ERROR) or step.output is not None


def _standing(step: StrategicStep, asked: Asked) -> Standing:
    accepted, again = signals_of(step)
    is_over = step.status == StepStatus.COMPLETED and not asked.review
    return Standing(accepted, again, is_over, told_to_run(step))
