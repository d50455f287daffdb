"""Two-step log-in: turning it on and off, codes that are good once, recovery codes, every door."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connections
from django.test import Client
from pytest_django.fixtures import Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.accounts.services import two_step
from orchestrator.accounts.services.administration import take_two_steps_away
from orchestrator.accounts.services.two_step import (
    enable_two_steps,
    has_two_steps,
    new_secret,
    recovery_codes_left,
    renew_recovery_codes,
    use_code,
)
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from tests.accounts.conftest import code_of, log_in_api, log_in_page
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def logged_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_it_is_turned_on_with_a_code_and_the_password(ann: User) -> None:
    client = Client()
    log_in_page(client)
    page = client.get("/settings/security/two-steps/").content.decode()
    secret = page.split('id="secret"')[1].split(">")[1].split("<")[0]
    assert 'src="data:image/svg+xml;base64,' in page

    wrong = client.post("/settings/security/two-steps/", {"code": "000000", "current": PASSWORD})
    assert wrong.status_code == 400
    assert "not the code that the app shows" in wrong.content.decode()
    stolen = client.post("/settings/security/two-steps/", {"code": code_of(secret), "current": "guess"})
    assert (stolen.status_code, has_two_steps(ann)) == (400, False)

    done = client.post("/settings/security/two-steps/", {"code": code_of(secret), "current": PASSWORD})
    codes = done.content.decode().split('id="codes"')[1].split(">")[1].split("<")[0].split()
    assert (len(codes), has_two_steps(ann)) == (10, True)
    assert client.get("/settings/security/two-steps/").status_code == 302
    assert codes[0] not in client.get("/settings/security/").content.decode()


def test_secrets_rest_encrypted(ann: User, phone: str) -> None:
    assert phone not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_browser_is_in_only_after_the_code(ann: User, phone: str) -> None:
    client = Client()
    answer = client.post("/login/", {"username": "ann", "password": PASSWORD, "next": "/workflows/"})
    assert answer.headers["Location"] == "/login/code/"
    assert not logged_in(client)
    assert "wrong" in client.post("/login/code/", {"code": "123456"}).content.decode()
    assert not logged_in(client)
    assert client.post("/login/code/", {"code": code_of(phone)}).headers["Location"] == "/workflows/"
    assert logged_in(client)


def test_the_second_step_waits_ten_minutes(ann: User, phone: str) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        client = Client()
        log_in_page(client)
        clock.shift(timedelta(minutes=11))
        answer = client.post("/login/code/", {"code": code_of(phone)})
        assert answer.headers["Location"] == "/login/"


def test_a_password_that_was_changed_meanwhile_ends_the_second_step(ann: User, phone: str) -> None:
    client = Client()
    log_in_page(client)
    ann.set_password("another long password")
    ann.save()
    assert client.post("/login/code/", {"code": code_of(phone)}).headers["Location"] == "/login/"


def test_wrong_codes_lock_like_wrong_passwords(ann: User, phone: str) -> None:
    client = Client()
    log_in_page(client)
    statuses = [client.post("/login/code/", {"code": "000000"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post("/login/code/", {"code": code_of(phone)}).status_code == 429
    assert log_in_page(Client()).status_code == 429


def test_knowing_the_password_does_not_forget_wrong_codes(ann: User, phone: str) -> None:
    for _ in range(4):
        client = Client()
        log_in_page(client)
        client.post("/login/code/", {"code": "000000"})
    client = Client()
    log_in_page(client)
    assert client.post("/login/code/", {"code": "000000"}).status_code == 429


def test_the_api_asks_for_the_code_too(ann: User, phone: str) -> None:
    asked = log_in_api()
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_required")
    wrong = log_in_api(code="000000")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_code")
    assert log_in_api(code=code_of(phone)).status_code == 200


def test_a_wrong_password_does_not_tell_that_there_is_a_second_step(ann: User, phone: str) -> None:
    assert log_in_api(password="wrong").json()["code"] == "bad_credentials"


def test_a_code_is_good_once(ann: User, phone: str) -> None:
    code = code_of(phone)
    assert use_code(ann, code)
    assert not use_code(ann, code)
    assert not use_code(ann, code_of(phone, steps_from_now=-1)), "nor is one from before it"
    assert use_code(ann, code_of(phone, steps_from_now=1)), "a phone's clock may be half a minute ahead"


def test_codes_from_farther_away_are_wrong(ann: User, phone: str) -> None:
    assert not use_code(ann, code_of(phone, steps_from_now=3))
    assert not use_code(ann, code_of(phone, steps_from_now=-3))


def test_a_recovery_code_is_good_once_and_noted(ann: User, phone: str) -> None:
    first, *_ = renew_recovery_codes(ann)
    assert log_in_api(code=first).status_code == 200
    assert log_in_api(code=first).status_code == 401
    assert recovery_codes_left(ann) == 9
    assert AuditRecord.objects.filter(action="two_steps.recovery_code_used").count() == 1


def test_new_recovery_codes_end_the_old_ones(ann: User, phone: str) -> None:
    old, *_ = renew_recovery_codes(ann)
    renew_recovery_codes(ann)
    assert not use_code(ann, old)


def test_it_is_turned_off_with_the_password(ann: User, phone: str) -> None:
    client = Client()
    log_in_page(client)
    client.post("/login/code/", {"code": code_of(phone)})
    assert client.post("/settings/security/two-steps/off/", {"current": "guess"}).status_code == 400
    assert has_two_steps(ann)
    assert client.post("/settings/security/two-steps/off/", {"current": PASSWORD}).status_code == 302
    assert log_in_api().status_code == 200


def test_an_administrator_helps_somebody_who_lost_their_phone(ann: User, phone: str) -> None:
    take_two_steps_away(make_user("root", role=Role.ADMIN), ann)
    assert log_in_api().status_code == 200
    assert AuditRecord.objects.filter(action="two_steps.disabled", actor_name="root").exists()


def test_what_is_on_cannot_be_turned_on_again(ann: User, phone: str) -> None:
    secret = new_secret()
    with pytest.raises(WrongState):
        enable_two_steps(ann, secret=secret, code=code_of(secret))


def test_codes_stay_good_when_the_keys_are_rotated(ann: User, phone: str, settings: Settings) -> None:
    first, *_ = renew_recovery_codes(ann)
    old, new = settings.FIELD_ENCRYPTION_KEYS, ["n" * 60]
    settings.FIELD_ENCRYPTION_KEYS = [*new, *old]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = new
    assert use_code(ann, code_of(phone))
    assert use_code(ann, first)


def _spend_at_once(user: User, code: str) -> list[bool]:
    barrier = Barrier(2)

    def spend() -> bool:
        try:
            barrier.wait(5)
            return use_code(user, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(each.result() for each in [pool.submit(spend) for _ in range(2)])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_code_at_once_one_gets_in(ann: User, phone: str) -> None:
    assert _spend_at_once(ann, code_of(phone)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_row_s_lock_both_get_in(
    ann: User, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Barrier(2)
    spend = two_step._spend

    def spend_after_both_have_read(row: Authenticator, counter: int) -> bool:
        read.wait(5)
        return spend(row, counter)

    manager = type(Authenticator.objects)
    monkeypatch.setattr(manager, "select_for_update", lambda self: self.get_queryset(), raising=False)
    monkeypatch.setattr(two_step, "_spend", spend_after_both_have_read)
    assert _spend_at_once(ann, code_of(phone)) == [True, True]
