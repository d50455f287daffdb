"""What requests about matrices and recommendations look like, for the API's documentation."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_MATRIX: Final = "0197a3c0-0000-7000-8000-000000000000"
_CORPORATION: Final = "0197a3c0-0000-7000-8000-000000000001"
_HOLD, _EXPAND = "0197a3c0-0000-7000-8000-000000000002", "0197a3c0-0000-7000-8000-000000000005"
_INCOME, _RISK = "0197a3c0-0000-7000-8000-000000000003", "0197a3c0-0000-7000-8000-000000000004"
_NOON: Final = "2026-11-22T12:00:00Z"


def _asked(title: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(title, value=value, request_only=True)


def _told(title: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(title, value=value, response_only=True)


NEW: Final = _asked(
    "Two options, two criteria",
    {
        "corporation": _CORPORATION,
        "title": "Where to move",
        "options": [{"name": "Hold"}, {"name": "Expand"}],
        "criteria": [{"name": "Income", "weight": "2"}, {"name": "Risk", "weight": "1"}],
        "scores": [{"option": 0, "criterion": 0, "score": "7.5", "reason": "Steady", "source": "journal"}],
    },
)
SCORES: Final = _asked(
    "One score set, one taken away",
    {
        "revision": 4,
        "scores": [
            {
                "option": _HOLD,
                "criterion": _INCOME,
                "score": "7.5",
                "reason": "Steady for three months",
                "source": "wallet journal",
            },
            {"option": _HOLD, "criterion": _RISK, "score": None},
        ],
    },
)
TITLE: Final = _asked("Another title", {"title": "Where to move in spring", "revision": 4})
OPTION: Final = _asked("One more option", {"name": "Leave", "description": "Give the system up"})
CRITERION: Final = _asked("One more criterion", {"name": "Effort", "weight": "0.5"})
PART: Final = _asked("To the front, by another name", {"name": "Stay", "position": 0})
WEIGHTS: Final = _asked("Income counts three times", {"weights": [{"criterion": _INCOME, "weight": "3"}]})
ROW: Final = _told(
    "A matrix of a session",
    {
        "id": _MATRIX,
        "corporation": _CORPORATION,
        "session": "0197a3c0-0000-7000-8000-000000000006",
        "step": "0197a3c0-0000-7000-8000-000000000007",
        "title": "Where to move",
        "revision": 4,
        "option_count": 2,
        "criterion_count": 2,
        "created_at": _NOON,
        "updated_at": _NOON,
    },
)
MATRIX: Final = _told(
    "Holding wins",
    {
        "id": _MATRIX,
        "corporation": _CORPORATION,
        "session": None,
        "step": None,
        "title": "Where to move",
        "revision": 4,
        "created_at": _NOON,
        "updated_at": _NOON,
        "winners": [_HOLD],
        "is_tied": False,
        "missing": 1,
        "options": [
            {
                "id": _HOLD, "name": "Hold", "description": "", "total": "7.5000", "rank": 1, "missing": 0,
                "is_tied": False,
            },
            {
                "id": _EXPAND, "name": "Expand", "description": "", "total": None, "rank": None, "missing": 1,
                "is_tied": False,
            },
        ],
        "criteria": [
            {"id": _INCOME, "name": "Income", "description": "", "weight": "2", "share": "0.6667"},
            {"id": _RISK, "name": "Risk", "description": "", "weight": "1", "share": "0.3333"},
        ],
        "scores": [
            {
                "option": _HOLD,
                "criterion": _INCOME,
                "score": "7.5",
                "reason": "Steady for three months",
                "source": "wallet journal",
                "updated_by": "bob",
                "updated_at": _NOON,
            }
        ],
    },
)  # fmt: skip
SENSITIVITY: Final = _told(
    "With more weight on risk, expanding wins",
    {
        "revision": 4,
        "winners": [_HOLD],
        "is_tied": False,
        "criteria": [
            {
                "criterion": _RISK,
                "name": "Risk",
                "share": "0.3333",
                "below": None,
                "above": {"share": "0.6250", "option": _EXPAND, "name": "Expand"},
                "ranges": [
                    {"from": "0.0000", "to": "0.6250", "winners": [_HOLD], "names": ["Hold"]},
                    {"from": "0.6250", "to": "1.0000", "winners": [_EXPAND], "names": ["Expand"]},
                ],
            }
        ],
    },
)
RECOMMENDATION: Final = _told(
    "Carried out, with an outcome",
    {
        "id": "0197a3c0-0000-7000-8000-000000000008",
        "corporation": _CORPORATION,
        "session": "0197a3c0-0000-7000-8000-000000000006",
        "step": "0197a3c0-0000-7000-8000-000000000007",
        "step_type": "recommendation",
        "number": 1,
        "title": "Keep a reserve for doctrine ships",
        "detail": "Two billion ISK, untouched for thirty days.",
        "confidence_score": 0.6,
        "citations": [
            {
                "kind": "wallets",
                "fact": "wallet.total",
                "text": "31,529,681,174.66 ISK in all wallets together",
                "value": "31529681174.66",
                "as_of": _NOON,
                "snapshot": "0197a3c0-0000-7000-8000-000000000009",
            }
        ],
        "status": "done",
        "outcome": "partial",
        "note": "One fleet could be replaced.",
        "judged_by": "bob",
        "accepted_at": _NOON,
        "done_at": _NOON,
        "judged_at": _NOON,
    },
)
CALIBRATION: Final = _told(
    "Twelve cases",
    {
        "count": 12,
        "confidence": 0.66,
        "came_true": 0.58,
        "least": 0.31,
        "most": 0.81,
        "brier": 0.118,
        "verdict": "unremarkable",
        "bins": [
            {
                "low": 0.6, "high": 0.8, "count": 5, "confidence": 0.7, "came_true": 0.7, "least": 0.29,
                "most": 0.93,
            }
        ],
    },
)  # fmt: skip
