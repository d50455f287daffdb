"""How a person finds a pattern, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json

MOST_STEPS: Final = 30
_LONGEST: Final = 2_000


def clean_steps(steps: Sequence[Json]) -> list[Json]:
    """The steps without blank ones. Raises InvalidInput about ``identification_steps``."""
    texts: list[Json] = []
    for each in steps:
        if not isinstance(each, str):
            _refuse("Each step is a text.")
        if text := each.strip():
            texts.append(text)
            if len(text) > _LONGEST:
                _refuse(f"A step has at most {_LONGEST:,} characters.")
    if len(texts) > MOST_STEPS:
        _refuse(f"At most {MOST_STEPS} steps.")
    return texts


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, fields={"identification_steps": [message]})
