"""Checks what people say about a trigger, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from orchestrator.core import json
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json, NotJson
from orchestrator.graphs.expressions import ExpressionError, binding_problems, compile_expression
from orchestrator.workflows.domain.occurrences import (
    LONGEST_JITTER,
    MOST_CAUGHT_UP,
    MissedPolicy,
    OverlapPolicy,
)
from orchestrator.workflows.domain.schedules import ScheduleError, Unit, read_cron, read_interval
from orchestrator.workflows.domain.signatures import HMAC_HEADER, TIMESTAMPED_HEADER
from orchestrator.workflows.models import Signature, Trigger, TriggerKind, VersionStatus

NAMES: Final = frozenset({"trigger"})
MAX_TEMPLATE_BYTES: Final = 64 * 1024
_COMMON: Final = frozenset({"name", "enabled", "version_number", "input"})
_SCHEDULE: Final = frozenset(
    {"cron", "every", "unit", "anchor_at", "time_zone", "jitter_seconds", "missed", "catch_up", "overlap"}
)
_WEBHOOK: Final = frozenset(
    {"signature", "signature_header", "signing_secret", "tolerance_seconds", "idempotency_header",
     "dedupe_seconds", "rate_per_minute", "condition"}
)  # fmt: skip
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "jitter_seconds": (0, LONGEST_JITTER),
    "catch_up": (1, MOST_CAUGHT_UP),
    "tolerance_seconds": (10, 86_400),
    "dedupe_seconds": (0, 7 * 86_400),
    "rate_per_minute": (1, 10_000),
}
_CHOICES: Final[Mapping[str, list[str]]] = {
    "missed": list(MissedPolicy),
    "overlap": list(OverlapPolicy),
    "signature": list(Signature.values),
}
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,100}")
_SHORTEST_SECRET: Final = 16

FIELDS: Final[Mapping[str, frozenset[str]]] = {
    TriggerKind.MANUAL: _COMMON,
    TriggerKind.SCHEDULE: _COMMON | _SCHEDULE,
    TriggerKind.WEBHOOK: _COMMON | _WEBHOOK,
}


def checked_fields(trigger: Trigger, given: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The values to store, those that follow from others included. Raises InvalidInput for all that is wrong.

    What is not given stays as the trigger has it.
    """
    wrong = _Complaints()
    strange = sorted(set(given) - FIELDS[trigger.kind])
    for name in strange:
        wrong.add(name, f"A {trigger.kind} trigger has no such field.")
    values = {name: value for name, value in given.items() if name not in strange}
    _check_common(trigger, values, wrong)
    for name, (low, high) in _RANGES.items():
        if name in values and not _is_between(values[name], low, high):
            wrong.add(name, f"A whole number from {low} to {high:,}.")
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            wrong.add(name, f"One of {', '.join(choices)}.")
    if trigger.kind == TriggerKind.SCHEDULE:
        _check_schedule(trigger, values, wrong, now)
    if trigger.kind == TriggerKind.WEBHOOK:
        _check_webhook(trigger, values, wrong)
    wrong.throw()
    return values


class _Complaints(dict[str, list[str]]):
    def add(self, name: str, message: str) -> None:
        self.setdefault(name, []).append(message)

    def throw(self) -> None:
        if self:
            raise InvalidInput("The trigger is not right yet.", fields=dict(self))


def _check_common(trigger: Trigger, values: dict[str, Any], wrong: _Complaints) -> None:
    name = values.get("name", trigger.name)
    name = " ".join(name.split()) if isinstance(name, str) else ""
    values["name"] = name
    if not name:
        wrong.add("name", "A trigger needs a name.")
    elif len(name) > 100:
        wrong.add("name", "At most 100 characters.")
    number = values.get("version_number")
    if number is not None:
        published = trigger.workflow.versions.filter(status=VersionStatus.PUBLISHED)
        if not _is_between(number, 1, 2**31 - 1) or not published.filter(number=number).exists():
            wrong.add("version_number", f"There is no published version {number}.")
    if "input" in values:
        for message in template_problems(values["input"]):
            wrong.add("input", message)


def template_problems(template: Json) -> list[str]:
    """What is wrong with an input's template, a sentence each."""
    try:
        json.normalize(template, limit=MAX_TEMPLATE_BYTES)
    except NotJson as error:
        return [str(error)]
    return [str(error) for _, error in binding_problems(template, names=NAMES)]


def _check_schedule(trigger: Trigger, values: dict[str, Any], wrong: _Complaints, now: datetime) -> None:
    """Cron and interval exclude each other: the one that is given wins over the one that is stored."""
    if values.get("cron"):
        values |= {"every": None, "unit": "", "anchor_at": None}
    elif values.get("every") is not None:
        values["cron"] = ""
        values["anchor_at"] = values.get("anchor_at") or trigger.anchor_at or now.replace(microsecond=0)
        values["unit"] = values.get("unit") or trigger.unit or Unit.MINUTES.value
    zone = values.get("time_zone", trigger.time_zone)
    cron, every = values.get("cron", trigger.cron), values.get("every", trigger.every)

    def read() -> object:
        if every is None or cron:
            return read_cron(str(cron), str(zone))
        if not _is_between(every, 1, 2**31 - 1):
            raise ScheduleError("every", "A whole number.")
        anchor = values.get("anchor_at") or trigger.anchor_at or now
        return read_interval(every, str(values.get("unit", trigger.unit)), anchor, str(zone))

    _noting(wrong, read)
    if values.get("cron"):
        values["cron"] = " ".join(str(values["cron"]).split())


def _noting(wrong: _Complaints, read: Callable[[], object]) -> None:
    try:
        read()
    except ScheduleError as error:
        wrong.add(error.field, error.message)


def _check_webhook(trigger: Trigger, values: dict[str, Any], wrong: _Complaints) -> None:
    kind = values.get("signature", trigger.signature)
    for name in ("signature_header", "idempotency_header"):
        if values.get(name) and not _HEADER.fullmatch(str(values[name])):
            wrong.add(name, "Letters, digits and hyphens, as in X-Hub-Signature-256.")
    if not values.get("signing_secret"):
        values.pop("signing_secret", None)  # a blank never deletes the stored one
    secret = values.get("signing_secret") or trigger.shared_secret
    if kind == Signature.NONE:
        values["signing_secret"] = None
    elif not isinstance(secret, str) or len(secret) < _SHORTEST_SECRET:
        wrong.add("signing_secret", f"At least {_SHORTEST_SECRET} characters, the same as at the sender.")
    elif not values.get("signature_header", trigger.signature_header):
        values["signature_header"] = HMAC_HEADER if kind == Signature.HMAC else TIMESTAMPED_HEADER
    condition = values.get("condition")
    if condition:
        if not isinstance(condition, str) or len(condition) > 2_000:
            wrong.add("condition", "An expression of at most 2,000 characters.")
            return
        try:
            compile_expression(condition, names=NAMES)
        except ExpressionError as error:
            wrong.add("condition", str(error))


def _is_between(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
