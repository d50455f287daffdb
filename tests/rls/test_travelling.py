"""How the person travels: into every transaction, and out of none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection, connections, transaction
from psycopg_pool import ConnectionPool

from orchestrator.accounts.models import User
from orchestrator.core.postgres.base import Cursor
from orchestrator.core.prepared import Prepared
from orchestrator.core.rls import acting_as, bound
from orchestrator.workflows.models import Workflow
from tests.factories import make_user, make_workflow
from tests.rls.conftest import web

pytestmark = pytest.mark.django_db(transaction=True)

SETTING = "SELECT coalesce(current_setting('app.user_id', true), '')"


@pytest.fixture
def people() -> tuple[User, User]:
    """Two people with a workflow each."""
    first, second = make_user("first"), make_user("second")
    make_workflow(first, name="of first", publish=False)
    make_workflow(second, name="of second", publish=False)
    return first, second


def names() -> list[str]:
    return sorted(Workflow.objects.values_list("name", flat=True))


def scalar(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_statement_outside_any_transaction_names_the_person(people: tuple[User, User]) -> None:
    with web(people[0]):
        assert not connection.in_atomic_block
        assert names() == ["of first"]
        assert Workflow.objects.update(description="mine") == 1, "the count is of the statement itself"
        assert scalar("SELECT current_user") == "orchestrator_web"
    assert names() == ["of first", "of second"]


def test_nothing_is_left_on_the_connection(people: tuple[User, User]) -> None:
    with web(people[0]):
        assert names() == ["of first"]
        with transaction.atomic():
            assert names() == ["of first"]
        pid = scalar("SELECT pg_backend_pid()")
    assert scalar("SELECT pg_backend_pid()") == pid
    assert scalar(SETTING) == ""
    with bound():
        assert names() == []
    with web(people[1]):
        assert names() == ["of second"]


def test_nothing_is_left_after_a_transaction_that_was_taken_back(people: tuple[User, User]) -> None:
    with web(people[0]):
        with transaction.atomic():
            assert names() == ["of first"]
            transaction.set_rollback(True)
        assert names() == ["of first"]
    with bound():
        assert names() == []


def test_a_transaction_that_begins_with_a_savepoint_keeps_the_person(people: tuple[User, User]) -> None:
    with web(people[0]), transaction.atomic():
        with transaction.atomic():
            assert names() == ["of first"]
            transaction.set_rollback(True)
        assert names() == ["of first"]


def test_a_setting_for_the_session_would_be_left(people: tuple[User, User]) -> None:
    """The control: what ``set_config(…, false)`` does to the next user of a connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, false)", [str(people[0].pk)])
        cursor.execute(SETTING)
        assert cursor.fetchone() == (str(people[0].pk),)
        cursor.execute("RESET app.user_id")


def test_named_cursors_prepared_statements_and_many_at_once_are_bound_too(people: tuple[User, User]) -> None:
    prepared = Prepared(lambda name: Workflow.objects.exclude(name=name).values_list("name"), {"name": str})
    with web(people[0]):
        assert [each.name for each in Workflow.objects.iterator(chunk_size=1)] == ["of first"]
        assert prepared.fetch(name="x") == [("of first",)]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE workflows_workflow SET description = %s", [["a"], ["b"]])
        with transaction.atomic():
            assert [each.name for each in Workflow.objects.iterator(chunk_size=1)] == ["of first"]
            assert prepared.fetch(name="x") == [("of first",)]
    assert sorted(prepared.fetch(name="x")) == [("of first",), ("of second",)]
    assert sorted(Workflow.objects.values_list("description", flat=True)) == ["", "b"]


def test_each_thread_has_its_own_person(people: tuple[User, User]) -> None:
    """Both are inside a transaction at the same time."""
    meet = threading.Barrier(2, timeout=10)

    def look(person: User) -> list[str]:
        try:
            with web(person), transaction.atomic():
                before = names()
                meet.wait()
                return before + names()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(look, people)) == [["of first"] * 2, ["of second"] * 2]


def test_a_new_thread_is_nobody_and_a_copied_context_is_the_same_person(people: tuple[User, User]) -> None:
    def person() -> str:
        try:
            return str(scalar(SETTING))
        finally:
            connections.close_all()

    with web(people[0]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(person).result() == ""
        assert pool.submit(copy_context().run, person).result() == str(people[0].pk)


def test_tasks_of_one_event_loop_do_not_mix_people(people: tuple[User, User]) -> None:
    async def look(person: User) -> list[list[str]]:
        seen = []
        with bound(), acting_as(person.pk):
            for _ in range(5):
                seen.append(await database_sync_to_async(names)())
                await asyncio.sleep(0)
        return seen

    async def both() -> list[list[list[str]]]:
        return list(await asyncio.gather(*map(look, people)))

    assert async_to_sync(both)() == [[["of first"]] * 5, [["of second"]] * 5]


@pytest.fixture
def pool() -> Iterator[ConnectionPool[Any]]:
    """A single connection of the web role's own log-in, with our cursor, to be handed round."""
    parameters = connection.get_connection_params()
    parameters |= {"user": settings.WEB_ROLE, "cursor_factory": Cursor, "autocommit": True}
    with ConnectionPool(kwargs=parameters, min_size=1, max_size=1) as pool:
        yield pool


def test_a_pooled_connection_carries_nobody_over(
    people: tuple[User, User], pool: ConnectionPool[Any], settings_for_log_in: Callable[[], None]
) -> None:
    settings_for_log_in()

    def look() -> tuple[list[str], int]:
        with pool.connection() as pg:
            rows = pg.execute("SELECT name FROM workflows_workflow").fetchall()
            return [row[0] for row in rows], pg.info.backend_pid

    with web(people[0]):
        first, pid = look()
    with bound():
        nobody, same = look()
    with web(people[1]):
        second, _ = look()
    assert (first, nobody, second) == (["of first"], [], ["of second"])
    assert same == pid, "it was one connection"


def test_the_web_roles_own_log_in_sees_nothing_by_itself(
    people: tuple[User, User], pool: ConnectionPool[Any], settings_for_log_in: Callable[[], None]
) -> None:
    settings_for_log_in()
    with pool.connection() as pg:
        assert pg.execute("SELECT count(*) FROM workflows_workflow").fetchone() == (0,)
        for statement in (
            "SET ROLE orchestrator",
            "ALTER TABLE workflows_workflow DISABLE ROW LEVEL SECURITY",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                pg.execute(statement)
        pg.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pg.execute("SELECT count(*) FROM workflows_workflow")


@pytest.fixture
def settings_for_log_in(settings: Any) -> Callable[[], None]:
    """As in a web process, which need not take the role: it has logged in as it."""

    def change() -> None:
        settings.ROW_SECURITY_ROLE = ""

    return change
