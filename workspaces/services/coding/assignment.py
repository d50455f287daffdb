"""What a coding agent is told: what it is for, and the reviews with their candles, as data between marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Final
from uuid import UUID

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject
from workspaces.domain.archive import unpack
from workspaces.domain.detectors import Candles
from workspaces.domain.scoring import Case, Score
from workspaces.models import ClaudeExecution, RegressionCase
from workspaces.services.coding.corpus import Corpus

_MOST_OPEN: Final = 120
_MOST_KEPT: Final = 200
_MOST_WITH_BARS: Final = 30
_AROUND: Final = 15
_MOST_NOTE: Final = 1_000

SYSTEM: Final = Path(__file__).with_name("agent_rules.txt").read_text(encoding="utf-8").strip()
"""The system prompt: who the agent is, what its rules are, and that reviews are data."""


def prompt_of(
    run: ClaudeExecution, corpus: Corpus, score: Score, parameters: JsonObject, *, found_fault: str = ""
) -> str:
    """The task of a session. The marks are made up anew, so no note can hold them."""
    mark = token_hex(8)
    reviews = json.pretty(_data(corpus, score, _notes(run.workspace_id)))
    fault = f"\nWhat you left last failed its test:\n{found_fault}\n" if found_fault else ""
    return (
        f"The algorithm is for the pattern `{corpus.pattern}`. With the parameters "
        f"`{json.pretty(parameters)}` it keeps {len(score.kept)} of {score.all} reviews"
        f"{f' and gives up {len(score.broken)} that are accepted' if score.broken else ''}.\n{fault}\n"
        "A review says of a bar: `right` (what was detected there has to stay), `wrong` (it has to go), "
        "`missed` (there has to be one), `adjust` (there has to be one, at this bar and price). Bars count "
        "from the first of the series; `candles` has bar, open, high, low and close of those around it.\n\n"
        f"<reviews-{mark}>\n{_quoted(reviews)}\n</reviews-{mark}>\n\n"
        "Change the algorithm so that it keeps as many reviews as it can and gives up none that is accepted."
    )


def _quoted(text: str) -> str:
    """No mark can stand in it, and JSON stays what it was."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _notes(workspace_id: UUID) -> dict[str, str]:
    rows = RegressionCase.objects.filter(workspace=workspace_id, feedback__isnull=False).exclude(
        feedback__note=""
    )
    return {str(pk): note for pk, note in rows.values_list("pk", "feedback__note")}


def _data(corpus: Corpus, score: Score, notes: Mapping[str, str]) -> Json:
    """Those that are not kept first, the latest of them with candles: a model reads no end of them."""
    series = {name: unpack(data) for name, data in corpus.candles.items()}
    newest = list(reversed(corpus.cases))
    still_open = [case for case in newest if case.id not in score.kept][:_MOST_OPEN]
    kept = [case for case in newest if case.id in score.kept][:_MOST_KEPT]
    not_kept: list[Json] = [
        _told(case, notes, candles=series[case.look.candles] if number < _MOST_WITH_BARS else None)
        for number, case in enumerate(still_open)
    ]
    return {"not_kept": not_kept, "kept": list(_all_told(kept, notes)), "reviews": len(corpus.cases)}


def _all_told(cases: Iterable[Case], notes: Mapping[str, str]) -> Iterable[Json]:
    for case in cases:
        yield _told(case, notes, candles=None)


def _told(case: Case, notes: Mapping[str, str], *, candles: Candles | None) -> JsonObject:
    told: JsonObject = {
        "verdict": case.verdict.value,
        "kind": case.kind,
        "direction": case.direction,
        "bar": case.bar,
        "accepted": case.is_accepted,
    }
    if case.price is not None:
        told["price"] = case.price
    if note := notes.get(case.id, ""):
        told["note"] = note[:_MOST_NOTE]
    if candles is not None:
        told["candles"] = _bars(case, candles)
    return told


def _bars(case: Case, candles: Candles) -> list[Json]:
    first = max(case.look.first, case.bar - _AROUND)
    last = min(case.look.last, case.bar + _AROUND)
    columns = [
        column[first : last + 1].tolist()
        for column in (candles.open, candles.high, candles.low, candles.close)
    ]
    rows = zip(range(first, last + 1), *columns, strict=True)
    return [" ".join([str(bar), *(f"{price:.8g}" for price in prices)]) for bar, *prices in rows]
