"""Redrawing a draft: all that was asked or nothing, only what its author saw, and on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound
from orchestrator.core.ids import new_id
from orchestrator.core.json import Json
from process.domain.comparing import compare
from process.domain.drawing import read_redrawing
from process.domain.process import Section
from process.models import FlowEdge, ProcessNode, ProcessVersion
from process.queries.compiled import process_of
from process.queries.exported import export_version
from process.queries.graph import graph_of
from process.services.authoring import DraftChanged
from process.services.freezing import Frozen, freeze
from process.services.graphing import redraw
from process.services.interchange import clone_version
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada", role=Role.ADMIN, is_staff=True)


@pytest.fixture
def version() -> ProcessVersion:
    talk = make_node("talk", "bye", "welcome", prompts=(make_prompt(required=True), make_prompt("more")))
    return store(make_process(make_node("welcome", "talk"), talk, make_node("bye"), sections=(lane(),)))


def lane() -> Section:
    return make_section("origins", make_prompt("where", node="talk"))


def change(user: User, version: ProcessVersion, *changes: dict[str, Any]) -> list[UUID | None]:
    """What the graph view would send for what is stored now."""
    version.refresh_from_db()
    asked = read_redrawing({"revision": version.revision, "changes": list(changes)})
    _, made = redraw(user, version.pk, revision=asked.revision, changes=asked.changes)
    version.refresh_from_db()
    return made


def node(version: ProcessVersion, key: str) -> ProcessNode:
    return version.nodes.get(node_key=key)


def ways(version: ProcessVersion, key: str) -> list[str]:
    rows = version.edges.filter(from_node__node_key=key).order_by("order_index", "id")
    return [row.to_node.node_key for row in rows.select_related("to_node")]


def place(version: ProcessVersion, key: str) -> tuple[float | None, float | None]:
    row = node(version, key)
    return row.x, row.y


def test_a_place_is_stored_cloned_and_no_difference(ada: User, version: ProcessVersion) -> None:
    assert place(version, "talk") == (None, None)
    before = export_version(version)
    move = {"do": "move", "places": {str(node(version, "talk").pk): {"x": 40, "y": -8.5}}}
    change(ada, version, move)
    assert place(version, "talk") == (40, -8.5)
    clone = clone_version(ada, version.pk)
    assert (place(clone, "talk"), place(clone, "bye")) == ((40, -8.5), (None, None))
    assert compare(before, export_version(version)) == []
    change(ada, version, {"do": "move", "places": {str(node(version, "talk").pk): None}})
    assert place(version, "talk") == (None, None)


def test_a_phase_comes_with_a_way_in_one_step(ada: User, version: ProcessVersion) -> None:
    values = {"key": "scene", "name": "Scene", "kind": "data_collection", "purpose": "To see it."}
    pk = new_id()
    made = change(
        ada,
        version,
        {"do": "add_phase", "id": str(pk), "values": values, "place": {"x": 1, "y": 2}},
        {"do": "add_way", "values": {"source": str(node(version, "talk").pk), "target": str(pk)}},
    )
    assert made == [pk, FlowEdge.objects.get(to_node=pk).pk]
    assert ways(version, "talk") == ["bye", "welcome", "scene"]
    assert list(process_of(version).nodes) == ["welcome", "talk", "bye", "scene"]
    assert [row["action"] for row in AuditRecord.objects.order_by("-id").values("action")[:2]] == [
        "process_flowedge.created",
        "process_processnode.created",
    ]


def test_all_of_it_is_done_or_nothing(ada: User, version: ProcessVersion) -> None:
    revision = version.revision
    values = {"key": "scene", "name": "Scene", "kind": "data_collection", "purpose": "To see it."}
    with pytest.raises(InvalidInput):
        change(ada, version, {"do": "add_phase", "values": values}, {"do": "add_phase", "values": values})
    version.refresh_from_db()
    assert (version.nodes.count(), version.revision) == (3, revision)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"key": "No key"}, "key"),
        ({"key": "bye"}, "key"),
        ({"name": ""}, "name"),
        ({"purpose": ""}, "purpose"),
    ],
)
def test_a_wrong_value_of_a_phase_is_told_by_its_field(
    ada: User, version: ProcessVersion, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as told:
        change(ada, version, {"do": "change_phase", "id": str(node(version, "talk").pk), "values": values})
    assert list(told.value.fields) == [field]
    assert version.nodes.filter(node_key="talk", node_name="Talk").exists()


def test_the_chief_values_of_a_phase_change(ada: User, version: ProcessVersion) -> None:
    values = {"kind": "fork", "form": "scope", "optional": True, "text": "Choose."}
    change(ada, version, {"do": "change_phase", "id": str(node(version, "bye").pk), "values": values})
    shown = next(each for each in graph_phases(version) if each["key"] == "bye")
    assert {name: shown[name] for name in values} == values
    assert shown["name"] == "Bye"


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "scope_match", "value": {"scopes": ["mars"]}},
        {"type": "profile_flag", "value": {}},
        {"type": "expression", "value": {"expression": "scope.type =="}},
        {"type": "no_such_kind", "value": None},
    ],
)
def test_a_condition_that_does_not_compile_is_told_at_its_field(
    ada: User, version: ProcessVersion, condition: dict[str, Json]
) -> None:
    way = version.edges.filter(from_node__node_key="talk").first()
    assert way is not None
    with pytest.raises(InvalidInput) as told:
        change(ada, version, {"do": "change_way", "id": str(way.pk), "values": {"condition": condition}})
    assert list(told.value.fields) == ["condition"]
    way.refresh_from_db()
    assert way.condition_type == ""


def test_a_condition_is_stored_and_told_in_words(ada: User, version: ProcessVersion) -> None:
    way = version.edges.filter(from_node__node_key="talk").first()
    assert way is not None
    condition = {"type": "section_selected", "value": {"sections": ["origins"]}}
    change(ada, version, {"do": "change_way", "id": str(way.pk), "values": {"condition": condition}})
    shown: Any = graph_of(version)
    words = {each["id"]: each["words"] for each in shown["ways"]}
    assert words[str(way.pk)] == "“Origins” is selected"
    first = process_of(version).nodes["talk"].edges[0].condition
    assert first.source == 'sections["origins"].selected'


def test_the_ways_of_a_phase_are_put_in_another_order(ada: User, version: ProcessVersion) -> None:
    talk = node(version, "talk")
    ids = [str(row.pk) for row in version.edges.filter(from_node=talk).order_by("order_index")]
    change(ada, version, {"do": "order_ways", "phase": str(talk.pk), "ways": ids[::-1]})
    assert ways(version, "talk") == ["welcome", "bye"]
    for wrong in (ids[:1], [*ids, ids[0]], [*ids, str(new_id())]):
        with pytest.raises(InvalidInput, match="Name all ways"):
            change(ada, version, {"do": "order_ways", "phase": str(talk.pk), "ways": wrong})


def test_another_phase_becomes_the_start(ada: User, version: ProcessVersion) -> None:
    ids = [str(node(version, key).pk) for key in ("talk", "welcome", "bye")]
    change(ada, version, {"do": "order_phases", "phases": ids})
    start = process_of(version).start
    assert start is not None
    assert start.key == "talk"


def test_a_phase_is_deleted_with_its_ways_and_prompts(ada: User, version: ProcessVersion) -> None:
    change(ada, version, {"do": "delete_phase", "id": str(node(version, "talk").pk)})
    assert (version.nodes.count(), version.edges.count()) == (2, 0)
    actions = AuditRecord.objects.values_list("action", flat=True)
    assert "process_processnode.deleted" in actions


def test_what_was_deleted_comes_back_in_its_place(ada: User, version: ProcessVersion) -> None:
    way = version.edges.filter(from_node__node_key="talk").order_by("order_index").first()
    assert way is not None
    change(ada, version, {"do": "delete_way", "id": str(way.pk)})
    values = {"source": str(way.from_node_id), "target": str(way.to_node_id), "label": "on"}
    again = {"do": "add_way", "id": str(way.pk), "values": values, "order": way.order_index}
    assert change(ada, version, again) == [way.pk]
    assert ways(version, "talk") == ["bye", "welcome"]
    with pytest.raises(InvalidInput):
        change(ada, version, again)


def test_a_second_author_is_told_and_overwrites_nothing(ada: User, version: ProcessVersion) -> None:
    talk = node(version, "talk")
    seen = version.revision
    change(ada, version, {"do": "change_phase", "id": str(talk.pk), "values": {"name": "Mine"}})
    late = read_redrawing(
        {
            "revision": seen,
            "changes": [{"do": "change_phase", "id": str(talk.pk), "values": {"name": "Theirs"}}],
        }
    )
    with pytest.raises(DraftChanged) as told:
        redraw(ada, version.pk, revision=late.revision, changes=late.changes)
    assert told.value.extra == {"revision": version.revision}
    assert node(version, "talk").node_name == "Mine"


def test_nothing_of_another_version_is_touched(ada: User, version: ProcessVersion) -> None:
    other = clone_version(ada, version.pk)
    foreign, mine = str(node(other, "talk").pk), str(node(version, "bye").pk)
    way = other.edges.first()
    assert way is not None
    for each in (
        {"do": "move", "places": {foreign: {"x": 1, "y": 1}}},
        {"do": "delete_phase", "id": foreign},
        {"do": "add_way", "values": {"source": mine, "target": foreign}},
        {"do": "delete_way", "id": str(way.pk)},
    ):
        with pytest.raises(NotFound):
            change(ada, version, each)


def test_who_is_no_author_and_what_is_in_use(ada: User, version: ProcessVersion) -> None:
    move = {"do": "move", "places": {str(node(version, "talk").pk): {"x": 1, "y": 1}}}
    with pytest.raises(NotAllowed):
        change(make_user("sam", is_staff=True), version, move)
    freeze(version)
    with pytest.raises(Frozen):
        change(ada, version, move)
    assert place(version, "talk") == (None, None)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"revision": 1, "changes": []},
        {"revision": 1, "changes": [{"do": "explode"}]},
        {"revision": 1, "changes": [{"do": "move", "places": {"x": None}}]},
        {"revision": 1, "changes": [{"do": "move", "places": {str(new_id()): {"x": float("nan"), "y": 0}}}]},
    ],
)
def test_what_is_no_change_is_refused(data: Json) -> None:
    with pytest.raises(InvalidInput):
        read_redrawing(data)


def graph_phases(version: ProcessVersion) -> list[dict[str, Json]]:
    phases: Any = graph_of(version)["phases"]
    assert isinstance(phases, list)
    return phases


def test_a_graph_is_read_in_a_fixed_number_of_queries(
    version: ProcessVersion, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(11):
        shown: Any = graph_of(version)
    talk = next(each for each in graph_phases(version) if each["key"] == "talk")
    assert (talk["prompts"], talk["required"]) == (3, 1)
    assert [section["phases"] for section in shown["sections"]] == [[talk["id"]]]
