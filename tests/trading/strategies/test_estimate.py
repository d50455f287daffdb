"""The template that has AI weigh what rises, over a tape, answered by the offline rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.executions.models import StepRun
from orchestrator.workflows.models import WorkflowTemplate
from orchestrator.workflows.services.versions import check_graph
from tests.factories import fresh, make_user
from tests.trading.strategies.making import backtest, make_tape
from trading.models import Alert, Order
from trading.services.beginning import begin_strategy

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


def test_it_buys_only_what_is_estimated_well_above_its_price_with_confidence(drain: Drain) -> None:
    ann = make_user("ann")
    template = WorkflowTemplate.objects.get(builtin="momentum_estimate")
    workflow = begin_strategy(ann, template.pk)
    version = workflow.versions.get(is_current=True)
    assert check_graph({"nodes": version.nodes, "edges": version.edges}) == []

    run = backtest(ann, workflow, make_tape(ann, messages=12_000))
    drain()
    execution = fresh(run.execution_id)
    assert execution.error is None
    assert execution.status == "completed"

    steps = StepRun.objects.filter(execution=execution.pk)
    estimates = [each.output["data"] for each in steps.filter(node_id="estimate").order_by("seq")]
    asked = [each.output["items"][0] for each in steps.filter(node_id="strongest").order_by("seq")]
    worth = [each.output["filtered"] for each in steps.filter(node_id="worth").order_by("seq")]
    assert len(estimates) == len(asked) == len(worth) > 0
    for estimate, row, kept in zip(estimates, asked, worth, strict=True):
        assert set(estimate) == {"probability", "confidence", "reason"}
        wanted = estimate["confidence"] >= 0.5 and estimate["probability"] > row["ask"] + 0.01
        assert bool(kept) is wanted
    bought = Order.objects.filter(run=run, side="buy", status="filled")
    assert bought.exists()
    assert bought.count() <= sum(map(bool, worth))
    assert Order.objects.filter(run=run, side="sell").exists()
    assert Alert.objects.filter(run=run, text__contains="estimated at 0.").exists()
    windows = steps.filter(node_id="risen").count()
    assert len(estimates) < windows, "a window in which nothing rose asks nobody, and costs nothing"
