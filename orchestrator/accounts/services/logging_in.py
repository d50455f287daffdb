"""Proving who one is: a password, a one-time code where one is asked for, and the lock-out after too many
wrong ones. The browser, the API and the admin all log in through here.

Wrong ones are counted by django-axes, per account and address, whatever the account was called.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import ClassVar

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.backends import account_named, name_to_count
from orchestrator.accounts.models import User
from orchestrator.accounts.services.two_step import has_two_steps, use_code
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError


class BadCredentials(DomainError):
    """No active account has this name and this password. Which of them is wrong is not told."""

    code = "bad_credentials"
    status = 401


class WrongPassword(DomainError):
    """Somebody who is logged in was asked for the present password and gave another."""

    code = "wrong_password"
    status = 400


class SecondStepNeeded(DomainError):
    """The password is right, and this account asks for a one-time code as well."""

    code = "second_factor_required"
    status = 401


class BadCode(DomainError):
    """The one-time code is wrong, too old, or was used before."""

    code = "bad_code"
    status = 401


class LockedOut(DomainError):
    """Too many wrong passwords or codes for this account from this address."""

    code = "locked_out"
    status: ClassVar[int] = 429

    def __init__(self, until: datetime, now: datetime) -> None:
        self.wait = max(1, ceil((until - now).total_seconds()))
        minutes = max(1, round(self.wait / 60))
        super().__init__(
            f"Too many failed log-ins. Try again in {minutes} minute{'s' if minutes > 1 else ''}, "
            "or ask an administrator to unlock the account.",
            until=until.isoformat(),
        )


def check_password(request: HttpRequest, username: str, password: str) -> User:
    """The active account with this name or address and this password.

    Raises BadCredentials, or LockedOut, also for the wrong password that was one too many.
    """
    _refuse_locked(request, username)
    user = authenticate(request, username=username, password=password)
    if isinstance(user, User):
        return user
    _note_lock(request, username)
    raise BadCredentials("The user name or the password is wrong.")


def check_code(request: HttpRequest, user: User, code: str) -> None:
    """For an account with two steps. Raises SecondStepNeeded, BadCode or LockedOut."""
    if not has_two_steps(user):
        return
    _refuse_locked(request, user.username)
    if not code:
        raise SecondStepNeeded("This account asks for a one-time code: send it as “code”.")
    if use_code(user, code):
        return
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
    _note_lock(request, user.username)
    raise BadCode("This code is wrong, too old or used already. Wait for the next one.")


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """The present password of somebody who is logged in, asked for before what only its owner may do.

    A wrong one counts as a failed log-in: whoever finds an open browser may not try on and on.
    Raises WrongPassword or LockedOut.
    """
    _refuse_locked(request, user.username)
    if user.check_password(password):
        forget_failures(request, user)
        return
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
    _note_lock(request, user.username)
    raise WrongPassword("This is not your present password.")


def forget_failures(request: HttpRequest, user: User) -> None:
    """To be called once somebody is in."""
    AxesProxyHandler.reset_attempts(
        username=user.username.lower(), ip_address=request.META.get("REMOTE_ADDR") or None
    )


def locked_until(name: str, address: str | None, *, now: datetime) -> datetime | None:
    """When an account may be tried again from an address; None if it may be now."""
    limit, cooloff = settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME
    attempts: list[tuple[datetime, int]] = list(
        AccessAttempt.objects.filter(username=name, ip_address=address, attempt_time__gt=now - cooloff)
        .order_by("attempt_time")
        .values_list("attempt_time", "failures_since_start")
    )
    counted = sum(failures for _, failures in attempts)
    for moment, failures in attempts:  # the oldest are forgotten first
        if counted < limit:
            return None
        counted -= failures
        if counted < limit:
            until: datetime = moment + cooloff
            return until
    return None


def failures_of(user: User, *, now: datetime) -> list[tuple[str | None, int, datetime | None]]:
    """By address: how many failed log-ins count, and until when it may not be tried again from there."""
    name = user.username.lower()
    recent = AccessAttempt.objects.filter(username=name, attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    counted = recent.values_list("ip_address").annotate(Sum("failures_since_start")).order_by("ip_address")
    return [(address, count, locked_until(name, address, now=now)) for address, count in counted]


def _refuse_locked(request: HttpRequest, username: str) -> None:
    now = utc_now()
    until = locked_until(_name(request, username), request.META.get("REMOTE_ADDR"), now=now)
    if until is not None:
        raise LockedOut(until, now)


def _note_lock(request: HttpRequest, username: str) -> None:
    """After a failure: if it was one too many, write it down and say so."""
    try:
        _refuse_locked(request, username)
    except LockedOut:
        account = account_named(username)
        if account is not None:
            record_audit(None, "login.locked", account, after={"attempts": settings.AXES_FAILURE_LIMIT})
        raise


def _name(request: HttpRequest, username: str) -> str:
    return name_to_count(request, {"username": username})
