"""A simulated run, to and from the API."""

from __future__ import annotations

from typing import Any

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from process.domain.frames import Frame
from process.domain.journey import Scope
from process.domain.simulating import Run, Script


def script_of(data: dict[str, Any]) -> Script:
    """Of the fields of ``SimulateSerializer``."""
    return Script(
        scope=_scope(data["scope"]) if data["scope"] else None,
        profile=_object(data["profile"]),
        answers=_object(data["answers"]) or {},
        sections=data["sections"],
        skipped=data["skipped"],
        fills=data["fills"],
    )


def shown_run(run: Run) -> dict[str, Json]:
    return {
        "complete": run.is_complete,
        "refused": run.refused or None,
        "path": [*run.path],
        "screens": [_frame(frame) for frame in run.frames],
    }


def _scope(given: dict[str, Any]) -> Scope:
    start, end = given["time_period_start"], given["time_period_end"]
    return Scope(
        given["scope_type"],
        given["scope_description"],
        start.isoformat() if start else None,
        end.isoformat() if end else None,
    )


def _object(value: Any) -> dict[str, Json] | None:
    if value is not None and not isinstance(value, dict):
        raise InvalidInput("The profile and the answers are objects.")
    return value


def _frame(frame: Frame) -> dict[str, Json]:
    return {
        "kind": frame.kind.value,
        "node": frame.node.key,
        "section": frame.section.key if frame.section else None,
        "skipped": frame.skipped,
        "asked": [
            {"prompt": each.prompt.name, "text": each.prompt.text, "value": each.value, "given": each.given}
            for each in frame.asked
        ],
        "hidden": [
            {
                "prompt": each.prompt.name,
                "text": each.prompt.text,
                "condition": each.prompt.condition.source,
                "because": each.because,
            }
            for each in frame.hidden
        ],
        "sections": [
            {
                "key": lane.section.key,
                "status": lane.status.value,
                "reason": lane.reason,
                "opened_now": lane.is_new,
            }
            for lane in frame.lanes
        ],
        "ways": [
            {
                "to": way.edge.target,
                "label": way.edge.label,
                "condition": way.edge.condition.source,
                "outcome": way.outcome.value,
                "because": way.because,
            }
            for way in frame.ways
        ],
        "refused": frame.refused or None,
    }
