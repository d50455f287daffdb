"""The notifications page of a workflow, the part on a run's page, and the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Notification, NotificationEndpoint, NotificationState
from orchestrator.executions.services.notifications.expanding import expand_due
from orchestrator.workflows.models import Access, Workflow
from tests.factories import make_user, make_workflow, node, share, start

pytestmark = pytest.mark.django_db

Drain = Callable[[], None]
BOOM = node("boom", "end", {"status": "failed", "output": "Out of paper"})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def page_of(workflow: Workflow) -> str:
    return f"/workflows/{workflow.pk}/notifications/"


def failed_mail(drain: Drain) -> Notification:
    start(make_workflow(make_user("ann"), nodes=[BOOM], name="Nightly"))
    drain()
    expand_due(now=utc_now())
    found = Notification.objects.get()
    values = {"state": NotificationState.FAILED.value, "next_attempt_at": None, "attempts": 7}
    Notification.objects.filter(pk=found.pk).update(**values, last_error="The mail server said no.")
    found.refresh_from_db()
    return found


def test_the_form_saves_people_addresses_and_endpoints() -> None:
    flow = make_workflow(settings={"timeout_seconds": 60})
    client = client_of(flow.owner)
    added = client.post(
        f"{page_of(flow)}endpoints/",
        {"kind": "slack", "name": "alerts", "url": "https://chat.example/T0/s3cr3t"},
    )
    assert added.status_code == 200
    assert "shown only now" in added.text
    assert "s3cr3t" not in added.text
    form = {
        "notify_on_success": "on",
        "people": ["owner", "starter"],
        "addresses": "ops@example.test\n dev@example.test",
        "endpoints": ["slack:alerts"],
    }
    saved = client.post(f"{page_of(flow)}rules/", form)
    assert saved.status_code == 302, saved.context["form"].errors
    flow.refresh_from_db()
    assert flow.settings == {
        "timeout_seconds": 60.0,
        "notify_on_failure": False,
        "notify_on_success": True,
        "notify_on_approval": False,
        "notification_channels": [
            "email:owner", "email:starter", "email:ops@example.test", "email:dev@example.test",
            "slack:alerts",
        ],
    }  # fmt: skip
    page = client.get(page_of(flow)).text
    assert "ops@example.test, dev@example.test" in page
    assert "chat.example" in page
    assert "s3cr3t" not in page


def test_an_address_that_is_none_is_told_and_kept() -> None:
    flow = make_workflow()
    refused = client_of(flow.owner).post(
        f"{page_of(flow)}rules/", {"addresses": "ops@example.test, nonsense"}
    )
    assert refused.status_code == 400
    assert "&quot;nonsense&quot; is no e-mail address" in refused.text
    assert "ops@example.test, nonsense" in refused.text


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("email:nonsense", "no e-mail address"),
        ("pigeon:bob", "no channel"),
        ("slack:https://hooks.example/T0/secret", "save it under a name"),
        ("webhook:Not So", "no name of an endpoint"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_channel(channel: str, words: str) -> None:
    flow = make_workflow()
    refused = client_of(flow.owner).patch(
        f"/api/v1/workflows/{flow.pk}/",
        {"settings": {"notification_channels": ["email:owner", channel]}},
        content_type="application/json",
    )
    assert refused.status_code == 400
    assert words in str(refused.json()["errors"]["settings.notification_channels"])


def test_no_page_says_any_more_that_a_setting_does_nothing() -> None:
    flow = make_workflow()
    client = client_of(flow.owner)
    for address in (page_of(flow), f"/workflows/{flow.pk}/?tab=settings", "/settings/notifications/"):
        page = client.get(address).text
        for claim in ("Kept for later", "sends no notifications", "No step has a cost yet", "not available"):
            assert claim not in page, (address, claim)


def test_what_could_not_be_sent_is_shown_and_tried_again(drain: Drain) -> None:
    found = failed_mail(drain)
    owner = User.objects.get(username="ann")
    client = client_of(owner)
    page = client.get(page_of(found.workflow)).text
    assert "1 notification could not be sent" in page
    assert "The mail server said no." in page
    answer = client.post(f"/notifications/{found.pk}/retry/")
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.state, found.attempts) == ("pending", 0)
    assert client.post(f"/notifications/{found.pk}/retry/").status_code == 409
    assert "ann@example.test" in client.get(f"/executions/{found.execution_id}/notifications/").text


def test_viewers_see_neither_addresses_nor_buttons(drain: Drain) -> None:
    found = failed_mail(drain)
    viewer = make_user()
    share(found.workflow, viewer, Access.VIEWER)
    client = client_of(viewer)
    page = client.get(page_of(found.workflow)).text
    assert "ann@example.test" not in page
    assert "Add endpoint" not in page
    assert client.post(f"/notifications/{found.pk}/retry/").status_code == 404
    assert "ann@example.test" not in client.get(f"/executions/{found.execution_id}/notifications/").text


def test_an_endpoint_is_tried_and_removed() -> None:
    flow = make_workflow()
    client = client_of(flow.owner)
    client.post(f"{page_of(flow)}endpoints/", {"kind": "webhook", "name": "a", "url": "https://x.example/"})
    endpoint = NotificationEndpoint.objects.get()
    assert client.post(f"{page_of(flow)}endpoints/{endpoint.pk}/test/").status_code == 302
    assert Notification.objects.get().kind == "test"
    assert client.post(f"{page_of(flow)}endpoints/{endpoint.pk}/test/").status_code == 409
    assert client.post(f"{page_of(flow)}endpoints/{endpoint.pk}/remove/").status_code == 302
    assert not NotificationEndpoint.objects.exists()


def test_the_page_says_which_channels_lead_nowhere() -> None:
    flow = make_workflow(settings={"notification_channels": ["slack:gone"]})
    page = client_of(flow.owner).get(page_of(flow)).text
    assert "slack:gone" in page
    assert "there is no such endpoint" in page


def test_the_api_lists_adds_and_retries(drain: Drain) -> None:
    found = failed_mail(drain)
    client = client_of(User.objects.get(username="ann"))
    listed = client.get(f"/api/v1/notifications/?workflow={found.workflow_id}&state=failed").json()
    assert [each["id"] for each in listed["results"]] == [str(found.pk)]
    assert client.get("/api/v1/notifications/?state=sent").json()["results"] == []
    retried = client.post(f"/api/v1/notifications/{found.pk}/retry/")
    assert (retried.status_code, retried.json()["state"]) == (202, "pending")
    endpoints = f"/api/v1/workflows/{found.workflow_id}/endpoints/"
    body = {"kind": "slack", "name": "alerts", "url": "https://chat.example/secret"}
    added = client.post(endpoints, body, content_type="application/json")
    assert added.status_code == 201
    assert len(added.json()["secret"]) > 30
    assert "secret" not in client.get(endpoints).text
    assert client.post(f"{endpoints}{added.json()['id']}/test/").status_code == 202
    again = client.post(endpoints, body, content_type="application/json")
    assert "already" in str(again.json()["errors"]["name"])
    assert client.delete(f"{endpoints}{added.json()['id']}/").status_code == 204


def test_the_list_needs_few_queries(drain: Drain, django_assert_max_num_queries: Any) -> None:
    flow = make_workflow()
    rows = [
        Notification(
            kind="failure", medium="email", workflow=flow, recipient=make_user(), address="a", subject="s",
            dedupe_key=f"k{number}",
        )
        for number in range(10)
    ]  # fmt: skip
    Notification.objects.bulk_create(rows)
    client = client_of(flow.owner)
    client.get(page_of(flow))
    with django_assert_max_num_queries(22):
        client.get(page_of(flow))
    with django_assert_max_num_queries(5):
        client.get("/api/v1/notifications/")
