"""Two workers that hand over the same deployment at the same moment; and the control without the lock."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings

from tests.workspaces.deployments.scene import make_deployed
from tests.workspaces.deployments.wire import Host, hosting
from workspaces.services.deployments import sending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    with hosting(settings) as host:
        yield host


def both_hand_over(pk: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has looked, and seen that nobody began, before either goes on."""
    together, real = Barrier(2, timeout=60), sending._prepare

    def prepare(pk: UUID) -> object:
        work = real(pk)
        together.wait()
        return work

    monkeypatch.setattr(sending, "_prepare", prepare)

    def work() -> None:
        try:
            sending.hand_over(pk)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)


def test_two_workers_at_once_send_it_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_deployed()
    both_hand_over(row.pk, monkeypatch)
    row.refresh_from_db()
    assert (len(host.posts), row.remote_id) == (1, "dpl_1")


def test_the_control_without_the_lock_it_is_sent_twice(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_begin", lambda pk: True)
    monkeypatch.setattr(sending, "keep", lambda *given: None)
    both_hand_over(make_deployed().pk, monkeypatch)
    assert len(host.posts) == 2
