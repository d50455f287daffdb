"""Candles and test sessions for tests."""

from __future__ import annotations

from typing import Any

from orchestrator.accounts.models import User
from workspaces.models import CandleSet, PatternSession, PatternWorkspace
from workspaces.services.candles import make_up_candles
from workspaces.services.sessions import start_session

CSV = "time,open,high,low,close,volume\n"
ROWS = "2024-01-01T00:00,10,12,9,11,5\n2024-01-01T01:00,11,13,10,12,5\n2024-01-01T02:00,12,14,11,13,5\n"


def make_candles(owner: User, *, bars: int = 300, seed: int = 3) -> CandleSet:
    return make_up_candles(owner, name="Made up", bars=bars, seed=seed)


def make_session(
    workspace: PatternWorkspace, *, user: User | None = None, bars: int = 300, **options: Any
) -> PatternSession:
    user = user or workspace.created_by
    candles = options.pop("candles", None) or make_candles(user, bars=bars)
    return start_session(user, workspace.pk, candles_id=candles.pk, **options)
