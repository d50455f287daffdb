"""Help that goes wrong, is refused, is asked for twice or is overtaken by what the person chose since."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import Settings

from orchestrator.accounts.models import Role, User
from orchestrator.ai.services.budgets import set_budget
from orchestrator.core.errors import NotFound
from orchestrator.graphs.steps import Failed, Succeeded
from process.domain.vocabulary import Help
from process.models import (
    Disclosure,
    HelpRequest,
    Synthesis,
)
from process.queries.helping import state_of
from process.services.answering import save_answer
from process.services.assistance import choose_assistance
from process.services.builtin import builtin_workflow
from process.services.helping import (
    NoHelp,
    NothingToGoBy,
    ask_for_text,
)
from tests.ai.wire import PROTOCOLS, error, speaking, sse
from tests.factories import make_user, start
from tests.process.helping.scene import (
    GOOD,
    HOUSE,
    PEOPLE,
    Drain,
    Scene,
    attempt,
    by_groq,
    chapter,
    draft,
    drain_until,
    make_scene,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.mark.parametrize(
    ("answers", "code", "calls"),
    [
        ((error(429, "slow down"),), "rate_limited", 1),
        ((error(401),), "bad_key", 1),
        ((sse(PROTOCOLS["groq"].speak(GOOD, finish=None)),), "cut_off", 1),
        (("no JSON at all",), "malformed_answer", 3),
        ((chapter(("Invented.", ["A9"]), ("Also invented.", [])),), "unsupported_answer", 1),
    ],
    ids=["429", "bad key", "cut stream", "malformed", "invented"],
)
def test_what_goes_wrong_is_said_in_our_words_and_keeps_nothing(
    scene: Scene, settings: Settings, answers: tuple[object, ...], code: str, calls: int, drain: Drain
) -> None:
    """One attempt of the step: whether it may be tried again is the engine's business."""
    with speaking(settings, "groq", *answers) as server:  # type: ignore[arg-type]
        by_groq(scene)
        request = draft(scene)
        outcome = attempt(request)
    assert isinstance(outcome, Failed)
    assert outcome.code == code
    assert len(server.received) == calls
    assert "slow down" not in outcome.message
    assert not Synthesis.objects.exists()
    record = Disclosure.objects.get()
    assert record.outcome == ("answered" if code == "unsupported_answer" else "failed")


def test_a_budget_refuses_before_anything_is_sent(scene: Scene, settings: Settings, drain: Drain) -> None:
    set_budget(make_user(role=Role.ADMIN), scene.user.pk, Decimal("0.000001"))
    with speaking(settings, "groq", GOOD) as server:
        by_groq(scene)
        request = draft(scene)
        drain()
    state = state_of(request)
    assert (state.word, state.code) == ("failed", "over_budget")
    assert "budget" in state.reason
    assert server.received == []
    assert Disclosure.objects.get().outcome == "not_sent"


def test_what_was_rate_limited_is_tried_again_by_the_engine(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", error(429, **{"retry-after": "0"}), GOOD) as server:
        by_groq(scene)
        request = draft(scene)
        drain_until(drain, request)
    assert len(server.received) == 2
    assert state_of(request).word == "done"
    assert sorted(Disclosure.objects.values_list("outcome", flat=True)) == ["answered", "failed"]
    assert Synthesis.objects.count() == 1


def test_a_step_that_is_done_again_makes_no_second_version(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    """A worker was killed after it had stored the text, before it could say so."""
    with speaking(settings, "groq", GOOD):
        by_groq(scene)
        request = draft(scene)
        attempt(request)
        assert attempt(request) == Succeeded({"outcome": "nothing_left", "answers": 0})
        drain()
    assert Synthesis.objects.count() == 1
    assert Disclosure.objects.count() == 1


def test_a_run_that_nobody_asked_for_reads_nothing(scene: Scene, drain: Drain) -> None:
    """An admin who starts a built-in workflow, or runs one again."""
    draft(scene)
    run = start(builtin_workflow(Help.DRAFT)[1], user=make_user(role=Role.ADMIN))
    drain()
    run.refresh_from_db()
    assert run.error["code"] == "not_found"
    assert Disclosure.objects.get().execution_id == HelpRequest.objects.get().execution_id != run.pk


def test_what_becomes_private_before_the_call_is_not_sent(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", GOOD) as server:
        by_groq(scene)
        draft(scene)
        for key, text in (("house", HOUSE), ("people", PEOPLE)):
            save_answer(scene.user, scene.session.pk, prompt_id=scene.prompt(key), value=text, private=True)
        drain()
    assert server.received == []
    assert HelpRequest.objects.get().outcome == "nothing_to_send"
    with pytest.raises(NothingToGoBy):
        draft(scene)


def test_a_choice_that_was_changed_holds_for_what_is_under_way(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    with speaking(settings, "groq", GOOD) as server:
        by_groq(scene)
        request = draft(scene)
        choose_assistance(scene.user, scene.session.pk, provider="off")
        drain()
    assert server.received == []
    assert state_of(request).code == "choice_changed"
    with pytest.raises(NoHelp):
        draft(scene)


def test_asking_twice_while_it_is_made_is_asking_once(scene: Scene, drain: Drain) -> None:
    assert draft(scene) == draft(scene)
    drain()
    assert draft(scene, key="k") != HelpRequest.objects.earliest("id")
    drain()
    again = draft(scene, key="k")
    assert HelpRequest.objects.count() == 2
    assert again == HelpRequest.objects.latest("id")


def test_nobody_else_has_help_made(scene: Scene) -> None:
    stranger: User = make_user()
    with pytest.raises(NotFound):
        ask_for_text(stranger, scene.session.pk, section="origins")
