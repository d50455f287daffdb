"""A worker that dies while a helper writes: another has it written, once, and all that was sent is told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from orchestrator.ai.models import AiCall, Budget, CallStatus
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.executions.services.ai_calls import GRACE, settle_abandoned_calls
from orchestrator.executions.verification import verify_execution
from process.models import Disclosure, Synthesis
from process.queries.helping import state_of
from process.services.assistance import choose_assistance
from process.services.helping import ask_for_text
from tests.ai.wire import KEY, PROTOCOLS, SSE
from tests.chaos.scenario import hatchery
from tests.chaos.test_killed_calls import wait_for
from tests.chaos.test_killed_workers import wait_for_death
from tests.process.helping.scene import GOOD, HOUSE, make_scene
from tests.stand_in import Answer, Received, stand_in

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


def test_a_draft_whose_worker_was_killed_is_written_once_and_each_attempt_is_disclosed(
    chaos_env: dict[str, str], settings: Settings
) -> None:
    answers = iter([Answer(delay_seconds=300)])
    good = Answer(body=PROTOCOLS["groq"].speak(GOOD, tokens=(100_000, 1_000)), headers=SSE)

    def behave(request: Received) -> Answer:
        return next(answers, good)

    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": KEY}}
    scene = make_scene()
    choose_assistance(scene.user, scene.session.pk, provider="groq")
    request = ask_for_text(scene.user, scene.session.pk, section="origins")
    with stand_in(behave) as server:
        env = {**chaos_env, "GROQ_API_KEY": KEY, "GROQ_BASE_URL": server.url}
        with hatchery(env) as workers:
            victim = workers.hatch()
            wait_for(lambda: bool(server.received))
            assert Disclosure.objects.get().outcome == "begun", "it is recorded before it is sent"
            victim.kill()
            assert wait_for_death(victim, 5)
            assert not Synthesis.objects.exists()
            workers.hatch()
            wait_for(lambda: Execution.objects.get(pk=request.execution_id).is_final)
    run = Execution.objects.get(pk=request.execution_id)
    assert (run.status, run.output) == ("completed", {"outcome": "made", "answers": 2})
    assert verify_execution(run.pk) == []
    request.refresh_from_db()
    assert state_of(request).word == "done"
    text = Synthesis.objects.get()
    assert (text.version, text.origin, text.execution_id) == (1, "ai", run.pk)

    lost, answered = Disclosure.objects.order_by("id")
    assert (lost.outcome, answered.outcome) == ("begun", "answered")
    assert len(server.received) == 2
    for record in (lost, answered):
        assert (record.execution_id, record.provider) == (run.pk, "groq")
        assert HOUSE in record.text.open()

    abandoned, booked = AiCall.objects.order_by("pk")
    assert (abandoned.status, booked.status) == (CallStatus.RESERVED, CallStatus.SUCCEEDED)
    budget = Budget.objects.get(user=scene.user)
    assert budget.held == abandoned.reserved
    assert settle_abandoned_calls(now=utc_now() + GRACE + timedelta(seconds=1)) == 1
    budget.refresh_from_db()
    assert (budget.held, budget.spent) == (Decimal(0), abandoned.reserved + booked.cost)
