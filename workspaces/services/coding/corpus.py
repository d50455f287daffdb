"""All cases of a workspace with their candles: an algorithm is held against them in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from orchestrator.core.json import JsonObject
from workspaces import sandbox
from workspaces.domain.archive import unpack
from workspaces.domain.scoring import Case, Look, Score, score
from workspaces.domain.tuning import Grade, Setting
from workspaces.domain.vocabulary import Verdict
from workspaces.models import CandleSet, RegressionCase
from workspaces.sandbox import Ask, Limits

_BARS_AT_ONCE = 2_000_000
_SHARES = (0.5, 0.8)
"""Where a series is cut off to see whether the rest changes what was said before."""
_LIMITS = Limits(seconds=180, cpu_seconds=120)


@dataclass(frozen=True, slots=True)
class Corpus:
    """``candles`` are stored archives by the id of their set."""

    pattern: str
    cases: tuple[Case, ...]
    candles: Mapping[str, bytes]

    @property
    def looks(self) -> list[Look]:
        return sorted({case.look for case in self.cases})

    @property
    def bars(self) -> int:
        """Of all looks: what one setting costs."""
        return sum(look.last - look.first + 1 for look in self.looks)

    def scores(self, files: Mapping[str, str], settings: Sequence[JsonObject]) -> list[Score]:
        """Of each setting of the algorithm's parameters. Blocks. Raises Refused, SandboxMissing."""
        at_once = max(1, _BARS_AT_ONCE // max(self.bars, 1))
        found: list[Score] = []
        for start in range(0, len(settings), at_once):
            found += self._scores(files, settings[start : start + at_once])
        return found

    def _scores(self, files: Mapping[str, str], settings: Sequence[JsonObject]) -> list[Score]:
        names, looks = sorted(self.candles), self.looks
        asks = [
            Ask(names.index(look.candles), look.first, look.last, dict(setting))
            for setting in settings
            for look in looks
        ]
        packed = [self.candles[name] for name in names]
        answers = iter(sandbox.run(files, self.pattern, packed, asks, limits=_LIMITS, reasons=False))
        return [score(self.cases, {look: next(answers) for look in looks}) for _ in settings]

    def nothing_kept(self) -> Score:
        """The score of what could not be run."""
        return score(self.cases, {look: () for look in self.looks}).without_any()

    def look_ahead(self, files: Mapping[str, str], parameters: JsonObject) -> str:
        """How it changes what it said when later bars are shown, in words; empty: it does not.

        Blocks. Raises Refused, SandboxMissing.
        """
        if not self.looks:
            return ""
        look = max(self.looks, key=lambda each: each.last - each.first)
        ends = [look.first + round((look.last - look.first) * share) for share in _SHARES]
        asks = [Ask(0, look.first, end, dict(parameters)) for end in (*ends, look.last)]
        packed = [self.candles[look.candles]]
        *parts, whole = sandbox.run(files, self.pattern, packed, asks, limits=_LIMITS, reasons=False)
        for end, part in zip(ends, parts, strict=True):
            known = {each for each in whole if each.confirmed_at <= end}
            if differ := known ^ set(part):
                first = min(differ, key=lambda each: (each.confirmed_at, each.bar))
                return (
                    f"The algorithm looks ahead: of bar {first.bar} it says another thing when bars after "
                    f"{end} are shown ({first.kind}, confirmed at bar {first.confirmed_at})."
                )
        return ""

    def grades(self, files: Mapping[str, str], settings: Sequence[Setting]) -> list[Grade]:
        return [
            Grade(len(each.broken), each.all - len(each.kept))
            for each in self.scores(files, [dict(setting) for setting in settings])
        ]


def corpus_of(workspace_id: UUID, pattern: str) -> Corpus:
    rows = list(RegressionCase.objects.filter(workspace=workspace_id).order_by("id"))
    sets = CandleSet.objects.filter(pk__in={row.candles_id for row in rows})
    candles = {str(each.pk): bytes(each.data) for each in sets}
    times = {name: unpack(data).time for name, data in candles.items()}
    cases = tuple(
        Case(
            id=str(row.pk),
            look=Look(str(row.candles_id), row.first_bar, row.last_bar),
            verdict=Verdict(row.verdict),
            kind=row.kind,
            direction=row.direction,
            bar=int(np.searchsorted(times[str(row.candles_id)], row.at)),
            price=row.price,
            is_accepted=row.accepted_by_run_id is not None,
        )
        for row in rows
    )
    return Corpus(pattern, cases, candles)
