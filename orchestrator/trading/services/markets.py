"""What is known of markets, kept for everybody."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.core.errors import InvalidInput
from orchestrator.core.rls import as_server
from orchestrator.trading.domain.money import ONE, ZERO, exact
from orchestrator.trading.models import Market

_MOST: Final = 1_000


def learn_markets(found: list[dict[str, Any]]) -> None:
    """Take up the markets that a tape brings along, as far as they are not known.

    What is known stays as it is: a file that somebody uploads changes no market. Raises InvalidInput.
    """
    if len(found) > _MOST:
        raise InvalidInput(f"A tape brings at most {_MOST:,} markets along.")
    rows = [_market(each) for each in found]
    with as_server("markets are everybody's, and nobody's to write"):
        Market.objects.bulk_create(rows, ignore_conflicts=True)


def _market(given: dict[str, Any]) -> Market:
    try:
        tick, least = exact(given.get("tick_size")), exact(given.get("minimum_size"))
        outcomes = [
            {"name": str(each["name"])[:100], "token": str(each["token"])[:100]}
            for each in given["outcomes"][:100]
        ]
        condition = str(given["condition_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"A market of the tape cannot be read: {error}.") from error
    if not (ZERO < tick < ONE and least >= 0 and 0 < len(condition) <= 100):
        raise InvalidInput("A market of the tape has a tick size, a minimum size or an id that cannot be.")
    return Market(
        condition_id=condition,
        question=str(given.get("question", condition))[:1_000],
        category=str(given.get("category", ""))[:100],
        outcomes=outcomes,
        tick_size=tick,
        minimum_size=least,
        is_generated=given.get("is_generated") is True,
    )
