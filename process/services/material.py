"""A session's answers as what may, and may not, be given to a helper."""

from __future__ import annotations

from process.domain.answers import in_words
from process.domain.asking import visible
from process.domain.material import Material, Told, gather, is_private, is_text
from process.domain.vocabulary import ResponseFormat
from process.models import Answer, FollowUp
from process.services.journeys import Place, answer_value, opened


def told_in(place: Place) -> list[Told]:
    """Everything that the person said, in words: two queries."""
    further = FollowUp.objects.filter(answer__session=place.session, dismissed_at__isnull=True)
    by_answer = {row.answer_id: row for row in further}
    rows = Answer.objects.filter(session=place.session)
    return [
        _told(place, row, by_answer.get(row.pk)) for row in rows if row.prompt_id in place.process.prompts
    ]


def told_of(place: Place, answer: Answer) -> Told:
    """One answer by itself."""
    return _told(place, answer, FollowUp.objects.filter(answer=answer, dismissed_at__isnull=True).first())


def material_of(place: Place, *, section: str = "") -> Material:
    """What may be given away now: of a section, or of everything."""
    return gather(place.process, place.journey, told_in(place), section=section)


def may_be_asked_further(place: Place, told: Told) -> bool:
    """Whether a helper may see this answer and something could be asked about it."""
    if not is_text(told.prompt) or told.prompt.format is ResponseFormat.MULTI_SELECT or is_private(told):
        return False
    return bool(told.text.strip()) and bool(visible(place.process, place.journey, (told.prompt,)))


def _told(place: Place, answer: Answer, further: FollowUp | None) -> Told:
    prompt = place.process.prompts[answer.prompt_id]
    reply = opened(further.reply) if further else ""
    return Told(
        id=answer.pk,
        prompt=prompt,
        text=in_words(prompt, answer_value(answer)),
        tier=answer.tier,
        private=answer.is_private,
        question=opened(further.question) if further else "",
        reply=reply,
    )
