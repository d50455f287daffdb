"""Whether an event comes from Vercel: ``x-vercel-signature`` is the body's HMAC-SHA1 in hex."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

HEADER: Final = "x-vercel-signature"


def is_signed(secret: str, body: bytes, given: str) -> bool:
    """Compared in constant time. SHA-1 is Vercel's choice; under HMAC its collisions help nobody."""
    expected = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
