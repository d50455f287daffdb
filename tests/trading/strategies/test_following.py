"""Strategies on paper, along a tape that is still being recorded."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from orchestrator.core.clock import utc_now
from tests.executions.dying import engine
from tests.factories import chain, fresh, make_user, node
from tests.trading.strategies.making import BUY, RISEN, STREAM, make_strategy, make_tape
from trading.domain.messages import Message
from trading.domain.money import ZERO
from trading.domain.vocabulary import Mode
from trading.models import Order, StrategyRun, Tape
from trading.nodes import stream
from trading.queries.tapes import read_messages
from trading.services import streaming
from trading.services.portfolios import create_portfolio, deposit, withdraw
from trading.services.strategies import start_strategy
from trading.services.tapes import append, begin_recording
from trading.services.verifying import verify_portfolio

pytestmark = pytest.mark.django_db(transaction=True)


def record(tape: Tape, messages: list[Message], *, pause: float) -> threading.Thread:
    """Write messages to the tape piece by piece from another thread, and end it."""

    def work() -> None:
        for begin in range(0, len(messages), 250):
            append(tape, messages[begin : begin + 250])
            Tape.objects.filter(pk=tape.pk).update(heard_at=utc_now())
            time.sleep(pause)
        Tape.objects.filter(pk=tape.pk).update(status="ready")
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def follow(nodes: list[Any], *, pause: float = 0.1) -> tuple[StrategyRun, list[Message]]:
    ann = make_user("ann")
    messages = list(read_messages(make_tape(ann, 2_000).pk))
    tokens = sorted({message.token for message in messages if hasattr(message, "token")})
    tape = begin_recording(ann, name="Now", tokens=["1"])
    Tape.objects.filter(pk=tape.pk).update(tokens=tokens)  # of markets that no exchange has
    tape.refresh_from_db()
    run, _ = start_strategy(ann, make_strategy(ann, nodes).pk, mode=Mode.PAPER, tape_id=tape.pk)
    recorder = record(tape, messages, pause=pause)
    with engine() as worker:
        worker.run_until_idle()
    recorder.join()
    run.refresh_from_db()
    return run, messages


def test_a_strategy_follows_a_recording_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.02)
    run, messages = follow([STREAM, RISEN, BUY])
    assert fresh(run.execution_id).status == "completed"
    assert (run.position, run.lag_messages) == (len(messages), 0)
    assert run.window >= 5
    assert run.last_tick_at is not None
    assert run.message_rate is not None
    assert verify_portfolio(run.portfolio) == []
    with engine() as worker:
        whole, _ = start_strategy(
            run.portfolio.owner, run.workflow_id, mode=Mode.BACKTEST, tape_id=run.tape_id
        )
        worker.run_until_idle()
    whole.refresh_from_db()
    assert whole.curve == run.curve


def test_a_firing_that_waited_long_ends_and_the_node_fires_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(stream, "WAIT_SECONDS", 0.05)
    run, _ = follow([STREAM, RISEN], pause=0.2)
    execution = fresh(run.execution_id)
    assert execution.status == "completed"
    steps = list(execution.steps.filter(node_id="stream").order_by("seq"))
    waited = [each for each in steps if "waiting" in each.output]
    assert waited
    assert "Waiting for window" in waited[0].output["waiting"]
    assert execution.steps.filter(node_id="risen").count() == run.window
    windows = [each.output["window"] for each in steps if each not in waited and not each.output["over"]]
    assert windows == list(range(run.window))


def test_money_that_comes_in_meanwhile_is_there_for_the_next_window() -> None:
    ann = make_user("ann")
    tape = make_tape(ann, 2_000)
    portfolio = create_portfolio(ann, name="Mine", cash=ZERO)
    buy = node("buy", "paper-order", {"amount": "25"})
    workflow = make_strategy(ann, [STREAM, buy], chain("stream", "buy"))
    run, _ = start_strategy(
        ann, workflow.pk, mode=Mode.PAPER, tape_id=tape.pk, portfolio_id=portfolio.pk, windows=2
    )
    given = []

    def on_window(*args: Any, **options: Any) -> Any:
        if run.portfolio.entries.count() == 0 and Order.objects.filter(run=run).exists():
            deposit(ann, portfolio.pk, amount=Decimal(1_000))
            withdraw(ann, portfolio.pk, amount=Decimal(100))
            given.append(True)
        return real(*args, **options)

    real = streaming.next_window
    with pytest.MonkeyPatch.context() as patch, engine() as worker:
        patch.setattr(stream, "next_window", on_window)
        worker.run_until_idle()
    assert given
    first, second = (
        {each.reason_code for each in Order.objects.filter(run=run, window=window)} for window in (0, 1)
    )
    assert first == {"insufficient_cash"}
    assert "insufficient_cash" not in second
    portfolio.refresh_from_db()
    assert verify_portfolio(portfolio) == []


def test_a_strategy_that_falls_behind_says_so() -> None:
    ann = make_user("ann")
    tape = make_tape(ann, 3_000)
    Tape.objects.filter(pk=tape.pk).update(status="recording", origin="recorded")
    run, _ = start_strategy(
        ann, make_strategy(ann, [STREAM, RISEN]).pk, mode=Mode.PAPER, tape_id=tape.pk, windows=1
    )
    with engine() as worker:
        worker.run_until_idle()
    step = fresh(run.execution_id).steps.filter(node_id="stream").order_by("seq").first()
    assert step is not None
    assert any(note.startswith("Falling behind: the tape is") for note in step.output["notes"])
