"""Where one is logged in: seeing it, ending one, ending all; pages, tokens and open sockets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import connections
from django.test import Client
from rest_framework.test import APIClient

from orchestrator.accounts.models import BrowserSession, User
from orchestrator.accounts.queries import device_of, log_ins_of
from orchestrator.accounts.services.keys import create_api_key, revoke_api_key
from orchestrator.accounts.services.sessions import end_log_ins
from orchestrator.asgi import application
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from tests.accounts.conftest import log_in_api, log_in_page
from tests.factories import make_user
from tests.sockets import Socket

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def browser(agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    assert log_in_page(client).status_code == 302
    return client


def bearer(access: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_browsers_and_programs_are_listed_with_device_address_and_time(ann: User) -> None:
    client = browser()
    APIClient(HTTP_USER_AGENT="importer/1.2").post(
        "/api/v1/auth/token/", {"username": "ann", "password": "a long enough password"}
    )
    page = client.get("/settings/security/").content.decode()
    for text in ("Firefox 130 on Linux", "This browser", "importer/1.2", "127.0.0.1"):
        assert text in page
    listed = client.get("/api/v1/me/log-ins/").json()
    assert [(each["kind"], each["is_current"]) for each in listed] == [("session", True), ("tokens", False)]


def test_nobody_sees_or_ends_the_log_ins_of_others(ann: User) -> None:
    browser()
    stranger = Client()
    stranger.force_login(make_user(), backend="orchestrator.accounts.backends.AnyCaseBackend")
    row = BrowserSession.objects.get()
    assert stranger.get("/api/v1/me/log-ins/").json() == []
    assert stranger.post(f"/settings/security/sessions/{row.pk}/end/").status_code == 404
    assert stranger.delete(f"/api/v1/me/log-ins/{row.pk}/").status_code == 404
    assert BrowserSession.objects.exists()


def test_one_browser_is_logged_out_from_another(ann: User) -> None:
    here, there = browser(), browser("Safari")
    other = BrowserSession.objects.get(user_agent="Safari")
    assert here.post(f"/settings/security/sessions/{other.pk}/end/").status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)


def test_one_program_is_logged_out_and_its_access_token_with_it(ann: User) -> None:
    here, pair = browser(), log_in_api().json()
    family = ann.token_families.get()
    assert here.post(f"/settings/security/tokens/{family.pk}/end/").status_code == 302
    assert bearer(pair["access"]).get("/api/v1/me/").status_code == 401
    assert APIClient().post("/api/v1/auth/token/refresh/", {"refresh": pair["refresh"]}).status_code == 401


def test_logging_out_everywhere_ends_this_browser_too_and_keeps_keys(ann: User) -> None:
    here, there, pair = browser(), browser(), log_in_api().json()
    _, secret = create_api_key(ann, name="k", scopes=["read"])
    assert here.post("/settings/security/log-out-everywhere/").headers["Location"] == "/login/"
    assert (is_in(here), is_in(there)) == (False, False)
    assert bearer(pair["access"]).get("/api/v1/me/").status_code == 401
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert key.get("/api/v1/me/").status_code == 200


def test_a_program_logs_its_person_out_everywhere(ann: User) -> None:
    here, access = browser(), log_in_api().json()["access"]
    assert bearer(access).delete("/api/v1/me/log-ins/").status_code == 204
    assert not is_in(here)
    assert bearer(access).get("/api/v1/me/").status_code == 401


def test_an_api_key_ends_no_log_ins(ann: User) -> None:
    _, secret = create_api_key(ann, name="k", scopes=["read", "write"])
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}")
    assert key.delete("/api/v1/me/log-ins/").status_code == 403


def test_logging_out_takes_the_log_in_off_the_list(ann: User) -> None:
    client = browser()
    client.post("/logout/")
    assert not BrowserSession.objects.exists()


def test_last_used_is_noted_every_few_minutes_and_costs_nothing_between(ann: User) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        client = browser()
        before = BrowserSession.objects.get().last_used_at
        clock.shift(timedelta(minutes=4))
        is_in(client)
        assert BrowserSession.objects.get().last_used_at == before
        clock.shift(timedelta(minutes=2))
        is_in(client)
        assert BrowserSession.objects.get().last_used_at == utc_now()


def test_a_session_that_ran_out_is_not_listed(ann: User) -> None:
    browser()
    assert log_ins_of(ann, now=utc_now() + timedelta(days=30)) == []


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox 130 on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
         "Edge 131 on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
         "Chrome 131 on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1",
         "Safari 18 on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_called_what_people_call_it(agent: str, device: str) -> None:
    assert device_of(agent) == device


def talk(headers: list[tuple[bytes, bytes]], end: Any) -> Any:
    """What a socket with these headers, that follows all runs, hears when ``end`` has been done."""

    async def run() -> Any:
        socket = Socket(application, "/ws/feed/", [(b"host", b"127.0.0.1"), *headers])
        assert await socket.connect()
        try:
            await socket.say(json.dumps({"subscribe": {"mine": True}}).decode())
            await socket.say("nonsense")
            await socket.hear()
            await asyncio.sleep(0.5)  # until the hub listens
            await asyncio.to_thread(_in_thread, end)
            return await socket.receive_output(timeout=5)
        finally:
            await socket.disconnect()

    return async_to_sync(run)()


def _in_thread(work: Any) -> None:
    try:
        work()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_browser_s_socket_closes_when_its_log_in_is_ended(ann: User) -> None:
    cookie = f"sessionid={browser().cookies['sessionid'].value}".encode()
    headers = [(b"origin", b"http://127.0.0.1"), (b"cookie", cookie)]
    heard = talk(headers, partial(end_log_ins, ann, ann))
    assert (heard["type"], heard["code"]) == ("websocket.close", 4401)


@pytest.mark.django_db(transaction=True)
def test_a_program_s_socket_closes_when_its_tokens_are_ended(ann: User) -> None:
    headers = [(b"authorization", f"Bearer {log_in_api().json()['access']}".encode())]
    heard = talk(headers, partial(end_log_ins, ann, ann))
    assert (heard["type"], heard["code"]) == ("websocket.close", 4401)


@pytest.mark.django_db(transaction=True)
def test_a_key_s_socket_closes_when_the_key_is_revoked(ann: User) -> None:
    key, secret = create_api_key(ann, name="k", scopes=["read"])
    headers = [(b"authorization", f"Api-Key {secret}".encode())]
    heard = talk(headers, lambda: revoke_api_key(ann, key.pk))
    assert (heard["type"], heard["code"]) == ("websocket.close", 4401)
