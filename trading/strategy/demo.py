"""The demo's part of corporation strategy: a generated corporation, past sessions, and one to review."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from trading.strategy.access import May, find_session
from trading.strategy.domain import made_up
from trading.strategy.domain.answers import Source
from trading.strategy.domain.facts import facts_of
from trading.strategy.domain.made_up_sessions import Fate, Past, past_session
from trading.strategy.domain.vocabulary import (
    Access,
    Outcome,
    RecommendationStatus,
    SnapshotSource,
    StepType,
)
from trading.strategy.models import Corporation
from trading.strategy.services.changing import change_session
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.documents import import_session
from trading.strategy.services.fetching import Found
from trading.strategy.services.generating import SEED, generate_corporation
from trading.strategy.services.matrices import matrix_of_step_output
from trading.strategy.services.sessions import start_session
from trading.strategy.services.snapshots import store_snapshot

_READER: Final = "vic"
_SAID: Final = "Generated for the demo: nobody held this session."
_GOOD, _PART, _BAD = Outcome.SUCCESS, Outcome.PARTIAL, Outcome.FAILURE
_PAST: Final = (
    (
        77,
        "What should we do before winter? (generated)",
        (Fate(0.9, _GOOD), Fate(0.75, _GOOD), Fate(0.55, _PART), Fate(0.7, _BAD), Fate(0.3, _BAD)),
    ),
    (
        49,
        "Can we afford a second refinery? (generated)",
        (Fate(0.85, _GOOD), Fate(0.8, _PART), Fate(0.45, _BAD), Fate(0.65, _GOOD), Fate(0.35, _PART)),
    ),
    (
        21,
        "Where do our losses come from? (generated)",
        (
            Fate(0.95, _PART),
            Fate(0.7, _GOOD),
            Fate(0.5, None, RecommendationStatus.ACCEPTED),
            Fate(0.6, None, RecommendationStatus.DISMISSED),
            Fate(0.4),
        ),
    ),
)
"""Days ago, what was asked, and what became of each recommendation."""


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if there is a corporation already.

    Workers do the first step of the last session after the server has started; then it waits to be reviewed.
    """
    if not owner.may_build or Corporation.objects.exists():
        return ""
    corporation = generate_corporation(owner)
    if User.objects.filter(username=_READER, is_active=True).exists():
        lend_corporation(owner, corporation.pk, username=_READER, access=Access.READER)
    for days, objective, fates in _PAST:
        _hold(owner, corporation, days, objective, fates)
    title = "Next quarter (generated corporation)"
    start_session(
        owner, corporation.pk, title=title, objective="Where should the corporation live next quarter?"
    )
    return f"“{corporation.name}” has {len(_PAST)} generated sessions with outcomes, and one to review."


def _hold(owner: User, corporation: Corporation, days: int, objective: str, fates: tuple[Fate, ...]) -> None:
    """A session of so many days ago, with the data of that day."""
    began = utc_now() - timedelta(days=days)
    sources = []
    for each in made_up.made_up_corporation(SEED, began):
        kind, found = each.kind.value, Found(each.data, each.at, each.until)
        row = store_snapshot(corporation, kind, found, SnapshotSource.GENERATED)
        sources.append(Source(kind, str(row.pk), row.as_of, tuple(facts_of(kind, row.data))))
    past = Past(
        corporation=corporation.name,
        number=corporation.eve_id,
        session_id=f"generated-{days}",
        initiator=owner.username,
        objective=objective,
        began=began,
        sources=sources,
        fates=fates,
    )
    made, _ = import_session(owner, past_session(past))
    change_session(owner, made.pk, {"title": objective, "objective": _SAID})
    session = find_session(owner, made.pk, May.WORK, lock=True)
    step = session.steps.get(step_type=StepType.MATRIX.value)
    step.session = session
    matrix_of_step_output(step, actor=owner)
