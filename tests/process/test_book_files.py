"""PDFs of large books: made by a worker, once, and only for those who may read just that book."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.celery import app
from orchestrator.core.encryption import decrypt_bytes
from orchestrator.core.errors import NotAllowed, NotFound
from process.models import ProcessVersion, Session, Synthesis
from process.services import book_files, books, lending
from process.services.sessions import start_session
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store

pytestmark = pytest.mark.django_db
Hints = list[list[str]]


@pytest.fixture
def ida() -> User:
    return make_user("ida")


@pytest.fixture
def session(ida: User) -> Session:
    """With a chapter that is too long to be printed while somebody waits."""
    section = make_section("origins", make_prompt("house", node="lanes"))
    version = store(make_process(make_node("lanes", sections=("origins",)), sections=(section,)))
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    session = start_session(ida, title="The blue house")
    Synthesis.objects.create(
        session=session,
        synthesis_type="chapter",
        content="So it was.",
        is_provisional=False,
        user_approved=True,
    )
    return session


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> Hints:
    """What the broker was given."""
    sent: Hints = []
    monkeypatch.setattr(book_files, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(app, "send_task", lambda _name, *, args, retry: sent.append(args))
    return sent


def make(sent: list[str]) -> bool:
    user, session, answers = sent
    return book_files.make_book_file(UUID(user), UUID(session), answers)


def test_a_large_pdf_is_made_by_a_worker_and_kept_encrypted(
    ida: User, session: Session, hints: Hints
) -> None:
    assert book_files.write_book(ida, session.pk, "pdf")[1] is None
    assert book_files.write_book(ida, session.pk, "pdf")[1] is None
    assert len(hints) == 1
    assert make(hints[0])
    book, made = book_files.write_book(ida, session.pk, "pdf")
    assert made == books.FORMATS["pdf"][2](book)
    kept = cache.get(book_files.key_of(book))
    assert b"%PDF" not in kept
    assert decrypt_bytes(kept) == made
    assert len(hints) == 1


def test_a_message_delivered_twice_makes_one_file(ida: User, session: Session, hints: Hints) -> None:
    book, _ = book_files.write_book(ida, session.pk, "pdf")
    cache.add(f"{book_files.key_of(book)}:made", True)
    assert not make(hints[0])  # another worker is at it
    cache.delete(f"{book_files.key_of(book)}:made")
    assert make(hints[0])
    assert not make(hints[0])


def test_a_message_that_is_lost_is_sent_again(ida: User, session: Session, hints: Hints) -> None:
    book, _ = book_files.write_book(ida, session.pk, "pdf")
    cache.delete(f"{book_files.key_of(book)}:hinted")  # as it is after a while
    book_files.write_book(ida, session.pk, "pdf")
    assert len(hints) == 2


def test_a_worker_that_fails_lets_another_try(
    ida: User, session: Session, hints: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_files.write_book(ida, session.pk, "pdf")

    def fail(_book: object) -> bytes:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setitem(books.FORMATS, "pdf", (*books.FORMATS["pdf"][:2], fail))
        with pytest.raises(OSError, match="no room"):
            make(hints[0])
    assert make(hints[0])


def test_a_book_that_changed_is_made_anew(ida: User, session: Session, hints: Hints) -> None:
    book_files.write_book(ida, session.pk, "pdf")
    make(hints[0])
    books.save_book(ida, session.pk, title="Another house")
    assert book_files.write_book(ida, session.pk, "pdf")[1] is None
    assert len(hints) == 2


def test_only_readers_are_given_the_file_and_none_with_private_answers(
    ida: User, session: Session, hints: Hints
) -> None:
    jon = make_user("jon")
    book_files.write_book(ida, session.pk, "pdf")
    make(hints[0])
    with pytest.raises(NotFound):
        book_files.write_book(jon, session.pk, "pdf")
    with pytest.raises(NotFound):
        make([str(jon.pk), *hints[0][1:]])
    lending.lend_session(ida, session.pk, reader="jon")
    assert book_files.write_book(jon, session.pk, "pdf")[1]
    with pytest.raises(NotAllowed):
        book_files.write_book(jon, session.pk, "pdf", answers="all")


def test_other_formats_are_answered_at_once(ida: User, session: Session, hints: Hints) -> None:
    assert all(book_files.write_book(ida, session.pk, kind)[1] for kind in ("md", "docx"))
    assert hints == []


def test_the_page_asks_until_the_file_is_there(
    client: Client, ida: User, session: Session, hints: Hints
) -> None:
    client.force_login(ida)
    url = f"/processes/sessions/{session.pk}/book/pdf/"
    waiting = client.get(url)
    assert waiting.status_code == 202
    assert f'hx-get="{url}"' in waiting.content.decode()
    asked: Any = client.get(url, headers={"HX-Request": "true"})
    assert 'hx-trigger="every' in asked.content.decode()
    make(hints[0])
    there: Any = client.get(url, headers={"HX-Request": "true"})
    assert "hx-get" not in there.content.decode()
    assert "Download the PDF" in there.content.decode()
    assert client.get(url)["Content-Type"] == "application/pdf"


def test_the_api_says_that_a_file_is_being_made(
    client: Client, ida: User, session: Session, hints: Hints
) -> None:
    client.force_login(ida)
    url = f"/api/v1/process/sessions/{session.pk}/book/pdf/"
    waiting = client.get(url)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "3")
    make(hints[0])
    assert client.get(url)["Content-Type"] == "application/pdf"
