"""Versions as files: what goes out comes in again, and the shipped one is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

import process
from orchestrator.accounts.models import Role
from orchestrator.core import json
from orchestrator.core.errors import InvalidInput, NotAllowed
from orchestrator.core.json import Json
from process.domain.validation import validate
from process.models import ProcessVersion
from process.queries.compiled import process_of
from process.queries.exported import export_version
from process.services.interchange import clone_version, import_version
from tests.factories import make_user

pytestmark = pytest.mark.django_db

SHIPPED = Path(process.__file__).parent / "shipped" / "life_story.json"


def life_story() -> ProcessVersion:
    return import_version(None, json.loads(SHIPPED.read_bytes()))


def test_the_shipped_process_has_no_fault() -> None:
    assert [finding.message for finding in validate(process_of(life_story()))] == []


def test_the_shipped_process_has_ten_phases_and_twelve_sections() -> None:
    process = process_of(life_story())
    assert (len(process.nodes), len(process.sections)) == (10, 12)
    assert [section.key for section in process.sections.values() if not section.core] == [
        "love_partnership",
        "places",
        "service",
        "faith",
        "losses",
    ]


def test_a_clone_says_the_same_as_its_source() -> None:
    source = life_story()
    clone = clone_version(make_user(role=Role.ADMIN), source.pk)
    before, after = export_version(source), export_version(clone)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after.pop("name") == "Life story 1 (2)"
    before.pop("name")
    assert after == before
    assert clone.cloned_from == source


def test_a_faulty_document_is_told_by_its_path() -> None:
    node: dict[str, Json] = {"key": "a", "name": "n", "type": "fork", "purpose": ""}
    with pytest.raises(InvalidInput) as told:
        import_version(None, {"name": "x", "nodes": [node | {"key": "A b"}]})
    assert list(told.value.fields) == ["nodes.0.key"]
    with pytest.raises(InvalidInput, match="There is no node “b”"):
        import_version(None, {"name": "x", "edges": [{"from": "b", "to": "b"}]})
    edge: dict[str, Json] = {"from": "a", "to": "a", "condition": {"type": "scope_match", "value": "mars"}}
    with pytest.raises(InvalidInput, match="There is no scope “mars”"):
        import_version(None, {"name": "x", "nodes": [node], "edges": [edge]})
    assert not ProcessVersion.objects.exists()


def test_only_staff_import() -> None:
    with pytest.raises(NotAllowed):
        import_version(make_user(), {"name": "x"})
