"""What is asked in a phase: prompts, packs of them, and the sections in which they are asked."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField, JsonField
from process.domain.vocabulary import ResponseFormat, ScopeType, Tier
from process.models.definition import ProcessNode, ProcessVersion
from process.models.parts import (
    KEY,
    Conditional,
    check_key,
    choices_of,
    is_list_of,
    refuse_unless,
)


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
        max_length=50, default=ResponseFormat.TEXT.value, choices=choices_of(ResponseFormat)
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
        check_key(self, "prompt_key")
        refuse_unless(is_list_of(self.choices, "value"), "choices", "A list of objects with a value each.")


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
        check_key(self, "prompt_key")


class ProcessSection(models.Model):
    """A lane of the narrative that people work on, with what opens it."""

    id = IdField()
    process_version = models.ForeignKey(ProcessVersion, on_delete=models.CASCADE, related_name="sections")
    section_key = models.CharField(max_length=100)
    section_name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    order_index = models.PositiveIntegerField(default=0)
    is_core = models.BooleanField(default=True)
    requires_scope = models.CharField(max_length=50, blank=True, choices=choices_of(ScopeType))
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
        check_key(self, "section_key")
        refuse_unless(
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
