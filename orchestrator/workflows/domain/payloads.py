"""Reading what a webhook brings: its body within limits, its headers without what could be a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 50
_MOST_FIELDS: Final = 1_000
_MOST_HEADERS: Final = 50
_LONGEST_HEADER: Final = 1_000
HIDDEN: Final = "•••"

_SECRET: Final = re.compile(r"auth|cookie|token|secret|signature|api-?key|password|session|credential", re.I)
_FORM: Final = "application/x-www-form-urlencoded"


class UnreadablePayload(ValueError):
    """The body cannot be used; ``status`` is the HTTP status that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_payload(body: bytes, content_type: str) -> Json:
    """The body as JSON; a form becomes an object of texts, where a name that repeats has a list.

    Raises UnreadablePayload: 413 for one that is too large, 415 for a type that is neither, 400 for garbage.
    """
    if len(body) > MAX_BYTES:
        raise UnreadablePayload(413, f"The body is larger than {MAX_BYTES // 1024} KiB.")
    kind = content_type.partition(";")[0].strip().lower()
    if not body.strip():
        return None
    if kind == _FORM:
        return _form(body)
    if kind != "application/json" and not kind.endswith("+json"):
        shown = f'"{kind[:100]}"' if kind else "no type"
        raise UnreadablePayload(415, f"The body has {shown}. Send application/json or {_FORM}.")
    try:
        value: Json = json.normalize(json.loads(body))
    except json.NotJson as error:
        raise UnreadablePayload(400, str(error)) from error
    if json.depth_of(value, limit=MAX_DEPTH) > MAX_DEPTH:
        raise UnreadablePayload(400, f"The JSON is nested deeper than {MAX_DEPTH} levels.")
    return value


def _form(body: bytes) -> Json:
    try:
        fields = parse_qs(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
        value: Json = json.normalize(_single(fields))
    except (ValueError, json.NotJson) as error:
        raise UnreadablePayload(400, "The form cannot be read as UTF-8, or has too many fields.") from error
    return value


def _single(fields: Mapping[str, list[str]]) -> JsonObject:
    return {name: values[0] if len(values) == 1 else list(values) for name, values in fields.items()}


def read_query(query: str) -> JsonObject:
    """The address's parameters, as a form; empty for what cannot be read."""
    try:
        return _single(parse_qs(query[:4_000].replace("%00", ""), max_num_fields=100))
    except ValueError:
        return {}


def safe_headers(headers: Mapping[str, str]) -> JsonObject:
    """Names in lower case; values of what may be a secret are hidden, long ones cut."""
    kept = sorted((name.lower(), value) for name, value in headers.items())[:_MOST_HEADERS]
    return {
        name: HIDDEN if _SECRET.search(name) else value[:_LONGEST_HEADER].replace("\0", "")
        for name, value in kept
    }
