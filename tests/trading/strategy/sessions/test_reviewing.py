"""What a person says of a step: accepted, changed, to be done again with a remark."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from tests.trading.strategy.sessions.scene import (
    OWN,
    Drain,
    Scene,
    again,
    events_of,
    finish,
    make_scene,
    make_steps,
    run_of,
    step_of,
)
from trading.strategy.models import StrategicSession
from trading.strategy.services.reviewing import (
    NothingToReview,
    accept_step,
    advance_session,
    ask_again,
    edit_step,
    retry_step,
)

pytestmark = pytest.mark.django_db(transaction=True)
PLAIN = {"step_type": "situation"}


def waiting(drain: Drain, *configs: dict[str, Any]) -> tuple[Scene, StrategicSession]:
    """A session whose first step waits to be reviewed."""
    scene = make_scene()
    session = scene.start(make_steps(scene.user, *(configs or (PLAIN, OWN))))
    drain()
    assert step_of(session).output is not None
    return scene, session


def test_what_is_accepted_lets_the_session_go_on(drain: Drain) -> None:
    scene, session = waiting(drain)
    assert (step_of(session).status, step_of(session, 1).status) == ("in_progress", "pending")
    accept_step(scene.user, session.pk, 0, comment="  Fine by me. ")
    drain()
    first, second = step_of(session), step_of(session, 1)
    assert (first.status, first.reviewed_by, second.status) == ("completed", scene.user, "in_progress")
    assert again(session).current_step == 1
    entry = session.log.get(event="step_accepted")
    assert (entry.actor, entry.step_position, entry.details["comment"]) == (scene.user, 0, "Fine by me.")


def test_what_was_accepted_is_not_accepted_twice(drain: Drain) -> None:
    scene, session = waiting(drain)
    accept_step(scene.user, session.pk, 0)
    with pytest.raises(NothingToReview):
        accept_step(scene.user, session.pk, 0)
    with pytest.raises(NothingToReview):
        advance_session(scene.user, session.pk)
    drain()
    assert step_of(session, 1).status == "in_progress"
    assert events_of(session).count("step_accepted") == 1


def test_what_was_asked_again_is_done_again_with_the_remark(drain: Drain) -> None:
    scene, session = waiting(drain)
    first = step_of(session)
    advice = first.recommendations.get()
    ask_again(scene.user, session.pk, 0, remark="Look at the market, too.")
    with pytest.raises(NothingToReview, match="at work"):
        accept_step(scene.user, session.pk, 0)
    drain()
    step = step_of(session)
    assert (step.rounds, step.remark, step.status) == (2, "Look at the market, too.", "in_progress")
    assert step.output == first.output, "fixed rules find the same"
    assert step.input["previous"]["output"] == first.output
    assert step.recommendations.get().pk != advice.pk
    assert finish(scene.user, session, drain).status == "completed"
    assert run_of(session).status == "completed"
    assert events_of(session)[1:5] == ["step_started", "step_answered", "step_asked_again", "step_answered"]


def test_it_may_be_asked_again_more_often_than_the_engine_retries(drain: Drain) -> None:
    scene, session = waiting(drain)
    for times in range(2, 7):
        ask_again(scene.user, session.pk, 0, remark=f"Once more, {times}.")
        drain()
        assert (step_of(session).rounds, step_of(session).status) == (times, "in_progress")
    assert finish(scene.user, session, drain).status == "completed"


def test_what_a_person_wrote_stands_in_place_of_the_answer(drain: Drain) -> None:
    scene, session = waiting(drain)
    output = {**step_of(session).output, "summary": "As I see it."}
    given = step_of(session).input["snapshots"][0]
    advice = {
        "title": "Mine",
        "detail": "",
        "confidence": 1,
        "citations": [{"kind": "corporation", "fact": "members"}],
    }
    edit_step(scene.user, session.pk, 0, output=output, confidence=0.9, recommendations=[advice])
    step = step_of(session)
    assert (step.status, step.edited, step.confidence_score) == ("in_progress", True, 0.9)
    assert step.output == output
    cited = step.recommendations.get().citations[0]
    assert (cited["snapshot"], cited["as_of"]) == (given["id"], given["as_of"])
    accept_step(scene.user, session.pk, 0)
    drain()
    assert step_of(session).output == output
    with pytest.raises(NothingToReview):
        edit_step(scene.user, session.pk, 0, output=output)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"output": "text"}, "output"),
        ({"output": {"summary": "x"}}, "output"),
        ({"confidence": 1.5}, "confidence"),
        ({"confidence": -0.1}, "confidence"),
        ({"recommendations": [{"title": ""}]}, "recommendations"),
        ({"recommendations": [{"title": "x", "citations": []}]}, "recommendations"),
        (
            {"recommendations": [{"title": "x", "citations": [{"kind": "wallets", "fact": "gold"}]}]},
            "recommendations",
        ),
        ({"recommendations": [{"title": "x", "confidence": 2, "citations": []}]}, "recommendations"),
        ({"comment": "x" * 5_000}, "comment"),
    ],
)
def test_what_cannot_be_written_is_told_and_changes_nothing(
    drain: Drain, change: dict[str, Any], field: str
) -> None:
    scene, session = waiting(drain)
    before = step_of(session)
    with pytest.raises(InvalidInput) as caught:
        edit_step(scene.user, session.pk, 0, **{"output": before.output, **change})
    assert next(iter(caught.value.fields)).partition(".")[0] == field
    after = step_of(session)
    assert (after.output, after.edited, after.recommendations.count()) == (
        before.output,
        False,
        before.recommendations.count(),
    )


def test_steps_that_there_are_not_and_steps_that_do_not_wait(drain: Drain) -> None:
    scene, session = waiting(drain)
    with pytest.raises(NotFound):
        accept_step(scene.user, session.pk, 9)
    with pytest.raises(NothingToReview, match="pending"):
        accept_step(scene.user, session.pk, 1)
    with pytest.raises(InvalidInput, match="what it should mind"):
        ask_again(scene.user, session.pk, 0, remark="  ")
    with pytest.raises(WrongState, match="no error to mend"):
        retry_step(scene.user, session.pk, 0)


def test_what_the_matrix_step_answers_is_a_matrix_of_the_session(drain: Drain) -> None:
    scene, session = waiting(drain, {"step_type": "matrix"})
    step = step_of(session)
    matrix = session.matrices.get()
    assert (matrix.step, matrix.corporation) == (step, scene.corporation)
    assert matrix.options.count() == len(step.output["options"])
    output = {**step.output, "options": step.output["options"][:2]}
    names = {each["name"] for each in output["options"]}
    output["scores"] = [each for each in output["scores"] if each["option"] in names]
    edit_step(scene.user, session.pk, 0, output=output)
    assert session.matrices.get().options.count() == 2
    accept_step(scene.user, session.pk, 0)
    seqs = list(session.log.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
