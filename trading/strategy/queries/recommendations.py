"""Recommendations of all sessions that a person sees, and how well their confidence foretold outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from trading.strategy.domain.calibration import Calibration, Case, calibrate
from trading.strategy.domain.vocabulary import Outcome
from trading.strategy.models import Recommendation, StrategicSession

UNJUDGED = "none"


def recommendations_for(user: User, chosen: Mapping[str, str]) -> QuerySet[Recommendation]:
    """Newest first by id. ``chosen``: corporation, session, status, outcome (``none``: not told yet), search.

    ``confidence`` is its own or, where it has none, that of its step.
    """
    rows = Recommendation.objects.filter(step__session__in=StrategicSession.objects.visible_to(user))
    if corporation := chosen.get("corporation"):
        rows = rows.filter(step__session__corporation_id=corporation)
    if session := chosen.get("session"):
        rows = rows.filter(step__session__id=session)
    if status := chosen.get("status"):
        rows = rows.filter(status=status)
    if outcome := chosen.get("outcome"):
        rows = rows.filter(outcome="" if outcome == UNJUDGED else outcome)
    if search := chosen.get("search"):
        rows = rows.filter(title__icontains=search)
    return rows.select_related("step__session__corporation", "judged_by").annotate(
        confidence=Coalesce("confidence_score", "step__confidence_score")
    )


def calibration_of(rows: QuerySet[Recommendation]) -> Calibration:
    """Of those among them whose outcome was told and that had a confidence. One query."""
    judged = rows.exclude(outcome="").filter(confidence__isnull=False).order_by()  # type: ignore[misc]
    found = judged.values_list("confidence", "outcome")  # type: ignore[misc]  # both are annotated
    return calibrate([Case(float(confidence), Outcome(outcome)) for confidence, outcome in found])


def told_calibration(found: Calibration) -> JsonObject:
    """As the API has it."""
    return {
        "count": found.count,
        "confidence": found.confidence,
        "came_true": found.came_true,
        "least": found.least,
        "most": found.most,
        "brier": found.brier,
        "verdict": found.verdict.value,
        "bins": [
            {
                "low": each.low,
                "high": each.high,
                "count": each.count,
                "confidence": each.confidence,
                "came_true": each.came_true,
                "least": each.least,
                "most": each.most,
            }
            for each in found.bins
        ],
    }
