"""The sample queries of the schema's document, each in a fixed number of queries however much there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotFound
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import make_candles, make_session
from workspaces.domain.files import address_of
from workspaces.domain.vocabulary import MessageType, WorkspaceStatus
from workspaces.models import Attachment, ClaudeExecution, PatternWorkspace
from workspaces.queries.coding import run_under_way, runs_of, versions_of
from workspaces.queries.overview import (
    LATEST_SESSIONS,
    WorkspaceWithTimeline,
    active_executions,
    workspace_with_timeline,
)
from workspaces.queries.sessions import (
    cart_counts,
    corrections_of,
    sessions_of,
    workspace_stats,
)
from workspaces.queries.timeline import changes, stretch
from workspaces.queries.workspaces import members_of, patterns_to_begin, workspaces_of
from workspaces.services.members import let_in
from workspaces.services.reviewing import review
from workspaces.services.timeline import tell

pytestmark = pytest.mark.django_db


def make_run(workspace: PatternWorkspace, *, status: str = "completed") -> ClaudeExecution:
    """One that the engine knows nothing of."""
    return ClaudeExecution.objects.create(
        workspace=workspace, triggered_by=workspace.created_by, status=status, diff="x" * 1_000
    )


def fill(workspace: PatternWorkspace, times: int) -> None:
    """Sessions with corrections, coding runs, and messages about all of them, with files."""
    owner = workspace.created_by
    candles = make_candles(owner, bars=120)
    for _ in range(times):
        session = make_session(workspace, candles=candles)
        review(owner, session.pk, 1, verdict="right")
        file = Attachment.objects.create(
            workspace=workspace, uploaded_by=owner, name="a", media_type="image/png", size=1, path=new_path()
        )
        with transaction.atomic():
            tell(
                workspace,
                MessageType.FEEDBACK_ADDED,
                "Told",
                by=owner,
                session=session,
                feedback=session.feedback_items.get(),
                execution=make_run(workspace),
                attachments=[address_of(workspace.pk, file.pk)],
            )


def new_path() -> str:
    return f"made-up/{Attachment.objects.count()}"


@pytest.fixture
def workspace() -> PatternWorkspace:
    return make_workspace(status=WorkspaceStatus.BETA)


def _read_all(workspace: PatternWorkspace) -> WorkspaceWithTimeline:
    """With everything that an entry speaks of."""
    found = workspace_with_timeline(workspace.created_by, workspace.pk)
    for each in found.messages:
        about = (each.author, each.session, each.feedback, each.execution)
        assert any(str(one) for one in about if one is not None)
    assert all(each.candles.name for each in found.sessions)
    return found


def test_a_workspace_comes_with_its_full_timeline_in_four_queries(
    workspace: PatternWorkspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(workspace, 1)
    with django_assert_num_queries(4):
        _read_all(workspace)
    fill(workspace, LATEST_SESSIONS)
    with django_assert_num_queries(4):
        found = _read_all(workspace)

    ids = list(workspace.messages.order_by("id").values_list("pk", flat=True))
    assert [each.pk for each in found.messages] == ids
    newest = workspace.sessions.order_by("-id").values_list("pk", flat=True)[:LATEST_SESSIONS]
    assert [each.pk for each in found.sessions] == list(newest)
    assert found.execution == workspace.executions.latest("triggered_at")


def test_the_full_timeline_is_for_those_who_see_the_workspace(
    workspace: PatternWorkspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = make_user("reader")
    with pytest.raises(NotFound):
        workspace_with_timeline(reader, workspace.pk)
    let_in(workspace.created_by, workspace.pk, username="reader")
    with django_assert_num_queries(5):
        assert workspace_with_timeline(reader, workspace.pk).execution is None


def test_active_executions_are_those_under_way_in_what_one_sees(
    workspace: PatternWorkspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    foreign = make_workspace(make_user("other"), pattern_type="bos")
    mine = make_run(workspace, status="running")
    make_run(workspace)
    theirs = make_run(foreign, status="pending")
    admin = make_user("chief", role=Role.ADMIN)
    for user, expected in ((workspace.created_by, [mine]), (admin, [mine, theirs])):
        with django_assert_num_queries(1):
            found = list(active_executions(user))
            assert all(each.workspace.name and each.triggered_by.username for each in found)
        assert found == expected


READS: dict[str, tuple[int, Callable[[User, PatternWorkspace], Any]]] = {
    "a person's workspaces": (1, lambda user, _: [each.created_by.username for each in workspaces_of(user)]),
    "workspaces of a status": (1, lambda user, _: list(workspaces_of(user, statuses=["beta"], mine=True))),
    "patterns without a workspace": (1, lambda user, _: patterns_to_begin(user)),
    "members": (1, lambda _, workspace: [each.user.username for each in members_of(workspace)]),
    "a stretch of the timeline": (2, lambda _, workspace: stretch(workspace)),
    "what changed": (
        2,
        lambda _, workspace: changes(workspace, since=workspace.created_at, now=utc_now()),
    ),
    "sessions": (1, lambda _, workspace: [each.candles.name for each in sessions_of(workspace)]),
    "figures of a workspace": (4, lambda _, workspace: workspace_stats(workspace)),
    "the cart": (1, lambda _, workspace: cart_counts(workspace)),
    "corrections": (
        1,
        lambda _, workspace: [each.session.candles.name for each in corrections_of(workspace)],
    ),
    "coding runs": (1, lambda _, workspace: [each.triggered_by.username for each in runs_of(workspace)]),
    "the coding run under way": (1, lambda _, workspace: run_under_way(workspace)),
    "versions": (1, lambda _, workspace: list(versions_of(workspace))),
}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_takes_as_many_queries_for_much_as_for_little(
    name: str, workspace: PatternWorkspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    count, read = READS[name]
    for number, more in enumerate((1, 3)):
        fill(workspace, more)
        make_workspace(
            workspace.created_by, pattern_type=("bos", "choch")[number], status=WorkspaceStatus.BETA
        )
        with django_assert_num_queries(count):
            read(workspace.created_by, workspace)
