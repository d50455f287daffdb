"""A bound on the names that somebody may try: whether there is an account is not to be found by guessing."""

from __future__ import annotations

from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError
from orchestrator.core.rates import seconds_to_wait
from orchestrator.rate import Rate


class TooManyTries(DomainError):
    """Names were tried too often."""

    code = "too_many_tries"
    status = 429


def count_try(what: str, user: User, rate: Rate) -> None:
    """Count a name that the person tries, whoever it is. Raises TooManyTries past the rate."""
    if wait := seconds_to_wait(what, str(user.pk), rate):
        raise TooManyTries(f"That were many names. Try again in {-(-wait // 60)} minutes.")
