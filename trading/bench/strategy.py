"""The strategy of five steps that benchmarks run, and whose it is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from orchestrator.accounts.models import Role, User
from orchestrator.workflows.services.definitions import create_workflow
from orchestrator.workflows.services.versions import publish_draft

_NODES: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("stream", "polymarket-stream", {"lookback": 5}),
    ("momentum", "momentum", {"lookback": 10}),
    ("risen", "filter", {}),
    ("risk", "risk", {"max_position": 500}),
    ("buy", "paper-order", {}),
]


def bench_trader() -> User:
    return User.objects.get_or_create(username="bench", defaults={"role": Role.USER.value})[0]


def bench_strategy(
    user: User, *, window: float, rise: float = 0.05, amount: str = "25", most: int = 5_000
) -> UUID:
    """Published: stream, momentum, filter, risk, paper order.

    ``window`` in seconds of market time; ``amount`` in USDC for each outcome that rose by ``rise``, up to
    ``most`` in all.
    """
    special: dict[str, dict[str, Any]] = {
        "stream": {"window": window},
        "risen": {"conditions": [{"field": "momentum", "operator": "gt", "value": rise}]},
        "risk": {"amount": amount, "max_exposure": most},
    }
    nodes: Any = [
        {"id": name, "type": kind, "data": {"config": config | special.get(name, {})}}
        for name, kind, config in _NODES
    ]
    names = [name for name, _, _ in _NODES]
    edges: Any = [
        {"id": f"e{number}", "source": source, "target": target}
        for number, (source, target) in enumerate(pairwise(names))
    ]
    settings: Any = {"max_steps": 1_000_000}
    workflow = create_workflow(user, name="Bench", nodes=nodes, edges=edges, settings=settings)
    publish_draft(user, workflow.pk)
    return workflow.pk
