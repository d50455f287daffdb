"""Reading a timeline: pages by keyset, what changed since, in a fixed number of queries, by index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from orchestrator.core.clock import utc_now
from tests.factories import make_user
from tests.workspaces.making import make_workspace
from tests.workspaces.test_pages import client_of
from workspaces.domain.vocabulary import AuthorType, MessageStatus, MessageType
from workspaces.models import PatternWorkspace, WorkspaceMessage
from workspaces.queries.timeline import (
    MOST_CHANGES,
    TYPES,
    Show,
    changes,
    stretch,
    types_of,
)
from workspaces.services.notes import write_note
from workspaces.services.timeline import retell, tell

pytestmark = pytest.mark.django_db


def fill(workspace: PatternWorkspace, count: int, kind: MessageType = MessageType.NOTE) -> None:
    WorkspaceMessage.objects.bulk_create(
        WorkspaceMessage(workspace=workspace, type=kind.value, content=str(number)) for number in range(count)
    )


def contents(workspace: PatternWorkspace, **options: object) -> list[str]:
    found = stretch(workspace, **options)  # type: ignore[arg-type]
    return [entry.message.content for entry in found.entries]


def test_every_type_belongs_to_one_filter() -> None:
    sorted_in = [each for types in TYPES.values() for each in types]
    assert sorted(sorted_in) == sorted(MessageType)


def test_stretches_follow_each_other_without_gap_or_repetition() -> None:
    workspace = make_workspace()
    fill(workspace, 12)
    fill(make_workspace(make_user("other"), pattern_type="bos"), 3)
    seen: list[str] = []
    before = None
    for _ in range(10):
        found = stretch(workspace, before=before, types=[MessageType.NOTE], size=5)
        seen = [entry.message.content for entry in found.entries] + seen
        before = found.older
        if before is None:
            break
    assert seen == [str(number) for number in range(12)]


def test_types_are_merged_in_their_order() -> None:
    workspace = make_workspace()
    for kind in (MessageType.NOTE, MessageType.DEPLOY_FAILED, MessageType.CLAUDE_STARTED, MessageType.NOTE):
        fill(workspace, 1, kind)
    found = stretch(workspace, types=types_of([Show.NOTES, Show.DEPLOYS]))
    assert [entry.message.type for entry in found.entries] == ["note", "deploy_failed", "note"]


def test_what_is_under_way_is_told_again_where_it_stands_when_it_changes() -> None:
    workspace = make_workspace()
    start = utc_now()
    with transaction.atomic():
        phase = tell(
            workspace,
            MessageType.CLAUDE_PHASE_UPDATE,
            "Testing",
            author_type=AuthorType.CLAUDE,
            status=MessageStatus.IN_PROGRESS,
            progress=10,
        )
    note = write_note(workspace.created_by, workspace.pk, text="x")
    between = utc_now()
    with transaction.atomic():
        retell(phase, progress=60)

    assert [each.message.pk for each in changes(workspace, since=start, now=between).entries] == [
        phase.pk,
        note.pk,
    ]
    [changed] = changes(workspace, since=between, now=utc_now()).entries
    assert (changed.message.pk, changed.message.progress) == (phase.pk, 60)
    assert not changes(workspace, since=between, now=utc_now(), types=["note"]).entries


def test_more_changes_than_fit_come_with_the_next_question_and_none_is_left_out() -> None:
    workspace = make_workspace()
    moment = utc_now() + timedelta(seconds=1)
    fill(workspace, MOST_CHANGES + 20)
    for number, row in enumerate(WorkspaceMessage.objects.order_by("pk")):
        stamp = moment + timedelta(milliseconds=number)
        WorkspaceMessage.objects.filter(pk=row.pk).update(updated_at=stamp)
    later = moment + timedelta(seconds=30)
    first = changes(workspace, since=moment - timedelta(seconds=1), now=later)
    second = changes(workspace, since=first.since, now=later)
    assert len(first.entries) == MOST_CHANGES
    got = {each.message.pk for found in (first, second) for each in found.entries}
    assert len(got) == WorkspaceMessage.objects.count()
    assert second.since > first.since


def test_the_page_takes_as_many_queries_for_a_full_timeline_as_for_a_short_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    workspace = make_workspace()
    client = client_of(workspace.created_by)
    for more in (1, 200):
        fill(workspace, more)
        with django_assert_num_queries(5):
            client.get(f"/workspaces/{workspace.pk}/")


def test_stretches_and_changes_are_found_by_index_among_many() -> None:
    workspace = make_workspace()
    fill(workspace, 5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workspaces_workspacemessage")
        newest = "EXPLAIN SELECT * FROM workspaces_workspacemessage WHERE workspace_id = %s "
        cursor.execute(f"{newest} ORDER BY id DESC LIMIT 51", [workspace.pk])
        by_id = str(cursor.fetchall())
        cursor.execute(f"{newest} AND type = 'deploy_failed' ORDER BY id DESC LIMIT 51", [workspace.pk])
        by_type = str(cursor.fetchall())
        cursor.execute(
            f"{newest} AND updated_at > %s ORDER BY updated_at, id LIMIT 100", [workspace.pk, utc_now()]
        )
        changed = str(cursor.fetchall())
    assert "Seq Scan" not in by_id + by_type + changed
    assert "Sort" not in by_id
    assert "message_by_type" in by_type
    assert "message_changed" in changed


def test_the_page_reads_on_above_and_refuses_what_is_no_id() -> None:
    workspace = make_workspace()
    fill(workspace, 60)
    client = client_of(workspace.created_by)
    url = f"/workspaces/{workspace.pk}/"
    older = client.get(url).context["older_url"]
    part = client.get(url + older, headers={"X-Part": "older"}).content.decode()
    assert "<html" not in part
    assert part.count("data-entry=") == 11
    assert client.get(f"{url}?before=nonsense").status_code == 400
    assert client.get(f"{url}changes/?since=yesterday").status_code == 400


def test_days_are_those_of_the_reader() -> None:
    workspace = make_workspace()
    owner = workspace.created_by
    fill(workspace, 1)
    late = utc_now().replace(hour=23, minute=30) - timedelta(days=10)
    WorkspaceMessage.objects.filter(type="note").update(created_at=late)
    days = []
    for zone in ("UTC", "Asia/Tokyo"):
        owner.time_zone = zone
        owner.save()
        shown = client_of(owner).get(f"/workspaces/{workspace.pk}/").context["entries"]
        days.append(next(each.date for each in shown if each.message.type == "note"))
    assert days == [str(late.date()), str((late + timedelta(days=1)).date())]
