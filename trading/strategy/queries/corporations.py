"""What pages and the API show of corporations: what is known of them, since when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, QuerySet

from orchestrator.accounts.models import User
from trading.strategy.domain.facts import Fact, facts_of
from trading.strategy.domain.kinds import KINDS, DataKind, Kind
from trading.strategy.models import Character, Corporation, Snapshot

HEADLINES: Final = {
    DataKind.CORPORATION: "members",
    DataKind.MEMBERS: "members",
    DataKind.WALLETS: "wallet.total",
    DataKind.JOURNAL: "flow.net",
    DataKind.JOBS: "jobs.active",
    DataKind.ORDERS: "orders.sell",
    DataKind.ASSETS: "assets.worth",
}
"""The fact that says most of a kind, if one does."""
_MOST_COURSE: Final = 40


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
    def headline(self) -> Fact | None:
        """The one number that says most, where there is one."""
        wanted = HEADLINES.get(self.kind.name)
        return next((each for each in self.facts if each.name == wanted), None)

    @property
    def others(self) -> list[Fact]:
        return [each for each in self.facts if each is not self.headline]


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


def course_of(corporation: Corporation, kind: Kind) -> list[tuple[datetime, float]]:
    """The kind's headline in every snapshot that is kept, the oldest first; empty for kinds without one."""
    wanted = HEADLINES.get(kind.name)
    if wanted is None:
        return []
    rows = Snapshot.objects.filter(corporation=corporation, kind=kind.name.value).order_by("-as_of", "-id")
    found = []
    for each in reversed(rows[:_MOST_COURSE]):
        values = [fact.value for fact in facts_of(each.kind, each.data) if fact.name == wanted]
        found += [(each.as_of, float(value)) for value in values if value is not None]
    return found


def characters_of(corporation: Corporation) -> list[Character]:
    """Without their tokens, which only workers open."""
    rows = Character.objects.filter(corporation=corporation).select_related("connected_by")
    return list(rows.defer("access_token", "refresh_token"))
