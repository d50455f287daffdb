"""A worker that dies while a provider answers: another asks again, and the first call is booked, not lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from orchestrator.ai.models import AiCall, Budget, CallStatus
from orchestrator.core.clock import utc_now
from orchestrator.executions.services.ai_calls import GRACE, settle_abandoned_calls
from tests.ai.wire import KEY, PROTOCOLS
from tests.chaos.scenario import hatchery
from tests.factories import fresh, make_workflow, node, start
from tests.stand_in import Answer, Received, stand_in

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
SSE = {"content-type": "text/event-stream"}


def wait_for(what: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_a_call_of_a_killed_worker_is_settled_once_its_run_was_taken_over(
    chaos_env: dict[str, str],
) -> None:
    answers = iter([Answer(delay_seconds=300)])
    good = Answer(body=PROTOCOLS["groq"].speak("Tasty.", tokens=(100_000, 1_000)), headers=SSE)

    def behave(request: Received) -> Answer:
        return next(answers, good)

    with stand_in(behave) as server:
        env = {**chaos_env, "GROQ_API_KEY": KEY, "GROQ_BASE_URL": server.url}
        run = start(make_workflow(nodes=[node("ask", "ai", {"provider": "groq", "prompt": "Judge"})]))
        with hatchery(env) as workers:
            victim = workers.hatch()
            wait_for(lambda: bool(server.received))
            victim.kill()
            workers.hatch()
            wait_for(lambda: fresh(run).is_final)
    assert fresh(run).status == "completed"
    calls = list(AiCall.objects.order_by("pk"))  # two; more where a busy machine lost a lease once more
    assert (calls[0].status, calls[-1].status) == (CallStatus.RESERVED, CallStatus.SUCCEEDED)
    fences = [call.fence or 0 for call in calls]
    assert fences == sorted(set(fences))
    lost = [call for call in calls if call.status == CallStatus.RESERVED]
    held, spent = sum(call.reserved for call in lost), Decimal("0.0156") * (len(calls) - len(lost))
    budget = Budget.objects.get(user=run.started_by)
    assert (budget.held, budget.spent) == (held, spent)

    assert settle_abandoned_calls(now=utc_now() + GRACE + timedelta(seconds=1)) == len(lost)
    budget.refresh_from_db()
    assert (budget.held, budget.spent) == (Decimal(0), held + spent)
