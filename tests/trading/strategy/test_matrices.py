"""Matrices as people change them: exact, one after the other, with what is new told to who was late."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories import make_user
from tests.trading.strategy.making import make_bare_session, make_corporation, make_matrix, make_step
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import MatrixScore, StrategicMatrix
from trading.strategy.queries.matrices import shown_matrix, told_matrix, told_sensitivity
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.matrices import (
    create_matrix,
    delete_matrix,
    matrix_of_step_output,
    rename_matrix,
)
from trading.strategy.services.matrix_changes import StaleMatrix
from trading.strategy.services.matrix_parts import add_part, change_part, delete_part, set_weights
from trading.strategy.services.matrix_scores import ScoreChange, set_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def matrix(owner: User) -> StrategicMatrix:
    return make_matrix(owner)


def standing(matrix: StrategicMatrix) -> list[tuple[str, str, int | None, bool]]:
    return [
        (each.name, str(each.total), each.rank, each.is_tied)
        for each in shown_matrix(StrategicMatrix.objects.get(pk=matrix.pk)).ranking
    ]


def test_a_matrix_shows_shares_that_add_up_and_exact_totals(matrix: StrategicMatrix) -> None:
    found = shown_matrix(matrix)

    assert [str(each.share) for each in found.criteria] == ["0.6667", "0.3333"]
    assert standing(matrix) == [("Expand", "7.0000", 1, False), ("Hold", "6.6667", 2, False)]


def test_a_tie_is_said_to_be_one_and_a_gap_is_no_zero(owner: User, matrix: StrategicMatrix) -> None:
    hold, expand = matrix.options.all()
    income, safety = matrix.criteria.all()
    set_scores(owner, matrix.pk, [ScoreChange(hold.pk, safety.pk, Decimal(9))])
    assert standing(matrix) == [("Hold", "7.0000", 1, True), ("Expand", "7.0000", 1, True)]
    told = told_matrix(shown_matrix(matrix))
    assert told["is_tied"]
    assert told_sensitivity(shown_matrix(matrix))["is_tied"]

    set_scores(owner, matrix.pk, [ScoreChange(expand.pk, income.pk, None)])
    assert standing(matrix) == [("Hold", "7.0000", 1, False), ("Expand", "None", None, False)]


def test_the_sensitivity_says_which_weight_flips_the_winner(matrix: StrategicMatrix) -> None:
    told: Any = told_sensitivity(shown_matrix(matrix))
    income, safety = told["criteria"]

    assert income["below"]["share"] == "0.6250"
    assert income["below"]["name"] == "Hold"
    assert income["above"] is None
    assert [each["names"] for each in safety["ranges"]] == [["Expand"], ["Hold"]]


def test_who_was_late_is_told_what_is_new_and_changes_nothing(owner: User, matrix: StrategicMatrix) -> None:
    hold = matrix.options.all()[0]
    income = matrix.criteria.all()[0]
    set_scores(owner, matrix.pk, [ScoreChange(hold.pk, income.pk, Decimal("6.5"))], revision=1)

    with pytest.raises(StaleMatrix) as caught:
        set_scores(owner, matrix.pk, [ScoreChange(hold.pk, income.pk, Decimal(1))], revision=1)

    told: Any = caught.value.extra
    assert told["revision"] == 2
    assert "6.5" in [each["score"] for each in told["matrix"]["scores"]]
    assert MatrixScore.objects.get(option=hold, criterion=income).score == Decimal("6.5")


def test_what_changes_nothing_raises_no_revision(owner: User, matrix: StrategicMatrix) -> None:
    hold = matrix.options.all()[0]
    income, safety = matrix.criteria.all()
    set_scores(owner, matrix.pk, [ScoreChange(hold.pk, income.pk, Decimal(6))])
    set_weights(owner, matrix.pk, {safety.pk: Decimal(1)})
    rename_matrix(owner, matrix.pk, title=" Where to move ")
    change_part(owner, matrix.pk, "option", hold.pk, name="Hold", position=0)

    assert StrategicMatrix.objects.get().revision == 1


def test_of_wrong_scores_none_is_set_and_each_is_told(owner: User, matrix: StrategicMatrix) -> None:
    hold = matrix.options.all()[0]
    income = matrix.criteria.all()[0]
    with pytest.raises(InvalidInput) as caught:
        set_scores(
            owner,
            matrix.pk,
            [
                ScoreChange(hold.pk, income.pk, Decimal(1)),
                ScoreChange(hold.pk, income.pk, Decimal("10.0001")),
                ScoreChange(uuid4(), income.pk, Decimal("1.00001"), source="x" * 301),
            ],
        )

    assert sorted(caught.value.fields) == [
        "scores.1.score",
        "scores.2.option",
        "scores.2.score",
        "scores.2.source",
    ]
    assert MatrixScore.objects.get(option=hold, criterion=income).score == 6


def test_parts_are_added_named_moved_and_deleted(owner: User, matrix: StrategicMatrix) -> None:
    add_part(owner, matrix.pk, "option", name=" Leave ")
    hold, _, leave = matrix.options.all()
    change_part(owner, matrix.pk, "option", leave.pk, name="Go", position=0)
    assert [each.name for each in matrix.options.all()] == ["Go", "Hold", "Expand"]
    delete_part(owner, matrix.pk, "option", hold.pk)
    assert [each.name for each in matrix.options.all()] == ["Go", "Expand"]
    with pytest.raises(InvalidInput, match="there already"):
        add_part(owner, matrix.pk, "criterion", name="Income")
    with pytest.raises(NotFound):
        delete_part(owner, matrix.pk, "option", hold.pk)


def test_some_weight_is_always_left(owner: User, matrix: StrategicMatrix) -> None:
    income, safety = matrix.criteria.all()
    with pytest.raises(InvalidInput, match="above 0"):
        set_weights(owner, matrix.pk, {income.pk: Decimal(0), safety.pk: Decimal(0)})
    set_weights(owner, matrix.pk, {safety.pk: Decimal(0)})
    with pytest.raises(WrongState, match="without weight"):
        delete_part(owner, matrix.pk, "criterion", income.pk)
    delete_part(owner, matrix.pk, "criterion", safety.pk)
    delete_part(owner, matrix.pk, "criterion", income.pk)
    assert shown_matrix(matrix).grid is None
    with pytest.raises(InvalidInput, match="above 0"):
        add_part(owner, matrix.pk, "criterion", name="Nothing", weight=Decimal(0))


def test_readers_look_strangers_do_not_and_an_archived_session_is_left_alone(owner: User) -> None:
    corporation = make_corporation(owner)
    session = make_bare_session(corporation)
    matrix = make_matrix(owner, corporation, session=session)
    reader, stranger = make_user("reader"), make_user("stranger")
    lend_corporation(owner, corporation.pk, username="reader", access=Access.READER)

    with pytest.raises(NotAllowed):
        rename_matrix(reader, matrix.pk, title="Mine")
    with pytest.raises(NotFound):
        rename_matrix(stranger, matrix.pk, title="Mine")
    rename_matrix(owner, matrix.pk, title="Later")
    assert [each.event for each in session.log.all()] == ["matrix_created", "matrix_renamed"]
    assert AuditRecord.objects.filter(action="strategic_matrix.renamed").count() == 1

    session.refresh_from_db()
    session.status = "archived"
    session.save()
    with pytest.raises(WrongState, match="archived"):
        delete_matrix(owner, matrix.pk)
    with pytest.raises(WrongState, match="archived"):
        create_matrix(owner, corporation.pk, title="Another", session=session)


def test_a_step_that_answers_again_fills_the_matrix_that_it_has(owner: User) -> None:
    session = make_bare_session(make_corporation(owner))
    output = {
        "options": ["Hold", "Go"],
        "criteria": [{"name": "Income", "weight": 1}],
        "scores": [{"option": "Go", "criterion": "Income", "score": 7}],
    }
    step = make_step(session, output=output)

    first = matrix_of_step_output(step)
    step.output = {**output, "options": ["Stay", "Go"]}
    again = matrix_of_step_output(step)

    assert (again.pk, again.revision) == (first.pk, 2)
    assert [each.name for each in again.options.all()] == ["Stay", "Go"]
    step.output = {"options": 5}
    with pytest.raises(InvalidInput):
        matrix_of_step_output(step)


def test_a_step_that_waits_answers_what_its_matrix_says_by_now(owner: User) -> None:
    """Later steps rest on the answer: they are not to be told scores that a person has put right."""
    session = make_bare_session(make_corporation(owner))
    output = {
        "summary": "Go",
        "options": [{"name": "Hold", "description": ""}, {"name": "Go", "description": ""}],
        "criteria": [{"name": "Income", "weight": 1, "description": ""}],
        "scores": [{"option": "Go", "criterion": "Income", "score": 7, "reason": "", "source": ""}],
    }
    step = make_step(session, output=output, status="in_progress")
    matrix = matrix_of_step_output(step)
    go, income = matrix.options.get(name="Go"), matrix.criteria.get()

    rename_matrix(owner, matrix.pk, title="Which way")
    step.refresh_from_db()
    assert (step.output, step.edited) == (output, False)

    set_scores(owner, matrix.pk, [ScoreChange(go.pk, income.pk, Decimal("2.5"))])
    set_weights(owner, matrix.pk, {income.pk: Decimal(3)})
    add_part(owner, matrix.pk, "option", name="Leave")
    step.refresh_from_db()
    assert step.output is not None
    assert (step.output["summary"], step.edited) == ("Go", True)
    assert [each["score"] for each in step.output["scores"]] == [2.5]
    assert [each["weight"] for each in step.output["criteria"]] == [3]
    assert [each["name"] for each in step.output["options"]] == ["Hold", "Go", "Leave"]

    step.status = "completed"
    step.save()
    set_scores(owner, matrix.pk, [ScoreChange(go.pk, income.pk, Decimal(9))])
    step.refresh_from_db()
    assert [each["score"] for each in step.output["scores"]] == [2.5], "what was accepted stays"


def test_a_matrix_is_shown_in_as_many_queries_whatever_its_size(owner: User) -> None:
    matrix = make_matrix(owner)
    with CaptureQueriesContext(
        connection,
    ) as few:
        shown_matrix(matrix)
    for at in range(12):
        add_part(owner, matrix.pk, "option", name=f"Option {at}")
    with CaptureQueriesContext(connection) as many:
        shown_matrix(matrix)

    assert len(few) == len(many) == 3
