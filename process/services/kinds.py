"""The kinds of phases that the product knows, kept in their table."""

from __future__ import annotations

from typing import Final

from process.domain.vocabulary import Behavior
from process.models import NodeType

_KINDS: Final = {
    Behavior.INFORMATIONAL: ("Tells something; nothing is asked.", False, False, False),
    Behavior.FORK: ("A choice that decides which way to go.", True, False, False),
    Behavior.DATA_COLLECTION: ("Asks prompts one after the other.", True, False, False),
    Behavior.ITERATIVE: ("Sections to be worked on in any order, as often as wanted.", True, False, True),
    Behavior.SYNTHESIS: ("What was said is put together and given back.", True, True, True),
}
"""Of each: what it is, whether it asks something, may be left out, may be come back to."""


def store_node_types() -> None:
    """Add those that are missing; what staff changed in the others stays. May come twice."""
    NodeType.objects.bulk_create(
        [
            NodeType(
                type_name=kind.value,
                description=description,
                requires_user_input=asks,
                can_skip=skips,
                is_repeatable=repeats,
            )
            for kind, (description, asks, skips, repeats) in _KINDS.items()
        ],
        ignore_conflicts=True,
    )
