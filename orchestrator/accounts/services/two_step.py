"""The second step of logging in: one-time codes of a phone (TOTP, RFC 6238), and recovery codes.

The secrets, the arithmetic and the picture are allauth's. Which codes were used is kept in the row and
checked under its lock, so that a code is good once, in however many processes it arrives.
"""

from __future__ import annotations

import base64
from typing import Final

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import CannotDecrypt, rotate
from orchestrator.core.errors import InvalidInput, WrongState

_LAST: Final = "last_counter"
_SECRETS: Final = {"secret", "seed"}


def has_two_steps(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def new_secret() -> str:
    """For the phone; nothing is stored before a first code proves that it arrived there."""
    return str(generate_totp_secret())


def picture_of(user: User, secret: str) -> str:
    """The QR code as the address of an image, which the content security policy admits."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@transaction.atomic
def enable_two_steps(user: User, *, secret: str, code: str) -> list[str]:
    """From now on logging in takes a code. The recovery codes, to be shown once.

    Raises InvalidInput for a code that is not of this secret, WrongState if it is enabled already.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if has_two_steps(user):
        raise WrongState("Two-step log-in is on already.")
    counter = _counter_of(secret, code)
    if counter is None:
        message = "This is not the code that the app shows now. Is the clock of your phone right?"
        raise InvalidInput(message, fields={"code": [message]})
    row = TOTP.activate(user, secret).instance
    row.data[_LAST] = counter
    row.save(update_fields=["data"])
    record_audit(user, "two_steps.enabled", user)
    return _fresh_recovery_codes(user)


@transaction.atomic
def disable_two_steps(actor: User, user: User) -> None:
    """A password is enough again. Idempotent."""
    User.objects.select_for_update().get(pk=user.pk)
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if gone:
        record_audit(actor, "two_steps.disabled", user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """New codes; those before no longer work. Raises WrongState without two-step log-in."""
    User.objects.select_for_update().get(pk=user.pk)
    if not has_two_steps(user):
        raise WrongState("Two-step log-in is off.")
    record_audit(user, "two_steps.recovery_codes_renewed", user)
    return _fresh_recovery_codes(user)


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


@transaction.atomic
def use_code(user: User, code: str) -> bool:
    """Whether this is a code of the person's phone, or a recovery code; either is thereby used up."""
    rows = Authenticator.objects.select_for_update().filter(user=user).order_by("type")
    by_type = {row.type: row for row in rows}
    phone = by_type.get(Authenticator.Type.TOTP)
    if phone is None:
        return False
    counter = _counter_of(decrypt(phone.data["secret"]), code)
    if counter is not None:
        return _spend(phone, counter)
    recovery = by_type.get(Authenticator.Type.RECOVERY_CODES)
    if recovery is not None and RecoveryCodes(recovery).validate_code(code):
        record_audit(user, "two_steps.recovery_code_used", user)
        return True
    return False


def rotate_secrets() -> tuple[int, int]:
    """Every secret of a phone and seed of recovery codes under the newest key: (written anew, lost)."""
    done = lost = 0
    for key in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=key).first()
            if row is None:
                continue
            try:
                for name in row.data.keys() & _SECRETS:
                    row.data[name] = rotate(row.data[name])
                    done += 1
            except CannotDecrypt:
                lost += 1
                continue
            row.save(update_fields=["data"])
    return done, lost


def _spend(phone: Authenticator, counter: int) -> bool:
    if counter <= phone.data.get(_LAST, -1):
        return False
    phone.data[_LAST], phone.last_used_at = counter, utc_now()
    phone.save(update_fields=["data", "last_used_at"])
    return True


def _counter_of(secret: str, code: str) -> int | None:
    """The number of the half minute whose code this is, of those around now."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


def _fresh_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).generate_codes())
