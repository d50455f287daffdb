"""The pages of the Django admin and the sockets: the doors that are not in the grids of pages and API.

Admin pages are generated from what is registered there, so that none is forgotten: they open for staff only,
whatever role somebody has in the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from orchestrator.accounts.models import Role, User
from orchestrator.asgi import application
from orchestrator.core import json
from orchestrator.executions.models import Execution
from tests.factories import make_user
from tests.grid_world import World, world
from tests.sockets import Socket

__all__ = ["world"]  # the fixture

UNKNOWN = "00000000-0000-7000-8000-000000000000"
FOR_EVERYBODY = {"login", "logout", "jsi18n", "view_on_site"}
"""Admin routes that are no pages of data: the way in, the way out, texts, and a redirect."""


def admin_routes() -> Iterator[str]:
    """Addresses of every admin page: with an object where one is named, which need not exist."""
    tops = [each for each in get_resolver().url_patterns if isinstance(each, URLResolver)]
    [resolver] = [each for each in tops if each.app_name == "admin"]
    for pattern in _patterns(resolver.url_patterns):
        if pattern.name is not None and pattern.name not in FOR_EVERYBODY:
            yield _address(pattern.name)


def _patterns(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _patterns(pattern.url_patterns)


def _address(name: str) -> str:
    for args in ([], [UNKNOWN], [UNKNOWN, UNKNOWN], ["accounts"]):
        try:
            return reverse(f"admin:{name}", args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"how is admin:{name} addressed?")


def client_of(person: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def test_the_admin_opens_for_staff_only(db: None) -> None:
    others: dict[str, User | None] = {
        "anonymous": None,
        "viewer": make_user(role=Role.VIEWER),
        "user": make_user(),
        "admin who is no staff": make_user(role=Role.ADMIN),
    }
    addresses = sorted(set(admin_routes()))
    assert len(addresses) > 3 * len(admin.site._registry), "each registered model has its pages"
    for who, person in others.items():
        client = client_of(person)
        opened = [each for each in addresses if client.get(each).status_code not in (302, 403)]
        assert opened == [], f"open for {who}"


def test_staff_without_rights_see_no_data_there_and_superusers_do(db: None) -> None:
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    staff, superuser = make_user(is_staff=True), make_user(is_staff=True, is_superuser=True)
    assert {client_of(staff).get(each).status_code for each in lists} == {403}
    assert {client_of(superuser).get(each).status_code for each in lists} == {200}


SOCKETS = {"ws/feed/"}
FOLLOWS = {
    "anonymous": "closed",
    "stranger": "not_found",
    **dict.fromkeys(("viewer", "editor", "owner", "admin"), "events"),
}


def test_every_socket_is_known() -> None:
    """One more door has to be tried for every role, as below."""
    pattern = application.application_mapping["websocket"]._application
    while not hasattr(pattern, "routes"):
        pattern = pattern._application
    assert {str(route.pattern) for route in pattern.routes} == SOCKETS


@pytest.mark.django_db(transaction=True)
def test_who_may_follow_a_run(world: World) -> None:
    execution = Execution.objects.get()
    answers = {role: _first_word(person, execution) for role, person in world.people.items()}
    assert answers == FOLLOWS


def _first_word(person: User | None, execution: Execution) -> str:
    headers = [(b"origin", b"http://127.0.0.1"), (b"host", b"127.0.0.1")]
    if person is not None:
        session = client_of(person).cookies["sessionid"].value
        headers.append((b"cookie", f"sessionid={session}".encode()))

    async def talk() -> str:
        socket = Socket(application, "/ws/feed/", headers)
        await socket.connect()
        if person is None:
            assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"
            return "closed"
        await socket.say(json.dumps({"subscribe": {"execution": str(execution.pk), "after": 0}}).decode())
        word = json.loads(await socket.hear())
        await socket.disconnect()
        assert isinstance(word, dict)
        return "events" if word.get("events") else str(word["error"]["code"])

    return str(async_to_sync(talk)())
