"""What the nodes of a strategy hand on to each other: rows, and how a node finds those before it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from orchestrator.core.json import Json, JsonObject
from orchestrator.graphs.expressions import compile_expression
from orchestrator.graphs.steps import StepContext, StepError
from trading.domain.money import exact

CATEGORY: Final = "Trading"
_ROWS: Final = ("items", "filtered", "markets")
"""Under which names outputs hold rows; of a stream ``markets``, of a filter ``filtered``."""
_DECIMALS: Final = Decimal("1e-9")

Row = Mapping[str, Any]


def rows_for(step: StepContext, given: Any) -> list[Row]:
    """``given`` where the configuration names rows; else those of the nodes before, of the latest window.

    Raises StepError for what is no list of objects.
    """
    found = given if given is not None else _before(step)
    if isinstance(found, Mapping):
        found = _rows_in(found)
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise StepError("bad_items", "“items” has to be a list of rows.", retryable=False)
    return found


def holds_for(step: StepContext, source: str | None, row: Row) -> bool:
    """Whether an expression over ``item`` holds; one that is not there does. Raises EvaluationError."""
    return not source or compile_expression(source).test(scope_of(step, row), now=step.now)


def scope_of(step: StepContext, row: Row) -> dict[str, Any]:
    """The names that expressions over a row see."""
    return {**step.names, "item": row}


def window_of(step: StepContext) -> Json:
    """The number of the window that is being decided on."""
    return max((each for each in _windows(step).values()), default=None)


def _before(step: StepContext) -> list[Row]:
    nodes, windows = step.names.get("nodes", {}), _windows(step)
    latest = max(windows.values(), default=None)
    found: list[Row] = []
    for source in step.sources:
        output = nodes.get(source, {}).get("output") if source in nodes else None
        if windows.get(source) == latest and isinstance(output, Mapping):
            found += _rows_in(output) or []
    return found


def _windows(step: StepContext) -> dict[str, int]:
    nodes = step.names.get("nodes", {})
    outputs = {each: nodes[each].get("output") for each in step.sources if each in nodes}
    return {
        each: output["window"]
        for each, output in outputs.items()
        if isinstance(output, Mapping) and isinstance(output.get("window"), int)
    }


def _rows_in(output: Row) -> list[Row] | None:
    return next((output[name] for name in _ROWS if isinstance(output.get(name), list)), None)


def exact_of(step: StepContext, value: Any, row: Row) -> Decimal | None:
    """A number for money: text or number as it stands, or an expression (``{"=": …}``) over ``item``.

    What an expression merely reads from a row is taken from the row's exact text. What it computes was
    computed in binary, so that it is rounded to nine decimals, which no price or amount has.
    Raises ValueError, EvaluationError.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return exact(value)
    source = str(value.get("=", "")).strip()
    texts = row.get("exact")
    name = source.removeprefix("item.")
    if source.startswith("item.") and isinstance(texts, Mapping) and name in texts:
        return exact(texts[name])
    found = compile_expression(source).evaluate(scope_of(step, row), now=step.now)
    if found is None:
        raise ValueError(f"“{source}” is null for this row")
    number = exact(found)
    return number.quantize(_DECIMALS).normalize() if isinstance(found, float) else number


def counted(rows: list[JsonObject], **more: Json) -> JsonObject:
    return {"items": list(rows), "count": len(rows), **more}
