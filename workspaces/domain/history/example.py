"""A small history in the shape that is read: to begin from, and what the documentation shows."""

from __future__ import annotations

from typing import Final

from orchestrator.core.json import JsonObject

_CSV: Final = """time,open,high,low,close,volume
2025-03-03T08:00,100,102,99,101,10
2025-03-03T09:00,101,105,100,104,12
2025-03-03T10:00,104,110,103,108,20
2025-03-03T11:00,108,109,104,105,14
2025-03-03T12:00,105,106,101,102,11
2025-03-03T13:00,102,103,95,96,25
2025-03-03T14:00,96,99,95.5,98,13
2025-03-03T15:00,98,101,97,100,9
"""

EXAMPLE: Final[JsonObject] = {
    "patterns": [
        {
            "patternType": "swings",
            "name": "Swing points",
            "category": "price_action",
            "description": "A bar that stands out above or below the bars on both sides of it.",
            "userReasoning": "Orders gather beyond such turns.",
            "identificationSteps": ["Look for a bar that stands out.", "Count two bars to its right."],
            "status": "beta",
            "version": "0.1.0",
            "createdBy": "ann@example.com",
            "createdAt": "2025-03-01T09:00:00Z",
            "implementedAt": "2025-03-02T10:00:00Z",
            "members": [{"user": "ben", "access": "viewer"}],
        }
    ],
    "candles": [{"id": "candles-1", "name": "EURUSD, hourly", "csv": _CSV}],
    "sessions": [
        {
            "id": "session-1",
            "patternType": "swings",
            "createdBy": "ann@example.com",
            "createdAt": "2025-03-04T09:00:00Z",
            "completedAt": "2025-03-04T10:00:00Z",
            "candles": "candles-1",
            "version": "0.1.0",
            "parameters": {"left": 2, "right": 2},
            "detections": [
                {
                    "kind": "swing_high",
                    "direction": "bearish",
                    "bar": 2,
                    "price": 110,
                    "confirmedAt": 4,
                    "reason": "The high 110 stands above two bars on each side.",
                },
                {"kind": "swing_low", "direction": "bullish", "bar": 5, "price": 95, "confirmedAt": 7},
            ],
            "feedback": [{"verdict": "right", "detection": 1, "sentToClaudeAt": "2025-03-05T08:00:00Z"}],
        }
    ],
    "feedback": [
        {
            "id": "feedback-1",
            "sessionId": "session-1",
            "verdict": "adjust",
            "detection": 2,
            "bar": 6,
            "price": 95.5,
            "note": "The close counts, not the wick.",
            "createdBy": "ben",
            "createdAt": "2025-03-04T09:30:00Z",
        }
    ],
    "implementationSessions": [
        {
            "id": "implementation-1",
            "patternType": "swings",
            "createdAt": "2025-03-02T09:00:00Z",
            "status": "completed",
            "promptFile": "prompts/swings-1.json",
            "feedbackIds": ["feedback-1"],
        }
    ],
}
