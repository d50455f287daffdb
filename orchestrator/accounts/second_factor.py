"""What is our own of allauth's pieces for one-time codes: whose name a phone shows, how secrets rest."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from orchestrator.core.encryption import decrypt, encrypt


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # has no types
    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
