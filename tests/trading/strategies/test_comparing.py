"""Two versions on one tape: figures side by side, and where the nodes first differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.accounts.models import User
from orchestrator.core.errors import WrongState
from tests.factories import make_user, node
from tests.trading.strategies.making import BUY, RISEN, STREAM, backtest, make_strategy, make_tape
from trading.models import StrategyRun, Tape
from trading.queries.comparing import Comparison, compare_runs

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


def runs(ann: User, tape: Tape, drain: Drain, *graphs: list[Any]) -> list[StrategyRun]:
    found = [backtest(ann, make_strategy(ann, nodes), tape) for nodes in graphs]
    drain()
    for run in found:
        run.refresh_from_db()
    return found


def places(comparison: Comparison) -> dict[str, tuple[int | None, int | None]]:
    return {each.node_id: (each.window, each.only_in) for each in comparison.nodes}


def test_two_runs_of_the_same_differ_nowhere(drain: Drain) -> None:
    ann = make_user("ann")
    first, second = runs(ann, make_tape(ann), drain, [STREAM, RISEN, BUY], [STREAM, RISEN, BUY])
    found = compare_runs(first, second)
    assert places(found) == {"stream": (None, None), "risen": (None, None), "buy": (None, None)}
    assert found.first.figures == found.second.figures
    assert found.first.figures["fills"] == first.statistics["fills"] > 0


def test_a_stricter_filter_differs_first_where_it_kept_less(drain: Drain) -> None:
    ann = make_user("ann")
    condition = {"field": "momentum", "operator": "gt", "value": 0.06}
    strict = node("risen", "filter", {"conditions": [condition]})
    first, second = runs(ann, make_tape(ann), drain, [STREAM, RISEN, BUY], [STREAM, strict, BUY])
    found = compare_runs(first, second)
    risen = next(each for each in found.nodes if each.node_id == "risen")
    assert risen.window is not None
    assert isinstance(risen.first, dict)
    assert isinstance(risen.second, dict)
    assert len(risen.first["filtered"]) > len(risen.second["filtered"])  # type: ignore[arg-type]
    assert places(found)["stream"] == (None, None)
    assert found.nodes[0].node_id == "risen"
    assert found.first.figures["fills"] > found.second.figures["fills"]  # type: ignore[operator]


def test_a_node_that_only_one_has_is_named(drain: Drain) -> None:
    ann = make_user("ann")
    alert = node("tell", "alert", {"text": "{{ item.question }}"})
    first, second = runs(ann, make_tape(ann, 2_000), drain, [STREAM, RISEN], [STREAM, RISEN, alert])
    assert places(compare_runs(first, second))["tell"] == (None, 2)


def test_runs_over_two_tapes_are_not_compared() -> None:
    ann = make_user("ann")
    workflow = make_strategy(ann)
    first, second = (backtest(ann, workflow, make_tape(ann, 500, seed=seed)) for seed in (1, 2))
    with pytest.raises(WrongState, match="two tapes"):
        compare_runs(first, second)
