"""Tables of guided processes: what staff author, people's sessions, and what is made of their answers."""

from process.models.assistance import Assistance, HelpRequest
from process.models.book import SessionBook, SessionPhoto
from process.models.definition import (
    Commitment,
    FlowEdge,
    NodeType,
    ProcessNode,
    ProcessVersion,
)
from process.models.output import (
    Archetype,
    Disclosure,
    FollowUp,
    Recording,
    Synthesis,
    Transcription,
)
from process.models.parts import KEY
from process.models.prompts import (
    PackPrompt,
    ProcessPrompt,
    ProcessSection,
    PromptPack,
    SectionPrompt,
)
from process.models.session import (
    Answer,
    Session,
    SessionGrant,
    SessionProfile,
    SessionProgress,
    SessionScope,
    SessionSectionStatus,
)

__all__ = [
    "KEY",
    "Answer",
    "Archetype",
    "Assistance",
    "Commitment",
    "Disclosure",
    "FlowEdge",
    "FollowUp",
    "HelpRequest",
    "NodeType",
    "PackPrompt",
    "ProcessNode",
    "ProcessPrompt",
    "ProcessSection",
    "ProcessVersion",
    "PromptPack",
    "Recording",
    "SectionPrompt",
    "Session",
    "SessionBook",
    "SessionGrant",
    "SessionPhoto",
    "SessionProfile",
    "SessionProgress",
    "SessionScope",
    "SessionSectionStatus",
    "Synthesis",
    "Transcription",
]
