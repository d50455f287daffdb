"""What a workspace's algorithm sees: the released one in its sandbox, before that the product's own."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import NoReturn

from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import Json, JsonObject
from workspaces.domain.archive import part, unpack
from workspaces.domain.detectors import PATTERNS, Detection
from workspaces.models import AlgorithmVersion, PatternWorkspace
from workspaces.repositories import BadTree, Repository, RepositoryError
from workspaces.sandbox import Ask, Refused, SandboxMissing, run


def current_algorithm(workspace: PatternWorkspace) -> AlgorithmVersion | None:
    """The version that new sessions use; None before the first was released."""
    return AlgorithmVersion.objects.filter(workspace=workspace, is_current=True).first()


def settled_parameters(
    workspace: PatternWorkspace, algorithm: AlgorithmVersion | None, given: JsonObject
) -> JsonObject:
    """All parameters: those given, and the version's, or the detector's own, for the rest.

    What values a released version takes, it says itself when it runs. Raises InvalidInput about
    ``parameters``.
    """
    if algorithm is not None:
        unknown = sorted(set(given) - set(algorithm.parameters))
        if unknown:
            _refuse(f"Version {algorithm.number} has no parameter {unknown[0]!r}.")
        return {**algorithm.parameters, **given}
    try:
        settled: dict[str, Json] = asdict(PATTERNS[workspace.pattern_type].read(given))
    except ValueError as error:
        _refuse(str(error))
    return settled


def detections_for(
    workspace: PatternWorkspace,
    archive: bytes,
    first: int,
    last: int,
    parameters: JsonObject,
    *,
    algorithm: AlgorithmVersion | None = None,
) -> list[Detection]:
    """What is seen in the bars ``first`` to ``last`` of the archive, in the order in which it was known.

    It knows of no other bars, and counts them as the archive does. A released version runs in the sandbox.
    Raises WrongState where it fails or cannot be run here, with what it says.
    """
    if algorithm is not None:
        return _released(workspace, archive, Ask(0, first, last, parameters), algorithm)
    pattern = PATTERNS[workspace.pattern_type]
    found = pattern.detect(part(unpack(archive), first, last), pattern.read(parameters))
    return [_moved(each, first) for each in found] if first else found


def _released(
    workspace: PatternWorkspace, archive: bytes, ask: Ask, algorithm: AlgorithmVersion
) -> list[Detection]:
    try:
        files = Repository(workspace.pk).files(algorithm.commit_hash)
        return run(files, workspace.pattern_type, [archive], [ask])[0]
    except (BadTree, RepositoryError) as error:
        raise WrongState(f"The code of version {algorithm.number} cannot be read: {error}") from error
    except (Refused, SandboxMissing) as error:
        raise WrongState(f"Version {algorithm.number} did not run. {error}") from error


def _moved(each: Detection, by: int) -> Detection:
    origin = None if each.origin is None else each.origin + by
    return replace(each, bar=each.bar + by, confirmed_at=each.confirmed_at + by, origin=origin)


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, fields={"parameters": [message]})
