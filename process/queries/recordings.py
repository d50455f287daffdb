"""Recordings without their sound, which some pages show by the dozen; and the sound of one."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from orchestrator.core.errors import NotFound
from process.models import Answer, Recording, Session


def recordings_of(answers: Iterable[Answer]) -> dict[UUID, Recording]:
    """By prompt: one query, and no sound."""
    prompts = {answer.pk: answer.prompt_id for answer in answers}
    return {prompts[row.answer_id]: row for row in silent().filter(answer__in=list(prompts))}


def silent() -> QuerySet[Recording]:
    return Recording.objects.defer("audio", "transcript")


def find_recording(session: Session, prompt_id: UUID, *, with_sound: bool = False) -> Recording:
    """Raises NotFound."""
    rows = Recording.objects.all() if with_sound else Recording.objects.defer("audio")
    row = rows.select_related("answer").filter(answer__session=session, answer__prompt=prompt_id).first()
    if row is None:
        raise NotFound("Nothing was recorded for this prompt.")
    return row
