"""The tags of a person's own workflows, with how often each is used."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Count, F, Func, QuerySet

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow


def tags_of(user: User) -> QuerySet[Workflow, dict[str, Any]]:
    """Rows ``{"name", "count"}``, archived workflows included; to be ordered and limited."""
    unnested = Func(F("tags"), function="unnest", output_field=CharField())
    rows = Workflow.objects.filter(owner=user).order_by().annotate(tag_name=unnested)
    return rows.values(name_=F("tag_name")).annotate(count=Count("pk")).order_by("name_")
