"""What requests and answers about runs and approvals look like, for the API's documentation."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_RUN: Final = "0198f2c4-6b1e-7c3a-9a55-2f1d6e8b4c10"
_WORKFLOW: Final = {"id": "0198f2c0-11aa-7d0e-8f00-5a4b3c2d1e0f", "name": "Order approval"}
_BOB: Final = {
    "id": "0198f2bf-0000-7a00-8000-000000000b0b",
    "username": "bob",
    "first_name": "Bob",
    "last_name": "Builder",
}
_STARTED: Final[dict[str, Any]] = {
    "id": _RUN,
    "workflow": _WORKFLOW,
    "version": 3,
    "status": "pending",
    "trigger": "api",
    "started_by": _BOB,
    "current_node_ids": [],
    "error": None,
    "metrics": {},
    "parent": None,
    "retry_of": None,
    "created_at": "2026-03-01T12:00:00.000000Z",
    "started_at": None,
    "finished_at": None,
    "duration_ms": None,
    "input": {"order": 4711},
    "variables": {},
    "output": None,
    "outputs": {},
    "idempotency_key": "order-4711",
    "wake_at": "2026-03-01T12:00:00.000000Z",
    "last_seq": 0,
}
_APPROVAL: Final[dict[str, Any]] = {
    "id": "0198f2c4-9d00-7b11-8c22-1a2b3c4d5e6f",
    "execution": _RUN,
    "workflow": _WORKFLOW,
    "node_id": "approve",
    "iteration": 1,
    "status": "approved",
    "title": "Approve the order",
    "instructions": "",
    "approvers": ["role:admin"],
    "quorum": "any",
    "form": {"type": "object", "properties": {"discount": {"type": "number", "maximum": 10}}},
    "payload": {"discount": 5},
    "can_answer": False,
    "requested_at": "2026-03-01T12:00:01.000000Z",
    "responded_at": "2026-03-01T12:30:00.000000Z",
    "deadline_at": "2026-03-02T12:00:01.000000Z",
    "on_deadline": "reject",
    "escalated_at": None,
    "decided_by": _BOB,
    "comment": "A good customer",
    "escalate_to": [],
    "starter_may_approve": True,
    "votes": [
        {
            "user": _BOB,
            "approves": True,
            "comment": "A good customer",
            "created_at": "2026-03-01T12:30:00.000000Z",
        }
    ],
    "tally": {"needed": 1, "approving": 1, "rejecting": 0, "open": 0},
}

EXECUTE: Final = OpenApiExample("With an input", value={"input": {"order": 4711}}, request_only=True)
EXECUTE_VERSION: Final = OpenApiExample(
    "An earlier version", value={"input": {"order": 4711}, "version": 2}, request_only=True
)
STARTED: Final = OpenApiExample("A new run", value=_STARTED, response_only=True, status_codes=["202"])
STARTED_BEFORE: Final = OpenApiExample(
    "The run that the same key started",
    value={**_STARTED, "status": "completed", "started_at": "2026-03-01T12:00:00.004000Z",
           "finished_at": "2026-03-01T12:00:00.180000Z", "duration_ms": 176, "wake_at": None, "last_seq": 9},
    response_only=True,
    status_codes=["200"],
)  # fmt: skip
RETRY_FAILED: Final = OpenApiExample(
    "From the failed step, on the current version",
    value={"from": "failed", "version": "current"},
    request_only=True,
)
RETRY_NODE: Final = OpenApiExample(
    "From a node", value={"from": "fetch", "version": "original"}, request_only=True
)
SIGNAL: Final = OpenApiExample("A payment", value={"payload": {"paid": "42.50"}}, request_only=True)
ANSWER: Final = OpenApiExample("With a comment", value={"comment": "A good customer"}, request_only=True)
ANSWER_EDITED: Final = OpenApiExample(
    "With an edited payload",
    value={"comment": "Less than asked for", "payload": {"discount": 5}},
    request_only=True,
)
ANSWERED: Final = OpenApiExample("Approved", value=_APPROVAL, response_only=True)
EVENTS: Final = OpenApiExample(
    "An approval",
    value={
        "next": "https://orchestrator.example/api/v1/events/?group=human_approval&cursor=o2026-03-01T12%3A30",
        "previous": None,
        "results": [
            {
                "execution": _RUN,
                "execution_exists": True,
                "workflow": _WORKFLOW,
                "seq": 7,
                "type": "approval_answered",
                "node_id": "approve",
                "sentence": "Approve the order was approved by bob",
                "user": "bob",
                "data": {"scope": "", "node": "approve", "iteration": 1, "decision": "approved", "by": "bob"},
                "metadata": {"user_id": _BOB["id"], "ip_address": "203.0.113.7"},
                "occurred_at": "2026-03-01T12:30:00.000000Z",
            }
        ],
    },
    response_only=True,
)
