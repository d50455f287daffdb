"""On what recommendations rest: the data that were cited, with their age and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from trading.strategy.domain.document_schema import moment
from trading.strategy.domain.facts import KINDS, facts_of
from trading.strategy.domain.vocabulary import SnapshotSource
from trading.strategy.models import Recommendation, Snapshot

_STEP: Final = "step"
"""The kind under which an earlier step is cited."""


@dataclass(frozen=True, slots=True)
class Source:
    """Data that a step was given. ``title`` and ``as_of`` are told where the snapshot is gone."""

    title: str
    as_of: datetime | None
    is_generated: bool


@dataclass(frozen=True, slots=True)
class Citation:
    text: str
    source: Source


def snapshots_in(told: Iterable[Any]) -> dict[str, Snapshot]:
    """Those that are named there and still kept, by id. One query."""
    wanted = set(_ids(told))
    return {str(each.pk): each for each in Snapshot.objects.filter(pk__in=wanted)} if wanted else {}


def citations_of(rows: Sequence[Recommendation]) -> dict[UUID, list[Citation]]:
    """By recommendation, each with its session loaded. One query.

    Data of another corporation are not opened, whatever an imported document cites.
    """
    known = snapshots_in(each for row in rows for each in listed(row.citations))
    return {row.pk: [citation_of(each, _ours(row, known)) for each in listed(row.citations)] for row in rows}


def _ours(row: Recommendation, known: dict[str, Snapshot]) -> dict[str, Snapshot]:
    corporation = row.step.session.corporation_id
    return {pk: each for pk, each in known.items() if each.corporation_id == corporation}


def _ids(told: Iterable[Any]) -> Iterator[UUID]:
    for each in told:
        try:
            yield UUID(_id_in(each))
        except ValueError:
            continue


def listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()


def _id_in(told: Any) -> str:
    return str(told.get("snapshot") or told.get("id") or "") if isinstance(told, dict) else str(told)


def source_of(told: Any, known: dict[str, Snapshot]) -> Source:
    snapshot = known.get(_id_in(told))
    if snapshot is not None:
        is_generated = snapshot.source == SnapshotSource.GENERATED
        return Source(title_of(snapshot.kind), snapshot.as_of, is_generated)
    kind, as_of = (told.get("kind"), told.get("as_of")) if isinstance(told, dict) else (None, None)
    return Source(title_of(str(kind)) if kind else "Data that is no longer kept", _moment(as_of), False)


def citation_of(told: Any, known: dict[str, Snapshot]) -> Citation:
    fact = str(told.get("fact", "")) if isinstance(told, dict) else ""
    words = str(told.get("text") or "") if isinstance(told, dict) else ""
    snapshot = known.get(_id_in(told))
    if not words and snapshot is not None and snapshot.kind in KINDS:
        words = next((each.text for each in facts_of(snapshot.kind, snapshot.data) if each.name == fact), "")
    return Citation(words or fact, source_of(told, known))


def title_of(kind: str) -> str:
    if kind == _STEP:
        return "An earlier step"
    return KINDS[kind].title if kind in KINDS else kind.replace("_", " ").capitalize()


def _moment(text: Any) -> datetime | None:
    """None for what no calendar of a reader may hold: documents say what they like."""
    try:
        return moment(text) if isinstance(text, str) else None
    except ValueError:
        return None
