"""Pages and API of coding runs: from the cart to the diff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.workspaces.coding.scene import Scene, make_failed_run
from tests.workspaces.testing import make_session
from workspaces.models import AlgorithmVersion, ClaudeExecution
from workspaces.queries.coding import diff_lines
from workspaces.services.coding.sending import cancel_run, retry_run, send_batch
from workspaces.services.reviewing import review

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


@pytest.fixture
def page(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.user)
    return client


def shown(page: Client, name: str, *keys: object) -> str:
    answer = page.get(reverse(f"workspaces:{name}", args=keys))
    assert answer.status_code == 200
    return answer.content.decode()


def asked(seen: str = "") -> dict[str, str]:
    """As htmx asks."""
    return {"HX-Request": "true", "X-Seen": seen}


def test_the_cart_is_sent_from_the_page_and_its_run_followed(
    scene: Scene, page: Client, drain: Drain
) -> None:
    pk = scene.workspace.pk
    assert "wait" in shown(page, "runs", pk)
    answer = page.post(reverse("workspaces:send-batch", args=[pk]))
    run = ClaudeExecution.objects.get()
    assert answer["Location"] == reverse("workspaces:run", args=[pk, run.pk])
    under_way = shown(page, "run", pk, run.pk)
    assert 'hx-trigger="every 2s"' in under_way
    assert reverse("workspaces:cancel-run", args=[pk, run.pk]) in under_way
    listed = reverse("workspaces:runs", args=[pk])
    for url in (answer["Location"], listed):
        part = page.get(url, headers=asked())
        assert "<html" not in part.content.decode()
        seen = part.context["mark"]
        assert f'"X-Seen": "{seen}"' in part.content.decode()
        assert page.get(url, headers=asked(seen)).status_code == 204
        ClaudeExecution.objects.update(progress=run.progress + 7)
        assert page.get(url, headers=asked(seen)).status_code == 200
        ClaudeExecution.objects.update(progress=run.progress)

    drain()
    done = shown(page, "run", pk, run.pk)
    assert 'hx-trigger="every 2s"' not in done
    assert "What it changed" in done
    assert 'data-mark="added"' in done
    for url in (answer["Location"], listed):
        assert page.get(url, headers=asked())["HX-Refresh"] == "true"
        assert "<html" in page.get(url).content.decode()
    assert 'hx-trigger="every 3s"' not in shown(page, "runs", pk)
    assert "in use" in shown(page, "runs", pk)
    assert "Nothing was tested yet" not in shown(page, "runs", pk)


def test_cases_are_told_with_the_run_that_tested_them_last(
    scene: Scene, page: Client, drain: Drain, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pk = scene.workspace.pk
    assert "No case yet" in shown(page, "cases", pk)
    run = send_batch(scene.user, pk)
    assert "Not tested yet" in shown(page, "cases", pk)
    drain()
    text = shown(page, "cases", pk)
    assert "Held against version 0.0.1" in text
    assert reverse("workspaces:run", args=[pk, run.pk]) in text
    cases = run.workspace.cases.count()
    counted = {show: len(cases_shown(page, pk, show)) for show in ("", "held", "lost", "untested")}
    assert counted == {"": min(cases, 30), "held": min(cases, 30), "lost": 0, "untested": 0}

    later = make_session(scene.workspace, user=scene.user, candles=scene.session.candles)
    review(scene.user, later.pk, 1, verdict="right")
    send_batch(scene.user, pk)
    assert [state for _, state, _ in cases_shown(page, pk, "untested")] == ["untested"]

    url = f"/api/v1/workspaces/{pk}/cases/"
    with django_assert_max_num_queries(8):
        newest, *_ = page.get(url).json()["results"]
    assert (newest["verdict"], newest["standing"], newest["last_tested"]) == ("right", "untested", "untested")
    assert newest["session"] == str(later.pk)
    [untested] = page.get(url, {"standing": "untested"}).json()["results"]
    assert page.get(f"{url}{untested['id']}/").json() == newest == untested
    held = page.get(url, {"standing": "held", "page_size": "100"}).json()["results"]
    assert (len(held), {each["standing"] for each in held}) == (cases, {"held"})
    assert {each["accepted_by_run"] for each in held} == {str(run.pk)}
    assert page.get(url, {"standing": "lost"}).json()["results"] == []
    assert page.get(url, {"standing": "best"}).status_code == 400
    assert page.get(f"{url}{run.pk}/").status_code == 404


def cases_shown(page: Client, pk: UUID, show: str) -> list[Any]:
    found: list[Any] = page.get(reverse("workspaces:cases", args=[pk]), {"show": show}).context["cases"]
    return found


def test_all_tries_of_a_batch_are_told_and_the_last_one_is_the_end(scene: Scene, page: Client) -> None:
    pk = scene.workspace.pk
    first = send_batch(scene.user, pk)
    cancel_run(scene.user, first.pk)
    second = retry_run(scene.user, first.pk, reason="Another machine")
    text = shown(page, "run", pk, first.pk)
    assert reverse("workspaces:run", args=[pk, second.pk]) in text
    assert "It was tried again" in text
    cancel_run(scene.user, second.pk)
    assert "9 of 10 retries left" in shown(page, "run", pk, second.pk)
    assert "Another machine" in shown(page, "run", pk, second.pk)
    ClaudeExecution.objects.filter(pk=second.pk).update(retry_count=10)
    assert "the most there may be" in shown(page, "run", pk, second.pk)


def test_what_cannot_be_sent_is_told_on_the_page(page: Client, scene: Scene) -> None:
    send_batch(scene.user, scene.workspace.pk)
    answer = page.post(reverse("workspaces:send-batch", args=[scene.workspace.pk]), follow=True)
    assert "A coding run is under way." in answer.content.decode()


def test_a_failed_run_says_why_and_offers_another_try(page: Client, scene: Scene) -> None:
    run = make_failed_run(scene.workspace)
    text = shown(page, "run", scene.workspace.pk, run.pk)
    assert "It saw ghosts." in text
    retry = reverse("workspaces:retry-run", args=[scene.workspace.pk, run.pk])
    assert retry in text
    empty = page.post(retry, {"reason": " "}, follow=True)
    assert "Say why it is tried again." in empty.content.decode()
    page.post(retry, {"reason": "Another kernel"})
    assert ClaudeExecution.objects.get(parent_execution=run).retry_reason == "Another kernel"


def test_a_run_is_only_found_in_its_own_workspace(page: Client, scene: Scene) -> None:
    run = make_failed_run(scene.workspace)
    other = reverse("workspaces:run", args=[run.pk, run.pk])
    assert page.get(other).status_code == 404


def test_the_page_of_runs_costs_the_same_with_many(
    page: Client, scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_failed_run(scene.workspace)
        AlgorithmVersion.objects.create(
            workspace=scene.workspace, number=f"0.0.{number}", commit_hash="a" * 40
        )
    shown(page, "runs", scene.workspace.pk)
    with django_assert_max_num_queries(16):
        shown(page, "runs", scene.workspace.pk)


def test_the_api_sends_follows_and_lists(scene: Scene, drain: Drain) -> None:
    api = APIClient()
    api.force_login(scene.user)
    pk = scene.workspace.pk
    sent = api.post(reverse("api:send-feedback", args=[pk]))
    assert (sent.status_code, sent.data["status"], sent.data["progress"]) == (202, "pending", 0)
    again = api.post(reverse("api:send-feedback", args=[pk]))
    assert (again.status_code, again.json()["code"]) == (409, "run_under_way")
    drain()
    run = api.get(reverse("api:coding-run", args=[sent.data["id"]])).json()
    assert (run["status"], run["files_changed"]) == ("completed", ["parameters.json"])
    assert run["score_after"]["kept"] == run["score_after"]["all"]
    listed = api.get(reverse("api:coding-runs", args=[pk])).json()["results"]
    assert [each["id"] for each in listed] == [run["id"]]
    assert "diff" not in listed[0]
    versions = api.get(reverse("api:algorithm-versions", args=[pk])).json()["results"]
    assert [(each["number"], each["is_current"]) for each in versions] == [("0.0.1", True)]
    used = api.post(reverse("api:roll-back", args=[pk, versions[0]["id"]]), {"reason": "x"}, format="json")
    assert used.status_code == 409
    assert api.post(reverse("api:send-feedback", args=[pk])).json()["code"] == "nothing_to_send"


def test_a_diff_is_read_line_by_line() -> None:
    patch = (
        "diff --git a/x.json b/x.json\nindex 1..2 100644\n--- a/x.json\n+++ b/x.json\n"
        "@@ -1 +1 @@\n-left\n+right\n same\n"
    )
    assert [(each.mark, each.text) for each in diff_lines(patch)] == [
        ("file", "x.json"),
        ("place", "@@ -1 +1 @@"),
        ("removed", "-left"),
        ("added", "+right"),
        ("", " same"),
    ]
