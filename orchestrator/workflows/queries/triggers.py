"""What starts a workflow, as its page tells it."""

from __future__ import annotations

from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.workflows.domain.schedules import ScheduleError
from orchestrator.workflows.models import Trigger, Workflow


def triggers_of(workflow: Workflow) -> list[Trigger]:
    """What starts it, the oldest first; each ``says`` when it comes round, in words."""
    found = list(workflow.triggers.select_related("run_as").defer("secret", "signing_secret").order_by("id"))
    for trigger in found:
        trigger.says = words_of(trigger)  # type: ignore[attr-defined]  # for the template
    return found


def trigger_name(user: User, trigger_id: UUID) -> str:
    """What a list about one trigger calls it; the end of its id once it is gone or not theirs to see."""
    name = Trigger.objects.visible_to(user).filter(pk=trigger_id).values_list("name", flat=True).first()
    return name or str(trigger_id)[-8:]


def words_of(trigger: Trigger) -> str:
    """A schedule in words, or what is wrong with it; empty for other kinds."""
    try:
        schedule = trigger.schedule
    except ScheduleError as error:
        return error.message
    return schedule.describe() if schedule is not None else ""
