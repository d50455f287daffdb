"""Requests that begin a coding run and arrive twice begin one."""

from __future__ import annotations

import pytest

from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from tests.workspaces.testing import make_session
from workspaces.models import ClaudeExecution
from workspaces.services.reviewing import review

pytestmark = pytest.mark.django_db


def test_the_same_key_gives_the_run_that_it_began() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    review(workspace.created_by, session.pk, 1, verdict="right")
    client = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}/feedback/send/"

    first = client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "a"})
    again = client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "a"})
    other = client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "b"})

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert first.json()["id"] == again.json()["id"]
    assert ClaudeExecution.objects.count() == 1
    assert (
        client.post(
            url, {}, content_type="application/json", headers={"Idempotency-Key": "x" * 101}
        ).status_code
        == 400
    )


def test_a_key_that_began_nothing_may_be_used_again() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    client = client_of(workspace.created_by)
    url = f"/api/v1/workspaces/{workspace.pk}/feedback/send/"
    assert (
        client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "a"}).status_code
        == 409
    )
    review(workspace.created_by, session.pk, 1, verdict="right")
    assert (
        client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "a"}).status_code
        == 202
    )
