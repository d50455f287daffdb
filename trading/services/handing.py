"""Outcomes are handed to strategies: to a new one out of a template, or to the draft of one that there is."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from orchestrator.workflows.services.templates import use_template
from orchestrator.workflows.services.versions import (
    document_of,
    latest_version,
    publish_draft,
    save_draft,
    store_draft,
)
from trading.models import Market
from trading.services.strategies import STREAM

MOST: Final = 500
"""Tokens that a stream reads."""


@transaction.atomic
def begin_with_outcomes(user: User, template_id: UUID, market: Market, tokens: list[str]) -> Workflow:
    """A strategy of the person's own that reads these outcomes and nothing else, ready to be tested.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    tokens = _of(market, tokens)
    workflow = use_template(user, template_id)
    draft = latest_version(workflow)
    nodes = deepcopy(draft.nodes)
    for config in _streams(nodes, "template"):
        config |= {"tokens": list(tokens)}
        config.pop("categories", None)
        config.pop("markets", None)
    save_draft(user, workflow.pk, nodes=nodes, edges=draft.edges)
    publish_draft(user, workflow.pk, note=f"The template for “{market.question[:100]}”")
    return workflow


@transaction.atomic
def add_outcomes(user: User, workflow_id: UUID, market: Market, tokens: list[str]) -> WorkflowVersion:
    """Let a strategy's draft read these outcomes as well; what runs use changes when it is published.

    A stream that read all markets reads these alone from then on. Raises NotFound, NotAllowed, InvalidInput.
    """
    tokens = _of(market, tokens)
    workflow = find_workflow(user, workflow_id, Access.EDITOR, lock=True)
    latest = latest_version(workflow)
    nodes = deepcopy(latest.nodes)
    is_new = False
    for config in _streams(nodes, "workflow"):
        known = config.get("tokens") or []
        if not isinstance(known, list):
            raise _complaint("workflow", "Its stream takes its outcomes from an expression: add them there.")
        more = [token for token in tokens if token not in known]
        if len(known) + len(more) > MOST:
            raise _complaint("workflow", f"Its stream would read more than {MOST} outcomes.")
        config["tokens"] = [*known, *more]
        is_new |= bool(more)
    if not is_new:
        raise _complaint("workflow", f"“{workflow.name}” reads these outcomes already.")
    document = document_of(nodes, latest.edges)
    return store_draft(user, workflow, latest, document, note=f"Also reads “{market.question[:100]}”")


def _of(market: Market, tokens: list[str]) -> list[str]:
    """Those of the market's tokens that were chosen, in its order."""
    known = [str(each.get("token", "")) for each in market.outcomes]
    chosen = [token for token in known if token and token in tokens]
    if not chosen or set(tokens) - set(chosen):
        raise _complaint("tokens", "Tick at least one outcome of this market.")
    return chosen


def _streams(nodes: Any, field: str) -> list[dict[str, Any]]:
    """The configurations of its market streams, to be changed in place."""
    found = []
    for node in nodes:
        if node.get("type") == STREAM:
            data = node.setdefault("data", {})
            if data.get("config") is None:
                data["config"] = {}
            found.append(data["config"])
    if not found:
        raise _complaint(field, "There is no market stream in it that could read them.")
    if not all(isinstance(config, dict) for config in found):
        raise _complaint(field, "Its market stream cannot be read: look at it in the editor.")
    return found


def _complaint(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: [message]})
