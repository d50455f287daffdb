"""How the OpenAPI document is written: names, summaries, and the problems that operations may answer."""

from __future__ import annotations

import re
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema

from orchestrator.core.problems import CONTENT_TYPE, problem

PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_SENTENCE_ENDS: Final = re.compile(r"[.;:](\s|$)")

_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is stable, `detail` is for people.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:orchestrator:problem:invalid"},
        "title": {"type": "string", "description": "The HTTP status in words", "example": "Bad Request"},
        "status": {"type": "integer", "example": 400},
        "code": {"type": "string", "description": "For programs", "example": "invalid"},
        "detail": {"type": "string", "description": "What went wrong and what to do about it"},
        "errors": {
            "type": "object",
            "description": "Complaints by field, with dots into nested ones: `settings.timeout_seconds`",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "problems": {
            "type": "array",
            "description": "What is wrong with a graph, with `code: invalid_graph`",
            "items": {"$ref": "#/components/schemas/GraphProblem"},
        },
    },
    "additionalProperties": True,
}
_GRAPH_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "description": "One finding about a graph. It names the node or the edge it sits on.",
    "required": ["code", "message", "severity"],
    "properties": {
        "code": {"type": "string", "example": "bad_expression"},
        "message": {"type": "string"},
        "node": {"type": "string"},
        "edge": {"type": "string"},
        "path": {"type": "string", "example": "data.config.with.url"},
        "position": {"type": "integer", "description": "Character offset inside an expression"},
        "severity": {"type": "string", "enum": ["error", "warning"]},
    },
}


def _answer(description: str, status: int, code: str, detail: str, **extra: object) -> dict[str, Any]:
    example = problem(status, code, detail, **extra)
    return {
        "description": description,
        "content": {CONTENT_TYPE: {"schema": PROBLEM, "example": example}},
    }


_ANSWERS: Final = {
    "400": (
        "Invalid",
        _answer(
            "The request cannot be understood; `errors` says what is wrong with which field.",
            400,
            "invalid",
            "Some fields are not right.",
            errors={"name": ["This field is required."]},
        ),
    ),
    "401": (
        "Unauthorized",
        _answer(
            "Nobody is logged in, or the key or token is not good.",
            401,
            "not_authenticated",
            "Authentication credentials were not provided.",
        ),
    ),
    "403": (
        "Forbidden",
        _answer(
            "You may see the object and may not do this to it.", 403, "forbidden", "You may not do this."
        ),
    ),
    "404": (
        "NotFound",
        _answer(
            "There is no such object, or none that you may see.",
            404,
            "not_found",
            "There is nothing here, or nothing that you may see.",
        ),
    ),
    "409": (
        "Conflict",
        _answer(
            "The object's present state does not admit this, or somebody else was quicker.",
            409,
            "wrong_state",
            "This run is over: it is completed.",
        ),
    ),
    "429": (
        "TooMany",
        _answer(
            "Too many requests, or too many failed log-ins; `Retry-After` says when to come back.",
            429,
            "throttled",
            "Request was throttled. Expected available in 30 seconds.",
        ),
    ),
    "413": (
        "TooLarge",
        _answer(
            "A size limit was passed.", 413, "too_large", "The request body is larger than 8,388,608 bytes."
        ),
    ),
    "503": (
        "Unavailable",
        _answer("A service that this needs is away.", 503, "away", "The service did not answer."),
    ),
}


FURTHER_PROBLEMS: Final = "x-further-problems"
"""An extension by which a view names answers that its address does not tell; clients do not see it."""


class ApiSchema(AutoSchema):
    """Summaries are the first sentence of a docstring; operations are called after their action."""

    def get_summary(self) -> str | None:
        first = _SENTENCE_ENDS.split(self.get_description(), maxsplit=1)[0]
        return " ".join(first.split()) or None

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None)
        if not action:
            return str(super().get_operation_id())
        return f"{self._tokenize_path()[0].replace('-', '_')}_{action.rstrip('_')}"


def name_path_ids(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Postprocessing: one name for the id in every path, also where the model has a composite key."""
    paths = result["paths"]
    result["paths"] = {path.replace("{pk}", "{id}"): operations for path, operations in paths.items()}
    for operations in paths.values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] == "pk":
                    parameter["name"] = "id"
    return result


def add_problems(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Postprocessing: the problem format, and which operation may answer with which problem."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(Problem=_PROBLEM_SCHEMA, GraphProblem=_GRAPH_PROBLEM_SCHEMA)
    components["responses"] = dict(_ANSWERS.values())
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            further = operation.pop(FURTHER_PROBLEMS, [])
            for status in (*_statuses(path, method, operation), *further):
                answers.setdefault(status, {"$ref": f"#/components/responses/{_ANSWERS[status][0]}"})
            operation["responses"] = dict(sorted(answers.items()))
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    writes, names_one = method != "get", "{" in path
    wants_login = {} not in operation.get("security", [{}])
    takes_query = any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
    may = {
        "400": "requestBody" in operation or takes_query,
        "401": True,  # logging in answers it too, to a wrong password
        "403": wants_login,
        "404": names_one,
        "409": wants_login and writes and (names_one or "api-keys" in path),
        "413": "requestBody" in operation,
        "429": True,
    }
    return [status for status, answers in may.items() if answers]
