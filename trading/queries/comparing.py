"""Two runs on one tape, side by side: their figures, and where their nodes first differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.core.errors import WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.models import Execution, StepRun
from trading.models import StrategyRun

FIGURES: Final = (
    "profit", "total_return", "fees", "fills", "round_trips", "hit_rate", "profit_factor", "turnover",
    "exposure", "sharpe",
)  # fmt: skip
_NOT_COMPARED: Final = frozenset(
    {"client_order_id", "order", "portfolio", "statistics", "fills", "held", "notes", "seen"}
)
"""What names the run, or only follows from what it did in earlier windows."""
_READ: Final = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its run, the number of its version, its figures."""

    run: StrategyRun
    version: int
    status: str
    figures: JsonObject


@dataclass(frozen=True, slots=True)
class Difference:
    """The first firing at which a node gave something else; None as output: it did not fire there.

    ``window`` None: never. ``only_in`` names the side (1 or 2) that has the node at all.
    """

    node_id: str
    node_type: str
    window: int | None
    first: Json = None
    second: Json = None
    only_in: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """``nodes`` are in the order in which they first fired, those that differ earliest first."""

    first: Side
    second: Side
    nodes: list[Difference]


def compare_runs(first: StrategyRun, second: StrategyRun) -> Comparison:
    """Of two runs over the same tape, window by window. Raises WrongState for runs over two tapes.

    The caller has found both among the runs that the person sees.
    """
    if first.tape_id != second.tape_id:
        raise WrongState("These runs read two tapes. Compare runs over the same one.")
    return Comparison(_side(first), _side(second), _differences(first, second))


def _side(run: StrategyRun) -> Side:
    execution = Execution.objects.select_related("version").only("status", "version__number")
    row = execution.filter(pk=run.execution_id).first()
    figures = {name: run.statistics.get(name) for name in FIGURES}
    drawdown = run.statistics.get("drawdown") or {}
    now = run.statistics.get("now") or {}
    figures |= {
        "drawdown": drawdown.get("amount", now.get("drawdown")),
        "equity": now.get("equity"),
        "windows": run.window,
    }
    if figures["profit"] is None:
        figures["profit"] = now.get("profit")
    return Side(run, row.version.number if row else 0, row.status if row else "", figures)


def _differences(first: StrategyRun, second: StrategyRun) -> list[Difference]:
    kinds: dict[str, str] = {}
    found: dict[str, Difference] = {}
    sides = _nodes(first), _nodes(second)
    for nodes in sides:
        kinds |= nodes
    for side, nodes in enumerate(sides, start=1):
        for node, kind in nodes.items():
            if node not in sides[2 - side]:
                found[node] = Difference(node, kind, None, only_in=side)
    common = {node for node in kinds if node not in found}
    for window, one, other in _windows(first, second):
        for node in [each for each in kinds if each in common]:
            here, there = one.get(node), other.get(node)
            if _bare(here) != _bare(there):
                found[node] = Difference(node, kinds[node], window, here, there)
                common.discard(node)
        if not common:
            break
    found |= {node: Difference(node, kinds[node], None) for node in kinds if node not in found}
    return sorted(found.values(), key=lambda each: (each.window is None, each.window or 0))


def _nodes(run: StrategyRun) -> dict[str, str]:
    rows = StepRun.objects.filter(execution_id=run.execution_id, scope="").order_by("seq")
    return dict(rows.values_list("node_id", "node_type")[:_READ])


def _windows(
    first: StrategyRun, second: StrategyRun
) -> Iterator[tuple[int, dict[str, Json], dict[str, Json]]]:
    """Both runs' outputs by node, window after window, as long as either has one."""
    one, other = _by_window(first), _by_window(second)
    here, there = next(one, None), next(other, None)
    while here is not None or there is not None:
        window = min(each[0] for each in (here, there) if each is not None)
        outputs = [each[1] if each is not None and each[0] == window else {} for each in (here, there)]
        yield window, outputs[0], outputs[1]
        here = next(one, None) if here is not None and here[0] == window else here
        there = next(other, None) if there is not None and there[0] == window else there


def _by_window(run: StrategyRun) -> Iterator[tuple[int, dict[str, Json]]]:
    """What each node gave in a window. Rows lie in the order in which they were recorded."""
    rows = StepRun.objects.filter(execution_id=run.execution_id, scope="", status="success").order_by("seq")
    window = -1
    outputs: dict[str, Json] = {}
    for node, output in rows.values_list("node_id", "output").iterator(chunk_size=_READ):
        if isinstance(output, dict) and output.get("over") is True:
            break
        number = output.get("window") if isinstance(output, dict) and "markets" in output else None
        if isinstance(number, int) and number != window:
            if outputs:
                yield window, outputs
            window, outputs = number, {}
        outputs[node] = output
    if outputs:
        yield window, outputs


def _bare(output: Json) -> Any:
    """What a node decided, without what names the run and without what earlier trades left behind."""
    if isinstance(output, dict):
        return {name: _bare(each) for name, each in output.items() if name not in _NOT_COMPARED}
    return [_bare(each) for each in output] if isinstance(output, list) else output
