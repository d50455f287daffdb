"""What staff author: versions of the process, their phases, ways, prompts, packs and sections."""

from __future__ import annotations

import re
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from orchestrator.core.json import Json
from orchestrator.process.domain.conditions import BadCondition, compile_condition
from orchestrator.process.domain.vocabulary import (
    Behavior,
    ConditionType,
    Form,
    ResponseFormat,
    ScopeType,
    Tier,
)

KEY = r"^[a-z][a-z0-9_]{0,99}$"
_CONDITIONS = [(each.value, each.value.replace("_", " ").capitalize()) for each in ConditionType]


def _choices(kind: type[Behavior | Form | ResponseFormat | ScopeType]) -> list[tuple[str, str]]:
    return [(each.value, each.value.replace("_", " ").capitalize()) for each in kind if each.value]


def _is_list_of(value: object, *keys: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(key), str) for key in keys) for each in value
    )


def _refuse_unless(right: bool, field: str, wanted: str) -> None:
    if not right:
        raise ValidationError({field: wanted})


def _check_key(row: models.Model, field: str) -> None:
    right = re.fullmatch(KEY, getattr(row, field) or "") is not None
    _refuse_unless(right, field, "Small letters, digits and _, beginning with a letter.")


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
        _refuse_unless(
            _is_list_of(self.profile_flags, "key", "label"),
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
    type_name = models.CharField(max_length=50, unique=True, choices=_choices(Behavior))
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
    """One phase of the flow. The first by ``order_index`` is where people start."""

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="nodes")
    node_type = models.ForeignKey(NodeType, on_delete=models.PROTECT, related_name="nodes")
    node_key = models.CharField(max_length=100)
    node_name = models.CharField(max_length=200)
    order_index = models.PositiveIntegerField(default=0)
    purpose = models.TextField()
    outcome = models.TextField(blank=True)
    user_facing_text = models.TextField(blank=True)
    form = models.CharField(max_length=16, blank=True, choices=_choices(Form))
    is_optional = models.BooleanField(default=False)
    requires_completion = models.BooleanField(default=True)
    agent_objective = models.TextField(blank=True)
    agent_constraints = models.TextField(blank=True)
    x = models.FloatField(default=0, editable=False)
    y = models.FloatField(default=0, editable=False)
    created_at = models.DateTimeField(default=utc_now, editable=False)
    updated_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_node"
        ordering = ["order_index", "id"]
        indexes = [models.Index(fields=["process_version", "order_index"], name="process_node_order")]
        constraints = [
            models.UniqueConstraint(fields=["process_version", "node_key"], name="process_node_key_once"),
            models.CheckConstraint(name="process_node_key", condition=Q(node_key__regex=KEY)),
        ]

    def __str__(self) -> str:
        return self.node_name

    def clean(self) -> None:
        _check_key(self, "node_key")


class Conditional(models.Model):
    """A condition as authors write it: a kind, and a value for it. See ``domain/conditions.py``."""

    condition_type = models.CharField(max_length=50, blank=True, choices=_CONDITIONS)
    condition_value: models.Field[Json, Json] = JsonField(null=True, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        try:
            compile_condition(self.condition_type, self.condition_value)
        except BadCondition as error:
            raise ValidationError({"condition_value": str(error)}) from error


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


class ProcessPrompt(Conditional):
    """One question of a phase."""

    id = IdField()
    process_node = models.ForeignKey(ProcessNode, on_delete=models.CASCADE, related_name="prompts")
    prompt_key = models.CharField(max_length=100)
    prompt_text = models.TextField()
    prompt_type = models.CharField(max_length=50, blank=True)
    order_index = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(default=False)
    sensitivity_tier = models.PositiveSmallIntegerField(
        default=Tier.SAFE.value, choices=[(1, "1: safe"), (2, "2: optional"), (3, "3: private")]
    )
    response_format = models.CharField(
        max_length=50, default=ResponseFormat.TEXT.value, choices=_choices(ResponseFormat)
    )
    choices = JsonField(default=list, blank=True, help_text="For multi select: value and label of each.")
    max_length = models.PositiveIntegerField(null=True, blank=True)
    example_response = models.TextField(blank=True)
    created_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_prompt"
        ordering = ["order_index", "id"]
        indexes = [models.Index(fields=["process_node", "order_index"], name="process_prompt_order")]
        constraints = [
            models.UniqueConstraint(fields=["process_node", "prompt_key"], name="process_prompt_key_once"),
            models.CheckConstraint(name="process_prompt_key", condition=Q(prompt_key__regex=KEY)),
            models.CheckConstraint(name="process_prompt_tier", condition=Q(sensitivity_tier__in=[1, 2, 3])),
            models.CheckConstraint(
                name="process_prompt_tier_is_sensitive",
                condition=Q(is_sensitive=True) | Q(sensitivity_tier=1),
            ),
            models.CheckConstraint(
                name="process_prompt_format",
                condition=Q(response_format__in=["text", "voice", "checkbox", "multi_select"]),
            ),
            models.CheckConstraint(
                name="process_prompt_length", condition=Q(max_length__isnull=True) | Q(max_length__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.prompt_text[:80]

    def clean(self) -> None:
        super().clean()
        _check_key(self, "prompt_key")
        _refuse_unless(_is_list_of(self.choices, "value"), "choices", "A list of objects with a value each.")


class PackQuerySet(models.QuerySet["PromptPack"]):
    def usable_in(self, version: ProcessVersion) -> Self:
        return self.filter(Q(is_global=True) | Q(process_version=version))


class PromptPack(models.Model):
    """A sequence of prompts to be put into many phases. One that is not global belongs to a version."""

    id = IdField()
    template_name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    is_global = models.BooleanField(default=True)
    process_version = models.ForeignKey(
        ProcessVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="packs"
    )
    created_at = models.DateTimeField(default=utc_now, editable=False)

    objects = PackQuerySet.as_manager()

    class Meta:
        db_table = "process_prompt_pack"
        ordering = ["template_name"]
        constraints = [
            models.CheckConstraint(
                name="process_pack_place",
                condition=Q(is_global=True, process_version__isnull=True)
                | Q(is_global=False, process_version__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.template_name


class PackPrompt(models.Model):
    """A prompt of a pack."""

    id = IdField()
    prompt_pack = models.ForeignKey(PromptPack, on_delete=models.CASCADE, related_name="prompts")
    prompt_key = models.CharField(max_length=100)
    prompt_text = models.TextField()
    prompt_type = models.CharField(max_length=50, blank=True)
    order_index = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(default=False)

    class Meta:
        db_table = "process_prompt_pack_prompt"
        ordering = ["order_index", "id"]
        constraints = [
            models.UniqueConstraint(fields=["prompt_pack", "prompt_key"], name="process_pack_key_once"),
            models.CheckConstraint(name="process_pack_prompt_key", condition=Q(prompt_key__regex=KEY)),
        ]

    def __str__(self) -> str:
        return self.prompt_text[:80]

    def clean(self) -> None:
        _check_key(self, "prompt_key")


class ProcessSection(models.Model):
    """A lane of the narrative that people work on, with what opens it."""

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="sections")
    section_key = models.CharField(max_length=100)
    section_name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    order_index = models.PositiveIntegerField(default=0)
    is_core = models.BooleanField(default=True)
    requires_scope = models.CharField(max_length=50, blank=True, choices=_choices(ScopeType))
    requires_profile_flags = JsonField(default=dict, blank=True)
    unlock_after_section = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="opens"
    )
    minimum_prompts_required = models.PositiveIntegerField(
        default=0,
        help_text="Answers wanted before it opens: in the section before it, else in any.",
    )
    created_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_section"
        ordering = ["order_index", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["process_version", "section_key"], name="process_section_key_once"
            ),
            models.CheckConstraint(name="process_section_key", condition=Q(section_key__regex=KEY)),
            models.CheckConstraint(
                name="process_section_not_after_itself", condition=~Q(unlock_after_section=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return self.section_name

    def clean(self) -> None:
        _check_key(self, "section_key")
        _refuse_unless(
            isinstance(self.requires_profile_flags, dict),
            "requires_profile_flags",
            "An object: for each flag, whether it is true.",
        )


class SectionPrompt(models.Model):
    """A prompt that is asked in a section."""

    id = IdField()
    section = models.ForeignKey(ProcessSection, on_delete=models.CASCADE, related_name="section_prompts")
    process_prompt = models.ForeignKey(ProcessPrompt, on_delete=models.CASCADE, related_name="asked_in")
    order_index = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        db_table = "process_section_prompt"
        ordering = ["order_index", "id"]
        constraints = [
            models.UniqueConstraint(fields=["section", "process_prompt"], name="process_section_prompt_once")
        ]

    def __str__(self) -> str:
        return f"{self.section_id}:{self.process_prompt_id}"
