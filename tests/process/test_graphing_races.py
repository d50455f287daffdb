"""Two authors who redraw the same revision at the same moment: one of them is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from django.db import connections

from orchestrator.accounts.models import Role, User
from process.domain.drawing import Change, read_redrawing
from process.models import ProcessVersion
from process.queries.versions import find_version
from process.services import graphing
from process.services.authoring import DraftChanged, begin_change
from process.services.graphing import redraw
from tests.factories import make_user
from tests.process.making import make_node, make_process
from tests.process.storing import store

pytestmark = pytest.mark.django_db(transaction=True)
Begin = Callable[..., ProcessVersion]


def rename_at_once(monkeypatch: pytest.MonkeyPatch, begin: Begin) -> tuple[ProcessVersion, list[str]]:
    """Both begin before either has stored anything, if they can; gives the names whose author was told."""
    version = store(make_process(make_node("talk")))
    ada = make_user(role=Role.ADMIN)
    talk = version.nodes.get()
    meeting = threading.Barrier(2)
    told: list[str] = []

    def begin_and_wait(user: User, version_id: UUID, *, seen: int) -> ProcessVersion:
        begun = begin(user, version_id, seen=seen)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1.5)
        return begun

    monkeypatch.setattr(graphing, "begin_change", begin_and_wait)

    def rename(name: str) -> None:
        try:
            redraw(ada, version.pk, revision=version.revision, changes=_renaming(talk.pk, name))
        except DraftChanged:
            told.append(name)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=rename, args=[name]) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return version, told


def _renaming(node: UUID, name: str) -> list[Change]:
    change = {"do": "change_phase", "id": str(node), "values": {"name": name}}
    return read_redrawing({"revision": 1, "changes": [change]}).changes  # type: ignore[list-item]  # it is Json


def test_of_two_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    version, told = rename_at_once(monkeypatch, begin_change)
    assert len(told) == 1
    assert version.nodes.get().node_name == ({"One", "Two"} - set(told)).pop()


def test_without_the_lock_one_overwrites_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what the lock is for does happen without it."""

    def begin_unlocked(user: User, version_id: UUID, *, seen: int) -> ProcessVersion:
        version = find_version(version_id)
        assert version.revision == seen
        version.revision += 1
        return version

    _, told = rename_at_once(monkeypatch, begin_unlocked)
    assert told == []
