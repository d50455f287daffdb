"""Events and states as the JSON that is stored, and back.

Fields at their default are left out, which keeps a stored event at about a hundred bytes. Names here
are a storage format: a field may be added with a default, never renamed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from orchestrator.core.json import Json
from orchestrator.executions.domain.events import EVENT_TYPES, Event
from orchestrator.executions.domain.state import (
    Ending,
    Firing,
    MapProgress,
    Metrics,
    Options,
    Phase,
    ProviderUsage,
    Rounds,
    Scope,
    State,
    Token,
    Waits,
)
from orchestrator.executions.domain.status import Status

_TIMES: Final = frozenset({"deadline", "retry_at", "timeout_at"})


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


_NAMES: Final[Mapping[type[Event], str]] = {kind: _snake(kind.__name__) for kind in EVENT_TYPES}
_KINDS: Final[Mapping[str, type[Event]]] = {name: kind for kind, name in _NAMES.items()}
_FIELDS: Final[Mapping[type[Event], tuple[tuple[str, Any], ...]]] = {
    kind: tuple((field.name, _default(field)) for field in fields(kind) if field.name != "at")
    for kind in EVENT_TYPES
}


def event_type(event: Event) -> str:
    """The stored name, e.g. ``step_succeeded``."""
    return _NAMES[type(event)]


def event_names() -> list[str]:
    return list(_KINDS)


def encode_event(event: Event) -> dict[str, Any]:
    """The event's fields without its time. Times inside are datetimes; the JSON encoder writes them."""
    data = {}
    for name, default in _FIELDS[type(event)]:
        value = getattr(event, name)
        if value != default:
            data[name] = value
    return data


def decode_event(type_name: str, data: Mapping[str, Any], at: datetime) -> Event:
    """Raises KeyError for a type this version does not know."""
    values = dict(data)
    for name in _TIMES & values.keys():
        values[name] = parse_time(values[name])
    if "timers" in values:
        values["timers"] = [(parse_time(moment), port) for moment, port in values["timers"]]
    return _KINDS[type_name](at=at, **values)


def parse_time(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def encode_state(state: State) -> dict[str, Any]:
    return _sparse(
        {
            "status": state.status.value,
            "variables": state.variables,
            "trigger": state.trigger,
            "info": state.info,
            "options": [state.options.max_steps, state.options.max_attempts, state.options.parallel],
            "scopes": {path: _encode_scope(scope) for path, scope in state.scopes.items()},
            "signals": state.signals,
            "next_token": state.next_token,
            "steps": state.steps,
            "steps_before": state.steps_before or None,
            "deadline": state.deadline,
            "paused_at": state.paused_at,
            "error": state.error,
            "metrics": encode_metrics(state.metrics),
        },
        input=state.input,
        output=state.output,
    )


def decode_state(data: Mapping[str, Any]) -> State:
    return State(
        status=Status(data["status"]),
        input=data.get("input"),
        variables=data.get("variables", {}),
        trigger=data.get("trigger", {}),
        info=data.get("info", {}),
        options=Options(*data["options"]),
        scopes={path: _decode_scope(scope) for path, scope in data["scopes"].items()},
        signals=data.get("signals", {}),
        next_token=data["next_token"],
        steps=data.get("steps", 0),
        steps_before=data.get("steps_before", 0),
        deadline=_maybe_time(data.get("deadline")),
        paused_at=_maybe_time(data.get("paused_at")),
        output=data.get("output"),
        error=data.get("error"),
        metrics=_decode_metrics(data.get("metrics", {})),
    )


def encode_metrics(metrics: Metrics) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "nodes": metrics.nodes,
        "ai_calls": metrics.ai_calls,
        "human_interventions": metrics.human_interventions,
        "tokens": metrics.tokens,
        "cost": str(metrics.cost),
    }
    if metrics.providers:
        encoded["providers"] = {
            name: {"calls": usage.calls, "tokens": usage.tokens, "cost": str(usage.cost)}
            for name, usage in metrics.providers.items()
        }
    return encoded


def _decode_metrics(data: Mapping[str, Any]) -> Metrics:
    providers = {
        name: ProviderUsage(**_with_cost(usage)) for name, usage in data.get("providers", {}).items()
    }
    return Metrics(**{**_with_cost(data), "providers": providers})


def _with_cost(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "cost": Decimal(data.get("cost", "0"))}


def _encode_scope(scope: Scope) -> dict[str, Any]:
    return _sparse(
        {
            "tokens": [[token.id, token.node, token.edge, token.passed] for token in scope.tokens.values()],
            "firings": [_encode_firing(firing) for firing in scope.firings.values()],
            "iterations": scope.iterations,
            "nodes": scope.nodes,
            "rounds": {
                node: [rounds.edges, rounds.fired_up_to, sorted(rounds.fired)]
                for node, rounds in scope.rounds.items()
            },
            "again": scope.again,
            "ending": scope.ending and [scope.ending.status.value, scope.ending.output, scope.ending.error],
        },
        last=scope.last,
    )


def _decode_scope(data: Mapping[str, Any]) -> Scope:
    ending = data.get("ending")
    firings = [_decode_firing(each) for each in data.get("firings", ())]
    return Scope(
        tokens={each[0]: Token(*each) for each in data.get("tokens", ())},
        firings={f"{firing.node}#{firing.iteration}": firing for firing in firings},
        iterations=data.get("iterations", {}),
        nodes=data.get("nodes", {}),
        rounds={
            node: Rounds(edges, up_to, set(fired))
            for node, (edges, up_to, fired) in data.get("rounds", {}).items()
        },
        last=data.get("last"),
        again=data.get("again", []),
        ending=ending and Ending(Status(ending[0]), ending[1], ending[2]),
    )


def _encode_firing(firing: Firing) -> dict[str, Any]:
    waits, progress = firing.waits, firing.map
    return _sparse(
        {
            "node": firing.node,
            "iteration": firing.iteration,
            "since": firing.since,
            "attempt": firing.attempt,
            "phase": firing.phase.value,
            "passed": firing.passed,
            "retry_at": firing.retry_at,
            "waits": waits
            and _sparse(
                {
                    "timers": waits.timers,
                    "signals": waits.signals,
                    "approval": waits.approval,
                    "child": waits.child,
                    "timeout_at": waits.timeout_at,
                },
                input=waits.input,
            ),
            "map": progress
            and {
                "items": progress.items,
                "concurrency": progress.concurrency,
                "complete_when": progress.complete_when,
                "next_index": progress.next_index,
                "active": progress.active,
                "results": [[index, result] for index, result in progress.results.items()],
            },
            "anew_after": firing.anew_after or None,
            "used": firing.used,
        }
    )


def _decode_firing(data: Mapping[str, Any]) -> Firing:
    waits, progress = data.get("waits"), data.get("map")
    return Firing(
        node=data["node"],
        iteration=data["iteration"],
        since=parse_time(data["since"]),
        attempt=data["attempt"],
        phase=Phase(data["phase"]),
        passed=data.get("passed", {}),
        retry_at=_maybe_time(data.get("retry_at")),
        waits=_decode_waits(waits or {}) if data["phase"] in (Phase.WAITING, Phase.STUCK) else None,
        map=progress
        and MapProgress(
            **{**progress, "results": {index: result for index, result in progress["results"]}},
        ),
        anew_after=data.get("anew_after", 0),
        used=data.get("used"),
    )


def _decode_waits(data: Mapping[str, Any]) -> Waits:
    return Waits(
        timers=[(parse_time(moment), port) for moment, port in data.get("timers", ())],
        signals=[(signal, port, persistent) for signal, port, persistent in data.get("signals", ())],
        approval=data.get("approval"),
        child=data.get("child"),
        timeout_at=_maybe_time(data.get("timeout_at")),
        input=data.get("input"),
    )


def _sparse(parts: Mapping[str, Any], **values: Json) -> dict[str, Any]:
    """Without empty parts. ``values`` are users' data: an empty list among them is not the same as none."""
    kept = {key: part for key, part in parts.items() if part is not None and part != {} and part != []}
    return kept | {key: value for key, value in values.items() if value is not None}


def _maybe_time(value: str | datetime | None) -> datetime | None:
    return None if value is None else parse_time(value)
