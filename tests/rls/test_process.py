"""What people say in guided processes, by raw SQL as the web role; and that what is in use stays."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.executions.runtime.engine import Engine
from process.models import (
    Answer,
    ProcessNode,
    ProcessSection,
    ProcessVersion,
    Session,
    SessionBook,
    SessionGrant,
    Synthesis,
)
from tests.factories import make_user
from tests.rls.conftest import AsWeb
from tests.rls.telling import CONTENT
from tests.rls.world import make_belongings, rows_of

REFUSED = "violates row-level security policy"
LENT = {
    "process_answer", "process_follow_up", "process_session_book", "process_session_grant",
    "process_session_photo", "process_session_synthesis",
}  # fmt: skip
"""What a reader sees anything of."""
APPROVED: dict[str, bool] = {"is_provisional": False, "user_approved": True}


def seen() -> dict[str, int]:
    return {table: len(rows_of(table)) for table in CONTENT}


def execute(sql: str, *parameters: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@pytest.fixture
def bea(engine: Engine) -> User:
    """Somebody with a row in every table."""
    return make_belongings("bea", engine).owner


def test_strangers_and_admins_see_nothing_of_what_is_said(bea: User, as_web: AsWeb) -> None:
    there = seen()
    assert all(there.values()), "the control"
    admin = make_user(role=Role.ADMIN, is_staff=True, is_superuser=True)
    for person, sessions in ((make_user(), 0), (admin, 1), (None, 0)):
        with as_web(person):
            assert seen() == dict.fromkeys(CONTENT, 0)
            assert len(rows_of("process_session")) == sessions, "staff see that there is one"
    with as_web(bea):
        assert seen() == there


def test_who_is_lent_a_session_reads_and_does_not_write(bea: User, as_web: AsWeb) -> None:
    there, reader = seen(), User.objects.get(username="bea-reader")
    with as_web(reader):
        assert {table for table, rows in seen().items() if rows} == LENT
        assert len(rows_of("process_session")) == 1
    for table in {*LENT, "process_session"} - {"process_session_grant"}:
        with pytest.raises(ProgrammingError, match=REFUSED), as_web(reader), transaction.atomic():
            execute(f"UPDATE {table} SET id = id")
    for table in {*CONTENT, "process_session"} - {"process_session_grant"}:
        with as_web(reader), transaction.atomic():
            assert execute(f"DELETE FROM {table}") == 0
    assert seen() == there


def test_a_reader_sees_no_private_answer_and_no_text_that_is_not_in_the_book(
    bea: User, as_web: AsWeb
) -> None:
    reader = User.objects.get(username="bea-reader")
    chapter, book = Synthesis.objects.get(), SessionBook.objects.get()
    part = {"session": chapter.session, "section": ProcessSection.objects.get()}
    Synthesis.objects.all().delete()
    older = Synthesis.objects.create(**part, synthesis_type="chapter", content="a", **APPROVED)
    newer = Synthesis.objects.create(**part, synthesis_type="chapter", content="b", version=2, **APPROVED)
    Synthesis.objects.create(**part, synthesis_type="checkpoint", content="c", **APPROVED)
    Synthesis.objects.create(**part, synthesis_type="chapter", content="d", version=3)
    with as_web(reader):
        assert list(Synthesis.objects.values_list("pk", flat=True)) == [newer.pk]
    newer.delete()
    with as_web(reader):
        assert list(Synthesis.objects.values_list("pk", flat=True)) == [older.pk], "the control"
    SessionBook.objects.filter(pk=book.pk).update(left_out=[part["section"].pk])
    Answer.objects.update(tier=3)
    with as_web(reader):
        assert {table for table, rows in seen().items() if rows} == LENT - {
            "process_answer",
            "process_follow_up",
            "process_session_synthesis",
        }
    with as_web(bea):
        assert Answer.objects.exists()
        assert Synthesis.objects.count() == 3


def test_nobody_takes_a_session_or_an_answer_over(bea: User, engine: Engine, as_web: AsWeb) -> None:
    """Readers and admins see the row; they may not make it theirs and so read or keep what hangs on it."""
    other = make_belongings("al", engine).owner
    reader, admin = User.objects.get(username="bea-reader"), make_user(role=Role.ADMIN)
    mine = Session.objects.create(
        user=reader,
        process_version=ProcessVersion.objects.earliest("id"),
        current_node=ProcessNode.objects.earliest("id"),
    )
    of_bea = Session.objects.get(user=bea)
    moves: list[tuple[User, str, tuple[UUID, ...]]] = [
        (person, "UPDATE process_session SET user_id = %s WHERE id = %s", (person.pk, of_bea.pk))
        for person in (reader, admin)
    ]
    moves.append(
        (reader, "UPDATE process_answer SET session_id = %s WHERE session_id = %s", (mine.pk, of_bea.pk))
    )
    for person, sql, parameters in moves:
        with pytest.raises(IntegrityError, match="stays whose it is"), as_web(person), transaction.atomic():
            execute(sql, *parameters)
    with pytest.raises(ProgrammingError, match=REFUSED), as_web(admin), transaction.atomic():
        execute("UPDATE process_session SET status = 'paused'")
    with pytest.raises(ProgrammingError, match=REFUSED), as_web(other), transaction.atomic():
        SessionGrant.objects.create(session=of_bea, user=make_user("accomplice"), granted_by=other)


CHANGES = {
    "a phase": "UPDATE process_node SET node_name = 'x'",
    "a phase that is gone": "DELETE FROM process_node",
    "a commitment": "UPDATE process_commitment SET title = 'x'",
    "a way": "DELETE FROM process_flow_edge",
    "a section": "UPDATE process_section SET is_core = false",
    "a prompt": "UPDATE process_prompt SET prompt_text = 'x'",
    "a prompt that is gone": "DELETE FROM process_prompt",
    "a prompt's place in a section": "DELETE FROM process_section_prompt",
    "its flags": "UPDATE process_version SET profile_flags = '[1]'",
    "that it is frozen": "UPDATE process_version SET frozen_at = NULL",
}


@pytest.mark.parametrize("sql", CHANGES.values(), ids=CHANGES)
def test_a_version_in_use_cannot_be_changed_by_anybody(bea: User, sql: str) -> None:
    with transaction.atomic():
        assert execute(sql + " WHERE false") == 0, "the control: it is well-formed"
    ProcessVersion.objects.update(frozen_at=utc_now())
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        execute(sql)


def test_a_draft_can_be_changed(bea: User) -> None:
    """The control: it is being frozen that keeps a version as it is."""
    assert execute("UPDATE process_node SET node_name = 'x'") == 1
    assert execute("UPDATE process_version SET profile_flags = '[]'") == 1
    assert execute("DELETE FROM process_section_prompt") == 1


def test_a_prompt_does_not_leave_a_frozen_version_for_a_draft(bea: User) -> None:
    frozen, kind = ProcessVersion.objects.get(), ProcessNode.objects.get().node_type
    draft = ProcessVersion.objects.create(version_name="draft")
    node = ProcessNode.objects.create(
        process_version=draft, node_type=kind, node_key="x", node_name="X", purpose="x"
    )
    ProcessVersion.objects.filter(pk=frozen.pk).update(frozen_at=utc_now())
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        execute("UPDATE process_prompt SET process_node_id = %s", node.pk)


@pytest.mark.django_db(transaction=True)
def test_the_rules_go_and_come_back() -> None:
    try:
        call_command("migrate", "process", "0001", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = 'process_answer'")
            assert cursor.fetchone() == (False,)
    finally:
        call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity FROM pg_class WHERE relname = 'process_answer'")
        assert cursor.fetchone() == (True,)
