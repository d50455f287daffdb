"""PDFs of large books, made by a worker: kept encrypted in the cache for an hour, found by what they show.

Nobody asks for a file but with a book that they may read, and whoever may not, or has changed it since, asks
for another one. So there is no table of half-made files, and nothing to delete with a session.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from orchestrator.accounts.models import User
from orchestrator.core.encryption import decrypt_bytes, encrypt_bytes
from orchestrator.core.hinting import send_hint
from process.domain.book import Book, texts_of
from process.output.paper import effort_of
from process.queries.book import Appendix, appendix_for, book_of
from process.queries.sessions import find_session
from process.services.books import FORMATS, check_book

TASK: Final = "process.make_book_file"
MOST_AT_ONCE: Final = 100_000
"""Characters of a PDF that is made while somebody waits: a good second. Above, a worker makes it."""
KEPT: Final = timedelta(hours=1)
LONGEST_SECONDS: Final = 900
"""A worker is stopped after it. Until then nobody else makes the same file."""
_HINT_AGAIN: Final = timedelta(seconds=20)


def write_book(
    user: User, session_id: UUID, kind: str, *, answers: str = "none"
) -> tuple[Book, bytes | None]:
    """The book and its file; None instead while a worker makes that, so ask again in a few seconds.

    Raises NotFound, also of an empty book, InvalidInput, NotAllowed and TooLarge.
    """
    book = _book(user, session_id, answers)
    check_book(book, kind)
    if kind != "pdf" or sum(map(effort_of, texts_of(book))) <= MOST_AT_ONCE:
        return book, FORMATS[kind][2](book)
    key = key_of(book)
    if made := cache.get(key):
        return book, decrypt_bytes(made)
    if cache.add(f"{key}:hinted", True, _HINT_AGAIN.total_seconds()):
        _hint(user, session_id, answers)
    return book, None


def make_book_file(user_id: UUID, session_id: UUID, answers: str) -> bool:
    """Whether it was made: not if it is there, or being made. Safe to deliver any number of times."""
    user = User.objects.get(pk=user_id)
    book = _book(user, session_id, answers)
    key = key_of(book)
    if cache.get(key) or not cache.add(f"{key}:made", True, LONGEST_SECONDS):
        return False
    try:
        cache.set(key, encrypt_bytes(FORMATS["pdf"][2](book)), KEPT.total_seconds())
    finally:
        cache.delete(f"{key}:made")
    return True


def _book(user: User, session_id: UUID, answers: str) -> Book:
    session = find_session(user, session_id)
    return book_of(session, appendix=appendix_for(user, session, answers))


def key_of(book: Book) -> str:
    """Tells nothing of the book, and nobody without the server's secret can work it out."""
    return "book-file:" + salted_hmac(TASK, repr(book), algorithm="sha256").hexdigest()


def _hint(user: User, session_id: UUID, answers: str) -> None:
    """Never fails: who asks again after a while hints again."""
    send_hint(
        TASK,
        str(user.pk),
        str(session_id),
        str(Appendix(answers)),
        unsent="book_file_hint_not_sent",
        session=str(session_id),
    )
