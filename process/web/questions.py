"""Prompts as a page shows and sends them: the question, what was said, and what was typed just now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import QueryDict

from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.services.speech import listener_for
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.json import Json
from process.domain.answers import MAX_LENGTH, in_words
from process.domain.process import Choice, Process, Prompt
from process.domain.vocabulary import ResponseFormat, Tier
from process.models import Answer, Recording
from process.queries.recordings import recordings_of
from process.services.answering import AnswerChanged
from process.services.journeys import answer_value
from process.services.screens import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One prompt with its answer, ready to be drawn. ``theirs`` is what another tab stored meanwhile."""

    prompt: Prompt
    value: Json = None
    private: bool = False
    revision: int = 0
    saved_at: datetime | None = None
    error: str = ""
    theirs: str | None = None
    recording: Recording | None = None
    listener: str = ""
    """Who would write a recording of this answer down; empty: nobody."""

    @property
    def is_text(self) -> bool:
        return self.prompt.format in (ResponseFormat.TEXT, ResponseFormat.VOICE)

    @property
    def is_voice(self) -> bool:
        return self.prompt.format is ResponseFormat.VOICE

    @property
    def limit(self) -> int:
        return self.prompt.max_length or MAX_LENGTH

    @property
    def most_seconds(self) -> int:
        return int(settings.VOICE_MAX_SECONDS)

    @property
    def is_tick(self) -> bool:
        return self.prompt.format is ResponseFormat.CHECKBOX

    @property
    def has_private_tick(self) -> bool:
        return has_private_tick(self.prompt)

    @property
    def choices(self) -> list[tuple[Choice, bool]]:
        chosen = self.value if isinstance(self.value, list) else []
        return [(choice, choice.value in chosen) for choice in self.prompt.choices]

    @property
    def hint(self) -> str:
        """How sensitive the answer is, in one line; nothing where it is not."""
        if self.prompt.tier is Tier.PRIVATE:
            return "Stays private: it is encrypted and never given to a machine that helps with writing."
        if self.prompt.sensitive:
            return "This may touch something tender. Leave it out if you like; nobody counts."
        return ""


def questions_of(
    person_id: UUID,
    prompts: Iterable[Prompt],
    answers: Mapping[UUID, Answer],
    typed: Mapping[UUID, Given] | None = None,
    errors: Mapping[UUID, DomainError] | None = None,
) -> list[Question]:
    """As they are stored; where something was typed that is not stored, that stands in the field."""
    asked = list(prompts)
    made = [
        _question(prompt, answers.get(prompt.id), (typed or {}).get(prompt.id), (errors or {}).get(prompt.id))
        for prompt in asked
    ]
    if not any(question.is_voice for question in made):
        return made
    voices, listener = recordings_of(answers.values()), _listener(person_id)
    return [
        replace(
            question,
            recording=voices.get(question.prompt.id),
            listener="" if question.prompt.tier is Tier.PRIVATE else listener,
        )
        for question in made
    ]


def _listener(person_id: UUID) -> str:
    """What the provider is called that writes recordings down for this person; empty without one."""
    found = listener_for(person_id)
    return PROVIDERS[found.provider].title if found else ""


def _question(
    prompt: Prompt, answer: Answer | None, typed: Given | None, error: DomainError | None
) -> Question:
    value = answer_value(answer) if answer else None
    shown = typed.value if typed and typed.value not in (None, "", []) else value
    changed = isinstance(error, AnswerChanged)
    return Question(
        prompt=prompt,
        value=shown,
        private=bool(answer and answer.is_private) if typed is None else bool(typed.private),
        revision=answer.revision if answer else 0,
        saved_at=answer.updated_at if answer else None,
        error=_words(error),
        theirs=in_words(prompt, value) if changed else None,
    )


def _words(error: DomainError | None) -> str:
    if error is None:
        return ""
    about = error.fields.get("value") if isinstance(error, InvalidInput) else None
    return " ".join(about) if about else error.message


def given_in(process: Process, form: QueryDict) -> list[Given]:
    """What a form says of the prompts that it shows. Raises InvalidInput for one that the process lacks."""
    return [_given(prompt, form) for prompt in shown_in(process, form)]


def shown_in(process: Process, form: QueryDict) -> list[Prompt]:
    """The prompts that a sent form showed."""
    try:
        return [process.prompts[UUID(name)] for name in form.getlist("prompt")]
    except (KeyError, ValueError) as error:
        raise InvalidInput("This process has no such prompt. Load the page again.") from error


def _given(prompt: Prompt, form: QueryDict) -> Given:
    name = f"value-{prompt.id}"
    value: Json
    match prompt.format:
        case ResponseFormat.CHECKBOX:
            value = name in form
        case ResponseFormat.MULTI_SELECT:
            value = [str(each) for each in form.getlist(name)]
        case ResponseFormat.TEXT | ResponseFormat.VOICE:
            value = form.get(name, "")
    seen = number_in(form, f"seen-{prompt.id}")
    private = f"private-{prompt.id}" in form if has_private_tick(prompt) else None
    return Given(prompt.id, value, private, seen or 0)


def has_private_tick(prompt: Prompt) -> bool:
    """Not where the answer is private anyway, and not for a mere tick."""
    return prompt.tier < Tier.PRIVATE and prompt.format is not ResponseFormat.CHECKBOX


def number_in(form: QueryDict, name: str) -> int | None:
    """A number that the page carries. Raises InvalidInput for what is none."""
    text = form.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput("The page sent something unreadable. Load it again.")
    return int(text) if text else None
