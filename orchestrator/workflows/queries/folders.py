"""A person's folders as a tree, with how much lies in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef

from orchestrator.workflows.models import Folder, Workflow, WorkflowStatus

MOST_COUNTED: Final = 100
"""Workflows of one folder that are counted; more are told as "99+"."""


@dataclass(slots=True)
class FolderNode:
    """A folder of the tree; ``count`` is of workflows in it and below, none of them archived."""

    id: UUID
    name: str
    path: str
    depth: int
    count: int
    children: list[FolderNode] = field(default_factory=list)

    @property
    def shown_count(self) -> str:
        return str(self.count) if self.count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def folder_tree(owner_id: UUID) -> list[FolderNode]:
    """The folders at the top, each with those in it. One query, however many there are."""
    inside = Workflow.objects.filter(folder=OuterRef("pk")).exclude(status=WorkflowStatus.ARCHIVED)
    some = ArraySubquery(inside.order_by().values("pk")[:MOST_COUNTED])
    count = Func(some, function="cardinality", output_field=IntegerField())
    rows = Folder.objects.filter(owner=owner_id).annotate(count=count).order_by("depth", "name")
    nodes: dict[UUID, FolderNode] = {}
    roots: list[FolderNode] = []
    for pk, parent, name, path, depth, number in rows.values_list(
        "pk", "parent", "name", "path", "depth", "count"
    ):
        nodes[pk] = FolderNode(pk, name, path, depth, number)
        (nodes[parent].children if parent else roots).append(nodes[pk])
    for node in reversed(nodes.values()):
        node.count = min(MOST_COUNTED, node.count + sum(child.count for child in node.children))
        node.children.sort(key=lambda child: child.name.casefold())
    return sorted(roots, key=lambda node: node.name.casefold())


def flat(tree: list[FolderNode]) -> Iterator[FolderNode]:
    """Every folder, each before those in it: the order in which a select lists them."""
    for node in tree:
        yield node
        yield from flat(node.children)
