"""Alerts of strategies: what is unread, marking it, and the messages that people are sent about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Notification, Occasion
from orchestrator.executions.services.notifications.expanding import ALERT_PAUSE, expand_due
from orchestrator.executions.services.notifications.messages import compose
from orchestrator.workflows.models import Access
from tests.factories import make_user, share
from tests.trading.strategies.making import backtest, make_strategy, make_tape
from trading.domain.vocabulary import Mode
from trading.models import Alert, StrategyRun
from trading.queries.alerts import unread_count
from trading.services.alerting import Telling, keep_alerts
from trading.services.strategies import start_strategy

pytestmark = pytest.mark.django_db


def on_paper(owner: User) -> StrategyRun:
    workflow = make_strategy(owner)
    return start_strategy(owner, workflow.pk, mode=Mode.PAPER, tape_id=make_tape(owner, messages=200).pk)[0]


def tell(run: StrategyRun, *texts: str, level: str = "warning") -> None:
    keep_alerts(run.execution_id, [Telling(reference=each, level=level, text=each) for each in texts])


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_what_is_news_to_a_person_is_counted_until_they_read_it() -> None:
    ann, bea, root = make_user("ann"), make_user("bea"), make_user("root", role=Role.ADMIN)
    run = on_paper(ann)
    tell(run, "One", "Two", "Three", level="info")
    share(run.workflow, bea, Access.VIEWER)
    assert (unread_count(ann), unread_count(bea), unread_count(root)) == (3, 3, 0)
    assert unread_count(make_user("cem")) == 0

    client = browser_of(ann)
    page = text_of(client.get("/trading/"))
    assert '3<span class="sr-only"> unread</span>' in page
    one = Alert.objects.get(text="One")
    back = "/trading/alerts/?unread=true"
    answer = client.post(f"/trading/alerts/{one.pk}/read/", {"back": back})
    assert answer.headers["Location"] == back
    client.post(f"/trading/alerts/{one.pk}/read/")
    assert (unread_count(ann), unread_count(bea)) == (2, 3)
    listed = text_of(client.get(back))
    assert ("Two" in listed, "One</span>" in listed) == (True, False)

    client.post("/trading/alerts/read/", {"back": "https://elsewhere.example/"})
    assert (unread_count(ann), unread_count(bea)) == (0, 3)
    assert "No alert fits" in text_of(client.get(back))
    tell(run, "Four", level="info")
    assert unread_count(ann) == 1


def test_back_leads_nowhere_else() -> None:
    client = browser_of(make_user("ann"))
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "/logout/"):
        answer = client.post("/trading/alerts/read/", {"back": back})
        assert answer.headers["Location"] == "/trading/alerts/"


def test_a_stranger_marks_nothing() -> None:
    run = on_paper(make_user("ann"))
    tell(run, "One")
    alert = Alert.objects.get()
    assert browser_of(make_user("bea")).post(f"/trading/alerts/{alert.pk}/read/").status_code == 404


def test_clients_of_the_api_mark_alerts_as_read_too() -> None:
    ann = make_user("ann")
    run = on_paper(ann)
    tell(run, "One", "Two", "Three")
    client, listed = browser_of(ann), "/api/v1/trading/alerts/"

    assert [each["is_unread"] for each in client.get(listed).json()["results"]] == [True] * 3
    one = client.get(listed).json()["results"][1]
    assert client.post(f"{listed}{one['id']}/read/").status_code == 204
    unread = client.get(listed, {"unread": "true"}).json()["results"]
    assert [each["text"] for each in unread] == ["Three", "One"]
    assert browser_of(make_user("bea")).post(f"{listed}{one['id']}/read/").status_code == 404
    assert client.post(f"{listed}read/").status_code == 204
    assert not any(each["is_unread"] for each in client.get(listed).json()["results"])


def test_a_backtest_is_no_news_and_notifies_nobody() -> None:
    ann = make_user("ann")
    run = backtest(ann, make_strategy(ann), make_tape(ann, messages=200))
    tell(run, "Long ago", level="critical")
    assert unread_count(ann) == 0
    assert not Occasion.objects.exists()
    page = text_of(browser_of(ann).get("/trading/alerts/?mode=backtest"))
    assert "Long ago" in page
    assert "Long ago" not in text_of(browser_of(ann).get("/trading/alerts/?mode=paper"))


def test_urgent_alerts_are_sent_to_the_owner_once_and_lead_to_the_run() -> None:
    ann = make_user("ann", email="ann@example.org")
    run = on_paper(ann)
    tell(run, "Only for the page", level="info")
    tell(run, "The loss of the day is near")
    tell(run, "The loss of the day is near")
    expand_due(now=utc_now())
    [sent] = Notification.objects.all()
    assert (sent.kind, sent.recipient, sent.count) == ("alert", ann, 1)
    assert sent.subject == f"{run.workflow.name}: The loss of the day is near"
    message = compose(sent)
    assert message.quote == "The loss of the day is near"
    assert message.action is not None
    assert message.action[1].endswith(f"/trading/runs/{run.pk}/")
    assert ("Money", "paper") in message.facts


def test_who_wishes_no_alerts_is_sent_none() -> None:
    run = on_paper(make_user("ann", email="ann@example.org", notify_execution_alerts=False))
    tell(run, "Near")
    expand_due(now=utc_now())
    assert not Notification.objects.exists()


def test_many_alerts_become_one_message_after_the_first() -> None:
    run = on_paper(make_user("ann", email="ann@example.org"))
    tell(run, "First")
    noon = utc_now()
    expand_due(now=noon)
    for number in range(4):
        tell(run, *[f"{number}-{each}" for each in range(3)], level="critical" if number == 2 else "warning")
    expand_due(now=noon + timedelta(seconds=30))
    assert [each.count for each in Notification.objects.all()] == [1]

    expand_due(now=noon + ALERT_PAUSE + timedelta(seconds=31))
    last = Notification.objects.latest("id")
    assert (last.count, last.subject) == (12, f"12 alerts of {run.workflow.name}")
    assert last.facts["level"] == "critical"
    assert compose(last).quote.endswith("3-2")
    assert compose(last).lines == ("These are the last of them; 7 came before.",)
    assert not Occasion.objects.exists()
