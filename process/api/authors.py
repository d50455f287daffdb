"""Who may write definitions: asked before the body is read, so that others learn nothing from it."""

from __future__ import annotations

from rest_framework.request import Request

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from process.services.interchange import require_author


def author(request: Request) -> User:
    """Raises NotAllowed for anybody but staff."""
    user = person(request)
    require_author(user)
    return user
