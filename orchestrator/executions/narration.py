"""A stored event in one sentence, for the event log and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Data = Mapping[str, Any]


def narrate(type_name: str, data: Data, titles: Mapping[str, str] | None = None) -> str:
    """Plain text without a full stop; holds names and numbers, never whole payloads.

    Nodes are called by their titles, where ``titles`` has any by their ids.
    """
    if titles and data.get("node"):
        data = {**data, "node": titles.get(data["node"], data["node"])}
    if data.get("scope"):
        data = {**data, "scope": place_of(data["scope"], titles or {})}
    tell = _SENTENCES.get(type_name)
    return tell(data) if tell else type_name.replace("_", " ")


def place_of(scope: str, titles: Mapping[str, str]) -> str:
    """``each#1/4`` as people say it: ``item 5 of each``; innermost first."""
    words = []
    for part in reversed(scope.split(">")) if scope else ():
        firing, _, index = part.rpartition("/")
        node = firing.rpartition("#")[0]
        words.append(f"item {int(index) + 1} of {titles.get(node, node)}")
    return ", ".join(words)


def _step(data: Data) -> str:
    """The step's name: where it is in a map, and which time round."""
    scope, iteration = data.get("scope", ""), data.get("iteration", 1)
    inside = f" in {scope}" if scope else ""
    return f"{data['node']}{f' (round {iteration})' if iteration > 1 else ''}{inside}"


def _by(data: Data) -> str:
    return f" by {data['by']}" if data.get("by") else ""


def _succeeded(data: Data) -> str:
    if data.get("skipped"):
        return f"{_step(data)} was skipped: it is disabled"
    ports = ", ".join(data.get("ports", ()))
    return f"{_step(data)} succeeded{f', by {ports}' if ports else ''}"


def _failed(data: Data) -> str:
    message = data["error"].get("message", "")
    if data.get("retry_at"):
        return f"{_step(data)} failed at attempt {data.get('attempt', 1)} and will be retried: {message}"
    if data.get("handled"):
        return f"{_step(data)} failed and the run goes on: {message}"
    return f"{_step(data)} failed: {message}"


def _waiting(data: Data) -> str:
    reasons = []
    if (data.get("approval") or {}).get("escalated"):
        return f"{_step(data)} was not answered in time and others are asked, too"
    if data.get("approval"):
        reasons.append("for an approval" + (" until its deadline" if data.get("timers") else ""))
    if data.get("child"):
        reasons.append("for another run")
    if data.get("signals"):
        reasons.append("for the signal " + " or ".join(signal for signal, _, _ in data["signals"]))
    if data.get("timers") and not data.get("approval"):
        reasons.append("for a timer")
    return f"{_step(data)} waits {' or '.join(reasons)}".rstrip()


def _ended(data: Data) -> str:
    error = (data.get("error") or {}).get("message")
    return f"The run is {data['status'].replace('_', ' ')}{f': {error}' if error else ''}"


def _map(data: Data) -> str:
    return f"{_step(data)} goes through {len(data.get('items', []))} items, {data['concurrency']} at a time"


def _item(data: Data) -> str:
    done = "is done" if data.get("done", True) else "is no longer needed"
    return f"Item {data['index'] + 1} of {_step(data)} {done}"


def _anew(data: Data) -> str:
    nodes = data["nodes"]
    return f"{' and '.join(nodes)} {'begins' if len(nodes) == 1 else 'begin'} anew"


_SENTENCES: Final[Mapping[str, Callable[[Data], str]]] = {
    "execution_started": lambda data: (
        "The run began" if "seed" not in data else "The run goes on from an earlier one"
    ),
    "step_started": lambda data: f"{_step(data)} began",
    "step_succeeded": _succeeded,
    "step_failed": _failed,
    "step_restarted": lambda data: f"{_step(data)} begins attempt {data.get('attempt', 1)}",
    "step_waiting": _waiting,
    "step_expanded": _map,
    "step_stuck": lambda data: f"{_step(data)} was interrupted; a person must say whether it took place",
    "step_ended": lambda data: f"{_step(data)} ends the run",
    "step_cancelled": lambda data: f"{_step(data)} was cancelled: {data.get('reason', '')}".rstrip(": "),
    "item_started": lambda data: f"Item {data['index'] + 1} of {_step(data)} began",
    "item_finished": _item,
    "scope_repeated": _anew,
    "tokens_withdrawn": lambda data: "Waiting branches were withdrawn",
    "token_swallowed": lambda data: f"A late arrival at {data['node']} was swallowed",
    "branch_ended": lambda data: f"No edge from {_step(data)} was taken; this branch ends",
    "join_starved": lambda data: str(data["error"].get("message", "A join waits in vain")),
    "signal_received": lambda data: (
        f"The signal {data['name']} came{_by(data)}" + (" and is kept for later" if data.get("kept") else "")
    ),
    "approval_answered": lambda data: f"{_step(data)} was {data['decision']}{_by(data)}",
    "execution_paused": lambda data: f"Paused{_by(data)}",
    "execution_resumed": lambda data: f"Resumed{_by(data)}",
    "cancel_requested": lambda data: (
        f"Cancellation asked for{_by(data)}" + (f": {data['reason']}" if data.get("reason") else "")
    ),
    "deadline_passed": lambda data: "The run's time is over",
    "execution_aborted": lambda data: str(data["error"].get("message", "The run was stopped")),
    "execution_recovered": lambda data: "Another worker took over from one that had died",
    "execution_ended": _ended,
}
