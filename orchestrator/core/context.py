"""Where a change comes from: the request (or command) in progress, for audit rows and run events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from orchestrator.core.json import Json
from orchestrator.core.rls import act_as


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked, and from where. All fields are empty for work that no request started."""

    user_id: str = ""
    session_id: str = ""
    ip_address: str = ""
    user_agent: str = ""
    request_id: str = ""

    def as_metadata(self) -> dict[str, Json]:
        """Only the fields that are known."""
        return {name: value for name, value in asdict(self).items() if value}


_NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def current_origin() -> Origin:
    """The origin of the request in progress; an empty one outside any request."""
    return _current.get()


def acts_for(user_id: UUID) -> None:
    """Name the person of the request in progress, where that is known only after it began."""
    _current.set(replace(_current.get(), user_id=str(user_id)))
    act_as(user_id)


@contextmanager
def origin(value: Origin) -> Iterator[None]:
    """Everything inside happens on behalf of ``value``."""
    token = _current.set(value)
    try:
        yield
    finally:
        _current.reset(token)
