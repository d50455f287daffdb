"""The tags of a person's own workflows, with how often each is used."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Count, F, Func, QuerySet

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow


def tags_of(user: User) -> QuerySet[Any, Any]:
    """Rows ``{"name_", "count"}`` by name, archived workflows included."""
    unnested = Func(F("tags"), function="unnest", output_field=CharField())
    rows = Workflow.objects.filter(owner=user).order_by().annotate(tag_name=unnested)
    return rows.values(name_=F("tag_name")).annotate(count=Count("pk")).order_by("name_")
