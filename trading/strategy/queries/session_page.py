"""What the page of a session shows of its steps: what each was given, what came of it, on what it rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from orchestrator.ai.domain.catalog import OFFLINE, PROVIDERS
from orchestrator.core.json import JsonObject
from trading.strategy.domain.facts import KINDS, facts_of
from trading.strategy.domain.vocabulary import SnapshotSource, StepStatus
from trading.strategy.models import Recommendation, Snapshot, StrategicSession, StrategicStep

_SNAPSHOTS: Final = "snapshots"
_SHOWN_ELSEWHERE: Final = (
    _SNAPSHOTS, "steps", "objective", "remark", "previous", "provider", "model",
)  # fmt: skip
_STEP: Final = "step"
"""The kind under which an earlier step is cited."""


@dataclass(frozen=True, slots=True)
class Source:
    """Data that a step was given. ``title`` and ``as_of`` are told where the snapshot is gone."""

    title: str
    as_of: datetime | None
    is_generated: bool


@dataclass(frozen=True, slots=True)
class Citation:
    text: str
    source: Source


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
    earlier: list[str]
    answered_by: str
    advice: list[Advice]
    is_current: bool

    @property
    def waits(self) -> bool:
        return waits(self.step)

    @property
    def works(self) -> bool:
        return self.step.status == StepStatus.IN_PROGRESS and not self.waits

    @property
    def has_failed(self) -> bool:
        return self.step.status == StepStatus.ERROR


def waits(step: StrategicStep) -> bool:
    """For a person: something came of it, and nobody has said yet what they think of that."""
    return step.status == StepStatus.IN_PROGRESS and step.output is not None


def cards_of(session: StrategicSession) -> list[Card]:
    """In their order. Three queries."""
    rows = session.steps.select_related("reviewed_by", "matrix").prefetch_related("recommendations")
    steps = list(rows.order_by("position"))
    wanted = {each for step in steps for each in _snapshot_ids(step)}
    found = Snapshot.objects.filter(corporation=session.corporation_id, pk__in=wanted) if wanted else ()
    known = {str(each.pk): each for each in found}
    titles = {step.position: step.title for step in steps}
    return [_card(session, step, known, titles) for step in steps]


def _card(
    session: StrategicSession, step: StrategicStep, known: dict[str, Snapshot], titles: dict[int, str]
) -> Card:
    given = step.input if isinstance(step.input, dict) else {}
    return Card(
        step=step,
        sources=[_source(each, known) for each in _listed(given.get(_SNAPSHOTS))],
        told={name: value for name, value in given.items() if value and name not in _SHOWN_ELSEWHERE},
        earlier=[titles[at] for at in _positions(given) if at in titles],
        answered_by=_provider(given),
        advice=[
            Advice(row, [_citation(each, known) for each in _listed(row.citations)])
            for row in step.recommendations.all()
        ],
        is_current=step.position == session.current_step,
    )


def _snapshot_ids(step: StrategicStep) -> Iterator[UUID]:
    given = step.input if isinstance(step.input, dict) else {}
    told = [*_listed(given.get(_SNAPSHOTS))]
    told += [each for row in step.recommendations.all() for each in _listed(row.citations)]
    for each in told:
        try:
            yield UUID(_id_in(each))
        except ValueError:
            continue


def _positions(given: JsonObject) -> Iterator[int]:
    for each in _listed(given.get("steps")):
        if isinstance(each, dict) and isinstance(each.get("position"), int):
            yield each["position"]


def _provider(given: JsonObject) -> str:
    """Who answered, as people know them; empty where nobody says."""
    name, model = str(given.get("provider") or ""), str(given.get("model") or "")
    if name == OFFLINE or name not in PROVIDERS:
        return PROVIDERS[name].title if name in PROVIDERS else name
    return f"{PROVIDERS[name].title}, {model}" if model else PROVIDERS[name].title


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()


def _id_in(told: Any) -> str:
    return str(told.get("snapshot") or told.get("id") or "") if isinstance(told, dict) else str(told)


def _source(told: Any, known: dict[str, Snapshot]) -> Source:
    snapshot = known.get(_id_in(told))
    if snapshot is not None:
        is_generated = snapshot.source == SnapshotSource.GENERATED
        return Source(_title(snapshot.kind), snapshot.as_of, is_generated)
    kind, as_of = (told.get("kind"), told.get("as_of")) if isinstance(told, dict) else (None, None)
    return Source(_title(str(kind)) if kind else "Data that is no longer kept", _moment(as_of), False)


def _citation(told: Any, known: dict[str, Snapshot]) -> Citation:
    fact = str(told.get("fact", "")) if isinstance(told, dict) else ""
    words = str(told.get("text") or "") if isinstance(told, dict) else ""
    snapshot = known.get(_id_in(told))
    if not words and snapshot is not None and snapshot.kind in KINDS:
        words = next((each.text for each in facts_of(snapshot.kind, snapshot.data) if each.name == fact), "")
    return Citation(words or fact, _source(told, known))


def _title(kind: str) -> str:
    if kind == _STEP:
        return "An earlier step"
    return KINDS[kind].title if kind in KINDS else kind.replace("_", " ").capitalize()


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
