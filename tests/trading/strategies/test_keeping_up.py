"""Strategies that follow a market say so when they do not keep up with it, and for no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from tests.executions.dying import engine
from tests.factories import fresh, make_user
from tests.trading.strategies.making import RISEN, STREAM, make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import StrategyRun, Tape
from trading.nodes import stream
from trading.queries.pace import SLACK, Keeping
from trading.queries.strategies import runs_seen, shown
from trading.services import streaming
from trading.services.strategies import start_strategy

pytestmark = pytest.mark.django_db(transaction=True)


def recorded_meanwhile(user: User, messages: int = 3_000) -> Tape:
    """As a strategy finds it that has fallen behind: still being recorded, with much that was not read."""
    tape = make_tape(user, messages)
    Tape.objects.filter(pk=tape.pk).update(status="recording", origin="recorded", heard_at=utc_now())
    return tape


def says(user: User, run: StrategyRun) -> dict[str, bool]:
    """Where it is said at the moment that the run falls behind."""
    client = Client()
    client.force_login(user)
    panel = reverse("trading:run-panel", args=[run.execution_id])
    pages = {"page": f"/trading/runs/{run.pk}/", "run view": panel}
    told = {name: "Falling behind" in client.get(path).content.decode() for name, path in pages.items()}
    answer = client.get(f"/api/v1/trading/backtests/{run.pk}/").json()
    return told | {"API": answer["is_behind"]}


def test_a_strategy_that_falls_behind_says_so_everywhere_until_it_has_caught_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = make_user("ann")
    tape = recorded_meanwhile(ann)
    run, _ = start_strategy(ann, make_strategy(ann, [STREAM, RISEN]).pk, mode=Mode.PAPER, tape_id=tape.pk)
    looks: list[dict[str, bool]] = []

    def watched(asked: Any) -> streaming.Given:
        given = streaming.next_window(asked)
        if not looks or given.output is None:
            looks.append(says(ann, run))
        if given.output is None:  # it has read all there is; then the recording ends
            Tape.objects.filter(pk=tape.pk).update(status="ready")
        return given

    monkeypatch.setattr(stream, "next_window", watched)
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.01)
    with engine() as worker:
        worker.run_until_idle()

    assert looks == [
        {"page": True, "run view": True, "API": True},
        {"page": False, "run view": False, "API": False},
    ]
    steps = fresh(run.execution_id).steps.filter(node_id="stream").order_by("seq")
    notes = [[note for note in each.output["notes"] if note.startswith("Falling behind")] for each in steps]
    assert notes[0][0].endswith("s of market time ahead.")
    assert not notes[-2], "the last window that it read had nothing waiting behind it"
    assert says(ann, run) == {"page": False, "run view": False, "API": False}


@pytest.mark.parametrize(("beyond", "is_behind"), [(timedelta(), False), (timedelta(seconds=1), True)])
def test_a_long_window_that_is_not_over_is_no_delay(beyond: timedelta, is_behind: bool) -> None:
    ann = make_user("ann")
    tape = recorded_meanwhile(ann, 1_000)
    run, _ = start_strategy(ann, make_strategy(ann, [STREAM, RISEN]).pk, mode=Mode.PAPER, tape_id=tape.pk)
    end = utc_now()
    Tape.objects.filter(pk=tape.pk).update(last_at=end)
    span = timedelta(minutes=10)
    reader = {"rule": {"milliseconds": 600_000, "messages": None, "lookback": 5}}
    last = end - span - SLACK - beyond
    StrategyRun.objects.filter(pk=run.pk).update(last_tick_at=last, reader=reader)

    [found] = shown(runs_seen(ann))

    keeping = Keeping(found.run, found, end)
    assert (keeping.span, keeping.late_by) == (span, span + SLACK + beyond)
    assert keeping.is_behind is is_behind
