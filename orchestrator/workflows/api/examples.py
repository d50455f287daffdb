"""What requests and answers about workflows look like, for the API's documentation."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from orchestrator.core.api.schema import PROBLEM
from orchestrator.core.problems import CONTENT_TYPE, problem

_NODES: Final[list[dict[str, Any]]] = [
    {
        "id": "fetch",
        "type": "action",
        "position": {"x": 0, "y": 0},
        "data": {
            "title": "Fetch the order",
            "retry": {"max_attempts": 3, "backoff_seconds": 2},
            "config": {
                "action": "http.request",
                "with": {"url": "https://shop.example/orders/{{ input.order }}/"},
            },
        },
    },
    {
        "id": "approve",
        "type": "human",
        "position": {"x": 0, "y": 140},
        "data": {"config": {"title": "Approve the order", "approvers": ["role:admin"]}},
    },
]
_EDGES: Final[list[dict[str, Any]]] = [
    {
        "id": "e1",
        "source": "fetch",
        "target": "approve",
        "condition": "nodes.fetch.output.body.amount > 100",
    }
]
_PROBLEM: Final[dict[str, Any]] = {
    "code": "bad_expression",
    "message": 'There is no node called "fetsh".',
    "edge": "e1",
    "path": "condition",
    "position": 6,
    "severity": "error",
}

NEW_WORKFLOW: Final = OpenApiExample(
    "A request and an approval",
    value={
        "name": "Order approval",
        "description": "Large orders are approved by an admin.",
        "tags": ["orders"],
        "settings": {"timeout_seconds": 3600, "max_retries": 2},
        "nodes": _NODES,
        "edges": _EDGES,
    },
    request_only=True,
)
GRAPH: Final = OpenApiExample(
    "A graph of two nodes",
    value={"nodes": _NODES, "edges": _EDGES, "note": "Ask for approval above 100"},
    request_only=True,
)
PUBLISH: Final = OpenApiExample("A note", value={"note": "Ask for approval above 100"}, request_only=True)
NO_PROBLEMS: Final = OpenApiExample("It can be published", value={"problems": []}, response_only=True)
PROBLEMS: Final = OpenApiExample("It cannot", value={"problems": [_PROBLEM]}, response_only=True)
GRANT: Final = OpenApiExample("An editor", value={"username": "bob", "access": "editor"}, request_only=True)

NEW_FOLDER: Final = OpenApiExample(
    "In another one",
    value={"name": "Reports", "parent": "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"},
    request_only=True,
)
USE_TEMPLATE: Final = OpenApiExample(
    "Under a name of its own", value={"name": "Order approval", "folder": "Sales/Orders"}, request_only=True
)
BULK_IDS: Final = OpenApiExample(
    "Tag two workflows",
    value={
        "subject": "workflows",
        "action": "tag",
        "parameters": {"tags": ["orders"]},
        "ids": ["019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b", "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2c"],
    },
    request_only=True,
)
BULK_FILTERS: Final = OpenApiExample(
    "Cancel every run that waits",
    value={"subject": "executions", "action": "cancel", "filters": {"status": ["waiting"]}},
    request_only=True,
)

_INVALID_GRAPH: Final = OpenApiExample(
    "The draft has problems",
    value=problem(400, "invalid_graph", _PROBLEM["message"], problems=[_PROBLEM]),
    response_only=True,
    status_codes=["400"],
    media_type=CONTENT_TYPE,
)
INVALID_GRAPH: Final = {
    (400, CONTENT_TYPE): OpenApiResponse(
        PROBLEM, description="The graph has problems; nothing was published.", examples=[_INVALID_GRAPH]
    )
}

SCHEDULE: Final = OpenApiExample(
    "Every weekday at nine",
    value={
        "kind": "schedule",
        "name": "Morning report",
        "cron": "0 9 * * 1-5",
        "time_zone": "Europe/Paris",
        "missed": "run_once",
        "overlap": "skip",
        "input": {"day": {"=": "trigger.scheduled_at"}},
    },
    request_only=True,
)
WEBHOOK: Final = OpenApiExample(
    "Signed as GitHub signs",
    value={
        "kind": "webhook",
        "name": "Pull requests",
        "signature": "hmac",
        "signing_secret": "a secret that both sides know",
        "idempotency_header": "X-GitHub-Delivery",
        "condition": "trigger.payload.action == 'opened'",
        "input": {"=": "trigger.payload.pull_request"},
    },
    request_only=True,
)
SWITCH_OFF: Final = OpenApiExample("Switch it off", value={"enabled": False}, request_only=True)
