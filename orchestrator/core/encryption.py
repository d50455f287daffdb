"""Encryption of what must not be readable in a dump of the database: keys of other services, private answers.

Fernet (AES-128-CBC with HMAC-SHA256) under keys of their own, apart from the one that signs sessions. The
first key encrypts; all of them decrypt, so that a new one can be put in front and ``manage.py rotate_keys``
run at leisure.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NoReturn

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

from orchestrator.core.errors import DomainError

_PURPOSE: Final = b"orchestrator field encryption\x00"


Rotation = Callable[[], tuple[int, int]]
rotations: Final[dict[str, Rotation]] = {}
"""What ``rotate_keys`` rewrites besides encrypted fields, by name: (values written anew, values lost)."""


class CannotDecrypt(DomainError):
    """The value was encrypted under a key that this server does not have."""

    code = "cannot_decrypt"
    status = 500


def encrypt(text: str) -> str:
    return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises CannotDecrypt."""
    try:
        return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt("A stored secret cannot be read: its encryption key is missing here.") from error


def rotate(token: str) -> str:
    """The same value under the newest key. Raises CannotDecrypt."""
    try:
        return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).rotate(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt("A stored secret cannot be read: its encryption key is missing here.") from error


def encrypt_bytes(data: bytes) -> bytes:
    """As ``encrypt``, without the third that base64 adds to what is large."""
    return base64.urlsafe_b64decode(_box(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(data))


def decrypt_bytes(token: bytes) -> bytes:
    """Raises CannotDecrypt."""
    try:
        return _box(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(base64.urlsafe_b64encode(token))
    except InvalidToken as error:
        raise CannotDecrypt("A stored file cannot be read: its encryption key is missing here.") from error


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(secret: str) -> bytes:
    """A Fernet key of the secret's random characters; hashing is enough for what no dictionary holds."""
    return base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + secret.encode()).digest())


class EncryptedField(models.TextField["Sealed | str", "Sealed"]):
    """Text that is encrypted in the database. It is read lazily: ``row.field`` is a ``Sealed`` value.

    It can be neither filtered by nor sorted by, since equal texts look different each time.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return value.token if isinstance(value, Sealed) else encrypt(str(value))

    def value_to_string(self, obj: models.Model) -> str:
        value: object = self.value_from_object(obj)
        return value.token if isinstance(value, Sealed) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else _cannot(lookup_name)


def _cannot(lookup: str) -> NoReturn:
    raise FieldError(f"An encrypted field cannot be looked up by {lookup}.")


class Sealed:
    """A value as it is stored. Printing it shows nothing of it."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def open(self) -> str:
        """Raises CannotDecrypt."""
        return decrypt(self.token)

    def rotated(self) -> Sealed:
        """Raises CannotDecrypt."""
        return Sealed(rotate(self.token))

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


class EncryptedBytesField(models.BinaryField["SealedBytes | bytes", "SealedBytes"]):
    """Bytes that are encrypted in the database: a recording, a picture. Read lazily, as ``SealedBytes``.

    Meant for files of some megabytes; queries that list rows defer it.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> SealedBytes | None:
        return None if value is None else SealedBytes(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None:
            value = value.token if isinstance(value, SealedBytes) else encrypt_bytes(bytes(value))
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        value: object = self.value_from_object(obj)
        return base64.b64encode(value.token).decode() if isinstance(value, SealedBytes) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else _cannot(lookup_name)


class SealedBytes:
    """Bytes as they are stored. Printing them shows nothing."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        self.token = token

    def open(self) -> bytes:
        """Raises CannotDecrypt."""
        return decrypt_bytes(self.token)

    def rotated(self) -> SealedBytes:
        """Raises CannotDecrypt."""
        return SealedBytes(encrypt_bytes(self.open()))

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__


def opened(value: Sealed | str) -> str:
    """The text of an encrypted field, also of one that was set just now and is not sealed yet."""
    return value if isinstance(value, str) else value.open()
