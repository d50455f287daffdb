"""Recommendations in and out of session documents, with what people made of them."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain.answers import Unsupported, read_confidence
from trading.strategy.domain.document_schema import moment
from trading.strategy.domain.vocabulary import Outcome, RecommendationStatus
from trading.strategy.models import Recommendation, StrategicStep

_TITLE: Final = 300
_TEXT: Final = 10_000
_NOTE: Final = 5_000
_MOST_CITATIONS: Final = 20
_MOMENTS: Final = ("accepted_at", "done_at", "judged_at")
_JUDGED: Final = ("status", "outcome", "note", *_MOMENTS)


def recommendation_document(row: Recommendation, *, is_imported: bool = False) -> JsonObject:
    """One of our own with all that is known of it. What was imported comes out as it came in, save what
    people made of it since."""
    if is_imported:
        told = dict(row.more)
        if _judgement_of(row) == _judgement_of(read_recommendation(row.step, row.number, told)):
            return told
        told = {name: value for name, value in told.items() if name not in _JUDGED}
    else:
        told = {"title": row.title, "detail": row.detail, "citations": row.citations}
        if row.confidence_score is not None:
            told["confidence"] = row.confidence_score
    return told | _judgement_of(row)


def read_recommendation(step: StrategicStep, number: int, told: JsonObject) -> Recommendation:
    """The row of it, not saved. What it says in our words is taken up; the whole of it is kept beside."""
    row = Recommendation(
        step=step,
        number=number,
        title=_text(told.get("title"), _TITLE) or f"Recommendation {number}",
        detail=_text(told.get("detail"), _TEXT),
        confidence_score=_confidence(told.get("confidence")),
        citations=_citations(told.get("citations")),
        more=told,
    )
    for name, value in _judgement_in(told).items():
        setattr(row, name, value)
    return row


def _judgement_of(row: Recommendation) -> JsonObject:
    told: JsonObject = {"status": str(row.status)}
    if row.outcome:
        told["outcome"] = row.outcome
    if row.note:
        told["note"] = row.note
    for name in _MOMENTS:
        if (at := getattr(row, name)) is not None:
            told[name] = at.isoformat()
    return told


def _judgement_in(told: JsonObject) -> dict[str, Any]:
    """All of it or, where it does not hold together, nothing."""
    found: dict[str, Any] = {}
    try:
        found["status"] = RecommendationStatus(str(told.get("status", ""))).value
        found |= {name: moment(str(told[name])) for name in _MOMENTS if told.get(name)}
        if outcome := told.get("outcome"):
            found["outcome"] = Outcome(str(outcome)).value
    except ValueError:
        return {}
    is_done = found["status"] == RecommendationStatus.DONE
    if is_done != ("done_at" in found) or ("outcome" in found) != ("judged_at" in found):
        return {}
    if "outcome" in found and not is_done:
        return {}
    return {**found, "note": _text(told.get("note"), _NOTE)}


def _confidence(value: Json) -> float | None:
    try:
        return read_confidence(value)
    except Unsupported:
        return None


def _citations(value: Json) -> list[JsonObject]:
    """Those that say at least of which kind of data they are."""
    told = value if isinstance(value, list) else []
    found = [each for each in told if isinstance(each, dict) and isinstance(each.get("kind"), str)]
    return found[:_MOST_CITATIONS]


def _text(value: object, most: int) -> str:
    return value.strip()[:most] if isinstance(value, str) else ""
