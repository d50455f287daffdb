"""Sessions in and out as documents: the same again, for those who may, with every fault told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from orchestrator.accounts.models import Role, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound
from tests.factories import make_user
from tests.trading.strategy.domain.test_documents import VALIDATOR, make_document
from trading.strategy.domain.documents import snake
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import Corporation, StrategicSession
from trading.strategy.services.corporations import (
    add_corporation,
    corporation_number,
    lend_corporation,
    take_back_corporation,
)
from trading.strategy.services.documents import export_session, import_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def corporation(owner: User) -> Corporation:
    return add_corporation(owner, eve_id=98_000_001, name="Generated Industries", is_generated=True)


def whole_document() -> dict[str, Any]:
    """With everything that a document may have."""
    return make_document(
        steps=[
            {
                "stepType": "situation",
                "status": "completed",
                "startedAt": "2026-11-22T12:00:00+00:00",
                "completedAt": "2026-11-22T12:05:00+00:00",
                "input": {"snapshots": ["one"]},
                "output": {"summary": "All quiet.", "camelKey": {"snake_key": 1}},
                "confidenceScore": 0.123456789,
                "recommendations": [
                    {"title": "Hold", "detail": "", "anything": [1, {"x": None}]},
                    {"no_title": True},
                    {"title": 5},
                ],
            },
            {"stepType": "an_own_type", "status": "pending", "startedAt": "2026-11-22T12:00:00+00:00"},
        ],
        createdAt="2026-11-22T12:00:00+00:00",
        updatedAt="2026-11-22T12:30:00+00:00",
        sessionLog=[
            {"timestamp": "2026-11-22T12:00:00+00:00", "event": "started", "details": {"by": "bob"}},
            {"timestamp": "2026-11-22T12:01:00+00:00", "event": "step_started", "details": {}},
        ],
    )


def filled(document: dict[str, Any]) -> dict[str, Any]:
    """What an export always has, also where the document left it out."""
    found = copy.deepcopy(document)
    for step in found["steps"]:
        step.setdefault("input", {})
        step.setdefault("recommendations", [])
    return found


def test_a_session_comes_out_as_it_came_in(owner: User, corporation: Corporation) -> None:
    document = whole_document()

    session, is_new = import_session(owner, document)
    told = export_session(owner, session.pk)

    assert is_new
    VALIDATOR.validate(told)
    assert told == filled(document)


def test_in_our_spelling_it_is_the_same_session(owner: User, corporation: Corporation) -> None:
    session, _ = import_session(owner, snake(whole_document()))

    assert export_session(owner, session.pk) == filled(whole_document())


def test_the_same_document_again_makes_no_second_session(owner: User, corporation: Corporation) -> None:
    first, _ = import_session(owner, whole_document())
    again, is_new = import_session(owner, whole_document())

    assert (again.pk, is_new) == (first.pk, False)
    assert StrategicSession.objects.count() == 1


def test_what_was_exported_is_imported_elsewhere_as_the_same(owner: User, corporation: Corporation) -> None:
    session, _ = import_session(owner, whole_document())
    told = export_session(owner, session.pk)
    other = make_user("other")
    add_corporation(other, eve_id=98_000_001, name="The same, kept by somebody else")

    copied, is_new = import_session(other, told)

    assert is_new
    assert export_session(other, copied.pk) == told
    with pytest.raises(NotFound):
        export_session(other, session.pk)


def test_a_corporation_that_was_not_added_is_told(owner: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_session(owner, whole_document())
    assert caught.value.fields == {"corporation_id": ["You have no corporation 98000001. Add it first."]}
    assert not StrategicSession.objects.exists()


@pytest.mark.parametrize("junk", [None, 5, "x", [], {"steps": [{}]}, {**make_document(), "currentStep": 9}])
def test_what_is_no_document_leaves_nothing(owner: User, corporation: Corporation, junk: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        import_session(owner, junk)
    assert caught.value.fields
    assert not StrategicSession.objects.exists()


def test_a_corporation_is_seen_by_whom_it_was_lent_to_and_by_no_admin(
    owner: User, corporation: Corporation
) -> None:
    session, _ = import_session(owner, whole_document())
    reader, worker, admin = make_user("reader"), make_user("worker"), make_user("ada", role=Role.ADMIN)
    lend_corporation(owner, corporation.pk, username="READER", access=Access.READER)
    lend_corporation(owner, corporation.pk, username="worker", access=Access.EDITOR)

    assert export_session(reader, session.pk) == export_session(worker, session.pk)
    with pytest.raises(NotFound):
        export_session(admin, session.pk)
    with pytest.raises(NotAllowed):
        import_session(reader, {**whole_document(), "sessionId": "another"})
    assert import_session(worker, {**whole_document(), "sessionId": "another"})[1]
    with pytest.raises(NotAllowed):
        lend_corporation(worker, corporation.pk, username="ada", access=Access.READER)

    take_back_corporation(reader, corporation.pk, username="reader")
    with pytest.raises(NotFound):
        export_session(reader, session.pk)


@pytest.mark.parametrize(
    "text", ["", "Goonswarm", "-5", "0", "98000001.5", "\uff19\uff18", "9" * 30, None, 2**31]
)
def test_what_is_no_number_of_a_corporation_is_told(text: object) -> None:
    with pytest.raises(InvalidInput, match="is a number") as caught:
        corporation_number(text)
    assert list(caught.value.fields) == ["corporation_id"]
    assert corporation_number(" 98000001 ") == 98_000_001
