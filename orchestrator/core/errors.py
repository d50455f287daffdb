"""What can go wrong in the domain, apart from how it is told over HTTP or on a page."""

from __future__ import annotations

from typing import ClassVar

from orchestrator.core.json import Json


class DomainError(Exception):
    """Base of every expected failure. ``code`` is stable for clients, the message is for people."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, **extra: Json) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra
        self.fields: dict[str, list[str]] = {}

    @property
    def sentence(self) -> str:
        """The message with all complaints, for where there are no fields to put them beside."""
        faults = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.fields.items())
        return f"{self.message} {faults}".strip()


class InvalidInput(DomainError):
    """The request cannot be understood; ``fields`` maps a field name to its complaints."""

    code = "invalid"

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None, **extra: Json) -> None:
        super().__init__(message, **extra)
        self.fields = fields or {}


class NotAllowed(DomainError):
    """The person may see the object and may not do this to it."""

    code = "forbidden"
    status = 403


class NotFound(DomainError):
    """There is no such object, or none that this person may see."""

    code = "not_found"
    status = 404


class WrongState(DomainError):
    """The object's present state does not admit the action, or somebody else was quicker."""

    code = "wrong_state"
    status = 409


class TooLarge(DomainError):
    """A size limit was passed; the message names the limit."""

    code = "too_large"
    status = 413
