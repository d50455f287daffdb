"""Who asks in the benchmarks of pages and lists, through what, and how long the answers took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.executions.bench.seed import MEMBER, OWNER

WARM_UP: Final = 5


@dataclass(slots=True)
class QueryTime:
    """An execute wrapper that adds up how long the queries of one request took."""

    milliseconds: float = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.milliseconds += (time.perf_counter() - began) * 1000


def people() -> Iterator[tuple[str, User]]:
    """Who owns 20 of the seeded workflows, who edits every 200th, and an admin, who sees all of them."""
    admin, _ = User.objects.get_or_create(username="bench-admin", defaults={"role": Role.ADMIN.value})
    yield "owner", User.objects.get(username=OWNER)
    yield "member", User.objects.get(username=MEMBER)
    yield "admin", admin


def bench_user() -> User:
    """Who starts the runs that are measured."""
    user, _ = User.objects.get_or_create(username="bench", defaults={"role": Role.USER.value})
    return user


def client_of(user: User) -> Client:
    host = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
    client = Client(headers={"host": "localhost" if host == "*" else host})
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


class Measured(NamedTuple):
    """Milliseconds of each request: until it was answered, those that its queries took, and of our CPU."""

    whole: list[float]
    queries: list[float]
    cpu: list[float]


def measure_requests(ask: Callable[[], HttpResponseBase], *, times: int) -> Measured:
    """One request after the other. The CPU's time tells what is ours where others use the machine, too."""
    found = Measured([], [], [])
    for number in range(WARM_UP + times):
        spent = QueryTime()
        began, cpu_began = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(spent):
            answer = ask()
        taken, cpu = time.perf_counter() - began, time.process_time() - cpu_began
        assert answer.status_code == 200, f"{answer.status_code}"
        if number >= WARM_UP:
            found.whole.append(taken * 1000)
            found.queries.append(spent.milliseconds)
            found.cpu.append(cpu * 1000)
    return found
