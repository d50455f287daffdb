"""The event log: what it finds, for whom, in which order, and that its searches use their indexes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from orchestrator.accounts.models import Role, User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.ids import new_id
from orchestrator.executions.models import EventRow
from orchestrator.executions.queries import event_log
from orchestrator.executions.queries.event_export import export_events
from orchestrator.executions.queries.event_groups import EVENT_GROUPS, EventGroup
from orchestrator.executions.queries.event_log import EventFilter, Position, SearchTooWide, events_logged
from orchestrator.executions.queries.event_search import run_range
from orchestrator.executions.queries.told import event_page
from orchestrator.workflows.models import Access, Workflow
from tests.factories import chain, make_user, make_workflow, node, share, start, step

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_seconds = count()


def event(
    workflow: Workflow, type: str = "step_succeeded", *, at: datetime | None = None, **fields: Any
) -> EventRow:
    fields.setdefault("execution_id", new_id())
    fields.setdefault("seq", 1)
    fields.setdefault("data", {"node": "a", "scope": ""})
    moment = at or NOON + timedelta(seconds=next(_seconds))
    return EventRow.objects.create(workflow_id=workflow.pk, type=type, occurred_at=moment, **fields)


def found(user: User, **wanted: Any) -> list[tuple[UUID, int]]:
    rows = events_logged(user, EventFilter(**wanted), limit=500)
    return [(row.execution_id, row.seq) for row in rows]


def key(row: EventRow) -> tuple[UUID, int]:
    return row.execution_id, row.seq


def test_people_find_the_events_of_what_they_may_see_and_admins_all() -> None:
    owner, stranger, admin = make_user(), make_user(), make_user(role=Role.ADMIN)
    mine, shared, public, secret = (make_workflow(each) for each in (owner, stranger, stranger, stranger))
    share(shared, owner, Access.VIEWER)
    Workflow.objects.filter(pk=public.pk).update(is_public=True)
    rows = [event(flow) for flow in (mine, shared, public, secret)]
    assert found(owner) == [key(row) for row in reversed(rows[:3])]
    assert found(admin) == [key(row) for row in reversed(rows)]
    assert found(owner, workflow=secret.pk) == []
    assert found(make_user()) == [key(rows[2])]
    assert set(EventRow.objects.visible_to(owner)) == set(rows[:3])


def test_every_filter_leaves_what_it_says() -> None:
    user = make_user()
    first, second = make_workflow(user), make_workflow(user)
    run = UUID("0198f2c4-6b1e-7c3a-9a55-2f1d6e8b4c10")
    a = event(first, "execution_started", user_id=user.pk, execution_id=run, seq=1)
    b = event(
        first, "step_succeeded", node_id="fetch", execution_id=run, seq=2, data={"usage": {"tokens": 3}}
    )
    c = event(second, "step_failed", node_id="fetch", data={"error": {}})
    d = event(second, "execution_ended", data={"status": "completed"})
    e = event(second, "execution_ended", data={"status": "failed"})
    f = event(first, "step_waiting", data={"approval": {"id": "x"}})
    g = event(first, "step_waiting", data={"timers": []})
    h = event(first, "approval_answered")
    cases: list[tuple[dict[str, Any], list[EventRow]]] = [
        ({}, [h, g, f, e, d, c, b, a]),
        ({"types": ("step_failed", "execution_ended")}, [e, d, c]),
        ({"types": ("step_succeeded",)}, [b]),
        ({"workflow": first.pk}, [h, g, f, b, a]),
        ({"runs": (run, run)}, [b, a]),
        ({"runs": (run, run), "seq": 2}, [b]),
        ({"person": user.pk}, [a]),
        ({"node": "fetch"}, [c, b]),
        ({"after": c.occurred_at, "before": e.occurred_at}, [d, c]),
        ({"group": "workflow_start"}, [a]),
        ({"group": "node_execution"}, [g, f, c, b]),
        ({"group": "ai_call"}, [b]),
        ({"group": "human_approval"}, [h, f]),
        ({"group": "error"}, [e, c]),
        ({"group": "error", "types": ("step_failed",)}, [c]),
        ({"group": "error", "types": ("step_succeeded",)}, []),
        ({"group": "control"}, []),
    ]
    for wanted, rows in cases:
        assert found(user, **wanted) == [key(row) for row in rows], wanted
        assert found(make_user(role=Role.ADMIN), **wanted) == [key(row) for row in rows], wanted


def test_pages_lead_forth_and_back_also_where_events_share_their_moment() -> None:
    user = make_user()
    flows = [make_workflow(user) for _ in range(3)]
    for number in range(40):
        event(flows[number % 3], at=NOON + timedelta(seconds=number // 10))
    everything = found(user)
    seen, cursor, pages = [], "", []
    while True:
        page = event_page(user, EventFilter(), cursor, size=7)
        pages.append([(each.event.execution_id, each.event.seq) for each in page.items])
        seen += pages[-1]
        if page.next is None:
            break
        cursor = page.next
    assert seen == everything
    assert [len(each) for each in pages] == [7, 7, 7, 7, 7, 5]
    assert page.previous is not None
    back = event_page(user, EventFilter(), page.previous, size=7)
    assert [(each.event.execution_id, each.event.seq) for each in back.items] == pages[-2]
    assert event_page(user, EventFilter(), "", size=7).previous is None


@pytest.mark.parametrize(
    "cursor", ["x", "o", "o2026_1_1", "o2026-03-01_zz_1", "n2026-03-01T12:00:00_00_1", "\0"]
)
def test_cursors_of_other_lists_are_told(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        event_page(make_user(), EventFilter(), cursor, size=7)


def test_a_position_reads_back() -> None:
    position = Position(NOON, new_id(), 7)
    assert Position.parse(str(position)) == position


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(role=Role.ADMIN)
    event(make_workflow(user))
    monkeypatch.setattr(event_log, "PATIENCE_MS", 1)
    monkeypatch.setitem(EVENT_GROUPS, "slow", EventGroup("", (), "pg_sleep(1) IS NULL"))
    with pytest.raises(SearchTooWide):
        found(user, group="slow")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "the rest of the transaction has its time back"


@pytest.mark.parametrize(
    ("text", "run", "seq"),
    [
        ("", None, None),
        ("0198F2C4", ("0198f2c4000000000000000000000000", "0198f2c4ffffffffffffffffffffffff"), None),
        ("0198f2c4-6b1e:12", ("0198f2c46b1e00000000000000000000", "0198f2c46b1effffffffffffffffffff"), 12),
    ],
)
def test_runs_are_found_by_how_their_ids_begin(
    text: str, run: tuple[str, str] | None, seq: int | None
) -> None:
    assert run_range(text) == (run and (UUID(run[0]), UUID(run[1])), seq)


@pytest.mark.parametrize("text", ["0198f2", "not hex digits", "0198f2c4:x", "0198f2c4" * 5])
def test_what_is_no_id_is_told(text: str) -> None:
    with pytest.raises(InvalidInput):
        run_range(text)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """How PostgreSQL would search, with sequential scans made unattractive as they are in a big table."""

    def explain(user: User, **wanted: Any) -> str:
        said: list[str] = []

        def fetch(sql: str, values: list[Any]) -> list[Any]:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {sql}", values)
                said.extend(row[0] for row in cursor.fetchall())
            return []

        with monkeypatch.context() as patch:
            patch.setattr(event_log, "_fetch", fetch)
            events_logged(user, EventFilter(**wanted), limit=51)
        return "\n".join(said)

    return explain


def test_searches_use_the_indexes_made_for_them(plans: Callable[..., str]) -> None:
    user, admin = make_user(), make_user(role=Role.ADMIN)
    for _ in range(3):
        make_workflow(user)
    assert "_occurred_at_idx" in plans(admin)
    assert "workflow_id_occurred_at_idx" in plans(user)
    assert "type_occurred_at_idx" in plans(admin, types=("cancel_requested",))
    assert "workflow_id_type_occurred_at_idx" in plans(user, types=("cancel_requested",))
    assert "Seq Scan" not in plans(admin, group="error") + plans(user, group="error")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.inhrelid::regclass::text FROM pg_inherits p WHERE p.inhparent = ANY(%s::regclass[])",
            [["event_error", "event_of_error", "event_ai", "event_of_ai"]],
        )
        small = {row[0] for row in cursor.fetchall()}
    for wanted in ({"group": "error"}, {"group": "ai_call"}):
        for who in (user, admin):
            assert any(name in plans(who, **wanted) for name in small), (wanted, who)


def test_the_file_has_all_that_fits_and_no_formulas() -> None:
    user = make_user()
    flow = make_workflow(user, nodes=[step("a", title="=1+1")], name="Flow")
    run = start(flow)
    event(flow, "step_succeeded", execution_id=run.pk, seq=1, data={"node": "a", "ports": []})
    text = b"".join(export_events(user, EventFilter(), "csv")).decode()
    header, row, *_ = text.splitlines()
    assert header.startswith("occurred_at,workflow_id,workflow,execution_id,seq,type")
    assert ",'=1+1 succeeded," in row
    lines = b"".join(export_events(user, EventFilter(), "jsonl")).decode().splitlines()
    assert len(lines) == 1
    assert '"sentence":"=1+1 succeeded"' in lines[0]
    assert b"".join(export_events(make_user(), EventFilter(), "jsonl")) == b""


def test_a_file_goes_on_beyond_its_first_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    flow = make_workflow(user)
    rows = [event(flow) for _ in range(12)]
    module = "orchestrator.executions.queries.event_export"
    monkeypatch.setattr(f"{module}._PIECE", 5)
    lines = b"".join(export_events(user, EventFilter(), "jsonl")).splitlines()
    assert len(lines) == len(rows)
    monkeypatch.setattr(f"{module}.MOST", 7)
    *lines, last = b"".join(export_events(user, EventFilter(), "jsonl")).splitlines()
    assert len(lines) == 7
    assert b"Cut here" in last


def test_a_run_s_own_events_are_told_with_titles_and_by_whom(drain: Callable[[], None]) -> None:
    user = make_user("starter")
    ask = node("ask", "human", {"title": "Really?", "approvers": ["role:admin"]}, title="Ask the boss")
    flow = make_workflow(user, nodes=[step("a", title="Alpha"), ask], edges=chain("a", "ask"))
    start(flow)
    drain()
    told = event_page(user, EventFilter(), "", size=50).items
    assert [each.sentence for each in told] == [
        "Ask the boss waits for an approval", "Alpha succeeded", "The run began",
    ]  # fmt: skip
    assert {each.workflow for each in told} == {flow.name}
    assert all(each.run_exists for each in told)
