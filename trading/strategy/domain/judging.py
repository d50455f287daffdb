"""What may become of a recommendation, as rules: which verdict is possible from which state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from trading.strategy.domain.vocabulary import RecommendationStatus as Status


class Judgement(StrEnum):
    """What people say of a recommendation."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    DONE = "done"
    REOPEN = "reopen"


LEADS_TO: Final[dict[Judgement, Status]] = {
    Judgement.ACCEPT: Status.ACCEPTED,
    Judgement.DISMISS: Status.DISMISSED,
    Judgement.DONE: Status.DONE,
    Judgement.REOPEN: Status.PROPOSED,
}
FROM: Final[dict[Judgement, frozenset[Status]]] = {
    Judgement.ACCEPT: frozenset({Status.PROPOSED, Status.DISMISSED}),
    Judgement.DISMISS: frozenset({Status.PROPOSED, Status.ACCEPTED}),
    Judgement.DONE: frozenset({Status.PROPOSED, Status.ACCEPTED}),
    Judgement.REOPEN: frozenset({Status.ACCEPTED, Status.DISMISSED}),
}
"""What was carried out stays so: its outcome can be told, and told anew."""


def possible(status: Status) -> list[Judgement]:
    return [each for each in Judgement if status in FROM[each]]
