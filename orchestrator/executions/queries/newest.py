"""The newest runs a person may see, by index, however few they are among all runs.

Left alone, PostgreSQL walks back through everybody's runs until it has met enough that fit: quick if every
second one does, a scan of the table if only old ones do. Here each visible workflow (and each wanted
status) names its own newest, which is one step in an index, and the newest of those are taken.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, OuterRef, QuerySet, Subquery, UUIDField

from orchestrator.accounts.models import User
from orchestrator.core.api.pagination import Window
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow

_MANY: Final = 5_000
"""Index entries beyond which it pays to ask first which workflows have any to offer."""


def narrow_to_newest(
    rows: QuerySet[Execution],
    window: Window,
    *,
    user: User | None,
    statuses: Sequence[str],
    among: QuerySet[Execution] | None = None,
    visible: Sequence[UUID] | None = None,
) -> QuerySet[Execution]:
    """Those of the rows that can be in the window.

    ``statuses``: what the rows were already filtered by, if anything. ``user``: whose workflows to ask;
    None if a filter leaves so few rows that they need not be asked one by one. ``among``: the same rows
    before they were limited to what the person may see, which makes the asking cheaper. ``visible``: the
    workflows that the person may see, where they are known already.
    """
    source = rows if among is None or user is None else among
    branches = [source.filter(status=status) for status in statuses] or [source]
    if user is None or user.is_admin:
        if len(branches) == 1:
            return rows
        parts = [window.of(branch).values_list("pk", flat=True)[: window.limit] for branch in branches]
    else:
        if visible is None:
            visible = list(Workflow.objects.visible_to(user).values_list("pk", flat=True))
        parts = [_by_workflow(branch, window, visible) for branch in branches]
    nearest = heapq.nlargest if window.after is None else heapq.nsmallest
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return rows.filter(pk__in=nearest(window.limit, found))


def _by_workflow(rows: QuerySet[Execution], window: Window, workflows: Sequence[UUID]) -> QuerySet[Any, UUID]:
    """The nearest runs of each workflow, and of those the nearest."""
    own = window.of(rows.filter(workflow=OuterRef("pk"))).values("pk")
    asked = Workflow.objects.filter(pk__in=workflows)
    if len(workflows) * window.limit > _MANY:
        asked = Workflow.objects.filter(pk__in=_nearest(asked, own, window))
    runs = Func(ArraySubquery(own[: window.limit]), function="unnest", output_field=UUIDField())
    order = F("run").desc() if window.after is None else F("run").asc()
    return asked.annotate(run=runs).order_by(order).values_list("run", flat=True)[: window.limit]


def _nearest(workflows: QuerySet[Workflow], own: QuerySet[Any, Any], window: Window) -> QuerySet[Any, Any]:
    """The workflows whose nearest run is nearest: no others can have any in the window."""
    nearest = F("nearest")
    order = nearest.desc(nulls_last=True) if window.after is None else nearest.asc(nulls_last=True)
    return workflows.annotate(nearest=Subquery(own[:1])).order_by(order).values("pk")[: window.limit]
