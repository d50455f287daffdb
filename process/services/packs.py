"""Putting the prompts of a pack into many phases of a draft at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.ids import new_id
from process.models import (
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    SectionPrompt,
)
from process.models.parts import KEY
from process.queries.packs import PlannedPhase, fingerprint, plan_pack
from process.services.authoring import begin_change
from process.services.parts import next_order


class PlanChanged(WrongState):
    """What would come now is not what was previewed."""

    code = "plan_changed"


@transaction.atomic
def apply_pack(
    user: User,
    version_id: UUID,
    pack_id: UUID,
    node_keys: Iterable[str],
    *,
    prefix: str = "",
    section_key: str = "",
    previewed: str | None = None,
) -> list[ProcessPrompt]:
    """Copies of the pack's prompts at the end of each of these phases; what is there already stays.

    ``prefix`` is put before the keys, for a phase that takes a pack more than once; with ``section_key`` they
    are asked in that section. ``previewed`` is the fingerprint of the plan that somebody looked at, if any.
    Raises NotFound, NotAllowed, Frozen, PlanChanged, and InvalidInput about ``nodes`` and ``prefix``.
    """
    version = begin_change(user, version_id)
    wanted = list(dict.fromkeys(node_keys))
    pack = usable_pack(version, pack_id)
    plan = check_plan(version, pack, wanted, prefix)
    section = _section(version, section_key) if section_key else None
    if previewed is not None and previewed != fingerprint(plan, section_key):
        raise PlanChanged("This is not what the preview showed. Look at what would come now, then apply it.")
    made = [prompt for phase in plan for prompt in _copies(phase)]
    ProcessPrompt.objects.bulk_create(made)
    if section is not None:
        first = next_order(section.section_prompts.all())
        SectionPrompt.objects.bulk_create(
            SectionPrompt(section=section, process_prompt=prompt, order_index=first + number)
            for number, prompt in enumerate(made)
        )
    record_audit(
        user,
        "process_pack.applied",
        version,
        after={"pack": pack.template_name, "phases": wanted, "prompts": len(made), "section": section_key},
    )
    return made


def usable_pack(version: ProcessVersion, pack_id: UUID) -> PromptPack:
    """Raises NotFound."""
    pack = PromptPack.objects.usable_in(version).filter(pk=pack_id).first()
    if pack is None:
        raise NotFound("There is no such pack, or none for this version.")
    return pack


def check_plan(
    version: ProcessVersion, pack: PromptPack, node_keys: Sequence[str], prefix: str
) -> list[PlannedPhase]:
    """What would come. Raises InvalidInput and NotFound."""
    if not node_keys:
        raise InvalidInput("Choose at least one phase.", fields={"nodes": ["Choose at least one."]})
    plan = plan_pack(version, pack, node_keys, prefix)
    unknown = set(node_keys) - {phase.node.node_key for phase in plan}
    if unknown:
        raise NotFound(f"This version has no phase “{min(unknown)}”.")
    keys = [each.key for phase in plan for each in phase.prompts]
    if prefix and not all(re.fullmatch(KEY, key) for key in keys):
        message = "Small letters, digits and _, beginning with a letter; with the key at most 100 characters."
        raise InvalidInput(f"The prefix does not do: {message}", fields={"prefix": [message]})
    return plan


def _section(version: ProcessVersion, key: str) -> ProcessSection:
    section = version.sections.filter(section_key=key).first()
    if section is None:
        raise NotFound(f"This version has no section “{key}”.")
    return section


def _copies(phase: PlannedPhase) -> Iterable[ProcessPrompt]:
    for number, each in enumerate(phase.coming, start=phase.first):
        yield ProcessPrompt(
            id=new_id(),
            process_node=phase.node,
            prompt_key=each.key,
            prompt_text=each.prompt.prompt_text,
            prompt_type=each.prompt.prompt_type,
            is_required=each.prompt.is_required,
            order_index=number,
        )
