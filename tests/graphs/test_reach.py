"""Which nodes can still bring a token to an edge."""

from __future__ import annotations

from orchestrator.graphs.model import Edge
from orchestrator.graphs.reach import Reach


def reach_of(*pairs: str) -> tuple[Reach, dict[str, int]]:
    """``"a>b"`` is an edge from a to b, with that text as its id."""
    edges = [Edge(id=f"e{index}", source=pair[0], target=pair[2]) for index, pair in enumerate(pairs)]
    names = sorted({name for pair in pairs for name in (pair[0], pair[2])})
    bits = {name: 1 << index for index, name in enumerate(names)}
    incoming = {name: [edge for edge in edges if edge.target == name] for name in names}
    return Reach(bits, incoming), bits


def names_in(mask: int, bits: dict[str, int]) -> set[str]:
    return {name for name, bit in bits.items() if mask & bit}


def test_everything_upstream_of_an_edge_feeds_it() -> None:
    reach, bits = reach_of("a>b", "b>d", "a>c", "c>d")
    assert names_in(reach.feeders("d")["e1"], bits) == {"a", "b"}
    assert names_in(reach.feeders("d")["e3"], bits) == {"a", "c"}


def test_paths_through_the_join_itself_do_not_count() -> None:
    reach, bits = reach_of("a>j", "j>b", "b>j")
    assert names_in(reach.feeders("j")["e0"], bits) == {"a"}
    assert names_in(reach.feeders("j")["e2"], bits) == {"b", "j"}, "a run of j itself may loop back"


def test_a_loop_upstream_is_followed_once() -> None:
    reach, bits = reach_of("a>b", "b>a", "b>j", "c>j")
    assert names_in(reach.feeders("j")["e2"], bits) == {"a", "b"}
