"""What putting a pack into phases would bring: the plan that a preview shows and the service carries out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Max

from orchestrator.core import json
from process.models import PackPrompt, ProcessNode, ProcessPrompt, ProcessVersion, PromptPack


@dataclass(frozen=True, slots=True)
class Planned:
    """A prompt of the pack in one phase. What is there already under its key stays; this does not come."""

    key: str
    prompt: PackPrompt
    collides: bool


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    node: ProcessNode
    prompts: list[Planned]
    first: int
    """The ``order_index`` of the first that comes: after all that are there."""

    @property
    def coming(self) -> list[Planned]:
        return [each for each in self.prompts if not each.collides]

    @property
    def staying(self) -> list[Planned]:
        return [each for each in self.prompts if each.collides]


def plan_pack(
    version: ProcessVersion, pack: PromptPack, node_keys: Collection[str], prefix: str = ""
) -> list[PlannedPhase]:
    """For those phases that the version has, in its order: four queries, however many there are."""
    nodes = list(ProcessNode.objects.filter(process_version=version, node_key__in=node_keys))
    prompts = list(pack.prompts.all())
    rows = ProcessPrompt.objects.filter(process_node__in=nodes)
    there = set(rows.values_list("process_node_id", "prompt_key"))
    last = rows.order_by().values("process_node_id").annotate(last=Max("order_index"))
    ends = {row["process_node_id"]: row["last"] + 1 for row in last}
    keys = [(f"{prefix}_{each.prompt_key}" if prefix else each.prompt_key, each) for each in prompts]
    return [
        PlannedPhase(
            node,
            [Planned(key, prompt, (node.pk, key) in there) for key, prompt in keys],
            ends.get(node.pk, 0),
        )
        for node in nodes
    ]


def fingerprint(plan: Sequence[PlannedPhase], section_key: str) -> str:
    """The same for the same plan only: what was previewed is what is carried out, or it is refused."""
    told: json.Json = [
        section_key,
        [[phase.node.node_key, phase.first, [_told(each) for each in phase.prompts]] for phase in plan],
    ]
    return hashlib.sha256(json.dumps(told)).hexdigest()


def _told(each: Planned) -> json.Json:
    prompt = each.prompt
    return [each.key, each.collides, prompt.prompt_text, prompt.prompt_type, prompt.is_required]
