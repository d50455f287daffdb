"""Changing one's password, forgetting it, being invited, and signing up where that is allowed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.accounts.services import passwords
from orchestrator.accounts.services.administration import create_account, invite_again
from orchestrator.accounts.services.passwords import password_link
from orchestrator.celery import app
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import WrongState
from tests.accounts.conftest import log_in_api, log_in_page
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sent_at_once")]
NEW = "quite another password"


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def mailed_path() -> str:
    return path_of(re.findall(r"https?://\S+/password/\S+", str(mail.outbox[-1].body))[0])


def set_by(path: str, new: str = NEW) -> int:
    client = Client()
    opened = client.get(path)
    if opened.status_code != 302:
        return 0
    assert "set-password" in opened.headers["Location"], "the token leaves the address at once"
    return client.post(opened.headers["Location"], {"new": new}).status_code


def test_changing_it_ends_all_other_log_ins_and_keeps_this_one(ann: User) -> None:
    here, there, pair = Client(), Client(), log_in_api().json()
    log_in_page(here)
    log_in_page(there)
    assert here.post("/settings/security/", {"current": PASSWORD, "new": NEW}).status_code == 302
    assert here.get("/settings/security/").content.decode().count(">This browser<") == 1
    assert there.get("/settings/").status_code == 302
    assert APIClient().post("/api/v1/auth/token/refresh/", {"refresh": pair["refresh"]}).status_code == 401
    assert log_in_api(password=NEW).status_code == 200
    assert AuditRecord.objects.filter(action="password.changed").exists()


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [
        ("guess", NEW, "not your present password"),
        (PASSWORD, "short", "too short"),
        (PASSWORD, "1234567890", "numeric"),
        (PASSWORD, "password123", "too common"),
        (PASSWORD, "", "required"),
    ],
)
def test_a_password_that_does_not_do_is_told_beside_its_field(
    ann: User, current: str, new: str, says: str
) -> None:
    client = Client()
    log_in_page(client)
    answer = client.post("/settings/security/", {"current": current, "new": new})
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert log_in_api().status_code == 200


def test_a_forgotten_password_is_set_by_a_link_once(ann: User) -> None:
    logged_in = Client()
    log_in_page(logged_in)
    Client().post("/password/forgotten/", {"email": "ANN@example.test"})
    assert mail.outbox[0].to == ["ann@example.test"]
    path = mailed_path()
    assert set_by(path) == 302
    assert log_in_api(password=NEW).status_code == 200
    assert logged_in.get("/settings/").status_code == 302, "who was logged in is no longer"
    assert set_by(path) == 0
    assert "no longer good" in Client().get(path).content.decode()


def test_who_has_an_account_is_not_told(ann: User) -> None:
    make_user("gone", email="gone@example.test", is_active=False)
    pages = []
    for address in ("ann@example.test", "nobody@example.test", "gone@example.test"):
        answer = Client().post("/password/forgotten/", {"email": address})
        pages.append((answer.status_code, answer.content.decode().replace(address, "")))
    assert len({re.sub(r"(csrf-token\" content|value)=\"\w+\"", "", page) for _, page in pages}) == 1
    assert [message.to for message in mail.outbox] == [["ann@example.test"]]


def test_a_link_runs_out(ann: User) -> None:
    path = path_of(password_link(ann))
    with time_machine.travel(utc_now() + timedelta(days=4)):
        assert set_by(path) == 0


@pytest.mark.parametrize("path", ["/password/x/y/", "/password/MDAw/abc-def/", "/password/%00/%00/"])
def test_a_link_that_is_none_is_told_so(ann: User, path: str) -> None:
    assert "no longer good" in Client().get(path).content.decode()


def test_a_weak_password_by_link_is_refused_and_the_link_stays_good(ann: User) -> None:
    path = path_of(password_link(ann))
    assert set_by(path, "12345678") == 400
    assert set_by(path) == 302


def test_mails_are_not_sent_without_end(ann: User) -> None:
    for _ in range(5):
        Client().post("/password/forgotten/", {"email": "ann@example.test"})
    assert len(mail.outbox) == 3
    for number in range(5):
        Client().post("/password/forgotten/", {"email": f"x{number}@example.test"})
    answer = Client().post("/password/forgotten/", {"email": "y@example.test"})
    assert answer.status_code == 429
    assert "Too many mails" in answer.content.decode()


def test_one_who_is_invited_chooses_a_password_by_the_mailed_link(
    ann: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    admin = make_user("root", role=Role.ADMIN)
    eve = User(username="eve", email="eve@example.test", role=Role.VIEWER.value)
    eve.set_unusable_password()
    with django_capture_on_commit_callbacks(execute=True):
        create_account(admin, eve)
    assert "there is an account for you" in str(mail.outbox[0].body)
    assert set_by(mailed_path()) == 302
    assert log_in_api("eve", NEW).status_code == 200


def test_nobody_without_an_address_or_with_a_closed_account_is_invited(db: None) -> None:
    admin = make_user("root", role=Role.ADMIN)
    for account in (make_user("a", email=""), make_user("b", is_active=False)):
        with pytest.raises(WrongState):
            invite_again(admin, account)


def test_there_is_no_signing_up_unless_it_is_enabled(
    settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    form = {"username": "zoe", "email": "zoe@example.test"}
    assert Client().post("/sign-up/", form).status_code == 404
    assert "/sign-up/" not in Client().get("/login/").content.decode()
    settings.SIGN_UP = True
    assert "/sign-up/" in Client().get("/login/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert "Look into your mail" in Client().post("/sign-up/", form).content.decode()
    zoe = User.objects.get(username="zoe")
    assert (zoe.role, zoe.is_staff, zoe.has_usable_password()) == ("user", False, False)
    assert set_by(mailed_path()) == 302
    assert log_in_api("zoe", NEW).status_code == 200


def test_signing_up_with_a_known_address_tells_only_its_mailbox(
    ann: User, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.SIGN_UP = True
    with django_capture_on_commit_callbacks(execute=True):
        page = Client().post("/sign-up/", {"username": "ann2", "email": "Ann@example.test"})
    assert "Look into your mail" in page.content.decode()
    assert "have an account already" in str(mail.outbox[0].body)
    assert not User.objects.filter(username="ann2").exists()
    taken = Client().post("/sign-up/", {"username": "ANN", "email": "new@example.test"})
    assert (taken.status_code, b"ANN" in taken.content) == (400, True)


def test_a_broker_that_is_away_does_not_break_the_page(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("no broker")

    monkeypatch.undo()
    monkeypatch.setattr(app, "send_task", away)
    passwords.request_password_reset("ann@example.test")
    assert mail.outbox == []
