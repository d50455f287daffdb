"""Where a step stands in its session: laid out before, or added when a loop or a map comes to it."""

from __future__ import annotations

from django.db.models import F, Max

from orchestrator.core.errors import WrongState
from trading.strategy.domain.document_schema import MOST_STEPS
from trading.strategy.domain.vocabulary import StepStatus
from trading.strategy.models import StrategicSession, StrategicStep


class NoSession(WrongState):
    """The run was not started as a session, or its session is put away: there is nothing to work on."""

    code = "no_session"


def step_of(
    session: StrategicSession, *, node: str, iteration: int, step_type: str, title: str
) -> StrategicStep:
    """The row of a firing. One that was not laid out comes after all that have begun. Raises NoSession."""
    rows = StrategicStep.objects.filter(session=session)
    found = rows.filter(node_id=node, iteration=iteration).first()
    if found is not None:
        return found
    if rows.count() >= MOST_STEPS:
        raise NoSession(f"A session has at most {MOST_STEPS} steps. Does a loop never end?")
    return StrategicStep.objects.create(
        session=session,
        position=_make_room(session),
        node_id=node,
        iteration=iteration,
        step_type=step_type,
        title=title[:200],
    )


def _make_room(session: StrategicSession) -> int:
    """Steps that have not begun move on by one: nothing has been said of them yet by their place."""
    rows = StrategicStep.objects.filter(session=session)
    last = rows.exclude(status=StepStatus.PENDING.value).aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    rows.filter(position__gte=place).update(position=F("position") + 1)
    return place
