"""Workflows, their versions, and who may see and change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models.folder import Folder
from orchestrator.workflows.models.words import Words, search_query

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class WorkflowStatus(models.TextChoices):
    DRAFT = "draft", "Draft: never published"
    ACTIVE = "active", "Active: can be run"
    ARCHIVED = "archived", "Archived: kept, cannot be run"


class Access(models.TextChoices):
    """What a person may do with one workflow; each includes what stands below it."""

    OWNER = "owner", "Owner: everything, also sharing and deleting"
    EDITOR = "editor", "Editor: changes, publishes and runs it"
    VIEWER = "viewer", "Viewer: sees it and its runs"


class VersionStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that are shared with the person, public, or all of them for an admin."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        return self.filter(Q(is_public=True) | Q(pk__any_of=_ids(_permissions(user))))

    def seen_one_by_one(self, user: User) -> Self:
        """As ``visible_to``, for a few rows that are known: without finding all that the person may see."""
        if user.is_admin:
            return self
        return self.filter(Q(is_public=True) | Exists(_permissions(user).filter(workflow=OuterRef("pk"))))

    def granted_to(self, user: User) -> Self:
        """Those that were shared with the person, or are theirs; no others, even if they are public."""
        return self.filter(permissions__user=user)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        may_edit = _permissions(user).filter(access__in=[Access.OWNER, Access.EDITOR])
        return self.filter(pk__any_of=_ids(may_edit))

    def matching(self, text: str) -> Self:
        """Those that hold the words or their beginnings, with a ``rank``: higher is better."""
        query = search_query(text)
        return self.filter(search_vector=query).annotate(rank=SearchRank(F("search_vector"), query))


def _permissions(user: User) -> models.QuerySet[WorkflowPermission]:
    return WorkflowPermission.objects.filter(user=user)


def _ids(permissions: models.QuerySet[WorkflowPermission]) -> ArraySubquery:
    """Their workflows, found once: PostgreSQL then goes to these by index, however many others there are."""
    return ArraySubquery(permissions.values("workflow_id"))


class Workflow(models.Model):
    """A workflow as people know it. What it does stands in its versions."""

    id = IdField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_workflows", db_index=False)
    category = models.CharField(max_length=100, blank=True)
    folder = models.ForeignKey(
        Folder, null=True, blank=True, on_delete=models.RESTRICT, related_name="workflows", db_index=False
    )
    """Of its owner's; nobody else sees or changes where it lies."""
    tags = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    status = models.CharField(
        max_length=8, choices=WorkflowStatus.choices, default=WorkflowStatus.DRAFT.value
    )
    is_template = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    settings = JsonField(default=dict)
    estimated_minutes = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    last_edited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    node_titles = models.TextField(blank=True)
    """Of its newest graph, a line each: copied here to be found."""
    search_vector = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("name", weight="A", config="simple")
        + SearchVector(Words("tags"), "category", weight="B", config="simple")
        + SearchVector("description", weight="C", config="english")
        + SearchVector("node_titles", weight="D", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = WorkflowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="workflow_status_known", condition=Q(status__in=WorkflowStatus.values)
            ),
            models.CheckConstraint(name="workflow_has_a_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="workflow_by_update"),
            models.Index(fields=["-updated_at", "-id"], name="workflow_public", condition=Q(is_public=True)),
            models.Index(fields=["owner", "-updated_at"], name="workflow_by_owner"),
            models.Index(
                fields=["folder", "-updated_at"], name="workflow_by_folder", condition=Q(folder__isnull=False)
            ),
            models.Index(fields=["name", "status"], name="workflow_by_name"),
            GinIndex(fields=["tags"], name="workflow_tags"),
            GinIndex(fields=["search_vector"], name="workflow_search"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkflowPermission(models.Model):
    """What one person may do with one workflow. The owner has a row too, so that one question suffices."""

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="permissions")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="workflow_permissions", db_index=False
    )
    access = models.CharField(max_length=8, choices=Access.choices)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "workflow"], name="permission_once_per_person"),
            models.CheckConstraint(name="permission_access_known", condition=Q(access__in=Access.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.access} of {self.workflow_id}"


class WorkflowFavorite(models.Model):
    """A person's star on a workflow."""

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="favorites")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="favorite_workflows", db_index=False
    )
    created_at = models.DateTimeField(default=utc_now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "workflow"], name="favorite_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.workflow_id}"


class WorkflowVersion(models.Model):
    """A graph with a number. A draft may change; once published nothing of it does."""

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    status = models.CharField(max_length=9, choices=VersionStatus.choices, default=VersionStatus.DRAFT.value)
    is_current = models.BooleanField(default=False)
    nodes = JsonField(default=list)
    edges = JsonField(default=list)
    checksum = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    published_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    """Since when it is left out of the history and takes no new runs. Those that it had keep it."""

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["workflow"], name="version_one_draft", condition=Q(status="draft")
            ),
            models.UniqueConstraint(
                fields=["workflow"], name="version_one_current", condition=Q(is_current=True)
            ),
            models.CheckConstraint(
                name="version_published_has_time",
                condition=Q(status="published", published_at__isnull=False)
                | Q(status="draft", published_at__isnull=True, is_current=False),
            ),
            models.CheckConstraint(
                name="version_archived_is_past",
                condition=Q(archived_at__isnull=True) | Q(status="published", is_current=False),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def document(self) -> JsonObject:
        """The graph as one JSON object."""
        return {"nodes": self.nodes, "edges": self.edges}
