"""Comparing two versions by eye."""

from __future__ import annotations

import re

import pytest

from orchestrator.graphs.diff import diff_graphs
from orchestrator.workflows.comparing import overlay
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.versions import create_version, find_version
from tests.factories import edge, make_workflow, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"


@pytest.fixture
def workflow() -> Workflow:
    """From keep → gone to keep' → new; an edge turns from one to the other."""
    workflow = make_workflow(
        nodes=[step("keep"), step("stays"), step("gone", title=XSS)],
        edges=[{"id": "e", "source": "keep", "target": "gone"}, edge("keep", "stays")],
    )
    create_version(
        workflow.owner,
        workflow.pk,
        nodes=[step("keep", {"other": 1}), {**step("stays"), "position": {"x": 500, "y": 0}}, step("new")],
        edges=[{"id": "e", "source": "keep", "target": "new"}, edge("keep", "stays")],
    )
    return workflow


def states(page: str) -> dict[str, str]:
    nodes = re.findall(r'data-node="([^"]+)"[^>]*data-state="(\w*)"', page)
    edges = re.findall(r'data-edge="([^"]+)" data-state="(\w*)"', page)
    return dict([*nodes, *edges])


def test_one_picture_holds_both_and_says_of_each_part_what_became_of_it(
    visit: Visit, workflow: Workflow
) -> None:
    page = visit(workflow.owner).get(f"/workflows/{workflow.pk}/compare/1/2/").content.decode()
    assert states(page) == {
        "keep": "changed",
        "stays": "moved",
        "new": "added",
        "gone": "removed",
        "e": "changed",
        "e-before": "removed",
        "keep-out-stays": "",
    }
    assert "Removed</text>" in page
    assert XSS not in page


def test_side_by_side_each_version_stands_for_itself(visit: Visit, workflow: Workflow) -> None:
    page = visit(workflow.owner).get(f"/workflows/{workflow.pk}/compare/1/2/?view=side").content.decode()
    before, after = page.split("Version 2</h3>")
    assert states(before)["gone"] == "removed"
    assert "new" not in states(before)
    assert states(after)["new"] == "added"
    assert "gone" not in states(after)


def test_an_edge_that_turned_is_in_the_picture_twice(workflow: Workflow) -> None:
    old, new = (find_version(workflow, number) for number in (1, 2))
    both = overlay(old, new, diff_graphs(old.document, new.document))
    assert [each["target"] for each in both.edges if each["id"].startswith("e")] == ["new", "gone"]
