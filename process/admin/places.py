"""Where the parts of a version stand in the admin, and what its pages share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from process.domain.conditions import BadCondition
from process.domain.process import Process
from process.domain.validation import Finding, validate
from process.models import ProcessVersion
from process.queries.compiled import process_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with the page on which it is mended, and what is to be found there, in words."""

    finding: Finding
    url: str
    where: str


def findings_of(version: ProcessVersion) -> dict[str, Any]:
    """What is wrong with a version, for the panel that says so."""
    try:
        process = process_of(version)
    except BadCondition as error:
        return {"broken": str(error), "findings": []}
    return {"findings": placed(version, process, validate(process))}


def placed(version: ProcessVersion, process: Process, findings: Iterable[Finding]) -> list[Placed]:
    return [Placed(each, *_place(version, process, each.place)) for each in findings]


def _place(version: ProcessVersion, process: Process, place: str) -> tuple[str, str]:
    kind, _, key = place.partition(":")
    page = version_url(version.pk)
    if kind == "node" and key in process.nodes:
        return node_url(process.nodes[key].id), f"phase “{process.nodes[key].name}”"
    if kind == "section" and key in process.sections:
        return section_url(process.sections[key].id), f"section “{process.sections[key].name}”"
    if kind == "prompt" and (node := process.nodes.get(key.partition(".")[0])):
        return node_url(node.id), f"prompt “{key.partition('.')[2]}” of “{node.name}”"
    if kind == "edge":
        ends = (
            f"way “{node.name}” → “{process.nodes[edge.target].name}”"
            for node in process.nodes.values()
            for edge in node.edges
            if str(edge.id) == key
        )
        return f"{page}#edges-group", next(ends, "ways")
    return f"{page}#nodes-group", "phases"


def version_url(pk: UUID) -> str:
    return reverse("admin:process_processversion_change", args=[pk])


def node_url(pk: UUID) -> str:
    return reverse("admin:process_processnode_change", args=[pk])


def section_url(pk: UUID) -> str:
    return reverse("admin:process_processsection_change", args=[pk])


def version_context(
    admin: Any, request: HttpRequest, version: ProcessVersion, tab: str, title: str
) -> dict[str, Any]:
    """What every page about a whole version shows around itself."""
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "version": version,
        "tab": tab,
        "is_fullwidth": "1",
    }
