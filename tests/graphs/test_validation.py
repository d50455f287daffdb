"""Every problem of a graph is found and names the node or edge it sits on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.executions.nodes import register_node_types
from orchestrator.graphs.nodetypes import NodeTypeRegistry
from orchestrator.graphs.problems import Problem, Severity, errors_in
from orchestrator.graphs.validation import validate_graph
from tests.factories import chain, edge, expression, log_step, node, step

TYPES = NodeTypeRegistry()
register_node_types(TYPES)


def problems(nodes: list[Any], edges: list[Any] | None = None) -> list[Problem]:
    return validate_graph({"nodes": nodes, "edges": edges or []}, TYPES)


def only(nodes: list[Any], edges: list[Any] | None = None) -> Problem:
    found = problems(nodes, edges)
    assert len(found) == 1, [each.message for each in found]
    return found[0]


def test_a_sound_graph_has_no_problems() -> None:
    assert problems([step("a"), log_step("b")], chain("a", "b")) == []


@pytest.mark.parametrize("document", [None, 5, "text", [], {"nodes": 5}, {"nodes": [], "edges": 7}])
def test_what_is_no_graph_at_all_is_told_without_raising(document: object) -> None:
    assert validate_graph(document, TYPES)


def test_a_graph_without_nodes_is_empty() -> None:
    assert only([]).code == "empty"


def test_an_unknown_type_is_named_with_the_nearest_one() -> None:
    found = only([node("a", "transfrom")])
    assert (found.code, found.node, found.path) == ("unknown_type", "a", "type")
    assert 'Do you mean "transform"?' in found.message


def test_a_type_of_the_products_own_is_for_its_own_graphs_and_never_proposed() -> None:
    types = NodeTypeRegistry()
    register_node_types(types)
    types.register(replace(TYPES["transform"], name="secretary", internal=True))
    body = {"nodes": [node("s", "secretary", {"output": {}})], "edges": []}
    nodes = [node("a", "secretary", {"output": {}}), node("m", "map", {"items": [1], "body": body})]
    document = {"nodes": nodes, "edges": chain("a", "m")}
    found = validate_graph(document, types)
    assert [(each.code, each.node) for each in found] == [("internal_type", "a"), ("internal_type", "m")]
    assert "only for workflows of the product" in found[0].message
    assert validate_graph(document, types, internal=True) == []
    (unknown,) = validate_graph({"nodes": [node("a", "secretari")], "edges": []}, types)
    assert "secretary" not in unknown.message
    assert "secretary" not in [each.name for each in types.offered()]


def test_a_node_that_cannot_be_read_is_named_and_the_others_still_checked() -> None:
    found = problems([{"id": "a b", "type": "transform"}, {"type": "transform"}, node("c", "nothing")])
    assert [(each.code, each.node) for each in found] == [
        ("bad_node", "a b"),
        ("bad_node", "#1"),
        ("unknown_type", "c"),
    ]


def test_a_bad_field_is_named_by_its_path() -> None:
    found = only([node("t", "timer", {"seconds": "soon"})])
    assert (found.code, found.node, found.path) == ("bad_config", "t", "data.config.seconds")


def test_a_bad_field_inside_an_action_is_named_without_the_union_s_inner_names() -> None:
    found = only([node("call", "action", {"action": "http.request", "with": {"url": "ftp://x"}})])
    assert found.path == "data.config.with.url"


def test_an_unknown_field_is_refused() -> None:
    found = only([node("t", "timer", {"seconds": 1, "secnods": 2})])
    assert found.path == "data.config.secnods"


def test_a_computed_value_is_not_held_against_the_type_of_its_field() -> None:
    computed = {"action": "http.request", "with": {"url": expression("input.url"), "method": "GET"}}
    assert (
        problems([node("t", "timer", {"seconds": expression("input.s")}), node("c", "action", computed)])
        == []
    )


def test_a_bad_expression_is_named_with_its_position() -> None:
    found = only([step("a", {"x": expression("1 +")})])
    assert (found.code, found.node, found.path) == ("bad_expression", "a", "data.config.output.x")
    assert found.position == 3


def test_a_bad_template_and_a_bad_condition_are_found() -> None:
    found = problems([log_step("a", "{{ oops( }}"), step("b")], [edge("a", "b", when="x ==")])
    assert [(each.code, each.node, each.edge) for each in found] == [
        ("bad_expression", "a", None),
        ("bad_expression", None, "a-out-b"),
    ]


def test_a_name_that_is_not_in_scope_is_found() -> None:
    found = only([step("a", {"x": expression("inptu.x")})])
    assert found.code == "bad_expression"
    assert "input" in found.message


def test_a_reference_to_a_node_that_does_not_exist_is_found() -> None:
    found = only([step("fetch"), step("b", {"x": expression("nodes.fecth.output.x")})], chain("fetch", "b"))
    assert (found.code, found.node) == ("unknown_node", "b")
    assert 'Do you mean "fetch"?' in found.message


def test_an_edge_to_nowhere_is_found() -> None:
    found = only([step("a")], [edge("a", "gone")])
    assert (found.code, found.edge, found.path) == ("dangling_edge", "a-out-gone", "target")


def test_duplicate_ids_are_found() -> None:
    found = problems([step("a"), step("a"), step("b")], [edge("a", "b"), edge("a", "b")])
    assert [(each.code, each.node, each.edge) for each in found] == [
        ("duplicate_id", "a", None),
        ("duplicate_id", None, "a-out-b"),
    ]


def test_an_edge_from_a_port_the_node_does_not_have_is_found() -> None:
    decision = node("d", "decision", {"rules": [{"when": "true", "port": "yes"}], "default": "no"})
    found = only([decision, step("a")], [edge("d", "a", port="maybe")])
    assert (found.code, found.edge) == ("unknown_port", "d-maybe-a")
    assert "it has: yes, no" in found.message


def test_the_error_port_exists_only_where_errors_are_routed() -> None:
    routed = [log_step("a", on_error="route"), step("b")]
    assert problems(routed, [edge("a", "b", port="error")]) == []
    assert only([log_step("a"), step("b")], [edge("a", "b", port="error")]).code == "unknown_port"


def test_a_graph_in_which_no_node_can_begin_is_found() -> None:
    found = only([step("a"), step("b")], [edge("a", "b", when="true"), edge("b", "a")])
    assert (found.code, found.node) == ("no_entry", "a")


def test_a_node_that_nothing_leads_to_is_found() -> None:
    found = problems([step("a"), step("b"), step("c")], [edge("b", "c", when="true"), edge("c", "b")])
    assert [(each.code, each.node) for each in found] == [("unreachable", "b"), ("unreachable", "c")]


def test_a_loop_without_a_way_out_is_found() -> None:
    found = only([step("a"), step("b"), step("c")], [edge("a", "b"), edge("b", "c"), edge("c", "b")])
    assert found.code == "endless_loop"
    assert "b → c" in found.message


@pytest.mark.parametrize(
    "back", [edge("c", "b", when="vars.i < 3"), edge("c", "b", port="again")], ids=["condition", "port"]
)
def test_a_loop_with_a_condition_or_another_port_has_a_way_out(back: dict[str, Any]) -> None:
    config = {"rules": [{"when": "vars.i < 3", "port": "again"}], "default": "out"}
    nodes = [step("a"), step("b"), node("c", "decision", config)]
    if "condition" in back:
        nodes[2] = step("c")
    assert problems(nodes, [edge("a", "b"), edge("b", "c"), back]) == []


def test_a_join_of_more_arrivals_than_there_are_edges_is_found() -> None:
    found = only([step("a"), step("b", join={"n": 3})], chain("a", "b"))
    assert (found.code, found.node, found.path) == ("impossible_join", "b", "data.join")


def test_cancelling_a_node_that_does_not_exist_is_found() -> None:
    found = only([step("a", cancels=["gone"])])
    assert (found.code, found.node, found.path) == ("unknown_node", "a", "data.cancels")


def test_a_misspelt_common_field_is_a_warning_that_does_not_forbid_publishing() -> None:
    found = only([step("a", timeout=5)])
    assert (found.code, found.severity, found.path) == ("unknown_field", Severity.WARNING, "data.timeout")
    assert errors_in([found]) == []


def test_problems_in_the_body_of_a_map_name_the_map_and_the_inner_node() -> None:
    body = {"nodes": [step("inner", {"x": expression("nodes.outer.output.y + item.z + nope")})], "edges": []}
    found = only([step("outer"), node("each", "map", {"items": [], "body": body})], chain("outer", "each"))
    assert (found.code, found.node) == ("bad_expression", "each")
    assert found.path == "data.config.body.inner.data.config.output.x"
    assert "nope" in found.message


def test_a_body_sees_the_item_and_the_outer_nodes() -> None:
    body = {"nodes": [step("inner", {"x": expression("[item, index, nodes.outer.output.ok]")})], "edges": []}
    config = {"items": [1], "body": body, "complete_when": "done >= total / 2"}
    assert problems([step("outer"), node("each", "map", config)], chain("outer", "each")) == []


def test_a_graph_of_two_thousand_and_one_nodes_is_too_large() -> None:
    found = problems([step(f"n{i}") for i in range(2_001)])
    assert found[0].code == "too_large"
    assert "2,001" in found[0].message


def test_two_thousand_nodes_are_checked_without_a_problem() -> None:
    names = [f"n{i}" for i in range(2_000)]
    assert problems([step(name) for name in names], chain(*names)) == []


def test_a_complaint_about_a_whole_configuration_is_told_at_it() -> None:
    (problem,) = validate_graph({"nodes": [node("t", "timer")], "edges": []}, TYPES)
    assert (problem.code, problem.node, problem.path) == ("bad_config", "t", "data.config")
    assert "either seconds or until" in problem.message
