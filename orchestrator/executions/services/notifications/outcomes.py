"""How sending can fail."""

from __future__ import annotations


class NotSent(Exception):
    """Base of both; the message is for the workflow's owner and holds no secret."""


class Again(NotSent):
    """Worth another try later. ``after_seconds``: not sooner, because the other side says so."""

    def __init__(self, message: str, *, after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class GivenUp(NotSent):
    """The other side says no for good: trying again would not help."""


class Gone(GivenUp):
    """The browser that was to be told has withdrawn its consent."""
