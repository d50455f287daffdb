"""What requests about strategy sessions look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

_ID: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"
_SHAPE: Final = {
    "corporation_id": "98000001",
    "session_id": _ID,
    "initiator": "bob",
    "status": "active",
    "created_at": "2026-11-22T09:00:00+00:00",
    "updated_at": "2026-11-22T09:05:00+00:00",
    "steps": [
        {
            "step_type": "situation",
            "status": "in_progress",
            "started_at": "2026-11-22T09:00:00+00:00",
            "input": {},
            "output": {"summary": "Wallets grew, and three systems were lost."},
            "confidence_score": 0.72,
            "recommendations": [{"title": "Keep a reserve for doctrine ships", "confidence": 0.6}],
        }
    ],
    "current_step": 0,
    "session_log": [{"timestamp": "2026-11-22T09:00:00+00:00", "event": "session_started", "details": {}}],
}

START: Final = OpenApiExample(
    "Start a session",
    value={"corporation_id": "98000001", "objective": "Where should we live next quarter?"},
    request_only=True,
)
DOCUMENT: Final = OpenApiExample("Import a document", value=_SHAPE, request_only=True)
SHOWN: Final = OpenApiExample("A session", value=_SHAPE, response_only=True)
RENAME: Final = OpenApiExample("Give it a title", value={"title": "Autumn war plan"}, request_only=True)
PAUSE: Final = OpenApiExample("Pause it", value={"status": "paused"}, request_only=True)
CURRENT: Final = OpenApiExample(
    "Of an imported session, point to another step", value={"current_step": 1}, request_only=True
)
LOG: Final = OpenApiExample(
    "What happened",
    value={
        "id": "019a1b2c-4444-7f50-8a6b-7c8d9e0f1a2b",
        "session": _ID,
        "seq": 4,
        "corporation_id": "98000001",
        "timestamp": "2026-11-22T09:05:00Z",
        "event": "step_accepted",
        "actor": "bob",
        "step": 0,
        "details": {"comment": "Agreed."},
    },
    response_only=True,
)
ACCEPT: Final = OpenApiExample(
    "Accept it", value={"action": "accept", "comment": "Agreed."}, request_only=True
)
EDIT: Final = OpenApiExample(
    "Say it better",
    value={"action": "edit", "output": {"summary": "Four systems were lost."}, "confidence_score": 0.8},
    request_only=True,
)
AGAIN: Final = OpenApiExample(
    "Ask again", value={"action": "again", "remark": "Mind the fuel we have left."}, request_only=True
)
RETRY: Final = OpenApiExample("Try again after an error", value={"action": "retry"}, request_only=True)
REPLACE: Final = OpenApiExample("Its document, with a step added", value=_SHAPE, request_only=True)
ROW: Final = OpenApiExample(
    "A session",
    value={
        "id": _ID,
        "session_id": _ID,
        "corporation_id": "98000001",
        "corporation_name": "Lantern Works",
        "title": "Next quarter",
        "objective": "Where should we live next quarter?",
        "initiator": "bob",
        "status": "active",
        "current_step": 2,
        "steps": 7,
        "completed_steps": 2,
        "execution": "019a1b2c-6666-7f50-8a6b-7c8d9e0f1a2b",
        "created_at": "2026-11-22T09:00:00Z",
        "updated_at": "2026-11-22T09:05:00Z",
    },
    response_only=True,
)
LOG_FILE: Final = OpenApiExample(
    "Lines",
    value="at,session,seq,corporation_id,event,actor,step,details\r\n"
    f"2026-11-22T09:05:00+00:00,{_ID},4,98000001,step_accepted,bob,0,{{}}\r\n",
    response_only=True,
    media_type="text/csv",
)
COST: Final = OpenApiExample(
    "What it cost",
    value={"cost": "0.041200", "tokens": 18_400, "calls": 8, "open_calls": 0},
    response_only=True,
)
