"""Two who change one matrix at the same moment, or refresh one corporation: with locks, and without."""

from __future__ import annotations

from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache

from orchestrator.accounts.models import User
from orchestrator.celery import app
from tests.factories import make_user
from tests.trading.strategy.making import make_matrix
from tests.trading.strategy.sessions.test_races import both, meet_after
from trading.strategy.access import find_matrix
from trading.strategy.models import MatrixScore, StrategicMatrix
from trading.strategy.services import matrix_changes, matrix_parts, matrix_scores, refreshing
from trading.strategy.services.corporations import add_corporation
from trading.strategy.services.matrix_parts import delete_part
from trading.strategy.services.matrix_scores import ScoreChange, set_scores

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*args: Any, lock: bool = False) -> StrategicMatrix:
        return find_matrix(*args)

    monkeypatch.setattr(matrix_changes, "find_matrix", find)


def score_twice(owner: User, monkeypatch: pytest.MonkeyPatch, revision: int | None) -> tuple[list[str], int]:
    """Two people score two cells; the errors, and the revision afterwards."""
    matrix = make_matrix(owner)
    option = matrix.options.all()[0]
    meet_after(monkeypatch, Barrier(2), matrix_scores, "begin_change")

    def score(criterion: Any) -> None:
        set_scores(owner, matrix.pk, [ScoreChange(option.pk, criterion.pk, Decimal(1))], revision=revision)

    errors = both(*[lambda each=each: score(each) for each in matrix.criteria.all()])
    matrix.refresh_from_db()
    return errors, matrix.revision


def test_two_scores_at_once_are_two_revisions(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert score_twice(owner, monkeypatch, None) == ([], 3)
    assert MatrixScore.objects.filter(score=1).count() == 2


def test_of_two_by_one_revision_the_second_is_told(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert score_twice(owner, monkeypatch, 1) == (["StaleMatrix"], 2)
    assert MatrixScore.objects.filter(score=1).count() == 1


@pytest.mark.parametrize("revision", [None, 1])
def test_the_control_without_the_lock_nobody_is_told_and_a_revision_is_lost(
    owner: User, monkeypatch: pytest.MonkeyPatch, unlocked: None, revision: int | None
) -> None:
    assert score_twice(owner, monkeypatch, revision) == ([], 2)


def score_and_delete(owner: User, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody scores an option that somebody else deletes; each has seen it before."""
    matrix = make_matrix(owner)
    option, criterion = matrix.options.all()[0], matrix.criteria.all()[0]
    gate = Barrier(2)
    meet_after(monkeypatch, gate, matrix_scores, "_check")
    meet_after(monkeypatch, gate, matrix_parts, "_find")
    MatrixScore.objects.all().delete()
    return both(
        lambda: set_scores(owner, matrix.pk, [ScoreChange(option.pk, criterion.pk, Decimal(1))]),
        lambda: delete_part(owner, matrix.pk, "option", option.pk),
    )


def test_a_part_that_is_deleted_while_it_is_scored_is_gone(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert score_and_delete(owner, monkeypatch) in ([], ["InvalidInput"])
    assert StrategicMatrix.objects.get().options.count() == 1
    assert not MatrixScore.objects.exists()


def test_the_control_without_the_lock_one_of_them_fails_at_the_keys(
    owner: User, monkeypatch: pytest.MonkeyPatch, unlocked: None
) -> None:
    """By a missing key, or by a deadlock that PostgreSQL ends, as the two happen to meet."""
    assert {"IntegrityError", "OperationalError"} & {*score_and_delete(owner, monkeypatch)}


def refresh_twice(owner: User, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Asked for twice at once, and delivered twice at once: messages sent, and kinds asked of ESI."""
    corporation = add_corporation(owner, eve_id=98_000_001, name="Generated Industries")
    sent: list[str] = []
    asked: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, **more: sent.append(name))
    monkeypatch.setattr(refreshing, "available_kinds", lambda corporation: ["wallets"])
    monkeypatch.setattr(refreshing, "snapshot_of", lambda esi, corporation, kind: asked.append(kind))
    meet_after(monkeypatch, Barrier(2), refreshing, "find_corporation")
    assert both(*[lambda: refreshing.start_refresh(owner, corporation.pk)] * 2) == []
    meet_after(monkeypatch, Barrier(2), refreshing, "_keep")
    assert both(*[lambda: refreshing.refresh_corporation(corporation.pk)] * 2) == []
    return len(sent), len(asked)


def test_two_refreshes_at_once_are_one(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refresh_twice(owner, monkeypatch) == (1, 1)
    corporation = owner.corporations.get().pk
    told: list[refreshing.Progress | None] = []
    both(lambda: told.append(refreshing.progress_of(corporation)))  # the cache of threads is not the test's
    assert told[0] is not None
    assert told[0].is_over
    begun: list[refreshing.Progress] = []
    both(lambda: begun.append(refreshing.start_refresh(owner, corporation)))
    assert begun[0].is_running, "when one is over, another may begin"


class Careless:
    """The cache, but that everybody who adds something is told to be the first."""

    def __getattr__(self, name: str) -> Any:
        return getattr(cache, name)

    def add(self, *args: Any) -> bool:
        return True


def test_the_control_without_the_mark_in_the_cache_they_are_two(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "cache", Careless())
    assert refresh_twice(owner, monkeypatch) == (2, 2)
