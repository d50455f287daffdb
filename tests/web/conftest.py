"""Browsers without a browser: Django's client, logged in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from orchestrator.accounts.models import User

Visit = Callable[[User | None], Client]


@pytest.fixture
def visit(db: None) -> Visit:
    """A client logged in as this person; nobody for None."""

    def make(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
        return client

    return make
