"""A version as one JSON file: what import takes and export writes."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
    model_validator,
)

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from process.domain.conditions import BadCondition, compile_condition
from process.domain.vocabulary import Behavior, Form, ResponseFormat, ScopeType, Tier

FORMAT: Final = "orchestrator.process/1"
MAX_NODES: Final = 2_000
MAX_PROMPTS: Final = 20_000

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ConditionPart(_Part):
    type: str = ""
    value: Any = None

    @model_validator(mode="after")
    def _compiles(self) -> ConditionPart:
        try:
            compile_condition(self.type, self.value)
        except BadCondition as error:
            raise ValueError(str(error)) from error
        return self


class FlagPart(_Part):
    key: Key
    label: Line
    help: Text = ""


class CommitmentPart(_Part):
    title: Line
    description: Text


class PackPromptPart(_Part):
    key: Key
    text: Text
    type: Annotated[str, StringConstraints(max_length=50)] = ""
    required: bool = False


class PackPart(_Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    description: Text = ""
    prompts: list[PackPromptPart] = []


class ChoicePart(_Part):
    value: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    label: Line


class PromptPart(PackPromptPart):
    tier: Tier = Tier.SAFE
    sensitive: bool | None = None
    """Unless said, what is of a higher tier than 1."""
    format: ResponseFormat = ResponseFormat.TEXT
    max_length: Annotated[int, Field(gt=0)] | None = None
    example: Text = ""
    choices: list[ChoicePart] = []
    condition: ConditionPart = ConditionPart()


class AgentPart(_Part):
    objective: Text = ""
    constraints: Text = ""


class NodePart(_Part):
    key: Key
    name: Line
    type: Behavior
    purpose: Text
    outcome: Text = ""
    text: Text = ""
    form: Form = Form.NONE
    optional: bool = False
    requires_completion: bool = True
    agent: AgentPart = AgentPart()
    x: FiniteFloat | None = None
    y: FiniteFloat | None = None
    prompts: list[PromptPart] = []

    @model_validator(mode="after")
    def _has_a_place_or_none(self) -> NodePart:
        if (self.x is None) != (self.y is None):
            raise ValueError("A place is x and y, or neither.")
        return self


class EdgePart(_Part):
    source: Key = Field(alias="from")
    target: Key = Field(alias="to")
    label: Annotated[str, StringConstraints(max_length=100)] = ""
    condition: ConditionPart = ConditionPart()


class SectionPart(_Part):
    key: Key
    name: Line
    description: Text = ""
    core: bool = True
    requires_scope: ScopeType | None = None
    requires_flags: dict[str, bool] = {}
    unlock_after: Key | None = None
    minimum_prompts: Annotated[int, Field(ge=0)] = 0
    prompts: list[str] = []
    """Each as ``node.prompt``."""


class Document(_Part):
    """A whole version. Keys that are named exist; that it can be activated is another question."""

    format: Literal["orchestrator.process/1"] = FORMAT
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    description: Text = ""
    profile_flags: list[FlagPart] = []
    commitments: list[CommitmentPart] = []
    packs: list[PackPart] = []
    nodes: Annotated[list[NodePart], Field(max_length=MAX_NODES)] = []
    edges: list[EdgePart] = []
    sections: list[SectionPart] = []

    @model_validator(mode="after")
    def _holds_together(self) -> Document:
        nodes = _once("node", [node.key for node in self.nodes])
        sections = _once("section", [section.key for section in self.sections])
        prompts = _once("prompt", [f"{node.key}.{each.key}" for node in self.nodes for each in node.prompts])
        if len(prompts) > MAX_PROMPTS:
            raise ValueError(f"A version has at most {MAX_PROMPTS:,} prompts.")
        for edge in self.edges:
            _known("node", edge.source, nodes)
            _known("node", edge.target, nodes)
        for section in self.sections:
            if section.unlock_after is not None:
                _known("section", section.unlock_after, sections)
            for name in section.prompts:
                _known("prompt", name, prompts)
        return self


def read_document(data: Json) -> Document:
    """Raises InvalidInput, with the path of every fault."""
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        fields: dict[str, list[str]] = {}
        for each in error.errors():
            path = ".".join(str(part) for part in each["loc"]) or "document"
            fields.setdefault(path, []).append(each["msg"].removeprefix("Value error, "))
        first, complaints = next(iter(fields.items()))
        raise InvalidInput(f"This is not a process: {first}: {complaints[0]}", fields=fields) from error


def _once(kind: str, keys: list[str]) -> set[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"There are two {kind}s “{key}”.")
        seen.add(key)
    return seen


def _known(kind: str, key: str, keys: set[str]) -> None:
    if key not in keys:
        raise ValueError(f"There is no {kind} “{key}”.")
