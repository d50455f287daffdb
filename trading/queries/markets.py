"""Reading markets by the tokens of their outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from trading.domain.messages import paid_by
from trading.models import Market


def pays_of(tokens: Iterable[str]) -> dict[str, Decimal]:
    """What one of each pays in USDC, for those whose market is resolved and tells how."""
    found = {}
    for token in tokens:
        rows = Market.objects.filter(outcomes__contains=[{"token": token}]).exclude(winner="")
        winner = rows.values_list("winner", flat=True).first()
        if winner is not None:
            found[token] = paid_by(token, winner)
    return found
