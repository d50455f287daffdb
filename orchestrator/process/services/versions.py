"""Activating a version, putting packs into phases, and what a new version would mean for those under way."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.process.domain.validation import Finding, validate
from orchestrator.process.models import ProcessNode, ProcessPrompt, ProcessVersion, PromptPack
from orchestrator.process.queries.compiled import process_of
from orchestrator.process.queries.versions import find_version
from orchestrator.process.services.freezing import lock_draft
from orchestrator.process.services.interchange import require_author


class NotSound(InvalidInput):
    """The version has faults that somebody would run into."""

    code = "version_not_sound"

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            f"This version cannot be activated yet: {findings[0].message}",
            findings=[finding.as_json() for finding in findings],
        )


@transaction.atomic
def activate_version(user: User, version_id: UUID) -> ProcessVersion:
    """New sessions get this version; those under way keep theirs. Raises NotFound, NotAllowed, NotSound."""
    require_author(user)
    active = list(ProcessVersion.objects.select_for_update().filter(is_active=True))
    version = find_version(version_id, lock=True)
    if version.is_active:
        return version
    faults = [finding for finding in validate(process_of(version)) if finding.forbids]
    if faults:
        raise NotSound(faults)
    for before in active:
        before.is_active = False
        before.save(update_fields=["is_active"])
    version.is_active, version.frozen_at = True, version.frozen_at or utc_now()
    version.save(update_fields=["is_active", "frozen_at"])
    names = [before.version_name for before in active]
    record_audit(
        user,
        "process_version.activated",
        version,
        before={"active": names[0] if names else None},
        after={"active": version.version_name},
    )
    return version


@transaction.atomic
def apply_pack(
    user: User, version_id: UUID, pack_id: UUID, node_keys: Iterable[str], *, prefix: str = ""
) -> list[ProcessPrompt]:
    """Copies of the pack's prompts at the end of each of these phases; what is there already stays.

    ``prefix`` is put before the keys, for a phase that takes a pack more than once. Raises NotFound, Frozen.
    """
    require_author(user)
    version = lock_draft(version_id)
    pack = PromptPack.objects.usable_in(version).filter(pk=pack_id).first()
    if pack is None:
        raise NotFound("There is no such pack, or none for this version.")
    wanted = list(node_keys)
    nodes = list(ProcessNode.objects.filter(process_version=version, node_key__in=wanted))
    unknown = set(wanted) - {node.node_key for node in nodes}
    if unknown:
        raise NotFound(f"This version has no phase “{min(unknown)}”.")
    made = [prompt for node in nodes for prompt in _copies(pack, node, prefix)]
    ProcessPrompt.objects.bulk_create(made)
    record_audit(
        user,
        "process_pack.applied",
        version,
        after={"pack": pack.template_name, "phases": wanted, "prompts": len(made)},
    )
    return made


def _copies(pack: PromptPack, node: ProcessNode, prefix: str) -> Iterable[ProcessPrompt]:
    there = set(node.prompts.values_list("prompt_key", flat=True))
    last: int | None = node.prompts.aggregate(last=Max("order_index"))["last"]
    number = 0 if last is None else last + 1
    for prompt in pack.prompts.all():
        key = f"{prefix}_{prompt.prompt_key}" if prefix else prompt.prompt_key
        if key not in there:
            yield ProcessPrompt(
                process_node=node,
                prompt_key=key,
                prompt_text=prompt.prompt_text,
                prompt_type=prompt.prompt_type,
                is_required=prompt.is_required,
                order_index=number,
            )
            number += 1
