"""The book of a session, who it is lent to, and all that is stored of it as a file."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.accounts.services.guessing import TooManyTries
from orchestrator.core import json
from orchestrator.core.encryption import opened
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed, NotFound, TooLarge
from process.domain.book import Chapter
from process.models import (
    Answer,
    Disclosure,
    FollowUp,
    ProcessVersion,
    Session,
    SessionBook,
    SessionGrant,
    SessionPhoto,
    Synthesis,
)
from process.queries.book import WHOLE, Appendix, appendix_for, book_of, parts_of
from process.queries.lending import answers_for, lent_to
from process.services import books, lending
from process.services.answering import save_answer
from process.services.exports import export_all, export_session
from process.services.sessions import start_session
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.output.making import make_book, make_image
from tests.process.storing import store

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> User:
    return make_user("ida", email="ida@example.com")


@pytest.fixture
def session(ida: User) -> Session:
    """With two sections, an answer to each of two prompts, the second of them private."""
    prompts = (make_prompt("house", node="lanes"), make_prompt("secret", node="lanes"))
    process = make_process(
        make_node("lanes", sections=("origins", "work")),
        sections=(make_section("origins", *prompts), make_section("work", make_prompt("day", node="lanes"))),
    )
    version = store(process)
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    session = start_session(ida, title="The blue house")
    for prompt, private in zip(prompts, (False, True), strict=True):
        save_answer(ida, session.pk, prompt_id=prompt.id, value=f"Of the {prompt.key}.", private=private)
    return session


def section(session: Session, key: str) -> UUID:
    return session.process_version.sections.get(section_key=key).pk


def make_chapter(session: Session, key: str | None, text: str, **values: Any) -> Synthesis:
    values = {"synthesis_type": "chapter", "is_provisional": False, "user_approved": True} | values
    part = section(session, key) if key else None
    return Synthesis.objects.create(session=session, section_id=part, content=text, **values)


def titles(session: Session) -> list[str]:
    return [chapter.title for chapter in book_of(Session.objects.get(pk=session.pk)).chapters]


def exported(pieces: Any) -> bytes:
    return b"".join(pieces)


def test_the_title_lies_apart_from_the_row_that_staff_see_and_is_encrypted(session: Session) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM process_session AS s")
        assert "blue" not in cursor.fetchone()[0]
        cursor.execute("SELECT title FROM process_session_book")
        assert "blue" not in cursor.fetchone()[0]
    assert Session.objects.get(pk=session.pk).title == "The blue house"


def test_chapters_are_the_newest_approved_text_of_each_section_in_their_order(session: Session) -> None:
    make_chapter(session, "work", "b")
    make_chapter(session, "origins", "old")
    make_chapter(session, "origins", "new", version=2)
    make_chapter(session, "origins", "draft", version=3, user_approved=None, is_provisional=True)
    make_chapter(session, None, "whole", title="In one breath")
    make_chapter(session, None, "not a chapter", synthesis_type="checkpoint")
    assert [part.text for part in parts_of(session)] == ["new", "b", "whole"]
    assert titles(session) == ["Origins", "Work", "In one breath"]


def test_chapters_are_moved_and_left_out(ida: User, session: Session) -> None:
    for key in ("origins", "work", None):
        make_chapter(session, key, "x")
    books.move_chapter(ida, session.pk, WHOLE, by=-1)
    assert titles(session) == ["Origins", "The whole story", "Work"]
    books.save_book(ida, session.pk, left_out=[section(session, "origins")])
    assert titles(session) == ["The whole story", "Work"]
    with pytest.raises(NotFound):
        books.move_chapter(ida, session.pk, uuid4(), by=1)


WRONG: dict[str, dict[str, Any]] = {
    "title": {"title": "x" * 201},
    "dedication": {"dedication": "a\x00b"},
    "language": {"language": "tlh"},
    "left_out": {"left_out": [uuid4()]},
    "chapter_order": {"chapter_order": [WHOLE, WHOLE]},
}


@pytest.mark.parametrize(("field", "given"), WRONG.items(), ids=WRONG)
def test_a_wrong_title_page_changes_nothing(
    ida: User, session: Session, field: str, given: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        books.save_book(ida, session.pk, **{"author": "Somebody"} | given)
    assert set(refused.value.fields) == {field}
    assert opened(SessionBook.objects.get().author) == ""


def test_a_photo_takes_the_place_of_the_one_before(ida: User, session: Session) -> None:
    for size in ((60, 40), (30, 30)):
        books.set_photo(ida, session.pk, make_image(size))
    assert (SessionPhoto.objects.get().width, SessionPhoto.objects.get().height) == (30, 30)
    with pytest.raises(InvalidInput):
        books.set_photo(ida, session.pk, b"<svg/>")
    assert SessionPhoto.objects.count() == 1
    books.remove_photo(ida, session.pk)
    books.remove_photo(ida, session.pk)
    assert not SessionPhoto.objects.exists()


def test_an_appendix_holds_private_answers_only_if_all_are_asked_for(ida: User, session: Session) -> None:
    answer = Answer.objects.get(is_private=False)
    FollowUp.objects.create(answer=answer, question="Which blue?", reply="Like cornflowers.")
    told = {
        kind: [said.answer for group in book_of(session, appendix=kind).appendix for said in group.answers]
        for kind in Appendix
    }
    assert told == {
        Appendix.NONE: [],
        Appendix.SHARED: ["Of the house.", "Like cornflowers."],
        Appendix.ALL: ["Of the house.", "Like cornflowers.", "Of the secret."],
    }
    reader = make_user()
    with pytest.raises(NotAllowed):
        appendix_for(reader, session, "all")


def test_a_book_that_is_empty_or_too_long_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound, match="approve a chapter"):
        books.check_book(make_book(Chapter("", "")).__class__(title="x", made_at=make_book().made_at), "pdf")
    monkeypatch.setattr(books, "MOST_CHARACTERS", 10)
    with pytest.raises(TooLarge, match="two parts"):
        books.check_book(make_book(Chapter("A", "x" * 11)), "md")


def test_the_name_of_a_file_is_the_title_without_what_could_leave_the_header() -> None:
    said = books.disposition(make_book(title='Ä"; x=\r\n/../é 日'), "pdf")
    assert "\r" not in said
    assert said.count('"') == 2
    assert "/" not in said
    assert said.endswith("%C3%84%20x%20%C3%A9%20%E6%97%A5.pdf")


def test_somebody_reads_what_is_lent_until_it_is_taken_back(ida: User, session: Session) -> None:
    jon = make_user("jon", email="jon@example.com")
    for name in ("JON", " jon@example.com "):
        lending.lend_session(ida, session.pk, reader=name)
    assert [grant.session_id for grant in lent_to(jon)] == [session.pk]
    assert [row.is_private for row in answers_for(jon, session)] == [False]
    for change in (
        lambda: books.save_book(jon, session.pk, title="Mine"),
        lambda: books.set_photo(jon, session.pk, make_image()),
        lambda: lending.lend_session(jon, session.pk, reader="ida"),
        lambda: lending.take_back(jon, session.pk, reader_id=jon.pk),
    ):
        with pytest.raises(NotAllowed):
            change()
    lending.take_back(ida, session.pk, reader_id=jon.pk)
    with pytest.raises(NotFound):
        books.save_book(jon, session.pk, title="Mine")
    trail = AuditRecord.objects.filter(object_id=str(session.pk)).order_by("id")
    assert [(row.action, row.before, row.after) for row in trail] == [
        ("process_session.lent", None, {"reader": "jon"}),
        ("process_session.taken_back", {"reader": "jon"}, None),
    ]


def test_a_reader_gives_it_back(ida: User, session: Session) -> None:
    jon = make_user("jon")
    lending.lend_session(ida, session.pk, reader="jon")
    lending.give_back(jon, session.pk)
    assert not SessionGrant.objects.exists()
    with pytest.raises(NotFound):
        lending.give_back(jon, session.pk)
    with pytest.raises(NotFound):
        lending.give_back(ida, session.pk)


def test_who_there_is_not_and_who_cannot_log_in_are_told_alike(ida: User, session: Session) -> None:
    make_user("gone", is_active=False)
    make_user("jon@example.com")  # calls themselves like somebody's address
    said = set()
    for name in ("nobody", "gone", "jon@example.com", "", "a\x00b", "%"):
        with pytest.raises(InvalidInput) as refused:
            lending.lend_session(ida, session.pk, reader=name)
        said.add(refused.value.message)
    assert len(said) == 1
    with pytest.raises(InvalidInput, match="This is you"):
        lending.lend_session(ida, session.pk, reader="IDA@example.com")
    assert not SessionGrant.objects.exists()


def test_names_cannot_be_guessed_for_ever(ida: User, session: Session) -> None:
    with pytest.raises(TooManyTries):  # noqa: PT012  # the last of them is too many
        for _ in range(30):
            try:
                lending.lend_session(ida, session.pk, reader="nobody")
            except TooManyTries:
                raise
            except DomainError:
                continue


def test_an_export_holds_everything(ida: User, session: Session) -> None:
    answer = Answer.objects.get(is_private=True)
    Disclosure.objects.create(session=session, purpose="chapter", provider="p", model="m", text="sent")
    make_chapter(session, "origins", "# Text")
    lending.lend_session(ida, session.pk, reader=make_user("jon").username)
    file = export_session(Session.objects.get(pk=session.pk))
    assert file.name.endswith(".json")
    told = json.loads(exported(file.pieces))
    assert told["format"] == "orchestrator.process.session/1"
    assert told["book"]["title"] == "The blue house"
    assert [(each["key"], each["value"], each["private"]) for each in told["answers"]] == [
        ("house", "Of the house.", False),
        ("secret", "Of the secret.", True),
    ]
    assert told["answers"][1]["id"] == str(answer.pk)
    assert told["texts"][0]["content"] == "# Text"
    assert told["disclosures"][0]["text"] == "sent"
    assert told["readers"][0]["username"] == "jon"
    assert {"progress", "sections", "archetypes", "scope", "profile", "process"} <= told.keys()


def test_with_files_an_export_is_an_archive_and_all_sessions_have_a_folder_each(
    ida: User, session: Session
) -> None:
    books.set_photo(ida, session.pk, make_image())
    other = start_session(ida)
    start_session(make_user())
    with zipfile.ZipFile(io.BytesIO(exported(export_session(session).pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["session.json", "photo.jpg"]
        assert archive.read("photo.jpg")[:2] == b"\xff\xd8"
    with zipfile.ZipFile(io.BytesIO(exported(export_all(ida).pieces))) as archive:
        told = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
        assert {each["session"]["id"] for each in told} == {str(session.pk), str(other.pk)}


@pytest.mark.django_db(transaction=True)
def test_titles_of_before_are_encrypted_and_come_back(ida: User, session: Session) -> None:
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'process_session'"
    try:
        call_command("migrate", "process", "0003", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT title FROM process_session")
            assert cursor.fetchall() == [("The blue house",)]
            cursor.execute("UPDATE process_session SET title = 'The red house'")
    finally:
        call_command("migrate", verbosity=0)
    assert Session.objects.get(pk=session.pk).title == "The red house"
    with connection.cursor() as cursor:
        cursor.execute(columns)
        assert ("title",) not in cursor.fetchall()
