"""What pages and API clients read of workflows."""

from orchestrator.workflows.queries.rows import (
    Facets,
    draft_and_current,
    facets_for,
    history_of,
    people_of,
    runs_under_way,
    workflow_row,
    workflow_rows,
    workflows_for,
)
from orchestrator.workflows.queries.triggers import trigger_name, triggers_of, words_of

__all__ = [
    "Facets",
    "draft_and_current",
    "facets_for",
    "history_of",
    "people_of",
    "runs_under_way",
    "trigger_name",
    "triggers_of",
    "words_of",
    "workflow_row",
    "workflow_rows",
    "workflows_for",
]
