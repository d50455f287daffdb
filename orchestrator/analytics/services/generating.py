"""Made-up history, so that charts have something to show before much has run. Every row says that it is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

from orchestrator.analytics.models import ExecutionHistory, Outcome
from orchestrator.analytics.services.recording import add_histories
from orchestrator.workflows.models import Workflow, WorkflowVersion

_PROVIDERS: Final = (("gemini", 0.4), ("groq", 0.2), ("perplexity", 1.1), ("claude", 2.0))
_PEOPLE: Final = ("ada", "bob", "vic")
_BATCH: Final = 5_000
_OUTCOMES: Final = {Outcome.SUCCESS: 92, Outcome.FAILURE: 5, Outcome.TIMEOUT: 1, Outcome.CANCELLED: 2}


def generate_history(workflows: Sequence[Workflow], *, runs: int, days: int, now: datetime) -> int:
    """Add about ``runs`` rows for each workflow, the same ones every time; the number added."""
    added, batch = 0, []
    for workflow in workflows:
        for history in _histories(workflow, runs, days, now):
            batch.append(history)
            if len(batch) == _BATCH:
                added, batch = added + add_histories(batch), []
    return added + (add_histories(batch) if batch else 0)


def _histories(workflow: Workflow, runs: int, days: int, now: datetime) -> Iterator[ExecutionHistory]:
    dice = random.Random(workflow.pk.bytes)  # noqa: S311 - invents figures
    shape = _Shape(workflow, dice)
    until = now - timedelta(hours=1)
    for number in range(runs):
        ago = timedelta(days=days * (1 - (number + dice.random()) / runs))
        at = until - ago
        if at.weekday() >= 5 and dice.random() < 0.6:
            continue
        yield shape.history(uuid5(workflow.pk, str(number)), at)


class _Shape:
    """How one workflow usually goes."""

    def __init__(self, workflow: Workflow, dice: random.Random) -> None:
        self.workflow, self.dice = workflow, dice
        version = WorkflowVersion.objects.filter(workflow=workflow).order_by("-is_current", "-number").first()
        nodes = version.nodes if version is not None and isinstance(version.nodes, list) else []
        self.nodes = [(str(node["id"]), str(node["type"])) for node in nodes[:12] if isinstance(node, dict)]
        self.asks = [node for node, kind in self.nodes if kind == "human"]
        self.usual_ms = dice.choice([40, 180, 900, 4_000, 15_000])
        self.number = version.number if version is not None else 1

    def history(self, execution_id: UUID, finished: datetime) -> ExecutionHistory:
        dice = self.dice
        outcome = dice.choices(list(_OUTCOMES), weights=list(_OUTCOMES.values()))[0]
        took = max(1, round(self.usual_ms * dice.lognormvariate(0, 0.6)))
        answers = [self._answer(node, finished) for node in self.asks if outcome is Outcome.SUCCESS]
        took += sum(answer["duration_ms"] for answer in answers)
        usage = self._usage()
        return ExecutionHistory(
            execution_id=execution_id,
            workflow_id=self.workflow.pk,
            workflow_name=self.workflow.name,
            version=self.number,
            user_id=self.workflow.owner_id,
            user_name=self.workflow.owner.username,
            trigger="demo",
            started_at=finished - timedelta(milliseconds=took),
            finished_at=finished,
            duration_ms=took,
            status=outcome.value,
            error_code="" if outcome is Outcome.SUCCESS else outcome.value,
            node_metrics=self._nodes(took, failed=outcome is Outcome.FAILURE),
            ai_usage=usage,
            human_interactions=answers,
            cost=sum((Decimal(each["cost"]) for each in usage.values()), Decimal(0)),
            tokens=sum(each["tokens"] for each in usage.values()),
            is_generated=True,
        )

    def _answer(self, node: str, finished: datetime) -> dict[str, Any]:
        took = round(self.dice.lognormvariate(12.5, 1.2))  # some minutes
        return {
            "node_id": node,
            "approver": self.dice.choice(_PEOPLE),
            "requested_at": (finished - timedelta(milliseconds=took)).isoformat(),
            "responded_at": finished.isoformat(),
            "approved": self.dice.random() < 0.8,
            "duration_ms": took,
        }

    def _usage(self) -> dict[str, Any]:
        if self.dice.random() < 0.5:
            return {}
        provider, price = self.dice.choice(_PROVIDERS)
        tokens = self.dice.randint(300, 6_000)
        cost = str(round(Decimal(tokens) * Decimal(price) / 1_000_000, 6))
        return {provider: {"calls": self.dice.randint(1, 3), "tokens": tokens, "cost": cost}}

    def _nodes(self, took: int, *, failed: bool) -> list[dict[str, Any]]:
        last = len(self.nodes) - 1
        found = []
        for number, (node, kind) in enumerate(self.nodes):
            part = max(1, round(took / max(1, len(self.nodes)) * self.dice.uniform(0.4, 1.6)))
            bad = failed and number == last
            found.append(
                {"node_id": node, "node_type": kind, "duration_ms": part, "longest_ms": part, "cost": "0",
                 "success": not bad, "runs": 1, "failures": int(bad)}
            )  # fmt: skip
        return found
