"""What starts a workflow, as its page tells it."""

from __future__ import annotations

from orchestrator.workflows.domain.schedules import ScheduleError
from orchestrator.workflows.models import Trigger, Workflow


def triggers_of(workflow: Workflow) -> list[Trigger]:
    """What starts it, the oldest first; each ``says`` when it comes round, in words."""
    found = list(workflow.triggers.select_related("run_as").defer("secret", "signing_secret").order_by("id"))
    for trigger in found:
        trigger.says = words_of(trigger)  # type: ignore[attr-defined]  # for the template
    return found


def words_of(trigger: Trigger) -> str:
    """A schedule in words, or what is wrong with it; empty for other kinds."""
    try:
        schedule = trigger.schedule
    except ScheduleError as error:
        return error.message
    return schedule.describe() if schedule is not None else ""
