"""Candles that are uploaded or made up: what is kept, what is refused, and who may change them."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import QuerySet
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge, WrongState
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import CSV, ROWS, make_candles, make_session
from workspaces.domain.archive import unpack
from workspaces.models import CandleSet
from workspaces.services import candles
from workspaces.services.candles import (
    delete_candles,
    ensure_candles_for_everybody,
    find_candles,
    make_up_candles,
    rename_candles,
    upload_candles,
)

pytestmark = pytest.mark.django_db


def test_an_upload_is_kept_as_it_was_read() -> None:
    user = make_user()
    gap = "2024-01-01T05:00,12,14,11,13,5\n"
    kept = upload_candles(user, name="  Gold,  hourly ", content=f"\ufeff{CSV}{ROWS}{gap}".encode())
    kept.refresh_from_db()
    assert (kept.name, kept.count, kept.step_seconds, kept.owner) == ("Gold, hourly", 4, 3_600, user)
    assert kept.first_at.isoformat() == "2024-01-01T00:00:00+00:00"
    assert kept.last_at.isoformat() == "2024-01-01T05:00:00+00:00"
    assert not kept.is_generated
    assert "2 bars are missing" in kept.notices[0]
    assert unpack(kept.data).close.tolist() == [11, 12, 13, 13]
    assert AuditRecord.objects.filter(action="candles.kept", object_id=str(kept.pk)).exists()


def test_every_fault_of_a_file_is_told_with_its_row() -> None:
    bad = CSV + "2024-01-01,10,12,9,11,5\n2024-01-02,10,9,9,11,5\n2024-01-02,x,12,9,11,5\n"
    with pytest.raises(InvalidInput) as caught:
        upload_candles(make_user(), name="Bad", content=bad.encode())
    assert [text.partition(":")[0] for text in caught.value.fields["file"]] == ["Row 3", "Row 4"]
    assert not CandleSet.objects.exists()


def test_days_and_months_that_could_be_both_are_asked_about() -> None:
    text = CSV + "03/04/2024,10,12,9,11,5\n04/04/2024,10,12,9,11,5\n"
    with pytest.raises(InvalidInput) as caught:
        upload_candles(make_user(), name="Which", content=text.encode())
    assert list(caught.value.fields) == ["day_first"]
    kept = upload_candles(make_user(), name="Which", content=text.encode(), day_first=True)
    assert kept.first_at.isoformat() == "2024-04-03T00:00:00+00:00"


def test_what_is_no_text_too_large_or_too_many_is_refused(settings: Settings) -> None:
    user = make_user()
    with pytest.raises(InvalidInput, match="no text"):
        upload_candles(user, name="Picture", content=b"\xff\xd8\xff")
    settings.CANDLES_MAX_BYTES = 50
    with pytest.raises(TooLarge):
        upload_candles(user, name="Large", content=(CSV + ROWS).encode())
    settings.CANDLES_MAX_BYTES, settings.CANDLES_MAX_SETS = 10_000, 1
    upload_candles(user, name="First", content=(CSV + ROWS).encode())
    with pytest.raises(WrongState, match="Delete one first"):
        upload_candles(user, name="Second", content=(CSV + ROWS).encode())
    with pytest.raises(NotAllowed):
        upload_candles(make_user(role=Role.VIEWER), name="V", content=(CSV + ROWS).encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_as_spreadsheets_write_them_are_read(encoding: str) -> None:
    text = "Date;Time;Open;High;Low;Close\r\n31.03.2024;12:00;10,5;12,25;9;11\r\n"
    kept = upload_candles(make_user(), name="Gold", content=text.encode(encoding))
    assert unpack(kept.data).open.tolist() == [10.5]


def test_bars_that_lie_decades_apart_are_kept() -> None:
    text = CSV + "1970-01-01,10,12,9,11,5\n2099-01-01,10,12,9,11,5\n"
    assert upload_candles(make_user(), name="Rare", content=text.encode()).step_seconds == 2**31 - 1


@pytest.mark.parametrize("content", ["Zeit;é".encode("latin-1"), b"\xff\xfe\xd8", b"\x00\x01\x02", b""])
def test_what_no_spreadsheet_wrote_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        upload_candles(make_user(), name="Odd", content=content)
    (told,) = caught.value.fields["file"]
    assert told.endswith(".")


def test_made_up_candles_are_labelled_and_the_same_for_the_same_seed() -> None:
    user = make_user()
    one, same = make_candles(user, seed=5), make_candles(user, seed=5)
    assert one.is_generated
    assert np.array_equal(unpack(one.data).close, unpack(same.data).close)
    for wrong in ({"bars": 5}, {"bars": 10**9}, {"seed": -1}, {"step_seconds": 1}):
        with pytest.raises(InvalidInput) as caught:
            make_up_candles(user, **{"name": "x", "bars": 100, "seed": 1, **wrong})  # type: ignore[arg-type]
        assert list(caught.value.fields) == list(wrong)


def test_sets_for_everybody_are_made_once_and_nobody_changes_them() -> None:
    first, again = ensure_candles_for_everybody(), ensure_candles_for_everybody()
    assert [each.pk for each in first] == [each.pk for each in again]
    user = make_user()
    assert find_candles(user, first[0].pk).is_generated
    with pytest.raises(NotAllowed):
        rename_candles(user, first[0].pk, name="Mine")


def test_others_do_not_see_them_and_their_owner_renames_and_deletes() -> None:
    user = make_user()
    kept = make_candles(user)
    for act in (find_candles, delete_candles):
        with pytest.raises(NotFound):
            act(make_user(), kept.pk)
    with pytest.raises(InvalidInput):
        rename_candles(user, kept.pk, name=" ")
    assert rename_candles(user, kept.pk, name="Gold").name == "Gold"
    delete_candles(user, kept.pk)
    assert not CandleSet.objects.exists()


def test_candles_that_a_session_looks_at_stay() -> None:
    workspace = make_workspace()
    session = make_session(workspace)
    with pytest.raises(WrongState, match="so they stay"):
        delete_candles(workspace.created_by, session.candles_id)
    assert CandleSet.objects.filter(pk=session.candles_id).exists()
    assert not AuditRecord.objects.filter(action="candles.deleted").exists()


def _two_uploads_at_once(user: User) -> list[str]:
    """Both count before either has stored, unless one waits for the other."""
    ready, refused = threading.Barrier(2), []
    store = candles._store

    def slowly(*given: Any, **options: Any) -> CandleSet:
        with suppress(threading.BrokenBarrierError):
            ready.wait(timeout=0.7)
        return store(*given, **options)

    def upload() -> None:
        try:
            upload_candles(user, name="One", content=(CSV + ROWS).encode())
        except WrongState as error:
            refused.append(error.message)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candles, "_store", slowly)
        threads = [threading.Thread(target=upload) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_pass_the_limit_together(settings: Settings) -> None:
    settings.CANDLES_MAX_SETS = 1
    assert len(_two_uploads_at_once(make_user())) == 1
    assert CandleSet.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CANDLES_MAX_SETS = 1
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    assert _two_uploads_at_once(make_user()) == []
    assert CandleSet.objects.count() == 2
