"""Pages of strategies: the library, one strategy, its runs, comparing two versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow, WorkflowTemplate
from orchestrator.workflows.services.versions import publish_draft, save_draft
from tests.factories import chain, make_user
from tests.trading.strategies.making import BUY, RISEN, STREAM, backtest, make_strategy, make_tape
from trading.models import Alert, StrategyRun, Tape

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def client(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_without_any_strategy_the_page_begins_one_with_a_template(client: Client) -> None:
    page = text_of(client.get("/trading/"))
    assert "No strategy yet" in page
    template = WorkflowTemplate.objects.get(builtin="momentum")
    answer = client.post(f"/trading/begin/{template.pk}/")
    workflow = Workflow.objects.get()
    assert answer.headers["Location"] == f"/trading/strategies/{workflow.pk}/"
    assert (workflow.name, workflow.category) == ("Momentum Strategy", "trading")
    assert workflow.versions.get(is_current=True).number == 1
    assert "Momentum Strategy" in text_of(client.get("/trading/"))
    assert "No strategy fits" in text_of(client.get("/trading/?search=zebra"))


def test_a_backtest_is_started_from_its_form_once_and_shows_what_came_of_it(
    client: Client, ann: User, drain: Drain
) -> None:
    workflow, tape = strategy_of(ann), make_tape(ann)
    form = {"tape_id": tape.pk, "version": 1, "cash": "500", "nonce": "n", "windows": ""}
    first = client.post(f"/trading/strategies/{workflow.pk}/backtest/", form)
    again = client.post(f"/trading/strategies/{workflow.pk}/backtest/", form)
    run = StrategyRun.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/trading/runs/{run.pk}/"
    assert "Reading the tape" in text_of(client.get(f"/trading/runs/{run.pk}/"))
    drain()

    page = text_of(client.get(f"/trading/runs/{run.pk}/"))
    assert "Backtest" in page
    assert "generated tape" in page
    assert "Sharpe ratio" in page
    assert "Reading the tape" not in page
    run.refresh_from_db()
    assert run.statistics["fills"] > 0
    orders = text_of(client.get(f"/trading/runs/{run.pk}/orders/"))
    assert "Filled" in orders
    listed = text_of(client.get("/trading/"))
    assert "sparkline" in listed
    strategy = text_of(client.get(f"/trading/strategies/{workflow.pk}/"))
    assert f"/trading/runs/{run.pk}/" in strategy
    view = text_of(client.get(f"/executions/{run.execution_id}/"))
    assert 'id="trading-panel"' in view
    assert "mode-banner mode-backtest" in view


def test_a_form_with_a_fault_is_shown_again_with_what_was_typed(client: Client, ann: User) -> None:
    workflow, tape = strategy_of(ann), make_tape(ann)
    form = {"tape_id": tape.pk, "version": 1, "cash": "-4", "nonce": "n"}
    answer = client.post(f"/trading/strategies/{workflow.pk}/backtest/", form)
    assert answer.status_code == 400
    assert 'value="-4"' in text_of(answer)
    assert not StrategyRun.objects.exists()


def test_a_workflow_without_a_stream_says_so_on_its_form(client: Client, ann: User) -> None:
    workflow, tape = strategy_of(ann, [RISEN], []), make_tape(ann)
    form = {"tape_id": tape.pk, "version": 1, "cash": "10", "nonce": "n"}
    answer = client.post(f"/trading/strategies/{workflow.pk}/backtest/", form)
    assert answer.status_code == 409
    assert "A strategy has one stream of markets" in text_of(answer)


def test_paper_is_run_with_the_portfolio_that_is_made_on_first_use(
    client: Client, ann: User, drain: Drain
) -> None:
    workflow, tape = strategy_of(ann), make_tape(ann, messages=1_000)
    form = {"tape_id": tape.pk, "version": 1, "nonce": "n", "portfolio_id": ""}
    assert client.post(f"/trading/strategies/{workflow.pk}/paper/", form).status_code == 302
    drain()
    run = StrategyRun.objects.get()
    assert (run.mode, run.portfolio.name) == ("paper", "Paper")
    assert "mode-banner mode-paper" in text_of(client.get(f"/trading/runs/{run.pk}/"))


def test_two_versions_are_compared_node_by_node(client: Client, ann: User, drain: Drain) -> None:
    workflow, tape = strategy_of(ann), make_tape(ann)
    eager: Any = {
        **RISEN,
        "data": {"config": {"conditions": [{"field": "momentum", "operator": "gt", "value": 0.001}]}},
    }
    nodes = [STREAM, eager, BUY]
    edges: Any = chain("stream", "risen", "buy")
    save_draft(ann, workflow.pk, nodes=nodes, edges=edges)
    publish_draft(ann, workflow.pk)
    url = f"/trading/strategies/{workflow.pk}/compare/?before=1&after=2&tape={tape.pk}"
    assert "have not both been backtested" in text_of(client.get(url))
    form = {"before": "1", "after": "2", "tape": str(tape.pk), "nonce": "n"}
    compared = client.post(f"/trading/strategies/{workflow.pk}/compare/run/", form).headers["Location"]
    assert (
        client.post(f"/trading/strategies/{workflow.pk}/compare/run/", form).headers["Location"] == compared
    )
    assert StrategyRun.objects.count() == 2
    drain()

    assert client.get(url).headers["Location"] == compared
    page = client.get(compared)
    found = {each.node_id: each for each in page.context["nodes"]}
    first = found["risen"].window
    assert first is not None
    before, after = found["risen"].first, found["risen"].second
    assert {row["token"] for row in before["filtered"]} < {row["token"] for row in after["filtered"]}
    assert found["buy"].window >= first
    assert found["stream"].window is None or found["stream"].window > first
    assert "differs from window" in text_of(page)


def test_a_run_compared_with_itself_again_differs_nowhere(client: Client, ann: User, drain: Drain) -> None:
    workflow, tape = strategy_of(ann), make_tape(ann, messages=2_000)
    one, other = backtest(ann, workflow, tape), backtest(ann, workflow, tape)
    drain()
    page = client.get(f"/trading/runs/{one.pk}/with/{other.pk}/")
    assert [each.node_id for each in page.context["nodes"] if each.window is not None] == []
    assert {line.change for line in page.context["lines"]} <= {"the same", ""}


def test_alerts_are_narrowed_by_level_and_strategy(client: Client, ann: User) -> None:
    workflow = strategy_of(ann)
    run = backtest(ann, workflow, make_tape(ann, messages=200))
    for level in ("info", "critical"):
        Alert.objects.create(
            run=run, reference=level, level=level, text=f"A {level} one.", happened_at=run.created_at
        )
    everything = text_of(client.get("/trading/alerts/"))
    assert "A info one." in everything
    assert "A critical one." in everything
    critical = text_of(client.get(f"/trading/alerts/?level=critical&workflow={workflow.pk}"))
    assert "A info one." not in critical
    assert "A critical one." in critical
    assert client.get("/trading/alerts/?workflow=00000000-0000-7000-8000-000000000000").status_code == 404
    stranger = Client()
    stranger.force_login(make_user("bea"))
    assert "A critical one." not in text_of(stranger.get("/trading/alerts/"))


def test_the_library_costs_the_same_for_many_strategies(
    client: Client, ann: User, django_assert_max_num_queries: Any
) -> None:
    tape = make_tape(ann, messages=200)
    for _ in range(6):
        backtest(ann, strategy_of(ann), tape)
    client.get("/trading/")
    with django_assert_max_num_queries(14):
        client.get("/trading/")


def test_a_tape_that_is_gone_leads_back_to_choosing(client: Client, ann: User) -> None:
    workflow = strategy_of(ann)
    assert not Tape.objects.exists()
    assert "Choose two versions and a tape" in text_of(
        client.get(f"/trading/strategies/{workflow.pk}/compare/")
    )


def strategy_of(owner: User, *graph: Any) -> Workflow:
    workflow = make_strategy(owner, *graph)
    Workflow.objects.filter(pk=workflow.pk).update(category="trading")
    return workflow
