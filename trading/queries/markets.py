"""Reading markets by the tokens of their outcomes."""

from __future__ import annotations

from collections.abc import Iterable

from trading.models import Market


def outcomes_known(tokens: Iterable[str]) -> dict[str, bool]:
    """Whether each token won, for those whose market is resolved and tells one winner."""
    found = {}
    for token in tokens:
        rows = Market.objects.filter(outcomes__contains=[{"token": token}]).exclude(winner="")
        winner = rows.values_list("winner", flat=True).first()
        if winner is not None:
            found[token] = winner == token
    return found
