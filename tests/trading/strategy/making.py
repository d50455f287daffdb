"""Corporations and sessions for tests."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.trading.strategy.domain.test_documents import make_document
from trading.strategy.models import Corporation, Recommendation, Snapshot, StrategicSession
from trading.strategy.services.corporations import add_corporation
from trading.strategy.services.documents import import_session

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
