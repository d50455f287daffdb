"""What a workspace's algorithm sees: before the first release, by the product's own detectors."""

from __future__ import annotations

from dataclasses import asdict

from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import Json, JsonObject
from orchestrator.workspaces.domain.detectors import PATTERNS, Candles, Detection
from orchestrator.workspaces.models import AlgorithmVersion, PatternWorkspace


def current_algorithm(workspace: PatternWorkspace) -> AlgorithmVersion | None:
    """The version that new sessions use; None before the first was released."""
    return AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()


def settled_parameters(
    workspace: PatternWorkspace, algorithm: AlgorithmVersion | None, given: JsonObject
) -> JsonObject:
    """All parameters: those given, the version's for the rest, and the detector's own for what is left.

    Raises InvalidInput about ``parameters``.
    """
    pattern = PATTERNS[workspace.pattern_type]
    released: JsonObject = algorithm.parameters if algorithm is not None else {}
    try:
        settled: dict[str, Json] = asdict(pattern.read({**released, **given}))
    except ValueError as error:
        raise InvalidInput(str(error), fields={"parameters": [str(error)]}) from error
    return settled


def detections_for(
    workspace: PatternWorkspace,
    candles: Candles,
    parameters: JsonObject,
    *,
    algorithm: AlgorithmVersion | None = None,
) -> list[Detection]:
    """In the order in which they were known, bars counted from the first of ``candles``.

    Raises WrongState for a released version that this server has no sandbox for.
    """
    if algorithm is not None:
        raise WrongState(f"Version {algorithm.number} was released elsewhere and cannot run on this server.")
    pattern = PATTERNS[workspace.pattern_type]
    return pattern.detect(candles, pattern.read(parameters))
