"""The backend that needs nobody: it searches the algorithm's parameters, offline and the same each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.core.json import JsonObject
from workspaces import sandbox
from workspaces.domain.tuning import Found, Grade, Parameter, Setting, Value, explain, tune
from workspaces.models import ClaudeExecution
from workspaces.repositories import PARAMETERS, BadTree
from workspaces.repositories.store import read_parameters, written
from workspaces.services.coding import record
from workspaces.services.coding.corpus import Corpus

_MOST_TRIES: Final = 400
_LEAST_TRIES: Final = 40
_BARS: Final = 40_000_000
"""What a search may look at altogether: with many bars it tries less."""


def improve(run: ClaudeExecution, files: Mapping[str, str], corpus: Corpus, *, turn: int) -> dict[str, str]:
    """The files with better parameters, if there are such. ``turn`` 0 moves one at a time, later ones two.

    It starts from the best setting that a checkpoint of this turn holds. Blocks. Raises Refused,
    SandboxMissing, BadTree, RunOver.
    """
    known = _known(files, corpus.pattern)
    start = _setting(read_parameters(files), known)
    for each in run.checkpoints:
        if each["name"].startswith(f"found-{turn}-"):
            start = _setting(each["data"]["parameters"], known)
    least, most = (15, 55) if turn == 0 else (62, 75)
    best = corpus.grades(files, [start])[0]

    def better(found: Found) -> None:
        kept = len(corpus.cases) - found.grade.missing
        name = f"found-{turn}-{found.grade.broken}-{found.grade.missing}"
        title = f"A setting that keeps {kept} of {len(corpus.cases)} reviews"
        record.checkpoint(run.pk, name, title, data={"parameters": dict(found.setting), "kept": kept})
        gone = max(best.missing + best.broken, 1)
        share = 1 - (found.grade.missing + found.grade.broken) / gone
        record.note_progress(run.pk, least + round(max(share, 0) * (most - least)), title)

    def grading(settings: Sequence[Setting]) -> Sequence[Grade]:
        record.note_progress(run.pk, least, f"Trying {len(settings)} settings of the parameters")
        return corpus.grades(files, settings)

    tries = max(_LEAST_TRIES, min(_MOST_TRIES, _BARS // max(corpus.bars, 1)))
    found = tune(list(known.values()), start, grading, pairs=turn > 0, most=tries, found=better)
    return {**files, PARAMETERS: written({**read_parameters(files), **found.setting})}


def explained(before: Mapping[str, str], after: Mapping[str, str], run: ClaudeExecution) -> str:
    """What became different, in words."""
    score_before, score_after = run.score_before or {}, run.score_after or {}
    kept = (int(score_before.get("kept", 0)), int(score_after.get("kept", 0)))
    one, other = _plain(read_parameters(before)), _plain(read_parameters(after))
    return explain(one, other, kept=kept, all=int(score_after.get("all", 0)))


def _known(files: Mapping[str, str], pattern: str) -> dict[str, Parameter]:
    try:
        told = [Parameter.read(each) for each in sandbox.describe(files, pattern)]
    except ValueError as error:
        raise BadTree(str(error)) from error
    return {each.name: each for each in told}


def _setting(parameters: JsonObject, known: Mapping[str, Parameter]) -> dict[str, Value]:
    """The values of those that can be moved. Raises BadTree for one that is missing."""
    plain = _plain(parameters)
    missing = sorted(set(known) - set(plain))
    if missing:
        raise BadTree(f"{PARAMETERS} has no {missing[0]!r}, which the algorithm knows.")
    return {name: plain[name] for name in known}


def _plain(parameters: JsonObject) -> dict[str, Value]:
    return {name: value for name, value in parameters.items() if isinstance(value, int | float)}
