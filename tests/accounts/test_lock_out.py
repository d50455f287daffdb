"""Too many wrong passwords: by whatever door, per account and address, until a moment that is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.accounts.services.administration import unlock_account
from orchestrator.accounts.services.logging_in import failures_of
from orchestrator.core.clock import utc_now
from tests.accounts.conftest import log_in_api, log_in_page
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def fail(times: int, name: str = "ann", **extra: str) -> int:
    """The status of the last answer."""
    return [int(log_in_page(Client(), name, "wrong", **extra).status_code) for _ in range(times)][-1]


def test_the_fifth_wrong_password_locks_and_says_for_how_long(ann: User) -> None:
    assert fail(4) == 200
    answer = log_in_page(Client(), password="wrong")
    assert answer.status_code == 429
    assert "Too many failed log-ins. Try again in 15 minutes" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 900
    assert log_in_page(Client()).status_code == 429, "the right password opens nothing meanwhile"


def test_the_api_is_locked_with_the_pages_and_the_other_way_round(ann: User) -> None:
    fail(4)
    answer = log_in_api(password="wrong")
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert answer["content-type"] == "application/problem+json"
    assert int(answer["Retry-After"]) > 0
    assert "until" in answer.json()
    assert log_in_page(Client()).status_code == 429


def test_trying_on_does_not_move_the_moment_that_was_told(ann: User) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        fail(5)
        clock.shift(timedelta(minutes=14))
        assert log_in_page(Client()).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert log_in_page(Client()).status_code == 302


def test_wrong_ones_that_are_old_do_not_count(ann: User) -> None:
    with time_machine.travel(utc_now(), tick=False) as clock:
        fail(4)
        clock.shift(timedelta(minutes=16))
        assert fail(4) == 200


def test_a_right_password_forgets_the_wrong_ones_before_it(ann: User) -> None:
    fail(4)
    assert log_in_page(Client()).status_code == 302
    assert fail(4) == 200
    assert log_in_api().status_code == 200
    assert fail(4) == 200


def test_an_account_is_one_by_whatever_name_it_is_called(ann: User) -> None:
    for name in ("ann", "ANN", "Ann@Example.test", "ann@example.test"):
        fail(1, name)
    assert fail(1) == 429


def test_a_name_that_nobody_has_is_locked_in_the_same_words(ann: User) -> None:
    fail(5)
    fail(5, "nobody")
    told = [log_in_api(name, "x").json()["detail"] for name in ("ann", "nobody")]
    assert told[0] == told[1]


def test_neither_other_accounts_nor_other_addresses_are_locked(ann: User) -> None:
    make_user("ben", password=PASSWORD)
    fail(5)
    assert log_in_page(Client(), "ben").status_code == 302
    assert log_in_page(Client(), REMOTE_ADDR="10.9.8.7").status_code == 302


def test_another_browser_at_the_same_address_is_locked_too(ann: User) -> None:
    for number in range(5):
        log_in_page(Client(headers={"user-agent": f"Browser {number}"}), password="wrong")
    assert log_in_page(Client()).status_code == 429


def test_the_admin_s_log_in_is_the_same_door(ann: User) -> None:
    answer = Client().get("/admin/")
    assert answer.headers["Location"].startswith("/admin/login/")
    door = Client().get(answer.headers["Location"])
    assert door.headers["Location"] == "/login/?next=%2Fadmin%2F"
    assert Client().post("/admin/login/", {"username": "ann", "password": "x"}).status_code == 302


def test_somebody_who_is_no_staff_is_told_so_by_the_admin(ann: User) -> None:
    client = Client()
    log_in_page(client)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "for staff" in answer.content.decode()


def test_the_lock_and_its_end_are_in_the_trail(ann: User) -> None:
    fail(7)
    admin = make_user("root", role=Role.ADMIN)
    assert failures_of(ann, now=utc_now())[0][1] == 5
    unlock_account(admin, ann)
    assert failures_of(ann, now=utc_now()) == []
    assert log_in_page(Client()).status_code == 302
    actions = AuditRecord.objects.filter(action__startswith="login.").order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["login.locked", "login.unlocked"]


def test_an_administrator_unlocks_in_the_admin(ann: User) -> None:
    fail(5)
    client = Client()
    client.force_login(
        make_user("root", role=Role.ADMIN, is_staff=True, is_superuser=True),
        backend="orchestrator.accounts.backends.AnyCaseBackend",
    )
    page = client.get(reverse("admin:accounts_user_change", args=[ann.pk])).content.decode()
    assert "5 from 127.0.0.1, locked until" in page
    chosen = {"action": "unlock", "_selected_action": [str(ann.pk)]}
    client.post(reverse("admin:accounts_user_changelist"), chosen)
    assert log_in_page(Client()).status_code == 302


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 2000, "<script>"])
def test_odd_names_are_wrong_names(ann: User, name: str) -> None:
    assert log_in_page(Client(), name, "x").status_code == 200
    assert log_in_api(name, "x").status_code in (400, 401)


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("security", {"new": "quite another password"}),
        ("two-steps-off", {}),
        ("recovery-codes", {}),
    ],
)
def test_guesses_at_the_present_password_in_the_settings_count_too(
    ann: User, phone: str, page: str, more: dict[str, str]
) -> None:
    inside = Client()
    inside.force_login(ann, backend="orchestrator.accounts.backends.AnyCaseBackend")
    address = reverse(f"accounts:{page}")
    told = [inside.post(address, {"current": "guess", **more}) for _ in range(5)]
    assert [answer.status_code for answer in told] == [400, 400, 400, 400, 429]
    assert "not your present password" in told[0].content.decode()
    assert "Try again in 15 minutes" in told[-1].content.decode()
    assert inside.post(address, {"current": PASSWORD, **more}).status_code == 429, "nor does the right one"
    assert log_in_page(Client()).status_code == 429
    assert AuditRecord.objects.filter(action="login.locked").count() == 1
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


def test_the_present_password_in_the_settings_forgets_wrong_ones_before_it(ann: User) -> None:
    inside = Client()
    inside.force_login(ann, backend="orchestrator.accounts.backends.AnyCaseBackend")
    fail(4)
    new = "quite another password"
    assert inside.post(reverse("accounts:security"), {"current": PASSWORD, "new": new}).status_code == 302
    assert fail(4) == 200
