"""What the library keeps beside workflows: what was opened, templates, views with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models.words import Words
from orchestrator.workflows.models.workflow import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WorkflowVisit(models.Model):
    """When a person last opened a workflow."""

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    opened_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "workflow"], name="visit_once_per_person")]
        indexes = [models.Index(fields=["user", "-opened_at"], name="visit_by_time")]

    def __str__(self) -> str:
        return f"{self.user_id} opened {self.workflow_id}"


class SavedView(models.Model):
    """Filters of the library that a person gave a name."""

    id = IdField()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    """As it stands in the address, without the question mark."""
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(F("owner"), Lower("name"), name="saved_view_name_once"),
            models.CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateQuerySet(models.QuerySet["WorkflowTemplate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All, for whoever is logged in: that is what publishing one means."""
        return self.all() if isinstance(user, User) else self.none()


class WorkflowTemplate(models.Model):
    """A graph to begin with, for everybody: what a workflow was like when it was published as a template.

    A copy, so that nobody sees the workflow itself, its runs or its later versions by it. Those without
    a workflow are the examples that come with the product, named by ``builtin``.
    """

    id = IdField()
    workflow = models.OneToOneField(Workflow, null=True, on_delete=models.CASCADE, related_name="template")
    builtin = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=100, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    version_number = models.PositiveIntegerField(default=1)
    nodes = JsonField(default=list)
    edges = JsonField(default=list)
    settings = JsonField(default=dict)
    checksum = models.CharField(max_length=64)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    search_vector = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("name", weight="A", config="simple")
        + SearchVector(Words("tags"), "category", weight="B", config="simple")
        + SearchVector("description", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["builtin"], name="template_builtin_once", condition=~Q(builtin="")
            ),
            models.CheckConstraint(
                name="template_has_an_origin", condition=Q(workflow__isnull=True) ^ Q(builtin="")
            ),
            models.CheckConstraint(name="template_has_a_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="template_by_name"),
            models.Index(fields=["category", "name"], name="template_by_category"),
            GinIndex(fields=["search_vector"], name="template_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def document(self) -> JsonObject:
        """The graph as one JSON object."""
        return {"nodes": self.nodes, "edges": self.edges}
