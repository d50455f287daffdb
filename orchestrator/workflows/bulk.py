"""What can be done to many objects at once. Each app registers the actions on its own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput

Parameters = Mapping[str, Any]
Filters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action. ``perform`` is a service for one object: it checks the person's rights by itself."""

    name: str
    doing: str
    """As in "Archiving 12 workflows"."""
    done: str
    """As in "12 workflows archived"."""
    perform: Callable[[User, UUID, Parameters], object]
    check: Callable[[User, Parameters], Parameters] = lambda user, given: {}
    """The parameters as they are kept. Raises InvalidInput."""


@dataclass(frozen=True, slots=True)
class BulkSubject:
    """A kind of object, how a list's filters find it, and what can be done to it."""

    name: str
    one: str
    many: str
    list_url: str
    """Name of the page that lists them."""
    detail_url: str
    check_filters: Callable[[User, Filters], None]
    """Raises InvalidInput for filters that the list does not have."""
    ids: Callable[[User, Filters, UUID | None, UUID | None, int], Sequence[UUID]]
    """The lowest ids after the one and up to the other, at most so many."""
    count: Callable[[User, Filters, UUID | None, int], int]
    """How many there are up to an id, counted no further than this."""
    label: Callable[[User, UUID], str]
    """What the person calls it; empty if it is gone, or was never theirs to see."""
    actions: dict[str, BulkAction] = field(default_factory=dict)

    def register(self, action: BulkAction) -> None:
        self.actions[action.name] = action

    def counted(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.many}"


class BulkSubjects:
    """All kinds that are registered."""

    def __init__(self) -> None:
        self._by_name: dict[str, BulkSubject] = {}

    def register(self, subject: BulkSubject) -> None:
        self._by_name[subject.name] = subject

    def get(self, name: str) -> BulkSubject:
        """Raises InvalidInput."""
        subject = self._by_name.get(name)
        if subject is None:
            known = ", ".join(sorted(self._by_name))
            raise InvalidInput(
                f"There are bulk actions on {known}.", fields={"subject": [f"One of: {known}."]}
            )
        return subject

    def action(self, subject: str, name: str) -> BulkAction:
        """Raises InvalidInput."""
        found = self.get(subject)
        action = found.actions.get(name)
        if action is None:
            known = ", ".join(sorted(found.actions))
            raise InvalidInput(
                f"What can be done to {found.many}: {known}.", fields={"action": [f"One of: {known}."]}
            )
        return action


bulk_subjects = BulkSubjects()
