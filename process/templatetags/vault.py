"""The key under which a person's browser seals what the server has not confirmed yet."""

from __future__ import annotations

import base64

from django import template
from django.utils.crypto import salted_hmac

from process.models import Session

register = template.Library()


@register.filter
def vault_key(session: Session) -> str:
    """For one session and its person alone. 32 bytes in base64; another ``SECRET_KEY`` gives another one."""
    digest = salted_hmac("orchestrator.process.vault", f"{session.user_id}:{session.pk}", algorithm="sha256")
    return base64.b64encode(digest.digest()).decode()
