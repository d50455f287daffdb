"""Corporations, sessions, matrices and recommendations for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.trading.strategy.domain.test_documents import make_document
from trading.strategy.domain.drafts import CriterionDraft, OptionDraft, ScoreDraft
from trading.strategy.models import (
    Corporation,
    Recommendation,
    Snapshot,
    StrategicMatrix,
    StrategicSession,
    StrategicStep,
)
from trading.strategy.services.corporations import add_corporation
from trading.strategy.services.documents import import_session
from trading.strategy.services.matrices import create_matrix

_numbers = count(1)


def make_corporation(owner: User, *, eve_id: int = 98_000_001) -> Corporation:
    return add_corporation(owner, eve_id=eve_id, name="Generated Industries", is_generated=True)


def make_session(corporation: Corporation, **other: Any) -> StrategicSession:
    """An imported one, with two steps, the first of them done."""
    document = make_document(**{"sessionId": f"made-{next(_numbers)}", **other})
    document["corporationId"] = str(corporation.eve_id)
    return import_session(corporation.owner, document)[0]


def make_advice(session: StrategicSession, *, hours: int = 4) -> Recommendation:
    """A recommendation of its first step, which was given wallets that are so old."""
    as_of = utc_now() - timedelta(hours=hours)
    snapshot = Snapshot.objects.create(
        corporation=session.corporation,
        kind="wallets",
        source="generated",
        data={},
        as_of=as_of,
        until=as_of + timedelta(hours=1),
    )
    step = session.steps.get(position=0)
    step.input = {"snapshots": [str(snapshot.pk)], "question": "What is there?"}
    step.save(update_fields=["input"])
    citation = {
        "kind": "wallets",
        "snapshot": str(snapshot.pk),
        "as_of": as_of.isoformat(),
        "fact": "wallet.total",
        "text": "12.50 ISK in all",
    }
    return Recommendation.objects.create(
        step=step, number=9, title="Keep a reserve", confidence_score=0.6, citations=[citation]
    )


def make_matrix(owner: User, corporation: Corporation | None = None, **more: Any) -> StrategicMatrix:
    """Hold (6, 8) and Expand (9, 3), by Income (weight 2) and Safety (weight 1): Expand is first with 7."""
    scores = [(0, 0, 6), (0, 1, 8), (1, 0, 9), (1, 1, 3)]
    return create_matrix(
        owner,
        (corporation or make_corporation(owner)).pk,
        title="Where to move",
        options=[OptionDraft("Hold"), OptionDraft("Expand")],
        criteria=[CriterionDraft("Income", Decimal(2)), CriterionDraft("Safety")],
        scores=[ScoreDraft(option, criterion, Decimal(score)) for option, criterion, score in scores],
        **more,
    )


def make_bare_session(corporation: Corporation, **more: Any) -> StrategicSession:
    """Without a step and without a run."""
    return StrategicSession.objects.create(
        corporation=corporation, **{"initiator": "owner", "title": "Autumn", **more}
    )


def make_step(session: StrategicSession, position: int = 0, **more: Any) -> StrategicStep:
    return StrategicStep.objects.create(
        session=session,
        position=position,
        **{
            "step_type": "matrix",
            "title": "Matrix",
            "started_at": utc_now(),
            "node_id": f"n{position}",
            **more,
        },
    )


def make_world(people: Mapping[str, User | None]) -> dict[str, Any]:
    """What the grids speak of: the viewer may read, the editor work; an administrator is a stranger."""
    owner, viewer, editor = people["owner"], people["viewer"], people["editor"]
    assert owner
    assert viewer
    assert editor
    corporation = make_corporation(owner, eve_id=98_000_777)
    for person, access in ((viewer, "reader"), (editor, "editor")):
        corporation.members.create(user=person, access=access)
    matrix = make_matrix(owner, corporation)
    option, criterion = matrix.options.first(), matrix.criteria.first()
    assert option
    assert criterion
    step = make_step(make_bare_session(corporation))
    score = {"option": str(option.pk), "criterion": str(criterion.pk), "score": "1.5"}
    return {
        "matrix": matrix.pk,
        "matrix_option": option.pk,
        "matrix_criterion": criterion.pk,
        "recommendation": make_recommendation(step, status="done", done_at=utc_now()).pk,
        "advice": make_recommendation(step, 2).pk,
        "new_matrix": {"corporation": str(corporation.pk), "title": "New"},
        "scores": {"scores": [score]},
        "weights": {"weights": [{"criterion": str(criterion.pk), "weight": "3"}]},
    }


def make_recommendation(step: StrategicStep, number: int = 1, **more: Any) -> Recommendation:
    told = {"title": f"Move {number}", "confidence_score": 0.8, **more}
    return Recommendation.objects.create(step=step, number=number, **told)
