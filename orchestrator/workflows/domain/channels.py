"""Where a workflow's notifications go, as its settings name it: ``email:owner``, ``slack:alerts``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PEOPLE: Final = {
    "owner": "The workflow's owners",
    "editors": "Everybody who may edit it",
    "starter": "Whoever started the run",
}
"""Who can be named instead of an address. They are told by the media that they chose themselves."""
ENDPOINT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_FORMS: Final = "email:owner, email:someone@example.com, slack:name or webhook:name"


@dataclass(frozen=True, slots=True)
class Channel:
    """``kind`` is ``people``, ``email``, ``slack`` or ``webhook``; ``name`` says who or which."""

    kind: str
    name: str

    @property
    def text(self) -> str:
        return f"{'email' if self.kind == 'people' else self.kind}:{self.name}"


def read_channel(text: str) -> Channel:
    """Raises ValueError with a sentence that says what would be right."""
    kind, colon, name = text.strip().partition(":")
    kind, name = kind.strip().lower(), name.strip()
    if kind == "email" and (name.lower() in PEOPLE or not colon):
        return Channel("people", name.lower() or "owner")
    if kind == "email":
        if not _ADDRESS.fullmatch(name) or len(name) > 254:
            raise ValueError(f'"{name}" is no e-mail address, and none of {", ".join(PEOPLE)}')
        return Channel("email", name)
    if kind not in ("slack", "webhook"):
        raise ValueError(f'"{text}" is no channel; write {_FORMS}')
    if "/" in name:
        raise ValueError(
            f"An address may hold a secret, which everybody who sees the workflow would see here: "
            f"save it under a name on the workflow's notifications page, and write {kind}:name"
        )
    if not ENDPOINT_NAME.fullmatch(name):
        raise ValueError(f'"{name}" is no name of an endpoint: a-z, 0-9, - and _, at most 50')
    return Channel(kind, name)
