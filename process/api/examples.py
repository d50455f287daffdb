"""What requests and answers about guided processes look like, for the API's documentation."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import OpenApiExample

_PROMPT: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2b"

START: Final = OpenApiExample("With a title", value={"title": "For my grandchildren"}, request_only=True)
STEP: Final = OpenApiExample("From what you have seen", value={"revision": 7}, request_only=True)
ANSWER: Final = OpenApiExample(
    "The first answer to a prompt",
    value={"prompt": _PROMPT, "value": "In a blue house above the harbour.", "private": False, "expect": 0},
    request_only=True,
)
ANSWERED: Final = OpenApiExample(
    "It is kept",
    value={
        "prompt": _PROMPT,
        "node": "sections",
        "key": "origins_place",
        "value": "In a blue house above the harbour.",
        "private": False,
        "tier": 1,
        "revision": 1,
        "updated_at": "2026-11-21T18:00:00Z",
    },
    response_only=True,
)
RECORDED: Final = OpenApiExample(
    "Written down, to look over",
    value={
        "prompt": _PROMPT,
        "media_type": "audio/webm",
        "size_bytes": 168_432,
        "duration_seconds": 42.1,
        "created_at": "2026-11-21T18:00:00Z",
        "transcription": "ready",
        "transcript": "We lived in a blue house above the harbour.",
        "transcription_fault": "",
        "answer_revision": 0,
    },
    response_only=True,
)
SCOPE: Final = OpenApiExample(
    "One chapter",
    value={
        "scope_type": "major_chapter",
        "scope_description": "The years at sea",
        "time_period_start": "1971-04-01",
        "time_period_end": "1979-09-30",
    },
    request_only=True,
)
PROFILE: Final = OpenApiExample(
    "Some flags; the others stay",
    value={"has_children": True, "comfortable_discussing_trauma": False},
    request_only=True,
)
HELPER: Final = OpenApiExample("Rules, no AI", value={"provider": "offline"}, request_only=True)
DRAFT: Final = OpenApiExample(
    "Once more, with a note", value={"section": "origins", "feedback": "Shorter."}, request_only=True
)
REFRAMED: Final = OpenApiExample(
    "In the person's own words",
    value={"confirmed": False, "words": "I did not stay. I waited."},
    request_only=True,
)
DOCUMENT: Final = OpenApiExample(
    "The smallest process",
    value={
        "format": "orchestrator.process/1",
        "name": "A single question",
        "nodes": [
            {
                "key": "ask",
                "name": "A question",
                "type": "data_collection",
                "purpose": "To begin somewhere.",
                "prompts": [{"key": "why", "text": "Why now?"}],
            }
        ],
    },
    request_only=True,
)
CLONE: Final = OpenApiExample("Under a name of its own", value={"name": "Life story 2"}, request_only=True)
FINDINGS: Final = OpenApiExample(
    "A phase that nobody reaches",
    value={
        "findings": [
            {
                "code": "unreachable_node",
                "message": "No way leads to “Closing” from the start.",
                "place": "node:closing",
                "forbids": True,
            }
        ]
    },
    response_only=True,
)
TITLE_PAGE: Final = OpenApiExample(
    "A title page",
    value={"title": "The blue house", "author": "Ida Holm", "dedication": "For Jon", "language": "en"},
    request_only=True,
)
BOOK: Final = OpenApiExample(
    "A book with one chapter",
    value={
        "title": "The blue house",
        "author": "Ida Holm",
        "dedication": "For Jon",
        "language": "en",
        "has_photo": True,
        "chapters": [
            {
                "id": _PROMPT,
                "title": "Origins",
                "text": "The house stood above the harbour.",
                "words": 6,
                "left_out": False,
                "written_at": "2026-11-21T18:00:00Z",
            }
        ],
    },
    response_only=True,
)
BEING_MADE: Final = OpenApiExample(
    "A long PDF, not yet there",
    value={"detail": "The file is being made. Ask again in a few seconds."},
    response_only=True,
    status_codes=["202"],
)
LEND: Final = OpenApiExample("By user name", value={"reader": "jon"}, request_only=True)
VERSION: Final = OpenApiExample(
    "A flag of its own",
    value={"profile_flags": [{"key": "kept_a_diary", "label": "I have kept a diary"}]},
    request_only=True,
)
DIFFERENCES: Final = OpenApiExample(
    "A prompt that is asked in other words",
    value={
        "differences": [
            {
                "change": "changed",
                "kind": "prompt",
                "key": "grounding.born",
                "fields_changed": {"text": ["Where were you born?", "Where did your life begin?"]},
            }
        ]
    },
    response_only=True,
)
SIMULATE: Final = OpenApiExample(
    "Somebody without children who tells of one event",
    value={
        "scope": {"scope_type": "single_event"},
        "profile": {"has_children": False, "comfortable_discussing_trauma": True},
        "answers": {"grounding.born": "In Lund."},
        "sections": ["origins"],
    },
    request_only=True,
)
_VERSION: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2c"
_NODE: Final = "019a1b2c-3d4e-7f50-8a6b-7c8d9e0f1a2d"
COMMITMENT: Final = OpenApiExample(
    "A principle",
    value={"version": _VERSION, "title": "We listen", "description": "Nothing is corrected."},
    request_only=True,
)
NODE: Final = OpenApiExample(
    "A phase",
    value={
        "version": _VERSION,
        "node_type": "data_collection",
        "node_key": "grounding",
        "node_name": "Ground under our feet",
        "purpose": "Where and when a life began.",
    },
    request_only=True,
)
EDGE: Final = OpenApiExample(
    "A way for some",
    value={
        "version": _VERSION,
        "from_node": _NODE,
        "to_node": _PROMPT,
        "condition_type": "scope_match",
        "condition_value": {"scope": "single_event"},
    },
    request_only=True,
)
SECTION: Final = OpenApiExample(
    "A section for parents",
    value={
        "version": _VERSION,
        "section_key": "children",
        "section_name": "Children",
        "is_core": False,
        "requires_profile_flags": {"has_children": True},
    },
    request_only=True,
)
PROMPT: Final = OpenApiExample(
    "A question",
    value={"node": _NODE, "prompt_key": "born", "prompt_text": "Where were you born?", "is_required": True},
    request_only=True,
)
SECTION_PROMPTS: Final = OpenApiExample(
    "In this order", value={"prompts": [_PROMPT, _NODE]}, request_only=True
)
PACK: Final = OpenApiExample(
    "Scenes",
    value={
        "template_name": "A scene",
        "prompts": [{"prompt_key": "where", "prompt_text": "Where were you?"}],
    },
    request_only=True,
)
APPLY: Final = OpenApiExample(
    "Into two phases",
    value={"version": _VERSION, "nodes": ["childhood", "work"], "prefix": "scene"},
    request_only=True,
)
