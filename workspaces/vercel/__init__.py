"""Vercel's REST API: what is sent and understood is pure, the client alone speaks HTTP."""

from workspaces.vercel.client import Busy, Refused, Unsure, Vercel, VercelError
from workspaces.vercel.mapping import TAG, Event, Reading, read_event
from workspaces.vercel.signature import is_signed

__all__ = [
    "TAG",
    "Busy",
    "Event",
    "Reading",
    "Refused",
    "Unsure",
    "Vercel",
    "VercelError",
    "is_signed",
    "read_event",
]
