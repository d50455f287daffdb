"""Outcomes of a market are handed to a strategy: a new one from a template, or a draft that there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow, WorkflowTemplate
from tests.factories import make_user, node
from tests.trading.strategies.making import BUY, RISEN, make_strategy
from trading.models import Market
from trading.queries.market_pages import outcomes_of
from trading.services.tapes import generate_tape

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def client(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


@pytest.fixture
def market(ann: User) -> Market:
    generate_tape(ann, name="Autumn", seed=5, messages=200, markets=1)
    return Market.objects.get()


def tokens_of(market: Market) -> list[str]:
    return [each.token for each in outcomes_of(market)]


def stream_of(workflow: Workflow) -> dict[str, Any]:
    version = workflow.versions.order_by("-number")[0]
    return dict(next(each for each in version.nodes if each["type"] == "polymarket-stream")["data"]["config"])


def strategy(owner: User, config: dict[str, Any] | None = None) -> Workflow:
    nodes: list[Any] = [node("stream", "polymarket-stream", config), RISEN, BUY] if config is not None else []
    workflow = make_strategy(owner, *([nodes, []] if nodes else []))
    Workflow.objects.filter(pk=workflow.pk).update(category="trading")
    return workflow


def hand(client: Client, market: Market, target: str, *tokens: str) -> Any:
    form = {"tokens": list(tokens), "target": target}
    return client.post(f"/trading/markets/{market.pk}/use/", form)


def test_a_new_strategy_reads_the_outcomes_that_were_chosen(client: Client, market: Market) -> None:
    template = WorkflowTemplate.objects.get(builtin="momentum_trader")
    yes = tokens_of(market)[0]
    page = client.get(f"/trading/markets/{market.pk}/use/?token={yes}").content.decode()
    assert page.count("checked") == 1
    answer = hand(client, market, f"template:{template.pk}", yes)
    workflow = Workflow.objects.get()
    assert answer.headers["Location"] == f"/trading/strategies/{workflow.pk}/"
    assert stream_of(workflow) == {"window": 10, "lookback": 5, "tokens": [yes]}
    assert workflow.versions.get(is_current=True).nodes == workflow.versions.get().nodes


def test_a_draft_gets_them_beside_those_that_it_has(client: Client, ann: User, market: Market) -> None:
    workflow = strategy(ann, {"window": 30, "tokens": ["other"]})
    answer = hand(client, market, f"workflow:{workflow.pk}", *tokens_of(market))
    assert answer.headers["Location"] == f"/workflows/{workflow.pk}/edit/"
    assert stream_of(workflow) == {"window": 30, "tokens": ["other", *tokens_of(market)]}
    current = workflow.versions.get(is_current=True)
    assert current.number == 1  # runs go on with what they had
    again = hand(client, market, f"workflow:{workflow.pk}", *tokens_of(market))
    assert again.status_code == 400
    assert "reads these outcomes already" in again.content.decode()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"tokens": {"=": "input.tokens"}}, "from an expression"),
        ({"tokens": [f"t{number}" for number in range(499)]}, "more than 500"),
    ],
)
def test_a_stream_that_cannot_take_them_says_why_beside_the_strategy(
    client: Client, ann: User, market: Market, config: dict[str, Any], words: str
) -> None:
    workflow = strategy(ann, config)
    answer = hand(client, market, f"workflow:{workflow.pk}", *tokens_of(market))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert stream_of(workflow)["tokens"] == config["tokens"]


def test_nothing_is_handed_to_whom_one_may_not_edit_or_without_an_outcome(
    client: Client, market: Market
) -> None:
    others = strategy(make_user("bea"))
    page = client.get(f"/trading/markets/{market.pk}/use/").content.decode()
    assert str(others.pk) not in page
    assert hand(client, market, f"workflow:{others.pk}", *tokens_of(market)).status_code == 400
    template = WorkflowTemplate.objects.get(builtin="momentum")
    for tokens in ([], ["nobody's"]):
        answer = hand(client, market, f"template:{template.pk}", *tokens)
        assert answer.status_code == 400
    assert hand(client, market, "template:nonsense", *tokens_of(market)).status_code == 400
    assert list(Workflow.objects.all()) == [others]
