"""Whether a webhook's delivery was signed with the secret that both sides share.

The two usual ways: GitHub's ``sha256=<hex>`` over the body, and Stripe's ``t=<seconds>,v1=<hex>`` over
``<seconds>.<body>``, which also says when it was signed, so that an old delivery cannot be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

HMAC_HEADER: Final = "X-Hub-Signature-256"
TIMESTAMPED_HEADER: Final = "Stripe-Signature"
_MOST_SIGNATURES: Final = 10


class BadSignature(ValueError):
    """The delivery is not known to be its sender's; the message says what is wrong with the header."""


def check_hmac(secret: str, body: bytes, given: str, *, header: str) -> None:
    """Raises BadSignature. ``given`` is the header's value, with or without ``sha256=`` in front."""
    if not given:
        raise BadSignature(f"The header {header} is missing: sign the body with HMAC-SHA256.")
    if not _matches(_digest(secret, body), [given.strip().removeprefix("sha256=")]):
        raise BadSignature(f"The signature in {header} is not that of this body.")


def check_timestamped(
    secret: str, body: bytes, given: str, *, header: str, now: datetime, tolerance_seconds: int
) -> None:
    """Raises BadSignature, also for a signature that is older or newer than the tolerance."""
    if not given:
        raise BadSignature(f"The header {header} is missing: t=<seconds>,v1=<HMAC-SHA256>.")
    pairs = [part.strip().partition("=") for part in given.split(",")]
    signed_at = next((value for name, _, value in pairs if name == "t"), "")
    signatures = [value for name, _, value in pairs if name == "v1"][:_MOST_SIGNATURES]
    if not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) <= 12) or not signatures:
        raise BadSignature(f"{header} must read t=<seconds>,v1=<HMAC-SHA256 of seconds.body>.")
    if not _matches(_digest(secret, signed_at.encode() + b"." + body), signatures):
        raise BadSignature(f"The signature in {header} is not that of this body.")
    age = now.timestamp() - int(signed_at)
    if abs(age) > tolerance_seconds:
        word = "old" if age > 0 else "ahead of time"
        raise BadSignature(f"The signature is {abs(age):.0f} s {word}; {tolerance_seconds} s are allowed.")


def _digest(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _matches(expected: str, given: list[str]) -> bool:
    """Compares with every one, each in constant time."""
    found = [hmac.compare_digest(expected.encode(), each.lower().encode()) for each in given]
    return any(found)
