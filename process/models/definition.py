"""What staff author: versions of the process, their phases, and the ways between them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from process.domain.vocabulary import (
    Behavior,
    Form,
)
from process.models.parts import (
    KEY,
    Conditional,
    check_key,
    choices_of,
    is_list_of,
    refuse_unless,
)


class VersionQuerySet(models.QuerySet["ProcessVersion"]):
    def active(self) -> ProcessVersion | None:
        """The version that new sessions get."""
        return self.filter(is_active=True).first()


class ProcessVersion(models.Model):
    """A whole process flow. Sessions stay with the version they began with, so the first freezes it.

    ``revision`` rises with every change of anything in the version: what is compiled from it is kept by it.
    """

    id = IdField()
    version_name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    is_active = models.BooleanField(default=False)
    profile_flags = JsonField(
        default=list,
        blank=True,
        help_text="What the profile asks besides the usual: key, label and help of each.",
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)
    cloned_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="clones", editable=False
    )
    created_at = models.DateTimeField(default=utc_now, editable=False)
    updated_at = models.DateTimeField(default=utc_now, editable=False)
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        db_table = "process_version"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(F("is_active"), condition=Q(is_active=True), name="process_one_active"),
            models.CheckConstraint(name="process_version_named", condition=~Q(version_name="")),
            models.CheckConstraint(
                name="process_active_is_frozen", condition=Q(is_active=False) | Q(frozen_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.version_name

    def clean(self) -> None:
        refuse_unless(
            is_list_of(self.profile_flags, "key", "label"),
            "profile_flags",
            "A list of objects with a key and a label each.",
        )

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class Commitment(models.Model):
    """A principle that the process holds to, shown to people at its beginning."""

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="commitments")
    order_index = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    description = models.TextField()
    created_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_commitment"
        ordering = ["order_index", "id"]

    def __str__(self) -> str:
        return self.title


class NodeType(models.Model):
    """How phases of a kind behave."""

    id = IdField()
    type_name = models.CharField(max_length=50, unique=True, choices=choices_of(Behavior))
    description = models.TextField(blank=True)
    requires_user_input = models.BooleanField(default=True)
    can_skip = models.BooleanField(default=False)
    is_repeatable = models.BooleanField(default=False)

    class Meta:
        db_table = "process_node_type"
        ordering = ["type_name"]

    def __str__(self) -> str:
        return self.type_name.replace("_", " ")


class ProcessNode(models.Model):
    """One phase of the flow. The first by ``order_index`` is where people start.

    ``x`` and ``y`` are its place in the graph view; without them the picture arranges it by itself.
    """

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="nodes")
    node_type = models.ForeignKey(NodeType, on_delete=models.PROTECT, related_name="nodes")
    node_key = models.CharField(max_length=100)
    node_name = models.CharField(max_length=200)
    order_index = models.PositiveIntegerField(default=0)
    purpose = models.TextField()
    outcome = models.TextField(blank=True)
    user_facing_text = models.TextField(blank=True)
    form = models.CharField(max_length=16, blank=True, choices=choices_of(Form))
    is_optional = models.BooleanField(default=False)
    requires_completion = models.BooleanField(default=True)
    agent_objective = models.TextField(blank=True)
    agent_constraints = models.TextField(blank=True)
    x = models.FloatField(null=True, blank=True, editable=False)
    y = models.FloatField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=utc_now, editable=False)
    updated_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_node"
        ordering = ["order_index", "id"]
        indexes = [models.Index(fields=["process_version", "order_index"], name="process_node_order")]
        constraints = [
            models.UniqueConstraint(fields=["process_version", "node_key"], name="process_node_key_once"),
            models.CheckConstraint(name="process_node_key", condition=Q(node_key__regex=KEY)),
            models.CheckConstraint(
                name="process_node_place",
                condition=Q(x__isnull=True, y__isnull=True) | Q(x__isnull=False, y__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.node_name

    def clean(self) -> None:
        check_key(self, "node_key")


class FlowEdge(Conditional):
    """A way from one phase to another. Ways from the same phase are tried in their order."""

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="edges")
    from_node = models.ForeignKey(ProcessNode, on_delete=models.CASCADE, related_name="outgoing")
    to_node = models.ForeignKey(ProcessNode, on_delete=models.CASCADE, related_name="incoming")
    order_index = models.PositiveIntegerField(default=0)
    edge_label = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_flow_edge"
        ordering = ["order_index", "id"]

    def __str__(self) -> str:
        return self.edge_label or f"way {self.order_index}"
