"""What stands in the book of a session: its title page, the approved chapters, and answers on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, cast
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput, NotAllowed
from process.domain.answers import in_words
from process.domain.book import Book, Chapter, Photo, Said, SaidGroup, arranged, decoded
from process.domain.process import Process, Prompt
from process.domain.vocabulary import ResponseFormat, SynthesisType, Tier
from process.models import Answer, FollowUp, Session, SessionBook, SessionPhoto, Synthesis
from process.queries.compiled import process_of

WHOLE: Final = UUID(int=0)
"""Stands for the chapter that is of no section, but of all that was told."""
_TEXTS: Final = {ResponseFormat.TEXT, ResponseFormat.VOICE}


class Appendix(StrEnum):
    """Which answers stand in a book, in the person's own words."""

    NONE = "none"
    SHARED = "shared"
    ALL = "all"


@dataclass(frozen=True)
class BookPart:
    """A chapter that is approved, whether it stands in the book or not. ``id`` is its section's, or WHOLE."""

    id: UUID
    title: str
    text: str
    is_left_out: bool
    written_at: datetime

    @property
    def words(self) -> int:
        return len(self.text.split())


def title_page_of(session: Session) -> SessionBook:
    """The one that is stored, or a blank one that is not."""
    return cast(SessionBook | None, getattr(session, "book", None)) or SessionBook(session=session)


def parts_of(session: Session) -> list[BookPart]:
    """The newest approved text of each section, in the order of the book: one query."""
    page = title_page_of(session)
    rows = (
        Synthesis.objects.filter(session=session, user_approved=True)
        .exclude(synthesis_type=SynthesisType.CHECKPOINT.value)
        .select_related("section")
        .order_by("section_id", "-id")
        .distinct("section_id")
    )
    in_order = sorted(
        rows, key=lambda row: (row.section is None, row.section.order_index if row.section else 0)
    )
    return arranged((_part(row, page) for row in in_order), page.chapter_order)


def _part(row: Synthesis, page: SessionBook) -> BookPart:
    section = row.section
    part_id = section.pk if section else WHOLE
    title = row.title or (section.section_name if section else "") or "The whole story"
    return BookPart(part_id, title, opened(row.content), part_id in page.left_out, row.updated_at)


def photo_of(session: Session) -> SessionPhoto | None:
    return SessionPhoto.objects.filter(session=session).first()


def photo_data(photo: SessionPhoto) -> Photo:
    return Photo(decoded(opened(photo.content)), photo.width, photo.height)


def book_of(session: Session, *, appendix: Appendix = Appendix.NONE) -> Book:
    """The book as it is now. Who reads a session that was lent is to be given no appendix of ALL."""
    page, parts, photo = title_page_of(session), parts_of(session), photo_of(session)
    chapters = [part for part in parts if not part.is_left_out]
    moments = [session.started_at if page._state.adding else page.updated_at]
    moments += [part.written_at for part in chapters]
    groups = () if appendix is Appendix.NONE else tuple(said_in(session, private=appendix is Appendix.ALL))
    return Book(
        title=opened(page.title) or session.process_version.version_name,
        author=opened(page.author),
        dedication=opened(page.dedication),
        language=page.language,
        photo=photo_data(photo) if photo else None,
        chapters=tuple(Chapter(part.title, part.text) for part in chapters),
        appendix=groups,
        made_at=max(moments),
    )


def said_in(session: Session, *, private: bool) -> Iterator[SaidGroup]:
    """What the person wrote or spoke, by section, in the order of the process; no ticks, no choices."""
    process = process_of(session.process_version)
    answers = Answer.objects.filter(session=session)
    if not private:
        answers = answers.filter(tier__lt=Tier.PRIVATE.value)
    known = {row.prompt_id: row for row in answers}
    follow_ups = {row.answer_id: row for row in FollowUp.objects.filter(answer__in=known.values())}
    for title, prompts in groups_of(process):
        said = [
            each
            for prompt in prompts
            if prompt.id in known and prompt.format in _TEXTS
            for each in _said(prompt, known[prompt.id], follow_ups.get(known[prompt.id].pk))
        ]
        if said:
            yield SaidGroup(title, tuple(said))


def groups_of(process: Process) -> Iterator[tuple[str, Iterable[Prompt]]]:
    """The prompts of phases and of sections, with what they are called, in the order of the process."""
    for node in process.nodes.values():
        yield node.name, node.prompts
        for key in node.sections:
            yield process.sections[key].name, process.sections[key].prompts


def _said(prompt: Prompt, answer: Answer, follow_up: FollowUp | None) -> Iterator[Said]:
    text = in_words(prompt, answer.value)
    if text.strip():
        yield Said(prompt.text, text)
    if follow_up and (reply := opened(follow_up.reply)).strip():
        yield Said(opened(follow_up.question), reply)


def appendix_for(user: User, session: Session, wanted: str) -> Appendix:
    """Raises InvalidInput, and NotAllowed for private answers of a session that was lent."""
    if wanted not in set(Appendix):
        raise InvalidInput(f"Answers are one of {', '.join(Appendix)}.")
    if wanted == Appendix.ALL and session.user_id != user.pk:
        raise NotAllowed("Private answers are only for the person who gave them.")
    return Appendix(wanted)
