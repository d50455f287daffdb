"""Who asks in the benchmarks of lists, and through what."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.executions.bench.seed import MEMBER, OWNER


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
