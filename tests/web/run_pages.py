"""Runs to look at, and what a page shows of them, for the tests of the pages about runs."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from orchestrator.executions.models import Execution
from tests.factories import chain, expression, make_workflow, node, start, step
from tests.web.conftest import Visit

NEVER = node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}, {"signal": "stop", "port": "out"}]})
BOOM = step("boom", {"x": expression("input.missing")}, title="Boom <b>")


def waiting(**options: Any) -> Execution:
    flow = make_workflow(
        nodes=[step("a", title="Alpha"), NEVER, step("b")], edges=chain("a", "wait", "b"), **options
    )
    return start(flow)


def failing(**options: Any) -> Execution:
    return start(make_workflow(nodes=[step("a"), BOOM], edges=chain("a", "boom"), **options), {"given": 1})


def listed(client: Client, query: str = "") -> list[str]:
    """Ids of the runs on the page, from top to bottom."""
    return re.findall(r'data-run="([0-9a-f-]{36})"', client.get(f"/executions/{query}").text)


def page_of(visit: Visit, run: Execution) -> str:
    return visit(run.started_by).get(f"/executions/{run.pk}/").text
