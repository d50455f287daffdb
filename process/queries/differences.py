"""What differs between two versions, with what pages about it need: counts, and where the parts stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from process.domain.comparing import Change, Difference, compare
from process.models import ProcessNode, ProcessSection, ProcessVersion
from process.queries.exported import export_version


def differences(before: ProcessVersion, after: ProcessVersion) -> list[Difference]:
    """From ``before`` to ``after``, part by part."""
    return compare(export_version(before), export_version(after))


def counts(found: list[Difference]) -> dict[str, Counter[str]]:
    """By kind of part, how many were added, removed and changed."""
    numbers: dict[str, Counter[str]] = {}
    for each in found:
        numbers.setdefault(each.kind, Counter())[each.change.value] += 1
    return numbers


def usual_other(version: ProcessVersion) -> ProcessVersion | None:
    """What a version is compared with unless said otherwise: its source, else the active, else the last."""
    if version.cloned_from is not None:
        return version.cloned_from
    others = ProcessVersion.objects.exclude(pk=version.pk)
    return others.filter(is_active=True).first() or others.order_by("-id").first()


@dataclass(frozen=True, slots=True)
class Parts:
    """The ids of a version's parts by their keys, for links to them."""

    version: UUID
    nodes: dict[str, UUID]
    sections: dict[str, UUID]

    @classmethod
    def of(cls, version: ProcessVersion) -> Parts:
        nodes = ProcessNode.objects.filter(process_version=version).values_list("node_key", "pk")
        sections = ProcessSection.objects.filter(process_version=version).values_list("section_key", "pk")
        return cls(version.pk, dict(nodes), dict(sections))


def side_of(difference: Difference) -> int:
    """In which of the two versions the part is to be found: 0 is the older, 1 the newer."""
    return 0 if difference.change is Change.REMOVED else 1
