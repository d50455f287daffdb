"""Structured output: finding the JSON in an answer, checking it against a schema, and asking again."""

from __future__ import annotations

import re
from typing import Final

from jsonschema import ValidationError

from orchestrator.core import json
from orchestrator.core.json import Json, JsonObject, NotJson
from orchestrator.core.schemas import UnusableSchema, faults_in

MAX_REASKS: Final = 2
"""How often an answer that does not fit is asked for again, within one step."""
_MAX_COMPLAINTS: Final = 5
_FENCE: Final = re.compile(r"```(?:json)?\s*\n?(.*?)```", re.DOTALL | re.IGNORECASE)


class DoesNotFit(ValueError):
    """The answer is no JSON, or not what the schema asks for. The message is for the model as for people."""


def read_answer(text: str, schema: JsonObject) -> Json:
    """The data that an answer holds. Raises DoesNotFit, naming the first few faults."""
    data = _find_json(text)
    try:
        faults = faults_in(data, schema)
    except UnusableSchema as error:
        raise DoesNotFit(str(error)) from error
    if faults:
        raise DoesNotFit("; ".join(_tell(fault) for fault in faults[:_MAX_COMPLAINTS]))
    return data


def instruction(schema: JsonObject) -> str:
    """What a model is told of the form of its answer."""
    return (
        "Answer with one JSON value that fits this JSON Schema, and with nothing else: no explanation, no "
        f"code fence.\n{json.dumps(schema).decode()}"
    )


def complaint(error: DoesNotFit) -> str:
    """What a model is told of an answer that did not fit."""
    return f"That does not fit: {error} Answer again, with the corrected JSON value and nothing else."


def confidence_in(data: Json) -> float | None:
    """A top-level ``confidence`` from 0 to 1, if the answer has one."""
    given = data.get("confidence") if isinstance(data, dict) else None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        return None
    return float(given)


def _find_json(text: str) -> Json:
    """The whole text, what stands in its code fence, or what lies between its outermost brackets."""
    candidates = [text, *(match.group(1) for match in _FENCE.finditer(text))]
    starts = [text.find(bracket) for bracket in "{[" if bracket in text]
    if starts:
        end = max(text.rfind("}"), text.rfind("]"))
        candidates.append(text[min(starts) : end + 1])
    fault = "The answer is empty."
    for candidate in candidates:
        if not candidate.strip():
            continue
        try:
            found: Json = json.loads(candidate)
        except NotJson as error:
            fault = f"It is not JSON: {error}."
        else:
            return found
    raise DoesNotFit(fault)


def _tell(fault: ValidationError) -> str:
    where = ".".join(map(str, fault.absolute_path)) or "the value"
    return f"{where}: {fault.message[:200]}."
