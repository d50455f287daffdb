"""The Django admin: who gets in, that every page opens, and that writes are those of the services."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orchestrator.accounts.models import ApiKey, AuditRecord, Role, User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.accounts.services.tokens import BadToken, open_family, rotate
from orchestrator.ai.models import AiCall, Budget
from orchestrator.ai.services.ledger import Payer, reserve
from orchestrator.core import admin as shared
from orchestrator.executions.models import Approval, Execution, StepRun
from orchestrator.workflows.models import (
    Access,
    Workflow,
    WorkflowPermission,
    WorkflowStatus,
    WorkflowVersion,
)
from process.models import (
    NodeType,
    ProcessNode,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    Session,
)
from tests.factories import make_user, make_workflow, node, share, start, step
from tests.grid_world import telling
from trading import models as trading
from trading.strategy.models import StrategicSession
from workspaces import models as workspaces

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"
AUTHORED = [ProcessVersion, ProcessNode, ProcessSection, PromptPack]
LOOKED_AT = [
    ApiKey, AuditRecord, AiCall, WorkflowVersion, Execution, StepRun, Approval, NodeType, Session,
]  # fmt: skip
WORKSPACES = [
    workspaces.Attachment,
    workspaces.CandleSet,
    workspaces.ClaudeExecution,
    workspaces.Deployment,
    workspaces.ImplementationSession,
    workspaces.ImportedRecord,
    workspaces.PatternSession,
    workspaces.PatternWorkspace,
    workspaces.VercelConnection,
    workspaces.WorkspaceMember,
    workspaces.WorkspaceMessage,
]
TRADING = [
    trading.Alert,
    trading.Desk,
    trading.Fill,
    trading.KillSwitch,
    trading.LedgerEntry,
    trading.LiveAccount,
    trading.LiveApproval,
    trading.LiveOrder,
    trading.Market,
    trading.Order,
    trading.Portfolio,
    trading.Position,
    trading.StrategyRun,
    trading.Tape,
]
STRATEGY = [StrategicSession]
OURS = [User, Budget, Workflow, *AUTHORED, *LOOKED_AT]


@pytest.fixture
def ada() -> User:
    return make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client


@pytest.fixture
def world(ada: User, drain: Callable[[], None]) -> Workflow:
    """A row in every table: a workflow with a run that has done a step and asks a person, and an AI call."""
    ask = node("ask", "human", {"approvers": ["user:ada"], "title": "<b>Really?</b>"})
    edges = [{"id": "e", "source": "a", "target": "ask"}]
    workflow = make_workflow(make_user("owner"), nodes=[step("a"), ask], edges=edges, name="<i>Odd</i>")
    start(workflow, {"word": "<script>alert(1)</script>"})
    drain()
    create_api_key(ada, name="k", scopes=["read"])
    payer = Payer(user_id=ada.pk, workflow_id=workflow.pk)
    telling(ada)
    PromptPack.objects.create(template_name="Pack")
    reserve(payer, provider="offline", model="rules", most=Decimal(1), uses_own_key=False)
    return workflow


def url(model: type[Any], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_all_of_ours_and_nothing_else_is_registered() -> None:
    assert set(admin.site._registry) == {*OURS, *WORKSPACES, *TRADING, *STRATEGY}


@pytest.mark.parametrize("model", [*WORKSPACES, *TRADING, *STRATEGY])
def test_workspaces_and_trading_are_looked_at_and_not_written(client: Client, model: type[Any]) -> None:
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "add")).status_code == 403


@pytest.mark.parametrize("model", OURS)
def test_every_list_and_every_row_opens(client: Client, world: Workflow, model: type[Any]) -> None:
    answer = client.get(url(model, "changelist"))
    assert answer.status_code == 200
    row = model._default_manager.first()
    assert row is not None
    shown = client.get(url(model, "change", row.pk))
    assert shown.status_code == 200
    for page in (answer, shown):
        assert b"<script>alert(1)" not in page.content
        assert b"<i>Odd</i>" not in page.content
        assert b"<b>Really?</b>" not in page.content


def test_index_and_the_page_of_each_app_open(client: Client) -> None:
    assert client.get(reverse("admin:index")).status_code == 200
    for app in ("accounts", "ai", "workflows", "executions", "process"):
        assert client.get(reverse("admin:app_list", args=[app])).status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_everybody_but_staff_is_sent_to_the_log_in(model: type[Any]) -> None:
    strangers: list[User | None] = [None, make_user("bob"), make_user("boss", role=Role.ADMIN)]
    for stranger in strangers:
        client = Client()
        if stranger is not None:
            client.force_login(stranger, backend=BACKEND)
        answer = client.get(url(model, "changelist"))
        assert (answer.status_code, answer["location"].split("?")[0]) == (302, reverse("admin:login"))


@pytest.mark.parametrize("model", LOOKED_AT)
def test_what_is_to_look_at_can_be_neither_made_nor_changed_nor_deleted(
    client: Client, world: Workflow, model: type[Any]
) -> None:
    row = model._default_manager.first()
    assert row is not None
    before = model._default_manager.values().get(pk=row.pk)
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "change", row.pk), {"status": "failed", "name": "x"}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    client.post(url(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]})
    assert model._default_manager.values().get(pk=row.pk) == before
    page = client.get(url(model, "change", row.pk)).content.decode()
    fields = {field.name for field in model._meta.get_fields()}
    assert not [name for name in fields if f'name="{name}"' in page]


def test_events_stand_on_the_page_of_their_run(client: Client, world: Workflow) -> None:
    page = client.get(url(Execution, "change", Execution.objects.get().pk)).content.decode()
    assert "&lt;script&gt;alert(1)" in page or "\\u003Cscript" in page
    assert ">ask</td>" in page


@pytest.mark.parametrize("model", OURS)
@pytest.mark.parametrize(
    "query", ["q=nonsense", "q=00000000-0000-7000-8000-000000000000", "created=day", "p=7000"]
)
def test_lists_take_whatever_is_asked(client: Client, model: type[Any], query: str) -> None:
    assert client.get(f"{url(model, 'changelist')}?{query}").status_code in (200, 302)


def test_a_run_is_found_by_its_id_its_workflow_and_its_age(client: Client, world: Workflow) -> None:
    run = Execution.objects.get()
    for query in (f"q={run.pk}", f"q={world.pk}", "created=hour", "status__exact=waiting"):
        found = client.get(f"{url(Execution, 'changelist')}?{query}").context["cl"].queryset
        assert list(found) == [run], query
    gone = client.get(f"{url(Execution, 'changelist')}?q={ApiKey.objects.get().pk}")
    assert list(gone.context["cl"].queryset) == []


@pytest.mark.parametrize("model", [Execution, StepRun, Approval, AuditRecord])
def test_a_list_counts_only_so_far_and_asks_as_often_however_long_it_is(
    client: Client, ada: User, drain: Callable[[], None], model: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "MOST_COUNTED", 3)
    ask = node("ask", "human", {"approvers": ["user:ada"]})
    workflow = make_workflow(ada, nodes=[step("a"), ask], edges=[{"id": "e", "source": "a", "target": "ask"}])

    def queries(query: str = "") -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url(model, "changelist") + query).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    for _ in range(2):
        start(workflow)
    drain()
    few = queries()
    for _ in range(6):
        start(workflow)
    drain()
    many = queries()
    assert queries("?o=1.-2.3")[-1] == many[-1]
    assert len(many) == len(few)
    counts = [sql for sql in many if "COUNT(*)" in sql and model._meta.db_table in sql]
    assert len(counts) == 1
    assert "LIMIT 3" in counts[0]
    assert not [sql for sql in many if '"state"' in sql or '"search_vector"' in sql]


def test_an_account_is_made_changed_and_closed_with_a_trail(client: Client, ada: User) -> None:
    password = "unlikely-enough-7"
    made = client.post(
        url(User, "add"),
        {"username": "eve", "email": "eve@example.test", "role": "viewer", "usable_password": "true",
         "password1": password, "password2": password},
    )  # fmt: skip
    assert made.status_code == 302, made.context["adminform"].form.errors
    eve = User.objects.get(username="eve")
    assert (eve.role, eve.check_password(password), eve.is_staff) == ("viewer", True, False)
    pair = open_family(eve)
    form = {
        "username": "eve", "email": "eve@example.test", "first_name": "Eve", "last_name": "", "role": "user",
        "time_zone": "UTC", "theme": "system",
    }  # fmt: skip
    assert client.post(url(User, "change", eve.pk), form).status_code == 302
    eve.refresh_from_db()
    assert (eve.first_name, eve.role, eve.is_active) == ("Eve", "user", False)
    with pytest.raises(BadToken):
        rotate(pair.refresh)
    trail = AuditRecord.objects.filter(object_id=eve.pk).order_by("id")
    assert list(trail.values_list("action", flat=True)) == [
        "account.created",
        "account.changed",
        "sessions.ended",
    ]
    last = trail.filter(action="account.changed").last()
    assert last is not None
    assert last.before == {"first_name": "", "is_active": True, "role": "viewer"}
    assert last.actor == ada


def test_a_password_is_set_and_ends_the_log_ins_of_api_clients(client: Client) -> None:
    eve = make_user("eve")
    pair = open_family(eve)
    page = reverse("admin:auth_user_password_change", args=[eve.pk])
    assert client.get(page).status_code == 200
    password = "unlikely-enough-8"
    answer = client.post(page, {"password1": password, "password2": password, "usable_password": "true"})
    assert answer.status_code == 302
    eve.refresh_from_db()
    assert eve.check_password(password)
    with pytest.raises(BadToken):
        rotate(pair.refresh)
    assert AuditRecord.objects.filter(object_id=eve.pk, action="account.password_set").count() == 1


def test_nobody_takes_away_their_own_rights(client: Client, ada: User) -> None:
    form = {"username": "ada", "email": ada.email, "role": "user", "time_zone": "UTC", "theme": "system"}
    answer = client.post(url(User, "change", ada.pk), form, follow=True)
    assert b"cannot change your own rights" in answer.content
    ada.refresh_from_db()
    assert (ada.role, ada.is_staff, ada.is_active) == ("admin", True, True)


def test_people_are_not_deleted(client: Client) -> None:
    assert client.post(url(User, "delete", make_user("eve").pk), {"post": "yes"}).status_code == 403


def test_a_key_is_revoked_by_the_service(client: Client) -> None:
    key, _ = create_api_key(make_user("eve"), name="k", scopes=["read"])
    for _ in range(2):
        chosen = {"action": "revoke", "_selected_action": [str(key.pk)]}
        assert client.post(url(ApiKey, "changelist"), chosen).status_code == 302
    key.refresh_from_db()
    assert not key.is_active
    assert AuditRecord.objects.filter(action="apikey.revoked", object_id=key.pk).count() == 1
    assert key.secret_hash not in client.get(url(ApiKey, "change", key.pk)).content.decode()


def rows_of(workflow: Workflow) -> dict[str, Any]:
    """The permission rows of the form as they are."""
    rows = list(workflow.permissions.order_by("user__username"))
    form: dict[str, Any] = {"permissions-TOTAL_FORMS": len(rows), "permissions-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        form[f"permissions-{number}-id"], form[f"permissions-{number}-user"] = str(row.pk), str(row.user_id)
        form[f"permissions-{number}-workflow"] = str(workflow.pk)
        form[f"permissions-{number}-access"] = row.access
    return form


def described(workflow: Workflow, **changes: Any) -> dict[str, Any]:
    form = {"name": workflow.name, "description": "", "category": "", "folder": "", "tags": ""}
    return {**form, **rows_of(workflow), **changes}


def test_a_workflow_is_described_by_the_service(client: Client, world: Workflow) -> None:
    form = described(world, name="Renamed", tags="B,a,b")
    assert client.post(url(Workflow, "change", world.pk), form).status_code == 302
    world.refresh_from_db()
    assert (world.name, world.tags, world.last_edited_by and world.last_edited_by.username) == (
        "Renamed",
        ["b", "a"],
        "ada",
    )
    assert AuditRecord.objects.filter(action="workflow.described", object_id=world.pk).count() == 1


def test_access_is_granted_changed_and_taken_away_by_the_service(client: Client, world: Workflow) -> None:
    editor, viewer, fresh = make_user("p-editor"), make_user("q-viewer"), make_user("fresh")
    share(world, editor, Access.EDITOR)
    share(world, viewer, Access.VIEWER)
    form = described(
        world,
        **{
            "permissions-1-DELETE": "on",
            "permissions-2-access": "editor",
            "permissions-TOTAL_FORMS": 4,
            "permissions-3-user": str(fresh.pk),
            "permissions-3-access": "viewer",
            "permissions-3-workflow": str(world.pk),
        },
    )
    assert client.post(url(Workflow, "change", world.pk), form).status_code == 302
    access = dict(WorkflowPermission.objects.filter(workflow=world).values_list("user__username", "access"))
    assert access == {"owner": "owner", "q-viewer": "editor", "fresh": "viewer"}
    actions = AuditRecord.objects.filter(object_id=world.pk, action__startswith="permission.")
    assert sorted(actions.values_list("action", flat=True)) == [
        "permission.granted", "permission.granted", "permission.revoked",
    ]  # fmt: skip


def test_what_a_service_refuses_is_told_and_nothing_is_kept(client: Client, world: Workflow) -> None:
    form = described(world, name="Renamed", **{"permissions-0-access": "viewer"})
    answer = client.post(url(Workflow, "change", world.pk), form, follow=True)
    assert b"own access cannot be lowered" in answer.content
    world.refresh_from_db()
    assert world.name == "<i>Odd</i>"


def test_a_workflow_is_deleted_by_the_service_once_its_runs_are_over(client: Client, world: Workflow) -> None:
    asked = client.get(url(Workflow, "delete", world.pk))
    assert asked.status_code == 200
    refused = client.post(url(Workflow, "delete", world.pk), {"post": "yes"}, follow=True)
    assert b"are under way" in refused.content
    assert Workflow.objects.filter(pk=world.pk).exists()
    Execution.objects.update(status="cancelled", finished_at=world.created_at, wake_at=None)
    assert client.post(url(Workflow, "delete", world.pk), {"post": "yes"}).status_code == 302
    assert not Workflow.objects.filter(pk=world.pk).exists()
    assert AuditRecord.objects.filter(action="workflow.deleted").count() == 1


def test_workflows_are_archived_and_taken_out_by_the_service(client: Client, world: Workflow) -> None:
    for action, status in (("archive", WorkflowStatus.ARCHIVED), ("take_out", WorkflowStatus.ACTIVE)):
        chosen = {"action": action, "_selected_action": [str(world.pk)]}
        assert client.post(url(Workflow, "changelist"), chosen).status_code == 302
        world.refresh_from_db()
        assert world.status == status
