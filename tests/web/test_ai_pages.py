"""The page of AI providers, the same by API, and what the run page shows of an AI step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.ai.models import Credential
from orchestrator.ai.services.budgets import set_budget
from orchestrator.ai.services.ledger import Payer, reserve
from orchestrator.executions.models import StepRun
from tests.ai.wire import error, speaking
from tests.factories import make_user, make_workflow, node, start

KEY = "gsk-0123456789abcdWXYZ"


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def page(client: Client) -> str:
    return client.get("/settings/ai/").content.decode()


@pytest.mark.django_db
def test_a_key_is_stored_and_only_its_end_is_ever_shown(settings: Settings) -> None:
    user = make_user()
    client = as_user(user)

    answer = client.post("/settings/ai/groq/", {"key": KEY}, follow=True)

    shown = answer.content.decode()
    assert "Your key for Groq is stored." in shown
    assert "WXYZ" in shown
    assert KEY not in shown
    assert Credential.objects.get().key.open() == KEY
    record = AuditRecord.objects.get(action="credential.added")
    assert record.after == {"provider": "groq", "last_four": "WXYZ"}


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "has a blank in it", "schlüssel-12345", "x" * 501])
def test_what_cannot_be_a_key_is_told_and_not_shown_again(key: str) -> None:
    answer = as_user(make_user()).post("/settings/ai/groq/", {"key": key})
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    if len(key) > 5:
        assert key not in answer.content.decode()
    assert not Credential.objects.exists()


@pytest.mark.django_db
def test_a_key_may_be_replaced_and_deleted() -> None:
    client = as_user(make_user())
    client.post("/settings/ai/groq/", {"key": KEY})
    client.post("/settings/ai/groq/", {"key": "gsk-another-one-0000"})
    assert Credential.objects.get().last_four == "0000"
    client.post("/settings/ai/groq/delete/")
    assert not Credential.objects.exists()
    assert client.post("/settings/ai/groq/delete/").status_code == 404


@pytest.mark.django_db
def test_the_page_says_whose_key_is_used(settings: Settings) -> None:
    none = {"key": "", "base_url": ""}
    settings.AI_PROVIDERS = {
        **dict.fromkeys(("groq", "perplexity", "claude"), none),
        "gemini": {"key": "from-the-server", "base_url": ""},
    }
    shown = page(as_user(make_user()))
    assert "The server's key" in shown or "The server&#x27;s key" in shown
    assert "Needs no key" in shown
    assert shown.count("No key") == 3
    assert "from-the-server" not in shown


@pytest.mark.django_db
def test_the_page_shows_what_is_spent_of_the_limit(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = make_user()
    set_budget(make_user(role=Role.ADMIN), user.pk, Decimal(2))
    reserve(Payer(user_id=user.pk), provider="groq", model="m", most=Decimal("0.50"), uses_own_key=False)
    client = as_user(user)
    with django_assert_max_num_queries(12):
        shown = page(client)
    assert "of $2.00, $1.50 left" in shown
    assert 'value="25"' in shown


@pytest.mark.django_db(transaction=True)
def test_a_key_is_tried_with_a_real_call_and_the_fault_is_kept(settings: Settings) -> None:
    user = make_user()
    client = as_user(user)
    client.post("/settings/ai/groq/", {"key": KEY})

    with speaking(settings, "groq", error(401, f"bad {KEY}")) as server:
        shown = client.post("/settings/ai/groq/test/", follow=True).content.decode()
    assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert "did not accept the key" in shown
    assert "Your key failed" in shown
    assert KEY not in shown

    with speaking(settings, "groq", "OK"):
        shown = client.post("/settings/ai/groq/test/", follow=True).content.decode()
    assert "Groq accepted the key and answered." in shown
    assert Credential.objects.get().fault == ""


@pytest.mark.django_db(transaction=True)
def test_the_same_by_api(settings: Settings) -> None:
    client = as_user(make_user())
    api = "/api/v1/me/ai-credentials/"
    stored = client.put(f"{api}groq/", {"key": KEY}, content_type="application/json")
    assert (stored.status_code, stored.json()["source"], stored.json()["last_four"]) == (200, "own", "WXYZ")
    assert KEY not in stored.content.decode()
    listed: dict[str, Any] = {each["provider"]: each for each in client.get(api).json()}
    assert set(listed) == {"offline", "gemini", "groq", "perplexity", "claude"}
    bad = client.put(f"{api}groq/", {"key": "x"}, content_type="application/json")
    assert (bad.status_code, "key" in bad.json()["errors"]) == (400, True)
    with speaking(settings, "groq", "OK"):
        assert client.post(f"{api}groq/test/").json()["works"] is True
    budget = client.get("/api/v1/me/ai-budget/").json()
    assert (budget["limit"], budget["providers"][0]["provider"]) == (None, "groq")
    assert client.delete(f"{api}groq/").status_code == 204
    assert client.delete(f"{api}offline/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_run_page_shows_who_answered_and_links_only_safe_sources(
    settings: Settings, drain: Callable[[], None]
) -> None:
    workflow = make_workflow(nodes=[node("ask", "ai", {"provider": "perplexity", "prompt": "Is it so?"})])
    execution = start(workflow)
    with speaking(settings, "perplexity", "So it is."):
        drain()
    found = StepRun.objects.get(execution=execution)
    shown = as_user(workflow.owner).get(f"/executions/{execution.pk}/steps/{found.pk}/").content.decode()
    assert "Perplexity" in shown
    assert "$0.00512" in shown
    assert 'href="https://example.test/a"' in shown
    assert "noopener" in shown
    assert "A &amp; &lt;b&gt;" in shown
    assert 'href="javascript:' not in shown


@pytest.mark.django_db(transaction=True)
def test_offline_is_labelled(drain: Callable[[], None]) -> None:
    workflow = make_workflow(nodes=[node("ask", "ai", {"prompt": "Is it so?"})])
    execution = start(workflow)
    drain()
    found = StepRun.objects.get(execution=execution)
    shown = as_user(workflow.owner).get(f"/executions/{execution.pk}/steps/{found.pk}/").content.decode()
    assert "rules, not a model" in shown
