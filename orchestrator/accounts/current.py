"""The person behind a request."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.request import Request

from orchestrator.accounts.models import User


def person(request: Request | HttpRequest) -> User:
    """The logged-in user of a view that only logged-in users reach."""
    assert isinstance(request.user, User)
    return request.user
