"""The words of guided processes: kinds, formats and states, as they are stored and as the API says them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class Behavior(StrEnum):
    """What a phase is for; the row of its node type says how it behaves."""

    INFORMATIONAL = "informational"
    FORK = "fork"
    DATA_COLLECTION = "data_collection"
    ITERATIVE = "iterative"
    SYNTHESIS = "synthesis"


class Form(StrEnum):
    """What a phase asks besides its prompts."""

    NONE = ""
    SCOPE = "scope"
    PROFILE = "profile"


class ResponseFormat(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    CHECKBOX = "checkbox"
    MULTI_SELECT = "multi_select"


class Tier(IntEnum):
    """How sensitive an answer is. What is private is encrypted and never reaches a provider of AI."""

    SAFE = 1
    OPTIONAL = 2
    PRIVATE = 3


class ScopeType(StrEnum):
    WHOLE_LIFE = "whole_life"
    MAJOR_CHAPTER = "major_chapter"
    SINGLE_EVENT = "single_event"
    UNSURE = "unsure"


class ConditionType(StrEnum):
    ALWAYS = "always"
    SCOPE_MATCH = "scope_match"
    PROFILE_FLAG = "profile_flag"
    SECTION_SELECTED = "section_selected"
    SECTION_ACTIVE = "section_active"
    PROFILE_BOUNDARY = "profile_boundary"
    EXPRESSION = "expression"


class SessionStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class NodeStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    SKIPPED = "skipped"


PASSED: Final = frozenset({NodeStatus.COMPLETED, NodeStatus.SKIPPED})
"""Nodes that lie behind a person."""


class SectionStatus(StrEnum):
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class SynthesisType(StrEnum):
    DRAFT = "draft"
    CHAPTER = "chapter"
    CHECKPOINT = "checkpoint"


class Help(StrEnum):
    """What a person may have made of their answers."""

    FOLLOW_UP = "follow_up"
    DRAFT = "draft"
    CHECKPOINT = "checkpoint"
    ARCHETYPES = "archetypes"


class Origin(StrEnum):
    """Who wrote a text."""

    AI = "ai"
    OFFLINE = "offline"
    PERSON = "person"


class Sent(StrEnum):
    """What became of a text that was made ready for a provider."""

    BEGUN = "begun"
    ANSWERED = "answered"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    LOCAL = "local"


class Made(StrEnum):
    """How a request for help ended."""

    RESULT = "made"
    NOTHING_TO_SEND = "nothing_to_send"
    NOTHING_FOUND = "nothing_found"


NO_HELP: Final = "off"
"""The choice of a person who wants nothing made of their answers."""

FLAGS: Final = (
    "has_relationships",
    "has_children",
    "has_multiple_careers",
    "has_lived_multiple_places",
    "has_military_service",
    "faith_important",
)
"""What every profile says about a life. A version may ask for more."""

BOUNDARIES: Final = {
    "romance": "comfortable_discussing_romance",
    "trauma": "comfortable_discussing_trauma",
}
"""What a person may not wish to talk about, and the column of the profile that says so."""

PREFERENCES: Final = (*BOUNDARIES.values(), "prefers_some_private")
