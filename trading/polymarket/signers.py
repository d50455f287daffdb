"""What signing needs and gives, and how the optional library that does it is found, in workers only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from orchestrator.core.errors import DomainError
from trading.domain.live import Terms


class SigningMissing(DomainError):
    """This worker cannot sign: the optional library is not installed in it."""

    code = "signing_missing"
    status = 503


class BadKeys(DomainError):
    """The stored keys are none that can sign."""

    code = "bad_keys"


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one wallet. What is secret is not in its repr."""

    funder: str
    signature_type: int
    private_key: str = field(repr=False)
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    api_passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """``exchange_id`` is the order's hash, by which the exchange knows it; ``body`` is what is posted."""

    exchange_id: str
    body: str = field(repr=False)


class Signer(Protocol):
    def sign(self, terms: Terms) -> SignedOrder:
        """Of a new order: another one each time."""

    def headers(self, method: str, path: str, body: str = "") -> dict[str, str]:
        """That prove who asks; ``path`` without a query."""


def open_signer(keys: Keys) -> Signer:
    """Raises SigningMissing, BadKeys."""
    try:
        with _recursion_limit_kept():
            signing = import_module("trading.polymarket.signing")
    except ImportError as error:
        raise SigningMissing(
            "This worker cannot sign orders: run `make live` there, or build with EXTRAS=live."
        ) from error
    signer: Signer = signing.open_signer(keys)
    return signer


@contextmanager
def _recursion_limit_kept() -> Iterator[None]:
    """One of the library's parts, py_ecc, lifts the limit for the whole process when it is imported.

    With it lifted, JSON nested deeply enough overflows the C stack: a worker that can sign dies of a garbled
    answer, which every other takes for a ``RecursionError``.
    """
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
