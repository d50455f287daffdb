"""What validation finds wrong with a graph: every problem names the node or edge it sits on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json


class Severity(StrEnum):
    ERROR = "error"  # the graph cannot be published or run
    WARNING = "warning"  # it can, and probably does not do what its author means


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding. ``path`` leads into the node's or edge's JSON, e.g. ``data.config.with.url``.

    ``position`` is the character offset inside an expression, where the fault is one.
    """

    code: str
    message: str
    node: str | None = None
    edge: str | None = None
    path: str | None = None
    position: int | None = None
    severity: Severity = Severity.ERROR

    def as_json(self) -> dict[str, Json]:
        return {key: value for key, value in asdict(self).items() if value is not None}


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those that forbid publishing and running."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


class InvalidGraph(InvalidInput):
    """The graph has errors and was to be published or run."""

    code = "invalid_graph"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        first = self.problems[0].message if self.problems else "no detail"
        more = len(self.problems) - 1
        message = first if more < 1 else f"{first} ({more} more)"
        super().__init__(message, problems=[problem.as_json() for problem in self.problems])
