"""What may stand in an answer to a prompt, and what the answer then is."""

from __future__ import annotations

from typing import Final

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from process.domain.process import Prompt
from process.domain.vocabulary import ResponseFormat

MAX_LENGTH: Final = 20_000
"""Characters of a text where the prompt sets no limit of its own."""


def check_answer(prompt: Prompt, value: Json) -> Json:
    """The answer as it is stored: a text, true or false, or the values of the choices in their order.

    None for a blank, which never takes the place of an answer. Raises InvalidInput about ``value``.
    """
    if is_blank(value):
        return None
    match prompt.format:
        case ResponseFormat.CHECKBOX:
            return _ticked(prompt, value)
        case ResponseFormat.MULTI_SELECT:
            return _chosen(prompt, value)
        case ResponseFormat.TEXT | ResponseFormat.VOICE:
            return _text(prompt, value)


def is_blank(value: Json) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _text(prompt: Prompt, value: Json) -> str:
    if not isinstance(value, str):
        raise _refused("This prompt wants a text.")
    text = value.replace("\r\n", "\n")
    if "\0" in text:
        raise _refused("The text holds a NUL character (U+0000), which cannot be stored.")
    limit = prompt.max_length or MAX_LENGTH
    if len(text) > limit:
        raise _refused(
            f"The answer has {len(text):,} characters; {limit:,} fit. Shorten it by {len(text) - limit:,}."
        )
    return text


def _ticked(prompt: Prompt, value: Json) -> bool:
    if not isinstance(value, bool):
        raise _refused("This prompt wants true or false.")
    if prompt.required and not value:
        raise _refused("Tick this to go on.")
    return value


def _chosen(prompt: Prompt, value: Json) -> list[Json]:
    wanted = value if isinstance(value, list) else [value]
    offered = [choice.value for choice in prompt.choices]
    unknown = [each for each in wanted if each not in offered]
    if unknown:
        raise _refused(f"“{str(unknown[0])[:80]}” is not one of the choices: {', '.join(offered)}.")
    return [each for each in offered if each in wanted]


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"value": [message]})


def in_words(prompt: Prompt, value: Json) -> str:
    """An answer as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(choice.label for choice in prompt.choices if choice.value in value)
    return str(value or "")
