"""Secrets at rest: unreadable without their key, readable under older ones, rotated by a command."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from orchestrator.ai.models import Credential
from orchestrator.ai.services.credentials import set_credential
from orchestrator.core.encryption import (
    CannotDecrypt,
    Sealed,
    SealedBytes,
    decrypt,
    encrypt,
    encrypt_bytes,
)
from tests.factories import make_user

OLD, NEW, OTHER = "o" * 50, "n" * 50, "x" * 50
SECRET = "gsk-0123456789abcdef"


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ai_credential ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_the_database_holds_no_readable_secret() -> None:
    set_credential(make_user(), "groq", SECRET)
    [token] = stored()
    assert SECRET not in token
    assert decrypt(token) == SECRET
    assert Credential.objects.get().key.open() == SECRET


def test_equal_secrets_look_different_and_a_sealed_one_prints_nothing() -> None:
    assert encrypt(SECRET) != encrypt(SECRET)
    assert str(Sealed(encrypt(SECRET))) == repr(Sealed("token")) == "<sealed>"


def test_an_older_key_still_opens_and_a_missing_one_is_told(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    token = encrypt(SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(token) == SECRET
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CannotDecrypt):
        decrypt(token)


def test_bytes_are_sealed_without_base64_and_rotated(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    sealed = SealedBytes(encrypt_bytes(b"voice" * 1000))
    assert b"voice" not in sealed.token
    assert len(sealed.token) < 5_100
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    newer = sealed.rotated()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert newer.open() == b"voice" * 1000
    assert (str(newer), repr(newer)) == ("<sealed>", "<sealed>")
    with pytest.raises(CannotDecrypt):
        sealed.open()


@pytest.mark.django_db
def test_nobody_looks_for_an_encrypted_value() -> None:
    with pytest.raises(FieldError, match="cannot be looked up"):
        Credential.objects.filter(key=SECRET).exists()


@pytest.mark.django_db
def test_rotation_makes_the_old_key_dispensable(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    for provider in ("groq", "claude"):
        set_credential(make_user(), provider, SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    told = StringIO()
    call_command("rotate_keys", stdout=told)

    assert "ai.Credential: 2 re-encrypted" in told.getvalue()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert [decrypt(token) for token in stored()] == [SECRET, SECRET]


@pytest.mark.django_db
def test_what_no_key_opens_is_left_and_told(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OTHER]
    set_credential(make_user(), "groq", SECRET)
    before = stored()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 values cannot be read"):
        call_command("rotate_keys", stdout=StringIO())
    assert stored() == before
