"""For whom statements run: the person whose rows PostgreSQL's row-level security lets through.

The person is a context variable, so it follows a request through views, templates, threads and sockets.
``core/postgres`` puts it at the head of every transaction, also of those that are a single statement, and
only for that transaction: nothing is left behind on a connection that the next request is given.
How a table is bound is said in a migration; see ``core/policies.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from uuid import UUID

from django.conf import settings

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction is told. ``role`` is empty where the connection has the right one already."""

    person: str = ""
    role: str = ""
    server: bool = False


OUTSIDE: Final = Scope()
"""Outside any request: nobody, and whatever role the process connects as."""

_scope: ContextVar[Scope] = ContextVar("row_security", default=OUTSIDE)


def current_scope() -> Scope:
    return _scope.get()


@contextmanager
def bound() -> Iterator[None]:
    """One request or socket: bound by the policies, and nobody until somebody has proved who they are.

    A process that does not connect as the web role (tests, development) takes that role meanwhile.
    """
    token = _scope.set(Scope(role=settings.ROW_SECURITY_ROLE))
    try:
        yield
    finally:
        _scope.reset(token)


def act_as(person: UUID | None) -> None:
    """From here to the end of the request, for this person. For those who have just proved who they are.

    Outside a request or socket it does nothing.
    """
    if _scope.get() is not OUTSIDE:
        _scope.set(replace(_scope.get(), person=str(person or ""), server=False))


@contextmanager
def acting_as(person: UUID | None) -> Iterator[None]:
    """Everything inside runs for this person, in whatever transactions it opens."""
    token = _scope.set(replace(_scope.get(), person=str(person or ""), server=False))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def as_server(why: str) -> Iterator[None]:
    """Everything inside sees all rows, as workers do: for what must be found before a person is known, or
    is counted over everybody. ``why`` is for the reader; tests/rls lists every use.
    """
    assert why
    token = _scope.set(replace(_scope.get(), person="", server=True))
    try:
        yield
    finally:
        _scope.reset(token)


def for_the_same_person(parts: Iterable[_Item]) -> Iterator[_Item]:
    """The same parts, each made in the present context: for bodies that are sent after their request."""
    return _each_in(copy_context(), iter(parts))


def _each_in(context: Context, parts: Iterator[_Item]) -> Iterator[_Item]:
    step: Callable[..., Any] = next
    end = object()
    while (part := context.run(step, parts, end)) is not end:
        yield part
