"""The registry of node types: what a type's configuration is, which ports it has, how durable it must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import BaseModel

from orchestrator.core.json import JsonObject
from orchestrator.graphs.model import DEFAULT_PORT, RetryPolicy
from orchestrator.graphs.steps import Outcome, StepContext


class Effect(StrEnum):
    """How a step's work stands to the world outside, which decides when it is committed."""

    PURE = "pure"  # no outside effect: recorded in the next commit, redone after a crash
    IDEMPOTENT = "idempotent"  # safe to repeat with its key: one commit, after it
    ONCE = "once"  # not to be repeated blindly: committed before and after
    WAIT = "wait"  # leaves the worker and comes back by event


Handler: TypeAlias = Callable[[StepContext], Outcome | Awaitable[Outcome]]
Reconcile: TypeAlias = Callable[[StepContext], Awaitable[Outcome | None]]
Config: TypeAlias = Mapping[str, Any]


def _one_port(config: Config) -> tuple[str, ...]:
    return (DEFAULT_PORT,)


@dataclass(frozen=True, slots=True)
class PortsAt:
    """Ports that the configuration names, at paths like ``rules.*.port``, in that order and each once.

    Declared rather than computed, so that the builder knows the ports of a node while it is edited.
    """

    paths: tuple[str, ...]

    def __call__(self, config: Config) -> tuple[str, ...]:
        found = [value for path in self.paths for value in _values_at(config, path.split("."))]
        return tuple(dict.fromkeys(value for value in found if isinstance(value, str) and value))


def _values_at(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _values_at(item, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _values_at(value[path[0]], path[1:])


def _never(config: Any) -> bool:
    return False


def _no_expressions(config: Config) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeType:
    """One type.

    The handler of a pure or waiting step answers at once, inside the engine's loop, and must be quick.
    One of an idempotent or once step works beside the loop: it gives an awaitable, which is cancelled on
    time-out, or is marked ``blocking`` and runs in a thread.

    ``ports``, ``expressions`` and ``body`` read the raw configuration, which may be incomplete or wrong.
    """

    name: str
    title: str
    description: str
    category: str
    icon: str
    config: type[BaseModel]
    effect: Effect | Callable[[Any], Effect]
    run: Handler
    ports: Callable[[Config], tuple[str, ...]] = _one_port
    raw_fields: frozenset[str] = frozenset()
    """Fields of the configuration that are handed over as they stand, without evaluating expressions."""
    expressions: Callable[[Config], Iterable[tuple[str, str]]] = _no_expressions
    """(path, source) of expressions that the handler evaluates itself, for checking when saved."""
    expression_names: frozenset[str] = frozenset()
    """Names that those expressions see beyond the usual ones."""
    body: Callable[[Config], object] | None = None
    """The graph inside this node, for types that run one."""
    body_field: str = ""
    """The field of the configuration that holds it."""
    reconcile: Reconcile | None = None
    """Asks the outside whether a ``once`` step that a crash interrupted took place. None: not known."""
    blocking: bool = False
    """The handler blocks (ORM, files, libraries without asyncio): call it in a thread."""
    serial: bool = False
    """Steps of such types in one run are done one at a time, in the order in which they became ready."""
    retry: RetryPolicy | None = None
    """For nodes without a policy of their own, where the workflow's setting admits no more attempts."""
    quick: Callable[[Any], bool] = _never
    """Idempotent steps that take microseconds although they are not pure: done inside the loop, too."""
    internal: bool = False
    """For graphs that the product makes itself: nobody is offered it, or may publish or try it."""

    def effect_of(self, config: Any) -> Effect:
        return self.effect if isinstance(self.effect, Effect) else self.effect(config)

    @property
    def port_paths(self) -> tuple[str, ...]:
        """Where the configuration names ports; empty if they never change."""
        return self.ports.paths if isinstance(self.ports, PortsAt) else ()

    def schema(self) -> JsonObject:
        """JSON Schema of ``config``, from which forms and documentation are made."""
        schema: JsonObject = self.config.model_json_schema()
        return schema


@dataclass(slots=True)
class NodeTypeRegistry:
    """Types by name. Products add theirs in ``AppConfig.ready()``."""

    _types: dict[str, NodeType] = field(default_factory=dict)

    def register(self, node_type: NodeType) -> None:
        """Raises ValueError for a name that is taken by another type."""
        if self._types.setdefault(node_type.name, node_type) is not node_type:
            raise ValueError(f'There is already a node type "{node_type.name}".')

    def get(self, name: str) -> NodeType | None:
        return self._types.get(name)

    def __getitem__(self, name: str) -> NodeType:
        return self._types[name]

    def __iter__(self) -> Iterator[NodeType]:
        return iter(sorted(self._types.values(), key=lambda each: (each.category, each.title)))

    def offered(self) -> list[NodeType]:
        """Those that people may put into their graphs, in the order of the registry."""
        return [each for each in self if not each.internal]


node_types = NodeTypeRegistry()
