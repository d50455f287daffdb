"""What somebody can do about a run that went wrong, by the code of its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_FIX_WORKFLOW: Final = (
    "Correct the workflow, publish it, and retry from the failed step on the current version: "
    "what was done before stays done."
)
_ADVICE: Final[Mapping[str, str]] = {
    "bad_config": _FIX_WORKFLOW,
    "bad_expression": _FIX_WORKFLOW,
    "bad_output": _FIX_WORKFLOW,
    "condition_error": _FIX_WORKFLOW,
    "expression_error": _FIX_WORKFLOW,
    "invalid_graph": _FIX_WORKFLOW,
    "no_rule_matched": f"Add a rule or a default to the decision. {_FIX_WORKFLOW}",
    "join_starved": f"A join waits for a branch that was not taken. {_FIX_WORKFLOW}",
    "max_steps": "Look for a loop that never ends, or raise max_steps in the workflow's settings.",
    "subworkflow_depth": "Look for a workflow that starts itself.",
    "subworkflow_failed": "Open the run that it started and see what failed there.",
    "item_failed": "See below which item failed; retrying from the failed step repeats that item only.",
    "rejected": "Somebody said no. Draw an edge from the port “rejected” if the run should go on then.",
    "ended_failed": "The workflow itself decided to end so.",
    "timed_out": "The run took longer than timeout_seconds in the workflow's settings allows.",
    "timeout": "The step took longer than it may. Give it more time, or see why it hangs, and retry it.",
    "worker_died": "A worker died in this step several times. See the server's log before you retry it.",
    "too_many_items": _FIX_WORKFLOW,
    "unknown_workflow": _FIX_WORKFLOW,
    "unknown_version": _FIX_WORKFLOW,
    "workflow_archived": "Restore the workflow that this step starts, then retry from the failed step.",
}
_OTHERWISE: Final = "See below what the step was given, remove the cause, and retry from the failed step."


def advice_for(error: Mapping[str, Any] | None) -> str:
    """A sentence or two; empty without an error."""
    if not error:
        return ""
    return _ADVICE.get(str(error.get("code", "")), _OTHERWISE)
