"""Where versions go: chosen by owners, by tokens that are kept encrypted and never shown."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.core.encryption import opened
from orchestrator.core.errors import InvalidInput
from tests.factories import make_user
from tests.workspaces.deployments.scene import make_deployed, make_done, make_version
from tests.workspaces.making import make_workspace, told
from workspaces.models import PatternWorkspace, VercelConnection
from workspaces.services.deployments.accounts import account_for, choose_target

pytestmark = pytest.mark.django_db
TOKEN = "vcl_0123456789abcdefTOKEN"


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def workspace(owner: User) -> PatternWorkspace:
    return make_workspace(owner)


def page(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def test_a_token_is_kept_encrypted_and_never_shown(owner: User, workspace: PatternWorkspace) -> None:
    url = f"/api/v1/workspaces/{workspace.pk}/deploy-target/"
    body = {"target": "vercel", "token": TOKEN, "team_id": "team_7", "webhook_secret": "whsec-123456"}
    told_back = page(owner).put(url, body, content_type="application/json")
    assert told_back.status_code == 200
    assert told_back.json() == {
        "target": "vercel", "can_use_vercel": True, "last_four": "OKEN", "team_id": "team_7",
        "has_webhook": True,
    }  # fmt: skip
    shown = page(owner).get(f"/workspaces/{workspace.pk}/deployments/").content.decode()
    assert "ending in <code>OKEN</code>" in shown
    audit = str(list(AuditRecord.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, webhook_secret FROM workspaces_vercelconnection")
        stored = str(cursor.fetchone())
    account = account_for(workspace.pk, timeout_seconds=1)
    assert account is not None
    for text in (told_back.content.decode(), shown, audit, stored, repr(account)):
        assert TOKEN not in text
        assert "whsec-123456" not in text
    assert (account.token, account.team) == (TOKEN, "team_7")


def test_what_is_left_out_stays_and_a_token_is_replaced(owner: User, workspace: PatternWorkspace) -> None:
    choose_target(owner, workspace.pk, target="local", token=TOKEN, team_id="team_7", webhook_secret="w" * 9)
    choose_target(owner, workspace.pk, target="vercel", token="another-token-1234")
    row = VercelConnection.objects.get()
    assert (opened(row.token), row.team_id, opened(row.webhook_secret)) == (
        "another-token-1234", "team_7", "w" * 9,
    )  # fmt: skip
    assert told(workspace).count("status_changed") == 1, "only the target is news"


def test_keys_are_rotated_with_all_others(
    owner: User, workspace: PatternWorkspace, settings: Settings
) -> None:
    choose_target(owner, workspace.pk, target="vercel", token=TOKEN)
    before = VercelConnection.objects.get().token
    settings.FIELD_ENCRYPTION_KEYS = ["another key, which comes first", *settings.FIELD_ENCRYPTION_KEYS]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    after = VercelConnection.objects.get().token
    assert after.token != before.token
    assert opened(after) == TOKEN


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"target": "moon"}, "target"),
        ({"target": "vercel"}, "token"),
        ({"target": "vercel", "token": "short"}, "token"),
        ({"target": "vercel", "token": "with a blank in it"}, "token"),
        ({"target": "vercel", "token": TOKEN, "team_id": "no team/"}, "team_id"),
        ({"target": "vercel", "token": TOKEN, "webhook_secret": "x"}, "webhook_secret"),
        ({"target": "local", "team_id": "team_7"}, "token"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    owner: User, workspace: PatternWorkspace, given: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        choose_target(owner, workspace.pk, **given)
    assert list(error.value.fields) == [field]
    workspace.refresh_from_db()
    assert workspace.deploy_target == "local"
    assert not VercelConnection.objects.exists()


def test_the_page_says_what_to_do_without_a_token(owner: User, workspace: PatternWorkspace) -> None:
    shown = page(owner).get(f"/workspaces/{workspace.pk}/deployments/").content.decode()
    assert "Add a token below first" in shown
    assert "Nothing deployed yet" in shown
    answer = page(owner).post(f"/workspaces/{workspace.pk}/deployments/target/", {"target": "vercel"})
    assert answer.status_code == 400
    assert "Vercel needs a token" in answer.content.decode()
    good = {"target": "vercel", "token": TOKEN}
    assert page(owner).post(f"/workspaces/{workspace.pk}/deployments/target/", good).status_code == 302
    workspace.refresh_from_db()
    assert workspace.deploy_target == "vercel"


def test_a_token_that_is_needed_is_not_deleted(owner: User, workspace: PatternWorkspace) -> None:
    url = f"/api/v1/workspaces/{workspace.pk}/deploy-target/"
    choose_target(owner, workspace.pk, target="vercel", token=TOKEN)
    assert page(owner).delete(url).status_code == 409
    choose_target(owner, workspace.pk, target="local")
    assert page(owner).delete(url).status_code == 204
    assert not VercelConnection.objects.exists()
    assert page(owner).delete(url).status_code == 404


def test_the_history_is_listed_in_a_fixed_number_of_queries(
    owner: User, workspace: PatternWorkspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_version(workspace, number="0.0.9")
    for number in range(5):
        make_done(workspace, number=f"0.0.{number}")
    client = page(owner)
    with django_assert_num_queries(8):
        shown = client.get(f"/workspaces/{workspace.pk}/deployments/").content.decode()
    assert shown.count("Roll back to this") == 5
    assert shown.count("Deployed") == 5


def test_deployments_are_read_and_asked_for_by_the_api(owner: User, settings: Settings) -> None:
    settings.VERCEL_TOKEN = TOKEN
    row = make_deployed(owner)
    listed = page(owner).get(f"/api/v1/workspaces/{row.workspace_id}/deployments/?status=queued").json()
    assert [each["id"] for each in listed["results"]] == [str(row.pk)]
    assert listed["results"][0]["number"] == "0.0.1"
    again = page(owner).post(f"/api/v1/workspaces/{row.workspace_id}/deployments/")
    assert again.status_code == 409
    cancelled = page(owner).post(f"/api/v1/workspaces/deployments/{row.pk}/cancel/")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "canceled")
    asked = page(owner).post(f"/api/v1/workspaces/{row.workspace_id}/deployments/")
    assert (asked.status_code, asked.json()["retry_of"]) == (202, str(row.pk))


def test_the_page_of_a_deployment_follows_it_and_its_log_is_escaped(owner: User, settings: Settings) -> None:
    settings.VERCEL_TOKEN = TOKEN
    row = make_deployed(owner)
    row.logs, row.error = "<script>alert(1)</script>", "<b>no</b>"
    row.save()
    url = f"/workspaces/{row.workspace_id}/deployments/{row.pk}/"
    shown = page(owner).get(url).content.decode()
    assert 'hx-trigger="every 3s"' in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert "<b>no</b>" not in shown
    part = page(owner).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    page(owner).post(f"{url}cancel/")
    over = page(owner).get(url, headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"
    assert "Deploy again" in page(owner).get(url).content.decode()
    timeline = page(owner).get(f"/workspaces/{row.workspace_id}/").content.decode()
    assert "Deploy again" in timeline
    assert f"/workspaces/{row.workspace_id}/deployments/{row.pk}/" in timeline
