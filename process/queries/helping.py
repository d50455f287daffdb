"""How far something is that a person asked for, read from the run that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from orchestrator.ai.domain.prices import dollars
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.rls import as_server
from orchestrator.executions.domain.status import FINAL, Status
from orchestrator.executions.models import Execution
from process.domain.vocabulary import Help, Made
from process.models import HelpRequest, Session

_LIMITS: Final = {
    "user": "your budget for AI this month",
    "workflow": "what this kind of help may cost everybody this month",
}
_FINAL: Final = frozenset(status.value for status in FINAL)
_WORDS: Final = {
    "unknown_price": "Its price is not known, and you have a budget. Choose another helper.",
    "no_key": "There is no key for this helper any more. Choose another one.",
    "bad_key": "The helper did not accept the key. Look at it in your settings.",
    "rate_limited": "The helper has too much to do just now. Try again in a minute.",
    "quota_used_up": "The account at the helper has no credit left.",
    "ai_timeout": "The helper took too long.",
    "unreachable": "The helper could not be reached.",
    "cut_off": "The helper's answer broke off.",
    "provider_error": "The helper has a problem of its own.",
    "prompt_too_long": "There is more than this helper can read at once.",
    "refused": "The helper refused to answer.",
    "malformed_answer": "The helper answered in a form that cannot be used.",
    "max_tokens": "The helper's answer was longer than it may be.",
    "unsupported_answer": "What came back did not rest on your answers, so it was thrown away.",
    "choice_changed": "You chose another helper meanwhile. Nothing was sent.",
}


@dataclass(frozen=True, slots=True)
class HelpState:
    """``word`` is waiting, running, done, nothing or failed; ``reason`` says what went wrong."""

    request: HelpRequest
    word: str
    reason: str = ""
    code: str = ""


def is_under_way(state: HelpState) -> bool:
    return state.word in ("waiting", "running")


def state_of(request: HelpRequest) -> HelpState:
    return states_of([request])[request.pk]


def states_of(requests: Iterable[HelpRequest]) -> dict[UUID, HelpState]:
    """By request. One query, for those that are not finished."""
    rows = list(requests)
    open_ones = [row.execution_id for row in rows if row.finished_at is None]
    runs: dict[UUID, tuple[str, JsonObject]] = {}
    if open_ones:
        with as_server("how far the person's own request is stands in a run that they do not see"):
            found = Execution.objects.filter(pk__in=open_ones).values_list("pk", "status", "error")
            runs = {pk: (status, error or {}) for pk, status, error in found}
    return {row.pk: _state(row, runs.get(row.execution_id)) for row in rows}


def latest(session: Session, *kinds: Help) -> list[HelpState]:
    """The last request of each kind, section and answer, the latest first."""
    rows = HelpRequest.objects.filter(session=session, kind__in=[kind.value for kind in kinds])
    last: dict[tuple[str, UUID | None, UUID | None], HelpRequest] = {}
    for row in rows.select_related("section").order_by("-id"):
        last.setdefault((row.kind, row.section_id, row.answer_id), row)
    return list(states_of(last.values()).values())


def _state(request: HelpRequest, run: tuple[str, JsonObject] | None) -> HelpState:
    if request.finished_at is not None:
        return HelpState(request, "done" if request.outcome == Made.RESULT else "nothing")
    status, error = run or ("gone", {"code": "gone"})
    code = str(error.get("code", ""))
    if status == Status.COMPLETED:  # between the reading of the request and of the run
        return HelpState(request, "done")
    if status == Status.PENDING:
        return HelpState(request, "waiting")
    if status not in _FINAL and status != "gone":
        return HelpState(request, "running")
    reason = _WORDS.get(code, "It was stopped." if status == Status.CANCELLED else "Something went wrong.")
    if code == "over_budget":
        reason = _over(error.get("details"))
    return HelpState(request, "failed", reason, code or status)


def _over(details: Json) -> str:
    """Which limit stands against it, and how far it is used up."""
    told = details if isinstance(details, dict) else {}
    limit = _LIMITS.get(str(told.get("limit")), "what one text may cost")
    amount, used = (dollars(Decimal(str(told.get(name, 0)))) for name in ("limit_amount", "used"))
    return (
        f"It would cost more than {limit} allows: of {amount}, {used} is used or set aside. "
        "The offline rules cost nothing."
    )
