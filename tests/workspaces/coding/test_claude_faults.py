"""Coding runs by the agent when something is wrong: the model's answers, the limits, the worker."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from orchestrator.ai.models import AiCall, Budget
from orchestrator.ai.services.credentials import set_credential
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from tests.executions.dying import Died, finish_elsewhere, work_until_killed
from tests.stand_in import Answer
from tests.workspaces.coding.model import (
    Play,
    Tool,
    fault,
    model,
    needs_claude,
    root_in,
    said,
    script,
    told_back,
)
from tests.workspaces.coding.scene import Scene, again
from workspaces import agent
from workspaces.models import ClaudeExecution
from workspaces.queries.backends import backends_for
from workspaces.services.coding import record
from workspaces.services.coding.sending import cancel_run, send_batch

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]


def good(request: dict[str, Any]) -> Tool | str:
    root, done = root_in(request), len(told_back(request))
    file = f"{root}/parameters.json"
    steps: list[Tool] = [
        ("Read", {"file_path": file}),
        ("Edit", {"file_path": file, "old_string": '"left": 5', "new_string": '"left": 7'}),
    ]
    return steps[done] if done < len(steps) else "Seven bars."


def endless(request: dict[str, Any]) -> Tool:
    return "Glob", {"pattern": "*.py"}


def run_with(scene: Scene, settings: Settings, play: Play, drain: Drain) -> ClaudeExecution:
    with model(settings, play):
        run = send_batch(scene.user, scene.workspace.pk, backend="claude")
        drain()
    return again(run)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Agents get their home in it, by which they are told from those of tests beside this one."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-test-") as made:
        monkeypatch.setattr(tempfile, "tempdir", str(Path(made).resolve()))
        yield


def agents() -> list[int]:
    """The processes of agents that this test began, whoever waits for them now."""
    found = []
    for each in psutil.process_iter(["pid"]):
        with suppress(psutil.Error):
            if each.environ().get("CLAUDE_CONFIG_DIR", "").startswith(f"{tempfile.gettempdir()}/"):
                found.append(each.pid)
    return found


CUT = said({"type": "text", "text": "I was about to say"})
FAULTS: list[tuple[str, Answer, str]] = [
    ("a bad key", fault(401, "authentication_error"), "Anthropic does not accept the key."),
    ("a key without the right", fault(403, "permission_error"), "Anthropic does not accept the key."),
    ("a bad request", fault(400, "invalid_request_error", "messages: odd"), "The agent ended with an error"),
    (
        "a refusal",
        said({"type": "text", "text": "No."}, stop="refusal"),
        "The model refused to work on this.",
    ),
    ("garbage", Answer(200, b"<html>", {"content-type": "text/html"}), "The agent ended with an error"),
]


@needs_claude
@pytest.mark.parametrize(
    ("answer", "message"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS]
)
def test_what_the_model_answers_wrongly_ends_the_run_with_a_reason(
    scene: Scene, settings: Settings, drain: Drain, answer: Answer, message: str
) -> None:
    run = run_with(scene, settings, script(answer), drain)
    assert (run.status, run.commit_hash) == ("failed", "")
    assert message in run.error
    assert run.messages.get(type="claude_failed").content == run.error
    assert Budget.objects.get(user=scene.user).held == 0
    assert agents() == []


PASSING: list[tuple[str, Answer]] = [
    ("overloaded", fault(529, "overloaded_error")),
    ("a fault of theirs", fault(500, "api_error")),
    ("too many", fault(429, "rate_limit_error", **{"retry-after": "1"})),
    ("broken off", Answer(200, CUT.body[: len(CUT.body) // 2], CUT.headers)),
]


@needs_claude
@pytest.mark.parametrize("answer", [each[1] for each in PASSING], ids=[each[0] for each in PASSING])
def test_what_passes_by_itself_is_asked_again(
    scene: Scene, settings: Settings, drain: Drain, answer: Answer
) -> None:
    left = [answer]
    run = run_with(scene, settings, lambda request: left.pop() if left else good(request), drain)
    assert (run.status, run.error) == ("completed", "")


@needs_claude
def test_what_does_not_pass_is_tried_three_times_and_paid_for_once_it_is_answered(
    scene: Scene, settings: Settings, drain: Drain
) -> None:
    busy = fault(429, "rate_limit_error", **{"retry-after": "1"})
    with model(settings, script(busy)) as server:
        run = send_batch(scene.user, scene.workspace.pk, backend="claude")
        for minutes in (0, 5, 10):
            with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=True):
                drain()
    run = again(run)
    assert run.status == "failed"
    assert not run.cost
    assert run.error == "Anthropic admits no more calls for now: its rate limit is reached."
    assert len(server.received) == 9, "three attempts, each asked again twice"
    assert set(AiCall.objects.values_list("error_code", flat=True)) == {"http_429"}


@needs_claude
def test_it_stops_at_its_turns(scene: Scene, settings: Settings, drain: Drain) -> None:
    settings.WORKSPACE_CLAUDE_MAX_TURNS = 4
    run = run_with(scene, settings, endless, drain)
    assert run.status == "failed"
    assert run.error.startswith(
        "The agent used up its 4 turns before it was done (WORKSPACE_CLAUDE_MAX_TURNS)"
    )
    assert run.turns == 4


@needs_claude
def test_it_stops_at_its_time_and_leaves_no_process(scene: Scene, settings: Settings, drain: Drain) -> None:
    settings.WORKSPACE_CLAUDE_MAX_SECONDS = 10.0
    seen: list[int] = []

    def slow(request: dict[str, Any]) -> Answer:
        seen.extend(agents())
        return Answer(delay_seconds=120)

    begun = time.monotonic()
    run = run_with(scene, settings, slow, drain)
    assert time.monotonic() - begun < 60
    assert run.status == "failed"
    assert "stopped after 10 seconds" in run.error
    assert "WORKSPACE_CLAUDE_MAX_MINUTES" in run.error
    assert seen, "the control: there was one"
    assert agents() == []
    call = AiCall.objects.get()
    assert (call.status, call.error_code) == ("failed", "stopped")


@needs_claude
def test_it_stops_at_what_a_run_may_cost(scene: Scene, settings: Settings, drain: Drain) -> None:
    settings.WORKSPACE_CLAUDE_MAX_COST = Decimal("0.22")
    run = run_with(scene, settings, endless, drain)
    assert run.status == "failed"
    assert run.error.startswith(
        "The coding run was stopped at its limit of $0.22 (WORKSPACE_CLAUDE_MAX_COST):"
    )
    assert 0 < run.cost < Decimal("0.22")
    assert Budget.objects.get(user=scene.user).spent == run.cost


@needs_claude
def test_it_keeps_to_what_a_person_may_spend(scene: Scene, settings: Settings, drain: Drain) -> None:
    settings.AI_MONTHLY_BUDGET = Decimal("0.10")
    run = run_with(scene, settings, good, drain)
    assert run.status == "failed"
    assert not run.cost
    assert f"of the limit of {scene.user.username} for this month, $0.10" in run.error


@needs_claude
def test_cancelling_ends_the_agent(scene: Scene, settings: Settings, drain: Drain) -> None:
    seen: list[int] = []

    def slow(request: dict[str, Any]) -> Answer:
        seen.extend(agents())
        cancel_run(scene.user, ClaudeExecution.objects.get().pk)
        connection.close()
        return Answer(delay_seconds=120)

    begun = time.monotonic()
    run = run_with(scene, settings, slow, drain)
    assert time.monotonic() - begun < 60
    assert run.error == f"{scene.user.username} cancelled it."
    assert seen
    assert agents() == []


@needs_claude
@pytest.mark.parametrize("phase", ["implementing", "refining"])
def test_a_worker_killed_in_a_session_begins_it_anew_from_the_checkpoint(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """It dies with half an edit made; what it left in its folder is nobody's."""
    starts: list[str] = []

    def play(request: dict[str, Any]) -> Tool | str:
        file, done = Path(root_in(request)) / "parameters.json", len(told_back(request))
        if not done:
            starts.append(file.read_text())
        is_idle = phase == "refining" and len(starts) == 1
        old, new = ('"least_move": 0.0', '"least_move": 0.00001') if is_idle else ('"left": 5', '"left": 7')
        steps: list[Tool] = [
            ("Read", {"file_path": str(file)}),
            ("Edit", {"file_path": str(file), "old_string": old, "new_string": new}),
        ]
        return steps[done] if done < len(steps) else "Done."

    real = record.note_agent

    def note(*given: Any, **values: Any) -> None:
        real(*given, **values)
        run = ClaudeExecution.objects.get()
        if run.phase == phase and any(each["name"] == "Edit" for each in values["steps"]) and not died:
            died.append(phase)
            raise Died(phase)

    died: list[str] = []
    monkeypatch.setattr(record, "note_agent", note)
    with model(settings, play):
        run = send_batch(scene.user, scene.workspace.pk, backend="claude")
        work_until_killed()
        assert died, "the control: it was killed"
        assert agents() == []
        finish_elsewhere()
    run = again(run)
    assert (run.status, run.error) == ("completed", "")
    assert starts[-1] == starts[-2], "both times it began from the same files"
    names = [each["name"] for each in run.checkpoints]
    assert len(names) == len(set(names))


def test_what_is_not_there_is_told_with_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "missing", lambda: "")
    shown = {each.name: each for each in backends_for(scene.user)}
    assert (shown["tuner"].missing, shown["tuner"].is_default) == ("", True)
    assert "Add your own under Settings, AI providers" in shown["claude"].missing
    with pytest.raises(InvalidInput, match="ANTHROPIC_API_KEY") as caught:
        send_batch(scene.user, scene.workspace.pk, backend="claude")
    assert list(caught.value.fields) == ["backend"]
    monkeypatch.setattr(agent, "missing", lambda: "Not installed: make claude.")
    with pytest.raises(InvalidInput, match="make claude"):
        send_batch(scene.user, scene.workspace.pk, backend="claude")
    with pytest.raises(InvalidInput, match="There is no such backend"):
        send_batch(scene.user, scene.workspace.pk, backend="magic")
    assert not ClaudeExecution.objects.exists(), "the cart is as it was"


def test_the_usual_backend_is_the_servers_choice_where_it_is_ready(
    scene: Scene, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WORKSPACE_CODING_BACKEND = "claude"
    monkeypatch.setattr(agent, "missing", lambda: "No.")
    assert [each.name for each in backends_for(scene.user) if each.is_default] == ["tuner"]
    monkeypatch.setattr(agent, "missing", lambda: "")
    settings.AI_PROVIDERS = {**settings.AI_PROVIDERS, "claude": {"key": "sk-x-1234", "base_url": ""}}
    assert [each.name for each in backends_for(scene.user) if each.is_default] == ["claude"]


def test_a_person_pays_with_their_own_key(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "missing", lambda: "")
    set_credential(scene.user, "claude", "sk-ant-0123456789")
    assert not next(each for each in backends_for(scene.user) if each.name == "claude").missing
