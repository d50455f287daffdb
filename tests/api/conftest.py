"""Clients of the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from orchestrator.accounts.models import User

ClientFor = Callable[[User | None], APIClient]


@pytest.fixture
def client_for(db: None) -> ClientFor:
    """A client logged in as this person, as a browser is."""

    def make(user: User | None = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
        return client

    return make
