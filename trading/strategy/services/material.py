"""What a step is given: newest data of the corporation, and what earlier steps found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from orchestrator.core.json import JsonObject
from trading.eve.errors import EsiForbidden, NoConsent
from trading.strategy.domain.answers import STEP, Earlier, Source
from trading.strategy.domain.facts import Fact, facts_of
from trading.strategy.domain.vocabulary import StepStatus
from trading.strategy.models import Corporation, Snapshot, StrategicStep
from trading.strategy.services.snapshots import available_kinds, gather


def material_of(corporation: Corporation, kinds: Sequence[str], *, all_of: bool) -> list[Snapshot]:
    """Newest data of these kinds; without ``all_of`` only of those that its characters may read.

    To be called outside any transaction: EVE may be asked. Raises errors of ``trading.eve``.
    """
    if all_of:
        return gather(corporation, kinds) if kinds else []
    available = set(available_kinds(corporation))
    found: list[Snapshot] = []
    for kind in kinds:
        if kind in available:
            with suppress(EsiForbidden, NoConsent):
                found += gather(corporation, [kind])
    return found


def earlier_steps(step: StrategicStep) -> list[StrategicStep]:
    """Those that people accepted by now, or that nobody was to review, wherever loops and maps put them."""
    rows = StrategicStep.objects.filter(session=step.session_id, status=StepStatus.COMPLETED.value)
    done = rows.exclude(pk=step.pk)
    return list(done.prefetch_related("recommendations").order_by("position"))


def name_of(step: StrategicStep) -> str:
    """By which a model cites an earlier step: its type, with its place among the steps."""
    return f"{step.step_type}.{step.position + 1}"


def told_of(steps: Iterable[StrategicStep]) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(
            name_of(each),
            each.step_type,
            each.title,
            each.output or {},
            tuple(told.title for told in each.recommendations.all()),
        )
        for each in steps
    )


def sources_of(snapshots: Iterable[Snapshot], steps: Iterable[StrategicStep]) -> tuple[Source, ...]:
    """All that may be cited."""
    data = [
        Source(each.kind, str(each.pk), each.as_of, tuple(facts_of(each.kind, each.data)))
        for each in snapshots
    ]
    earlier = [
        Source(STEP, "", each.completed_at or each.started_at, (Fact(name_of(each), each.title),))
        for each in steps
    ]
    return (*data, *earlier)


def sources_given(step: StrategicStep) -> tuple[Source, ...]:
    """What a step was given, by what its row says of it. Data that were deleted meanwhile are left out."""
    ids = [each["id"] for each in step.input.get("snapshots", [])]
    positions = [each["position"] for each in step.input.get("steps", [])]
    snapshots = Snapshot.objects.filter(pk__in=ids).order_by("kind")
    steps = StrategicStep.objects.filter(session=step.session_id, position__in=positions)
    return sources_of(snapshots, steps.order_by("position"))


def named(snapshots: Iterable[Snapshot], steps: Iterable[StrategicStep]) -> JsonObject:
    """As a step's input says what it was given."""
    return {
        "snapshots": [
            {
                "id": str(each.pk),
                "kind": each.kind,
                "source": each.source,
                "as_of": each.as_of.isoformat(),
                "until": each.until.isoformat(),
            }
            for each in snapshots
        ],
        "steps": [{"position": each.position, "step_type": each.step_type} for each in steps],
    }
