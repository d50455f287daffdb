"""What is known of a corporation: the newest snapshots while they hold, else new ones, asked of ESI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from trading.eve.errors import EsiUnknown
from trading.eve.esi import Esi
from trading.strategy.domain.kinds import KINDS, DataKind
from trading.strategy.domain.vocabulary import SnapshotSource
from trading.strategy.models import Corporation, Snapshot
from trading.strategy.services.calling import calling_esi
from trading.strategy.services.consents import usable_characters
from trading.strategy.services.fetching import Found, fetch

_KEPT: Final = 30
"""The newest of each kind, cited or not; a step that is being prepared may be about to cite them."""


def available_kinds(corporation: Corporation) -> list[str]:
    """What can be known of it at present: what ESI tells everybody, and what a character agreed to."""
    if corporation.is_generated:
        stored = set(corporation.snapshots.order_by().values_list("kind", flat=True).distinct())
        return [kind for kind in KINDS if kind in stored]
    scopes = {each.scope for each in KINDS.values() if each.scope}
    agreed = {scope for scope in scopes if usable_characters(corporation, scope)}
    return [name for name, kind in KINDS.items() if not kind.scope or kind.scope in agreed]


def gather(corporation: Corporation, kinds: Iterable[str]) -> list[Snapshot]:
    """One of each kind, in their order. What has run out is asked of ESI: call it outside any transaction,
    in a worker. A generated corporation has what was generated.

    Raises the errors of ``trading.eve.errors``; what was found before stays. InvalidInput: no such kind.
    """
    with calling_esi() as esi:
        return [snapshot_of(esi, corporation, kind) for kind in kinds]


def snapshot_of(esi: Esi, corporation: Corporation, kind: str) -> Snapshot:
    """As ``gather``, of one kind."""
    if kind not in KINDS:
        raise InvalidInput(f"There is no kind of data called “{kind}”.")
    newest = Snapshot.objects.filter(corporation=corporation, kind=kind).first()
    if corporation.is_generated:
        if newest is None:
            raise EsiUnknown(f"Nothing was generated of this kind: {KINDS[kind].title}.")
        return newest
    if newest is not None and newest.until > utc_now():
        return newest
    return store_snapshot(corporation, kind, fetch(esi, corporation, kind))


@transaction.atomic
def store_snapshot(
    corporation: Corporation, kind: str, found: Found, source: SnapshotSource = SnapshotSource.ESI
) -> Snapshot:
    """Once for each moment: what ESI says unchanged only holds longer. Older ones that nobody cites go."""
    snapshot, is_new = Snapshot.objects.get_or_create(
        corporation=corporation,
        kind=kind,
        as_of=found.at,
        defaults={"data": found.data, "until": max(found.until, found.at), "source": source.value},
    )
    if not is_new and snapshot.until < found.until:
        snapshot.until = found.until
        snapshot.save(update_fields=["until"])
    if is_new:
        prune_snapshots(corporation, kind)
    if kind == DataKind.CORPORATION.value and source == SnapshotSource.ESI:
        Corporation.objects.filter(pk=corporation.pk).update(
            name=str(found.data["name"])[:100], ticker=str(found.data["ticker"])[:10], updated_at=utc_now()
        )
    return snapshot


_PRUNE: Final = """
    DELETE FROM strategy_snapshot AS old
    WHERE old.corporation_id = %(corporation)s AND old.kind = %(kind)s
      AND old.as_of < (
          SELECT min(kept.as_of) FROM (
              SELECT as_of FROM strategy_snapshot
              WHERE corporation_id = %(corporation)s AND kind = %(kind)s ORDER BY as_of DESC LIMIT %(most)s
          ) AS kept
      )
      AND NOT EXISTS (
          SELECT FROM strategy_strategicstep AS step
          JOIN strategy_strategicsession AS session ON session.id = step.session_id
          WHERE session.corporation_id = %(corporation)s
            AND position(old.id::text IN step.input::text) > 0
      )
"""
"""A step's input names what it was given by id, wherever in it that stands."""


def prune_snapshots(corporation: Corporation, kind: str, *, most: int = _KEPT) -> int:
    """Delete all but the newest and those that a step was given; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, {"corporation": corporation.pk, "kind": kind, "most": most})
        return int(cursor.rowcount)
