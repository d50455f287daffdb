"""What pages and API show of providers, keys and spending, each in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.conf import settings
from django.db.models import Count, F, Sum

from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import CATALOG, ProviderInfo
from orchestrator.ai.domain.limits import month_of
from orchestrator.ai.models import AiCall, Budget, Credential
from orchestrator.core.clock import utc_now


@dataclass(frozen=True, slots=True)
class ProviderState:
    """A provider and whose key would be used: the person's, the server's, none; or it needs none."""

    info: ProviderInfo
    own: Credential | None
    source: Literal["own", "server", "missing", "not_needed"]

    @property
    def is_available(self) -> bool:
        return self.source != "missing"


@dataclass(frozen=True, slots=True)
class Spending:
    """A person's month. ``reserved`` is set aside for calls under way."""

    month: str
    limit: Decimal | None
    spent: Decimal
    reserved: Decimal

    @property
    def month_name(self) -> str:
        return date.fromisoformat(f"{self.month}-01").strftime("%B %Y")

    @property
    def left(self) -> Decimal | None:
        if self.limit is None:
            return None
        return max(self.limit - self.spent - self.reserved, Decimal(0))

    @property
    def percent(self) -> int:
        """Of the limit, what is spent or set aside: 0 to 100."""
        if not self.limit:
            return 0 if self.limit is None else 100
        return min(100, round(100 * (self.spent + self.reserved) / self.limit))


@dataclass(frozen=True, slots=True)
class ProviderSpending:
    provider: str
    calls: int
    tokens: int
    cost: Decimal


def providers_for(user: User) -> list[ProviderState]:
    mine = {each.provider: each for each in Credential.objects.visible_to(user)}
    return [_state(info, mine.get(info.name)) for info in CATALOG]


def provider_for(user: User, name: str) -> ProviderState:
    return next(each for each in providers_for(user) if each.info.name == name)


def spending_of(user: User) -> Spending:
    month = month_of(utc_now())
    budget = Budget.objects.filter(user=user).first() or Budget(user=user)
    is_current = budget.month == month
    nothing = Decimal(0)
    return Spending(
        month,
        budget.limit,
        budget.spent if is_current else nothing,
        budget.held if is_current else nothing,
    )


def spending_by_provider(user: User) -> Sequence[ProviderSpending]:
    """Of this month's calls that the person pays for, the dearest first."""
    month_begin = utc_now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    calls = AiCall.objects.filter(user=user, started_at__gte=month_begin)
    rows = calls.values("provider").annotate(
        calls=Count("id"), consumed=Sum(F("input_tokens") + F("output_tokens")), total=Sum("cost")
    )
    found = [
        ProviderSpending(row["provider"], row["calls"], row["consumed"] or 0, row["total"] or Decimal(0))
        for row in rows.order_by()
    ]
    return sorted(found, key=lambda each: (-each.cost, each.provider))


def _state(info: ProviderInfo, own: Credential | None) -> ProviderState:
    if not info.needs_key:
        return ProviderState(info, None, "not_needed")
    if own is not None:
        return ProviderState(info, own, "own")
    return ProviderState(info, None, "server" if settings.AI_PROVIDERS[info.name]["key"] else "missing")
