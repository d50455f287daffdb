"""What Vercel's answers mean. Lenient: a field that is missing or new is no reason to lose a deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.core import json
from workspaces.domain.vocabulary import DeployStatus

TAG: Final = "orchestratorDeployment"
"""Under this name each deployment's metadata says which of ours it is."""
_STATES: Final = {
    "QUEUED": DeployStatus.QUEUED,
    "INITIALIZING": DeployStatus.BUILDING,
    "UPLOADING": DeployStatus.BUILDING,
    "ANALYZING": DeployStatus.BUILDING,
    "BUILDING": DeployStatus.BUILDING,
    "DEPLOYING": DeployStatus.BUILDING,
    "READY": DeployStatus.READY,
    "ERROR": DeployStatus.ERROR,
    "FAILED": DeployStatus.ERROR,
    "BLOCKED": DeployStatus.ERROR,
    "CANCELED": DeployStatus.CANCELED,
    "CANCELLED": DeployStatus.CANCELED,
    "DELETED": DeployStatus.CANCELED,
}
_HOST: Final = re.compile(
    r"(?:https://)?((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d{1,5})?(?:/[\w./-]*)?)", re.IGNORECASE
)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST_LINE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A deployment as Vercel has it. ``status`` is None for a state that this release does not know."""

    id: str
    status: DeployStatus | None
    state: str
    url: str = ""
    inspector_url: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a webhook says that something happened to: ``tag`` is our id, if it knows it."""

    kind: str
    id: str
    tag: str


def read_deployment(answer: object) -> Reading | None:
    """None for what is no deployment."""
    row = _mapping(answer)
    known = _text(row, "id") or _text(row, "uid")
    if not _ID.fullmatch(known):
        return None
    state = (_text(row, "readyState") or _text(row, "status") or _text(row, "state")).upper()[:40]
    error = _text(row, "errorMessage") or _text(_mapping(row.get("error")), "message")
    return Reading(
        id=known,
        status=_STATES.get(state),
        state=state,
        url=_address(_text(row, "url")),
        inspector_url=_address(_text(row, "inspectorUrl")),
        error=(error or _text(row, "errorCode"))[:1_000],
    )


def find_tagged(answer: object, tag: str) -> Reading | None:
    """The deployment of a list whose metadata names ours; the filter of the request is not relied on."""
    rows = _mapping(answer).get("deployments")
    for row in rows if isinstance(rows, list) else []:
        if _text(_mapping(_mapping(row).get("meta")), TAG) == tag:
            return read_deployment(row)
    return None


def read_log(answer: object) -> list[str]:
    """The lines of a list of events, of which there are two shapes; without colours and signs of control."""
    lines: list[str] = []
    rows = [_mapping(event) for event in answer] if isinstance(answer, list) else []
    for row in sorted(rows, key=_moment):
        text = _text(row, "text") or _text(_mapping(row.get("payload")), "text")
        lines += [_ESCAPES.sub("", line)[:_LONGEST_LINE] for line in text.splitlines()]
    return lines


def read_event(body: bytes) -> Event | None:
    """None for what says nothing of a deployment. Raises NotJson."""
    row = _mapping(json.loads(body))
    payload = _mapping(row.get("payload"))
    about = _mapping(payload.get("deployment"))
    known = _text(about, "id") or _text(payload, "deploymentId")
    tag = _text(_mapping(about.get("meta")), TAG)
    kind = _text(row, "type")[:60]
    if not kind.startswith("deployment") or not _ID.fullmatch(known):
        return None
    return Event(kind, known, tag)


def said(body: bytes) -> str:
    """What an answer that is an error says of it; empty where it says nothing."""
    try:
        row = _mapping(json.loads(body))
    except json.NotJson:
        return ""
    return _ESCAPES.sub("", _text(_mapping(row.get("error")), "message"))[:300]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _moment(row: Mapping[str, Any]) -> float:
    value = row.get("created")
    return float(value) if isinstance(value, int | float) else 0.0


def _address(given: str) -> str:
    """As a link of https, or nothing: what is no host is no address to be shown."""
    found = _HOST.fullmatch(given)
    return f"https://{found[1]}"[:500] if found else ""
