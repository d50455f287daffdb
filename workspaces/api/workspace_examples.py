"""What requests about workspaces look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

CREATE: Final = OpenApiExample(
    "For swings", value={"pattern_type": "swings", "name": "Swings"}, request_only=True
)
DESCRIBE: Final = OpenApiExample(
    "With the steps in which it is found",
    value={
        "description": "A bar that stands out above the bars on both sides of it.",
        "user_reasoning": "Orders gather beyond such turns.",
        "identification_steps": ["Look for a bar that stands out.", "Count the bars to its right."],
    },
    request_only=True,
)
RENAME: Final = OpenApiExample(
    "With another name", value={"name": "Swing points", "category": "Structure"}, request_only=True
)
NOTE: Final = OpenApiExample(
    "A note", value={"content": "The turn at bar 412 is too small."}, request_only=True
)
COMMENT: Final = OpenApiExample(
    "With a comment", value={"comment": "It holds in all cases."}, request_only=True
)
LET_IN: Final = OpenApiExample("An editor", value={"username": "vic", "access": "editor"}, request_only=True)
