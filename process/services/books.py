"""The title page of a session's book, its photo, and which chapters stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, TooLarge
from process.domain.book import LANGUAGES, Book, encoded, texts_of
from process.domain.process import Process
from process.models import SessionBook, SessionPhoto
from process.output.docx import book_as_docx
from process.output.markdown import book_as_markdown
from process.output.pdf import book_as_pdf
from process.output.photos import BadPhoto, prepare_photo
from process.queries.book import WHOLE, parts_of
from process.queries.compiled import process_of
from process.queries.sessions import own_session
from process.services.journeys import lock_row

LENGTHS: Final = {"title": 200, "author": 120, "dedication": 2_000}
MOST_CHARACTERS: Final = 4_000_000
"""Of a book that is written as a file: some 700,000 words."""
FORMATS: Final = {
    "md": ("Markdown", "text/markdown; charset=utf-8", book_as_markdown),
    "docx": (
        "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        book_as_docx,
    ),
    "pdf": ("PDF", "application/pdf", book_as_pdf),
}
"""By the end of the file's name: what people call it, its type, and what writes it."""


@transaction.atomic
def save_book(user: User, session_id: UUID, **given: Any) -> SessionBook:
    """Change what is given of ``title, author, dedication, language, chapter_order, left_out``.

    Raises NotFound, NotAllowed, and InvalidInput by the names of the fields.
    """
    session = lock_row(user, session_id)
    page = SessionBook.objects.filter(session=session).first() or SessionBook(session=session)
    errors = _faults(given) | _unknown(process_of(session.process_version), given)
    if errors:
        raise InvalidInput("The title page is not right.", fields=errors)
    for name, value in given.items():
        setattr(page, name, value.strip().replace("\r\n", "\n") if name in LENGTHS else value)
    page.updated_at = utc_now()
    page.save()
    return page


def _faults(given: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in LENGTHS.keys() & given.keys():
        text = given[name]
        if len(text) > LENGTHS[name]:
            errors[name] = [f"At most {LENGTHS[name]:,} characters; these are {len(text):,}."]
        elif "\x00" in text:
            errors[name] = ["There is a character in it that cannot be kept."]
    if given.get("language", "en") not in LANGUAGES:
        errors["language"] = ["Choose one of the languages."]
    return errors


def _unknown(process: Process, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Complaints about chapters that this process cannot have, and about those that are named twice."""
    known = {section.id for section in process.sections.values()} | {WHOLE}
    return {
        name: ["Name chapters of this book, each once."]
        for name in {"chapter_order", "left_out"} & given.keys()
        if not known.issuperset(given[name]) or len(set(given[name])) != len(given[name])
    }


@transaction.atomic
def move_chapter(user: User, session_id: UUID, chapter: UUID, *, by: int) -> SessionBook:
    """Put a chapter so many places further down, or up. Raises NotFound and NotAllowed."""
    session = lock_row(user, session_id)
    order = [part.id for part in parts_of(session)]
    if chapter not in order:
        raise NotFound("There is no such chapter in this book.")
    place = order.index(chapter)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    return save_book(user, session_id, chapter_order=order)


def set_photo(user: User, session_id: UUID, data: bytes) -> SessionPhoto:
    """Take a photo, encoded anew, for the one before. Raises NotFound, NotAllowed, InvalidInput."""
    own_session(user, session_id)
    try:
        photo = prepare_photo(data)  # takes a while, so before anything is locked
    except BadPhoto as error:
        raise InvalidInput(str(error), fields={"photo": [str(error)]}) from error
    with transaction.atomic():
        session = lock_row(user, session_id)
        stored, _ = SessionPhoto.objects.update_or_create(
            session=session,
            defaults={
                "content": encoded(photo.data),
                "media_type": "image/jpeg",
                "width": photo.width,
                "height": photo.height,
                "created_at": utc_now(),
            },
        )
    return stored


@transaction.atomic
def remove_photo(user: User, session_id: UUID) -> None:
    """Idempotent. Raises NotFound and NotAllowed."""
    SessionPhoto.objects.filter(session=lock_row(user, session_id)).delete()


def check_book(book: Book, kind: str) -> None:
    """Whether it can be a file of a kind of ``FORMATS``. Raises NotFound, also of an empty book, TooLarge."""
    if kind not in FORMATS:
        raise NotFound(f"A book is written as {', '.join(FORMATS)}.")
    if not book.chapters and not book.appendix:
        raise NotFound("There is nothing in this book yet: approve a chapter first, or add your answers.")
    length = sum(map(len, texts_of(book)))
    if length > MOST_CHARACTERS:
        raise TooLarge(
            f"A book of at most {MOST_CHARACTERS:,} characters can be written as one file; this one has "
            f"{length:,}. Leave chapters out, and take it in two parts."
        )


def disposition(made: Book, kind: str) -> str:
    """The title as the name of the file, in letters that every system takes where it is not understood."""
    title = "".join(each if each.isalnum() or each in " -" else " " for each in made.title)
    name = " ".join(title.split())[:80] or "book"
    plain = "".join(each for each in name if each.isascii()).strip() or "book"
    return f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(name)}.{kind}"
