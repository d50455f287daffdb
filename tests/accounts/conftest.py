"""Somebody with a password, browsers and API clients that use it, and codes of a phone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from rest_framework.test import APIClient

from orchestrator.accounts import tasks
from orchestrator.accounts.models import User
from orchestrator.accounts.services import passwords
from orchestrator.accounts.services.two_step import enable_two_steps, new_secret
from tests.factories import PASSWORD, make_user

LogIn = Callable[..., Any]


@pytest.fixture
def ann(db: None) -> User:
    return make_user("ann", email="ann@example.test", password=PASSWORD)


def log_in_page(client: Client, name: str = "ann", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/login/", {"username": name, "password": password}, **extra)


def log_in_api(name: str = "ann", password: str = PASSWORD, **extra: Any) -> Any:
    return APIClient().post("/api/v1/auth/token/", {"username": name, "password": password, **extra})


def code_of(secret: str, *, steps_from_now: int = 0) -> str:
    """What the phone shows now, or did or will some half minutes away."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps_from_now)))


@pytest.fixture
def phone(ann: User) -> str:
    """The secret in Ann's phone: her log-in takes two steps. The code of the last half minute is used up."""
    secret = new_secret()
    enable_two_steps(ann, secret=secret, code=code_of(secret, steps_from_now=-1))
    return secret


@pytest.fixture
def sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails go out in the test's own thread, by the tasks that a worker would run."""
    by_name: dict[str, Any] = {
        passwords.RESET_TASK: tasks.mail_password_reset,
        passwords.LINK_TASK: tasks.mail_password_link,
    }
    monkeypatch.setattr(passwords, "_send", lambda task, *arguments: by_name[task](*arguments))
