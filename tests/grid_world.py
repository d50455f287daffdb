"""The world of the permission grids: somebody in every role, and what the rows speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from orchestrator.accounts.models import Role, User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.executions.models import Approval, Execution
from orchestrator.workflows.models import Access, Workflow, WorkflowTemplate
from orchestrator.workflows.services.bulk import start_bulk_job
from orchestrator.workflows.services.folders import create_folder
from orchestrator.workflows.services.triggers import create_trigger
from orchestrator.workflows.services.views import save_view
from process.domain.process import Process
from process.domain.vocabulary import Behavior, ResponseFormat
from process.models import Archetype, ProcessVersion, Synthesis
from process.queries.exported import export_version
from process.services.recordings import keep_recording
from process.services.sessions import advance, start_session
from tests.factories import make_user, make_workflow, node, share, start
from tests.process.making import WEBM, make_node, make_process, make_prompt, make_section
from tests.process.storing import store
from tests.trading.live.scene import make_live_portfolio
from tests.trading.strategy.domain.test_documents import make_document
from tests.trading.strategy.making import make_corporation, make_world
from tests.trading.strategy.making import make_session as make_strategic_session
from tests.workspaces.coding.scene import make_failed_run
from tests.workspaces.deployments.scene import make_done
from tests.workspaces.making import make_workspace
from tests.workspaces.testing import make_candles, make_session
from trading.domain.vocabulary import Mode, Side
from trading.models import Market, StrategyRun
from trading.services.manual_orders import Asked, place_order
from trading.services.portfolios import create_portfolio
from trading.services.tapes import generate_tape
from trading.strategy.domain.vocabulary import Access as Lent
from trading.strategy.services.corporations import lend_corporation
from workspaces.models import CandleSet
from workspaces.services.reviewing import review

ROLES = ("anonymous", "stranger", "viewer", "editor", "owner", "admin")
Answers = tuple[int, int, int, int, int, int]

PUBLIC: Answers = (200,) * 6
EVERYBODY: Answers = (401, 200, 200, 200, 200, 200)
READ: Answers = (401, 404, 200, 200, 200, 200)
EDIT: Answers = (401, 404, 403, 200, 200, 200)
OWN: Answers = (401, 404, 403, 403, 200, 200)
MINE: Answers = (401, 404, 404, 404, 200, 200)
STAFF: Answers = (401, 403, 403, 403, 403, 200)
TELLER: Answers = (401, 404, 404, 404, 200, 404)
"""Of a person's own session: not even an admin sees others'."""
JOB = {"subject": "workflows", "action": "archive", "filters": {}}


def answers(base: Answers, good: int) -> Answers:
    """The same grid with another code for success."""
    return tuple(good if code == 200 else code for code in base)  # type: ignore[return-value]


@dataclass
class World:
    """One workflow with a run that waits for the editor's approval, and somebody in every role."""

    people: dict[str, User | None]
    names: dict[str, Any]


@pytest.fixture
def world(db: None, drain: Callable[[], None]) -> World:
    people = {name: make_user(name) for name in ("stranger", "viewer", "editor", "owner")}
    people["admin"] = make_user("admin", role=Role.ADMIN)
    make_user("other")
    ask = node("ask", "human", {"approvers": ["user:editor"]})
    workflow = make_workflow(people["owner"], nodes=[ask], tags=["t"])
    share(workflow, people["viewer"], Access.VIEWER)
    share(workflow, people["editor"], Access.EDITOR)
    start(workflow)
    drain()
    timed = create_trigger(people["owner"], workflow.pk, kind="schedule", name="Daily", cron="@daily")
    hook = create_trigger(people["owner"], workflow.pk, kind="webhook", name="Hook")
    delivery = hook.deliveries.create(status="ignored", http_status=202)
    key, _ = create_api_key(people["owner"], name="k", scopes=["read"])
    job = start_bulk_job(people["owner"], **JOB)  # type: ignore[arg-type]
    names = {
        "folder": create_folder(people["owner"], name="Folder").pk,
        "template": WorkflowTemplate.objects.get(builtin="steps").pk,
        "job": job.pk,
        "view": save_view(people["owner"], name="View", query="tag=t").pk,
        "workflow": Workflow.objects.get().pk,
        "execution": Execution.objects.get().pk,
        "approval": Approval.objects.get().pk,
        "schedule": timed.pk,
        "hook": hook.pk,
        "secret": "wrong",
        "table": "runs",
        "kind": "webhook",
        "delivery": delivery.pk,
        **backtested(people["owner"]),
        "key": key.pk,
        "nobody": "00000000-0000-7000-8000-000000000000",
        "one": 1,
        "word": "go",
        "groq": "groq",
        "part": "input",
        "live_portfolio": make_live_portfolio(people["owner"]).pk,
        **telling(people["owner"]),
        **tried(people),
        **traded(people["owner"]),
        **planned(people),
        **make_world(people),
    }
    return World({"anonymous": None, **people}, names)


def tried(people: dict[str, User]) -> dict[str, Any]:
    """A pattern workspace with a test session of which one detection was reviewed."""
    workspace = make_workspace(people["owner"])
    for name in ("viewer", "editor"):
        workspace.members.create(user=people[name], access=name)
    everybody = make_candles(people["owner"])
    CandleSet.objects.filter(pk=everybody.pk).update(owner=None)
    session = make_session(workspace)
    detection = review(people["owner"], session.pk, 2, verdict="right")
    return {
        "pattern_workspace": workspace.pk,
        "pattern_session": session.pk,
        "candles": session.candles_id,
        "correction": detection.feedback.pk,
        "coding_run": make_failed_run(workspace).pk,
        "deployment": make_done(workspace).pk,
        "test_session": {"candles": str(everybody.pk)},
    }


def traded(owner: User) -> dict[str, Any]:
    """A paper portfolio with an order that stands on a tape, and a tape that nothing rests on."""
    tape = generate_tape(owner, name="Autumn", seed=5, messages=200, markets=1)
    spare = generate_tape(owner, name="Spare", seed=5, messages=100, markets=1)
    portfolio = create_portfolio(owner, name="Paper trial")
    token, least = "generated-5-0-yes", Decimal("0.01")
    asked = Asked(tape_id=tape.pk, token=token, side=Side.BUY, price=least, size=Decimal(10))
    order, _ = place_order(owner, portfolio.pk, asked, client_order_id="grid")
    new = {"portfolio": str(portfolio.pk), "tape": str(tape.pk), "token": token, "side": "buy"}
    new |= {"price": "0.01", "size": "10"}
    return {
        "tape": spare.pk,
        "market": Market.objects.get(condition_id="generated-5-0").pk,
        "portfolio": portfolio.pk,
        "order": order.pk,
        "direction": "deposit",
        "new_order": {**new, "client_order_id": "new"},
        "preview": new,
    }


def planned(people: dict[str, User]) -> dict[str, Any]:
    """A corporation that is lent to the viewer and the editor, with a session that was imported."""
    corporation = make_corporation(people["owner"])
    for name, access in (("viewer", Lent.READER), ("editor", Lent.EDITOR)):
        lend_corporation(people["owner"], corporation.pk, username=name, access=access)
    session = make_strategic_session(corporation)
    document = make_document(corporationId=str(corporation.eve_id), sessionId="another")
    return {
        "corporation": corporation.pk,
        "strategic_session": session.pk,
        "session_document": document,
        "csv": "csv",
        "wallets": "wallets",
    }


def backtested(owner: User) -> dict[str, Any]:
    """A backtest, as if the run of the workflow had been one."""
    execution = Execution.objects.get()
    run = StrategyRun.objects.create(
        execution_id=execution.pk,
        workflow_id=execution.workflow_id,
        started_by=owner,
        mode=Mode.BACKTEST.value,
        tape=generate_tape(owner, name="Autumn", seed=1, messages=100, markets=1),
        portfolio=create_portfolio(owner, name="Backtest", mode=Mode.BACKTEST),
    )
    asked = {"workflow": str(execution.workflow_id), "tape": str(run.tape_id)}
    return {"strategy_run": run.pk, "backtest": asked}


def telling(owner: User) -> dict[str, Any]:
    """A session of a guided process, in its second phase, which has a section."""
    lane = make_section("origins", make_prompt("house", node="talk"))
    free = make_prompt("why", node="talk")
    spoken = make_prompt("spoken", node="talk", format=ResponseFormat.VOICE)
    process = make_process(
        make_node("welcome", "talk", text="Welcome.", behavior=Behavior.INFORMATIONAL),
        make_node(
            "talk",
            prompts=(free, spoken),
            sections=("origins",),
            behavior=Behavior.ITERATIVE,
            optional=True,
            requires_completion=False,
        ),
        sections=(lane,),
    )
    version = store(process)
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    session = start_session(owner)
    advance(owner, session.pk)
    keep_recording(owner, session.pk, prompt_id=spoken.id, audio=WEBM, duration_seconds=4.2)
    text = Synthesis.objects.create(session=session, synthesis_type="checkpoint", content="So far.")
    pattern = Archetype.objects.create(
        session=session, archetype_type="care", confidence_score="0.8", revealed_to_user=True
    )
    return {
        "text": text.pk,
        "pattern": pattern.pk,
        "session": session.pk,
        "process": version.pk,
        "lane": "origins",
        "prompt": free.id,
        "spoken": spoken.id,
        "answer": {"prompt": str(free.id), "value": "Because."},
        "document": export_version(version),
        **_authored(process, version),
    }


def _authored(process: Process, version: ProcessVersion) -> dict[str, Any]:
    """Parts of that process, and what staff would send to add others; it is in use, so it takes none."""
    of = {"version": str(version.pk)}
    phase, way = process.nodes["talk"].id, process.nodes["welcome"].edges[0].id
    ends = {"from_node": str(phase), "to_node": str(phase)}
    return {
        "phase": phase,
        "way": way,
        "lane_id": process.sections["origins"].id,
        "new_commitment": {**of, "title": "t", "description": "d"},
        "new_phase": {**of, "node_type": "fork", "node_key": "k", "node_name": "n", "purpose": "p"},
        "new_way": {**of, **ends},
        "new_prompt": {"node": str(phase), "prompt_key": "k", "prompt_text": "t"},
        "new_section": {**of, "section_key": "k", "section_name": "n"},
        "applied": {**of, "nodes": ["talk"]},
    }


_T = TypeVar("_T")


def apart(act: Callable[[], _T]) -> _T:
    """What it answers, as if it had not been done: each role finds the world as it was."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """``namespace:name`` of every route outside the Django admin."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin":
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
