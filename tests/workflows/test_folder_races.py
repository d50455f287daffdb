"""Two people's hands on one tree at the same moment: a circle must not come to be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from django.db import connections

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.models import Folder
from orchestrator.workflows.services import folders
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def move_both_into_each_other(
    monkeypatch: pytest.MonkeyPatch, owner: User, one: Folder, other: Folder
) -> list[str]:
    """Two threads, each of which has checked that its move is right before the other writes, if it can."""
    meeting = threading.Barrier(2)
    check = folders._require_free_name

    def check_and_wait(*args: object, **options: object) -> None:
        check(*args, **options)  # type: ignore[arg-type]
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1.5)

    monkeypatch.setattr(folders, "_require_free_name", check_and_wait)
    refused: list[str] = []

    def move(folder: UUID, into: UUID) -> None:
        try:
            folders.change_folder(owner, folder, parent_id=into)
        except InvalidInput as error:
            refused.append(error.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=args) for args in ((one.pk, other.pk), (other.pk, one.pk))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return refused


def is_circle(folder: Folder) -> bool:
    seen: set[UUID] = set()
    parent: Callable[[UUID], UUID | None] = lambda pk: Folder.objects.values_list(  # noqa: E731
        "parent", flat=True
    ).get(pk=pk)
    place: UUID | None = folder.pk
    while place is not None and place not in seen:
        seen.add(place)
        place = parent(place)
    return place is not None


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def pair(owner: User) -> tuple[Folder, Folder]:
    return folders.create_folder(owner, name="A"), folders.create_folder(owner, name="B")


def test_two_moves_at_once_make_no_circle(
    monkeypatch: pytest.MonkeyPatch, owner: User, pair: tuple[Folder, Folder]
) -> None:
    refused = move_both_into_each_other(monkeypatch, owner, *pair)
    assert len(refused) == 1
    assert "cannot lie inside itself" in refused[0]
    assert not is_circle(pair[0])


def test_without_the_lock_they_would(
    monkeypatch: pytest.MonkeyPatch, owner: User, pair: tuple[Folder, Folder]
) -> None:
    """The control: the test above can fail."""
    monkeypatch.setattr(folders, "_lock_tree", lambda owner_id: None)
    assert move_both_into_each_other(monkeypatch, owner, *pair) == []
    assert is_circle(pair[0])
    Folder.objects.update(parent=None, depth=1)  # so that the rows can go again
