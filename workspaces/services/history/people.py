"""Who somebody of the older product is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.accounts.models import User


class CannotTake(Exception):
    """A record cannot be taken over. The message says why, in a sentence."""


@dataclass(slots=True)
class People:
    """By email address or user name, or by what ``names`` says that a name of the older product means.

    ``owner`` stands in for those that nobody here is.
    """

    owner: User | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    _known: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for user in User.objects.order_by("date_joined", "pk"):
            for name in (user.username, user.email):
                if name:
                    self._known.setdefault(name.casefold(), user)

    def find(self, name: str) -> User | None:
        return self._known.get(self.names.get(name, name).casefold())

    def take(self, name: str | None, what: str) -> User:
        """The person, or the stand-in. Raises CannotTake where there is neither."""
        found = self.find(name) if name else None
        if found is not None:
            return found
        if name:
            self.unknown.add(name)
        if self.owner is not None:
            return self.owner
        if name is None:
            raise CannotTake(f"It does not say who {what}. Give --owner, somebody to stand in.")
        raise CannotTake(
            f"Nobody here is “{name}”, who {what}. Give --users, which says who that is, or --owner."
        )


def past(moment: datetime, now: datetime, what: str) -> datetime:
    """Raises CannotTake for what has not happened yet."""
    if moment > now:
        raise CannotTake(f"{what} lies in the future: {moment:%Y-%m-%d %H:%M} UTC.")
    return moment
