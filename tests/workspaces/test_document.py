"""The schema document, line by line: every table, field, relation, enum, message type, index and counter.

Names are the document's. Where this product calls something otherwise, that stands beside it with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

import pytest
from django.db import models
from rest_framework.serializers import ModelSerializer

from orchestrator.accounts.models import User
from workspaces.api.coding_serializers import CodingRunSerializer
from workspaces.api.session_serializers import FeedbackSerializer, PatternSessionSerializer
from workspaces.api.workspace_serializers import MessageSerializer, WorkspaceSerializer
from workspaces.domain import vocabulary
from workspaces.models import (
    ClaudeExecution,
    FeedbackItem,
    ImplementationSession,
    PatternSession,
    PatternWorkspace,
    WorkspaceMessage,
)

FIELDS: Final[dict[type[models.Model], str]] = {
    PatternWorkspace: (
        "id patternType name category status version createdAt updatedAt implementedAt approvedAt verifiedAt "
        "description userReasoning identificationSteps attachments sessionCount feedbackCount successRate "
        "lastTestedAt createdBy approvedBy verifiedBy messages sessions feedbackItems executions"
    ),
    WorkspaceMessage: (
        "id workspace type createdAt author authorType title content data attachments session feedback "
        "execution status progress"
    ),
    ClaudeExecution: (
        "id workspace triggeredBy triggeredAt status phase progress feedbackIds promptFile completedAt "
        "filesChanged commitHash commitMessage deployStartedAt deployCompletedAt deployUrl deployStatus "
        "deployLogs retryCount maxRetries retryReason parentExecution phases checkpoints error "
        "erroredAt messages"
    ),
    PatternSession: "workspace",
    FeedbackItem: "workspace sentToClaudeAt execution",
    User: "createdWorkspaces approvedWorkspaces verifiedWorkspaces claudeExecutions workspaceMessages",
}  # fmt: skip
ENUMS: Final[dict[type[StrEnum], str]] = {
    vocabulary.WorkspaceStatus: "soon implementing beta in_review verified",
    vocabulary.RunStatus: "pending running completed failed retry",
    vocabulary.Phase: "planning implementing testing refining deploying",
    vocabulary.DeployStatus: "queued building ready error canceled",
    vocabulary.AuthorType: "user system claude",
    vocabulary.MessageStatus: "pending in_progress completed failed",
    vocabulary.MessageType: (
        "pattern_created pattern_description_submitted session_created session_completed feedback_added "
        "feedback_batch_sent claude_started claude_phase_update claude_checkpoint claude_completed "
        "claude_failed deploy_started deploy_building deploy_success deploy_failed deploy_retry "
        "user_approved admin_verified version_updated status_changed"
    ),
}  # fmt: skip
MORE: Final[dict[type[StrEnum], set[str]]] = {vocabulary.MessageType: {"note", "session_reopened"}}
"""What the document has no word for: notes that people write, and completed sessions that are reopened."""
DEFAULTS: Final[dict[type[models.Model], dict[str, object]]] = {
    PatternWorkspace: {"status": "soon", "version": "0.0.0", "session_count": 0, "feedback_count": 0},
    WorkspaceMessage: {"author_type": "user"},
    ClaudeExecution: {"status": "pending", "progress": 0, "retry_count": 0, "max_retries": 10},
}
INDEXES: Final[list[tuple[type[models.Model], tuple[str, ...]]]] = [
    (PatternWorkspace, ("pattern_type",)),
    (PatternWorkspace, ("status",)),
    (PatternWorkspace, ("created_by",)),
    (WorkspaceMessage, ("workspace", "created_at")),
    (WorkspaceMessage, ("type",)),
    (WorkspaceMessage, ("session",)),
    (ClaudeExecution, ("workspace", "triggered_at")),
    (ClaudeExecution, ("status",)),
    (ClaudeExecution, ("phase",)),
]
SHOWN: Final[list[tuple[type[ModelSerializer[Any]], type[models.Model], set[str]]]] = [
    (WorkspaceSerializer, PatternWorkspace, {"messages", "sessions", "feedback_items", "executions"}),
    (MessageSerializer, WorkspaceMessage, set()),
    (CodingRunSerializer, ClaudeExecution, {"messages"}),
    (PatternSessionSerializer, PatternSession, set()),
    (FeedbackSerializer, FeedbackItem, set()),
]
"""What the API leaves out of an object has a list of its own."""


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def words(text: str) -> list[str]:
    return [snake(each) for each in text.split()]


def indexed(model: type[models.Model]) -> set[tuple[str, ...]]:
    """Columns that an index begins with, in its order."""
    listed: set[tuple[str, ...]] = {tuple(index.fields) for index in model._meta.indexes}
    for field in model._meta.fields:
        if field.unique or getattr(field, "db_index", False):
            listed.add((field.name,))
    return listed


@pytest.mark.parametrize("model", FIELDS)
def test_every_field_and_relation_of_the_document_is_there(model: type[models.Model]) -> None:
    there = {field.name for field in model._meta.get_fields()}
    assert set(words(FIELDS[model])) - there == set()


@pytest.mark.parametrize("enum", ENUMS)
def test_every_value_of_the_documents_enums_is_there_and_no_other_unsaid(enum: type[StrEnum]) -> None:
    assert {each.value for each in enum} == set(ENUMS[enum].split()) | MORE.get(enum, set())


@pytest.mark.parametrize("model", DEFAULTS)
def test_defaults_are_those_of_the_document(model: type[models.Model]) -> None:
    row = model()
    assert {name: getattr(row, name) for name in DEFAULTS[model]} == DEFAULTS[model]


@pytest.mark.parametrize(("model", "columns"), INDEXES)
def test_every_index_of_the_document_is_there(model: type[models.Model], columns: tuple[str, ...]) -> None:
    assert columns in indexed(model)


def test_a_pattern_type_has_one_workspace() -> None:
    assert PatternWorkspace._meta.get_field("pattern_type").unique


@pytest.mark.parametrize("model", [WorkspaceMessage, ClaudeExecution, PatternSession, FeedbackItem])
def test_what_belongs_to_a_workspace_goes_with_it(model: type[models.Model]) -> None:
    field = model._meta.get_field("workspace")
    assert isinstance(field, models.ForeignKey)
    assert field.remote_field.on_delete is models.CASCADE
    assert not field.null


@pytest.mark.parametrize(("serializer", "model", "elsewhere"), SHOWN)
def test_the_api_shows_every_field(
    serializer: type[ModelSerializer[Any]], model: type[models.Model], elsewhere: set[str]
) -> None:
    shown: Iterable[str] = serializer.Meta.fields
    assert set(words(FIELDS[model])) - set(shown) == elsewhere


def test_the_deprecated_implementation_session_is_kept_and_says_so() -> None:
    assert "deprecated" in str(ImplementationSession._meta.verbose_name)
    readers = [field.name for field in PatternWorkspace._meta.get_fields() if "implementation" in field.name]
    assert readers == ["implementation_sessions"]
