"""What pages and the API show of corporations: what is known of them, since when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from trading.strategy.domain.facts import Fact, facts_of
from trading.strategy.domain.kinds import KINDS, Kind
from trading.strategy.models import Character, Corporation, Snapshot


def corporations_for(user: User) -> QuerySet[Corporation]:
    """``known_at`` is that of the newest snapshot, ``session_count`` of how many sessions."""
    rows = Corporation.objects.visible_to(user).select_related("owner")
    return rows.annotate(
        known_at=Max("snapshots__as_of"), session_count=Count("sessions", distinct=True)
    ).order_by("-id")


@dataclass(frozen=True, slots=True)
class Known:
    """One kind of data. Without a snapshot nothing is known of it yet."""

    kind: Kind
    snapshot: Snapshot | None
    facts: list[Fact]

    @property
    def has_run_out(self) -> bool:
        """ESI would say something newer by now."""
        return self.snapshot is not None and self.snapshot.until < utc_now()


def newest_snapshots(corporation: Corporation) -> dict[str, Snapshot]:
    """By kind, in one query."""
    rows = Snapshot.objects.filter(corporation=corporation)
    newest = rows.order_by("kind", "-as_of", "-id").distinct("kind")
    return {each.kind: each for each in newest}


def known_of(corporation: Corporation) -> list[Known]:
    """Of every kind, in the order in which people read them."""
    newest = newest_snapshots(corporation)
    return [known(kind, newest.get(name)) for name, kind in KINDS.items()]


def known(kind: Kind, snapshot: Snapshot | None) -> Known:
    return Known(kind, snapshot, facts_of(kind.name.value, snapshot.data) if snapshot else [])


def characters_of(corporation: Corporation) -> list[Character]:
    """Without their tokens, which only workers open."""
    rows = Character.objects.filter(corporation=corporation).select_related("connected_by")
    return list(rows.defer("access_token", "refresh_token"))
