"""The demo's part of trading: a generated tape, and a strategy that workers backtest over it."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.workflows.models import WorkflowTemplate
from trading.domain.vocabulary import TapeOrigin
from trading.models import StrategyRun, Tape
from trading.services.beginning import begin_strategy
from trading.services.strategies import DEMO_TAPE, start_strategy
from trading.services.tapes import generate_tape

_TEMPLATES: Final = ("momentum", "momentum_trader")
_MESSAGES: Final = 8_000
_SEED: Final = 7


@transaction.atomic
def load(owner: User) -> str:
    """What was made, in a sentence; empty if a strategy ran already."""
    if not owner.may_build or StrategyRun.objects.exists():
        return ""
    tape = Tape.objects.filter(owner__isnull=True, origin=TapeOrigin.GENERATED.value, name=DEMO_TAPE).first()
    tape = tape or generate_tape(None, name=DEMO_TAPE, seed=_SEED, messages=_MESSAGES)
    templates = {each.builtin: each for each in WorkflowTemplate.objects.filter(builtin__in=_TEMPLATES)}
    begun = [begin_strategy(owner, templates[key].pk) for key in _TEMPLATES if key in templates]
    for strategy in begun:
        start_strategy(owner, strategy.pk, tape_id=tape.pk)
    names = " and ".join(f"“{each.name}”" for each in begun)
    return f"{names} are backtested over a generated tape of {tape.message_count:,} messages."
