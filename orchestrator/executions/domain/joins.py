"""When a node may fire: the rules of ``sync``, ``all``, ``any``, ``first`` and ``n``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from orchestrator.executions.domain.commands import Fire, Starve, Swallow
from orchestrator.executions.domain.state import Rounds, Scope, StepKey, Token
from orchestrator.graphs.compiled import CompiledGraph, CompiledNode
from orchestrator.graphs.model import JoinCount

ByEdge: TypeAlias = dict[str, list[Token]]


def ready(graph: CompiledGraph, path: str, scope: Scope) -> list[Fire | Swallow]:
    """The firings that the scope's tokens allow now, in the order of their tokens.

    Each waiting token appears in at most one of them. Where only ``sync`` joins that wait for each other
    are left, the one with the oldest token fires, so that a run never hangs on them.
    """
    if not scope.tokens:
        return []
    found: list[Fire | Swallow] = []
    merges: list[tuple[CompiledNode, ByEdge]] = []
    starts = _Starts(path, scope)
    for node, tokens in _by_node(graph, scope):
        if node.join == "any" or len(node.incoming) < 2:
            found += [starts.fire(node, [token]) for token in tokens]
            continue
        found += [starts.fire(node, [token]) for token in tokens if token.edge is None]
        waiting = _by_edge(tokens)
        if not waiting:
            continue
        if node.join == "sync":
            merges.append((node, waiting))
        elif node.join == "all":
            found += _all(starts, node, waiting)
        else:
            found += _counted(starts, node, waiting, 1 if node.join == "first" else _count(node))
    found += _merged(starts, graph, scope, merges)
    if not found and merges and not scope.firings:
        node, waiting = min(merges, key=lambda merge: _oldest(merge[1]))
        found = [starts.fire(node, [tokens[0] for tokens in waiting.values()])]
    return found


def starved(graph: CompiledGraph, path: str, scope: Scope) -> Starve | None:
    """The join that waits in vain, if nothing in the scope can move any more and tokens are left."""
    if scope.firings or not scope.tokens:
        return None
    node, tokens = next(iter(_by_node(graph, scope)))
    arrived = {token.edge for token in tokens}
    return Starve(path, node.id, tuple(edge.id for edge in node.incoming if edge.id not in arrived))


class _Starts:
    """Numbers new firings: a node may fire several times in one decision."""

    def __init__(self, path: str, scope: Scope) -> None:
        self.path, self.scope, self.made = path, scope, dict[str, int]()

    def fire(self, node: CompiledNode, tokens: list[Token], round_: int | None = None) -> Fire:
        iteration = self.made.get(node.id, self.scope.iterations.get(node.id, 0)) + 1
        self.made[node.id] = iteration
        return Fire(StepKey(self.path, node.id, iteration), [token.id for token in tokens], round_)


def _by_node(graph: CompiledGraph, scope: Scope) -> Iterator[tuple[CompiledNode, list[Token]]]:
    groups: dict[str, list[Token]] = {}
    for token in scope.tokens.values():
        groups.setdefault(token.node, []).append(token)
    for node_id, tokens in groups.items():
        yield graph.nodes[node_id], tokens


def _by_edge(tokens: list[Token]) -> ByEdge:
    groups: ByEdge = {}
    for token in tokens:
        if token.edge is not None:
            groups.setdefault(token.edge, []).append(token)
    return groups


def _oldest(waiting: ByEdge) -> int:
    return min(tokens[0].id for tokens in waiting.values())


def _all(starts: _Starts, node: CompiledNode, waiting: ByEdge) -> Iterator[Fire]:
    if len(waiting) == len(node.incoming):
        for tokens in zip(*waiting.values(), strict=False):
            yield starts.fire(node, list(tokens))


def _count(node: CompiledNode) -> int:
    assert isinstance(node.join, JoinCount)
    return min(node.join.n, len(node.incoming))


def _counted(starts: _Starts, node: CompiledNode, waiting: ByEdge, wanted: int) -> Iterator[Fire | Swallow]:
    """``first`` and ``n``: arrivals are counted in rounds.

    A token belongs to the round after the last one that came over its edge, and at the earliest to the
    round after the one its ancestors passed here: so a loop starts a new round, and a straggler of a
    round that has fired is recognised and swallowed.
    """
    known = starts.scope.rounds.get(node.id) or Rounds()
    rounds: dict[int, list[Token]] = {}
    for edge, tokens in waiting.items():
        last = known.edges.get(edge, 0)
        for token in tokens:
            last = max(last, token.passed.get(node.id, 0)) + 1
            rounds.setdefault(last, []).append(token)
    for number, tokens in sorted(rounds.items()):
        late = tokens
        if not known.has_fired(number):
            if len(tokens) < wanted:
                continue
            tokens.sort(key=lambda token: token.id)
            yield starts.fire(node, tokens[:wanted], number)
            late = tokens[wanted:]
        for token in late:
            yield Swallow(starts.path, node.id, token.id, number)


def _merged(
    starts: _Starts, graph: CompiledGraph, scope: Scope, merges: list[tuple[CompiledNode, ByEdge]]
) -> Iterator[Fire]:
    """``sync`` joins whose empty edges no live token can reach any more."""
    if not merges:
        return
    bits = graph.reach.bits
    active = waiting_at = 0
    for firing in scope.firings.values():
        active |= bits[firing.node]
    for token in scope.tokens.values():
        waiting_at |= bits[token.node]
    for node, waiting in merges:
        if len(waiting) < len(node.incoming):
            live = active | (waiting_at & ~bits[node.id])
            feeders = graph.reach.feeders(node.id)
            if any(live & feeders[edge.id] for edge in node.incoming if edge.id not in waiting):
                continue
        yield starts.fire(node, [tokens[0] for tokens in waiting.values()])
