"""Two workers that store the same result at the same moment: there is one version of the text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections

from process.domain.texts import Kind, Sentence
from process.models import HelpRequest, Synthesis
from process.services import making
from process.services.helping import ask_for_text
from process.services.journeys import Place, place_of
from process.services.making import Work, begin, keep_text
from tests.process.helping.scene import make_scene

pytestmark = pytest.mark.django_db(transaction=True)
Lock = Callable[[UUID], tuple[Place, HelpRequest]]
lock = making._lock


def without_lock(run: UUID) -> tuple[Place, HelpRequest]:
    request = HelpRequest.objects.select_related("session__user", "section").get(execution_id=run)
    return place_of(request.session), request


@contextmanager
def without_keys() -> Iterator[None]:
    """The database lets a version, and the text of a run, be stored twice."""
    keys = [
        each
        for each in Synthesis._meta.constraints
        if each.name in ("process_synthesis_once_per_run", "process_synthesis_version_once")
    ]
    assert len(keys) == 2
    with connection.schema_editor() as editor:
        for key in keys:
            editor.remove_constraint(Synthesis, key)
    try:
        yield
    finally:
        Synthesis.objects.all().delete()
        with connection.schema_editor() as editor:
            for key in keys:
                editor.add_constraint(Synthesis, key)


def store_at_once(monkeypatch: pytest.MonkeyPatch, lock: Lock) -> tuple[int, list[Exception]]:
    """Both look before either has stored anything, if they can; gives the versions, and what was refused."""
    scene = make_scene()
    request = ask_for_text(scene.user, scene.session.pk, section="origins")
    works = [begin(request.execution_id), begin(request.execution_id)]
    sentence = [(Sentence("It was so.", Kind.ANSWERS, (scene.answer("house").pk,)),)]
    meeting = threading.Barrier(2)
    refused: list[Exception] = []

    def lock_and_wait(run: UUID) -> tuple[Place, HelpRequest]:
        found = lock(run)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1.5)
        return found

    monkeypatch.setattr(making, "_lock", lock_and_wait)

    def store(work: Work | None) -> None:
        assert work is not None
        try:
            keep_text(request.execution_id, work, sentence)
        except IntegrityError as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=store, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return Synthesis.objects.count(), refused


def test_the_second_finds_the_request_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_at_once(monkeypatch, lock) == (1, [])


def test_the_lock_holds_without_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_keys():
        assert store_at_once(monkeypatch, lock) == (1, [])


def test_without_the_lock_the_keys_refuse_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    versions, refused = store_at_once(monkeypatch, without_lock)
    assert (versions, len(refused)) == (1, 1)


def test_without_the_lock_and_the_keys_there_are_two_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what both are for does happen without them."""
    with without_keys():
        assert store_at_once(monkeypatch, without_lock) == (2, [])
