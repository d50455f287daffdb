"""How prompts are laid out for people: one question a screen, a few together where they take one click."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from process.domain.process import Prompt
from process.domain.vocabulary import ResponseFormat

_TOGETHER: Final = 3
_QUICK: Final = {ResponseFormat.CHECKBOX, ResponseFormat.MULTI_SELECT}


def screens_of(prompts: Iterable[Prompt]) -> list[list[Prompt]]:
    """Every prompt once, in order."""
    screens: list[list[Prompt]] = []
    for prompt in prompts:
        last = screens[-1] if screens else []
        quick = prompt.format in _QUICK and all(each.format in _QUICK for each in last)
        if last and quick and len(last) < _TOGETHER:
            last.append(prompt)
        else:
            screens.append([prompt])
    return screens


def screen_with(screens: list[list[Prompt]], prompt: UUID | None) -> int | None:
    """The number of the screen that shows a prompt, or None."""
    return next((at for at, screen in enumerate(screens) if any(each.id == prompt for each in screen)), None)


def first_open(screens: list[list[Prompt]], answered: Collection[UUID]) -> int:
    """The first screen with something unanswered; the last if there is none, 0 if there are no screens."""
    for at, screen in enumerate(screens):
        if any(prompt.id not in answered for prompt in screen):
            return at
    return max(len(screens) - 1, 0)
