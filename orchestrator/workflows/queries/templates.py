"""Templates as the gallery and the API list them."""

from __future__ import annotations

from django.db.models import Count, F, QuerySet

from orchestrator.accounts.models import User
from orchestrator.workflows.models import WorkflowTemplate
from orchestrator.workflows.models.words import search_query
from orchestrator.workflows.queries.rows import Facet


def templates_for(user: User, *, search: str = "", category: str = "") -> QuerySet[WorkflowTemplate]:
    """Those that everybody sees, with their authors; to be ordered."""
    rows = WorkflowTemplate.objects.visible_to(user).select_related("author").defer("search_vector")
    if category:
        rows = rows.filter(category=category)
    return rows.filter(search_vector=search_query(search)) if search else rows


def template_categories(user: User) -> list[Facet]:
    """With how many templates each has."""
    rows = WorkflowTemplate.objects.visible_to(user).exclude(category="").order_by()
    counted = rows.values(value=F("category")).annotate(count=Count("pk")).order_by("value")[:100]
    return [Facet(row["value"], row["count"]) for row in counted]
