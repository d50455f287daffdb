"""``run_agent``: budget before the call, asking again for what does not fit, usage whatever happens."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from orchestrator.accounts.models import Role, User
from orchestrator.ai.domain.calls import AgentResult, AgentSpec, CallFailed
from orchestrator.ai.models import AiCall, Budget
from orchestrator.ai.services.agents import run_agent
from orchestrator.ai.services.budgets import set_budget
from orchestrator.ai.services.credentials import set_credential
from orchestrator.ai.services.ledger import Payer
from tests.ai.wire import KEY, PROTOCOLS, error, speaking, sse
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"mood": {"enum": ["good", "bad"]}, "confidence": {"type": "number"}},
    "required": ["mood"],
}


def ask(user: User | None = None, provider: str = "groq", **given: Any) -> AgentResult:
    spec = AgentSpec(provider=provider, **{"prompts": ("How are you?",), "max_tokens": 100, **given})
    user = user or make_user()
    return asyncio.run(run_agent(spec, {"city": "Bern"}, payer=Payer(user_id=user.pk)))


def test_offline_needs_no_key_and_costs_nothing() -> None:
    result = ask(provider="offline", output_schema=SCHEMA, prompts=("Great and wonderful, thanks!",))
    assert result.output == {"mood": "good", "confidence": result.confidence}
    assert (result.usage.cost, result.usage.calls) == (Decimal(0), 1)


def test_the_context_and_the_constraints_are_told(settings: Settings) -> None:
    with speaking(settings, "groq", "fine") as server:
        ask(objective="You advise.", constraints=("No jargon.",))
    body = server.received[0].body.decode()
    for part in ("Bern", "You advise.", "No jargon.", "How are you?"):
        assert part in body


def test_malformed_json_is_asked_for_again_with_what_was_wrong(settings: Settings) -> None:
    good = '{"mood": "good", "confidence": 0.8}'
    with speaking(
        settings, "groq", "I am fine", '{"mood": "so-so"}', f"Sure:\n```json\n{good}\n```"
    ) as server:
        result = ask(output_schema=SCHEMA)
    assert result.output == {"mood": "good", "confidence": 0.8}
    assert result.confidence == 0.8
    assert result.usage.calls == 3
    assert result.usage.tokens == 3 * 19
    assert "not JSON" in server.received[1].body.decode()
    assert "so-so" in server.received[2].body.decode()
    assert AiCall.objects.count() == 3


def test_what_never_fits_is_given_up_after_three_attempts(settings: Settings) -> None:
    with speaking(settings, "groq", "no") as server, pytest.raises(CallFailed) as failure:
        ask(output_schema=SCHEMA)
    assert failure.value.code == "malformed_answer"
    assert "After 3 attempts" in failure.value.message
    assert len(server.received) == 3
    assert failure.value.usage is not None
    assert failure.value.usage.calls == 3


def test_json_that_was_cut_by_its_length_is_not_asked_for_again(settings: Settings) -> None:
    cut = sse(PROTOCOLS["groq"].speak('{"mood": "go', finish="length"))
    with speaking(settings, "groq", cut) as server, pytest.raises(CallFailed, match="max_tokens") as failure:
        ask(output_schema=SCHEMA)
    assert failure.value.code == "max_tokens"
    assert len(server.received) == 1


def test_a_call_over_the_limit_never_reaches_the_provider(settings: Settings) -> None:
    user = make_user()
    set_budget(make_user(role=Role.ADMIN), user.pk, Decimal("0.000001"))
    with speaking(settings, "groq", "fine") as server, pytest.raises(CallFailed) as failure:
        ask(user)
    assert failure.value.code == "over_budget"
    assert server.received == []


def test_a_call_that_the_provider_refused_costs_nothing_and_frees_what_was_held(settings: Settings) -> None:
    user = make_user()
    with speaking(settings, "groq", error(503)), pytest.raises(CallFailed):
        ask(user)
    budget = Budget.objects.get(user=user)
    assert (budget.spent, budget.held) == (Decimal(0), Decimal(0))
    assert AiCall.objects.get().error_code == "provider_error"


def test_a_cut_stream_is_paid_for_by_estimate(settings: Settings) -> None:
    user = make_user()
    cut = sse(PROTOCOLS["groq"].speak("fine " * 200, finish=None))
    with speaking(settings, "groq", cut), pytest.raises(CallFailed) as failure:
        ask(user)
    call = AiCall.objects.get()
    assert (call.error_code, call.is_estimate) == ("cut_off", True)
    assert call.cost > 0
    assert Budget.objects.get(user=user).spent == call.cost
    assert failure.value.usage is not None
    assert failure.value.usage.cost == call.cost


def test_the_cost_is_tokens_times_the_listed_price(settings: Settings) -> None:
    settings.AI_MONTHLY_BUDGET = Decimal(1)
    with speaking(settings, "groq", sse(PROTOCOLS["groq"].speak("fine", tokens=(1_000_000, 100_000)))):
        result = ask()
    assert result.usage.cost == Decimal("0.21")  # 0.15 a million in, 0.60 a million out


def test_the_vendors_own_figure_comes_first(settings: Settings) -> None:
    with speaking(settings, "perplexity", "It is so."):
        result = ask(provider="perplexity")
    assert result.usage.cost == Decimal("0.00512")
    assert result.citations[0].url == "https://example.test/a"


def test_ones_own_key_goes_before_the_servers(settings: Settings) -> None:
    user = make_user()
    set_credential(user, "groq", "gsk-my-own-key-0000")
    with speaking(settings, "groq", "fine") as server:
        ask(user)
        ask(make_user())
    mine, theirs = server.received
    assert mine.headers["authorization"] == "Bearer gsk-my-own-key-0000"
    assert theirs.headers["authorization"] == f"Bearer {KEY}"
    assert list(AiCall.objects.order_by("id").values_list("uses_own_key", flat=True)) == [True, False]


def test_without_any_key_one_hears_what_to_do(settings: Settings) -> None:
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "groq": {"key": "", "base_url": ""}}
    with pytest.raises(CallFailed, match="GROQ_API_KEY") as failure:
        ask()
    assert (failure.value.code, failure.value.retryable) == ("no_key", False)


def test_a_step_that_is_stopped_is_settled_all_the_same(settings: Settings) -> None:
    user = make_user()
    slow = sse(PROTOCOLS["groq"].speak("late"))
    slow.delay_seconds = 20

    async def stopped() -> None:
        spec = AgentSpec(provider="groq", prompts=("How are you?",), max_tokens=100)
        task = asyncio.create_task(run_agent(spec, {}, payer=Payer(user_id=user.pk)))
        while not server.received:
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with speaking(settings, "groq", slow) as server:
        asyncio.run(stopped())
    call = AiCall.objects.get()
    assert (call.status, call.is_estimate) == ("failed", True)
    assert Budget.objects.get(user=user).held == 0
