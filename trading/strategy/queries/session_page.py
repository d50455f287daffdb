"""What the page of a session shows of its steps: what each was given, what came of it, on what it rests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum

from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.ai.models import AiCall
from orchestrator.core.json import JsonObject
from orchestrator.core.rls import as_server
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus, StepType
from trading.strategy.models import Recommendation, Snapshot, StrategicSession, StrategicStep
from trading.strategy.queries.citing import (
    Citation,
    Source,
    citation_of,
    listed,
    snapshots_in,
    source_of,
    title_of,
)
from trading.strategy.queries.matrices import ShownMatrix, shown_matrix

_SNAPSHOTS: Final = "snapshots"
_SHOWN_ELSEWHERE: Final = (
    _SNAPSHOTS, "steps", "objective", "remark", "previous", "provider", "model", "missing",
)  # fmt: skip
_WHY: Final = "who may read a session may know what its steps cost; its run need not be seen"


_PURPOSES: Final[dict[StepType, str]] = {
    StepType.SITUATION: "where the corporation stands",
    StepType.THREATS: "what could harm it, how likely and how grave",
    StepType.RESOURCES: "what it can work with, free and bound",
    StepType.OPTIONS: "courses of action that really differ",
    StepType.MATRIX: "each option scored by weighted criteria",
    StepType.RECOMMENDATION: "one course of action, and what would change it",
    StepType.PLAN: "tasks in their order, with who and by when",
}


@dataclass(frozen=True, slots=True)
class Advice:
    row: Recommendation
    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class Card:
    """A step. ``waits``: for somebody to review it; ``works``: it is being made."""

    step: StrategicStep
    sources: list[Source]
    told: JsonObject
    """Of its input what stands nowhere else on the page: what was asked."""
    missing: list[str]
    """Data that it would have been given, had anybody agreed to them."""
    earlier: list[str]
    answered_by: str
    advice: list[Advice]
    is_current: bool
    matrix: ShownMatrix | None
    cost: Decimal | None
    """In US dollars; None where nothing was paid."""

    @property
    def waits(self) -> bool:
        return self.step.awaits_review

    @property
    def works(self) -> bool:
        return self.step.status == StepStatus.IN_PROGRESS and not self.waits

    @property
    def has_failed(self) -> bool:
        return self.step.status == StepStatus.ERROR

    @property
    def purpose(self) -> str:
        """What a step does that comes with the product."""
        known = self.step.step_type in list(StepType)
        return _PURPOSES[StepType(self.step.step_type)] if known else ""

    @property
    def is_to_come(self) -> bool:
        return self.step.status == StepStatus.PENDING

    @property
    def is_folded(self) -> bool:
        """What is done is told in a sentence, and the rest of it on demand; not so where it ends."""
        return self.step.status == StepStatus.COMPLETED and not self.is_current

    @property
    def oldest(self) -> datetime | None:
        """Of the data that it rests on."""
        return min((each.as_of for each in self.sources if each.as_of), default=None)


@dataclass(frozen=True, slots=True)
class Now:
    """What goes on in a session, in one word, and the step that it is about."""

    word: str
    tone: str
    icon: str
    card: Card | None
    to_come: list[Card]

    @property
    def icon_class(self) -> str:
        return "spin" if self.icon == "loader-circle" else ""


def now_of(session: StrategicSession, cards: Sequence[Card]) -> Now:
    """What asks for somebody comes first: an error before a review, a review before work."""
    to_come = [each for each in cards if each.is_to_come]
    if session.status != SessionStatus.ACTIVE:
        tone, icon = _STILL[SessionStatus(session.status)]
        return Now(session.status, tone, icon, None, to_come)
    if not session.has_run:
        word, icon = ("imported", "upload") if session.imported_id else ("gone", "archive")
        return Now(word, "tone-muted", icon, None, to_come)
    for word, tone, icon, fits in _MOVING:
        card = next((each for each in cards if fits(each)), None)
        if card is not None:
            return Now(word, tone, icon, card, to_come)
    return Now("next", "tone-running", "hourglass", None, to_come)


_STILL: Final = {
    SessionStatus.PAUSED: ("tone-paused", "circle-pause"),
    SessionStatus.COMPLETED: ("tone-good", "circle-check"),
    SessionStatus.ARCHIVED: ("tone-muted", "archive"),
}
_MOVING: Final[tuple[tuple[str, str, str, Callable[[Card], bool]], ...]] = (
    ("failed", "tone-bad", "circle-x", lambda card: card.has_failed),
    ("waits", "tone-waiting", "hand", lambda card: card.waits),
    ("works", "tone-running", "loader-circle", lambda card: card.works),
)


def cards_of(session: StrategicSession) -> list[Card]:
    """In their order. Four queries, and four more for each matrix."""
    rows = session.steps.select_related("reviewed_by", "matrix").prefetch_related("recommendations")
    steps = list(rows.order_by("position"))
    found = snapshots_in(each for step in steps for each in _cited(step))
    known = {pk: each for pk, each in found.items() if each.corporation_id == session.corporation_id}
    titles = {step.position: step.title for step in steps}
    costs = _costs(session)
    return [_card(session, step, known, titles, costs) for step in steps]


def _costs(session: StrategicSession) -> dict[str, Decimal]:
    """By node, where it cost anything."""
    if not session.has_run:
        return {}
    with as_server(_WHY):
        calls = AiCall.objects.filter(execution_id=session.execution_id).order_by().values("node_id")
        found = calls.annotate(total=Sum("cost")).values_list("node_id", "total")
        return {node: total for node, total in found if total}


def _card(
    session: StrategicSession,
    step: StrategicStep,
    known: dict[str, Snapshot],
    titles: dict[int, str],
    costs: dict[str, Decimal],
) -> Card:
    given = step.input if isinstance(step.input, dict) else {}
    matrix = getattr(step, "matrix", None)
    return Card(
        step=step,
        sources=[source_of(each, known) for each in listed(given.get(_SNAPSHOTS))],
        told={name: value for name, value in given.items() if value and name not in _SHOWN_ELSEWHERE},
        missing=[title_of(str(each)) for each in listed(given.get("missing"))],
        earlier=[titles[at] for at in _positions(given) if at in titles],
        answered_by=_provider(given),
        advice=[
            Advice(row, [citation_of(each, known) for each in listed(row.citations)])
            for row in step.recommendations.all()
        ],
        is_current=step.position == session.current_step,
        matrix=shown_matrix(matrix) if matrix is not None and step.output is not None else None,
        cost=costs.get(step.node_id),
    )


def _cited(step: StrategicStep) -> Iterator[Any]:
    given = step.input if isinstance(step.input, dict) else {}
    yield from listed(given.get(_SNAPSHOTS))
    for row in step.recommendations.all():
        yield from listed(row.citations)


def _positions(given: JsonObject) -> Iterator[int]:
    for each in listed(given.get("steps")):
        if isinstance(each, dict) and isinstance(each.get("position"), int):
            yield each["position"]


def _provider(given: JsonObject) -> str:
    """Who answered, as people know them; empty where nobody says."""
    name, model = str(given.get("provider") or ""), str(given.get("model") or "")
    if name == OFFLINE or name not in PROVIDERS:
        return PROVIDERS[name].title if name in PROVIDERS else name
    return f"{PROVIDERS[name].title}, {model}" if model else PROVIDERS[name].title
