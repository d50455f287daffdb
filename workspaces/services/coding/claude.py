"""The backend that reads and writes code: Claude, by its Agent SDK, in a process that is kept in (ADR 25)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings

from orchestrator.ai.domain.calls import CallFailed
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.services.credentials import Key, key_for
from orchestrator.core.outgoing import seconds_of
from workspaces import agent
from workspaces.agent import relay
from workspaces.agent.relay import Door
from workspaces.models import ClaudeExecution
from workspaces.repositories import BadTree, Repository, read_tree, write_tree
from workspaces.repositories.store import read_parameters
from workspaces.sandbox import Refused
from workspaces.services.coding import record
from workspaces.services.coding.assignment import SYSTEM, prompt_of
from workspaces.services.coding.corpus import Corpus
from workspaces.services.coding.meter import PROVIDER, LedgerMeter, Spending, payer_of

_TOLD_SECONDS: Final = 1.0
_ASKED_SECONDS: Final = 2.0
_SUFFIXES: Final = (".py", ".json")


class AgentFailed(Exception):
    """The session came to nothing. ``retryable``: the same may succeed later; seconds to wait at least."""

    def __init__(self, message: str, *, retryable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retryable, self.retry_after = retryable, retry_after


@dataclass(frozen=True, slots=True)
class Changed:
    """``said`` is what the agent says of it at the end."""

    files: dict[str, str]
    said: str
    refused: list[str]


def improve(
    run: ClaudeExecution,
    files: Mapping[str, str],
    corpus: Corpus,
    spending: Spending,
    *,
    turn: int,
    found_fault: str = "",
) -> Changed:
    """What a session makes of the files, in a folder of its own. Blocks.

    ``found_fault`` is what speaks against the files, other than reviews. Raises AgentFailed, BadTree for what
    is no algorithm, SandboxMissing, and RunOver.
    """
    key = _key(run)
    parameters = read_parameters(files)
    try:
        score = corpus.scores(files, [parameters])[0]
    except Refused as error:
        score, found_fault = corpus.nothing_kept(), str(error)
    prompt = prompt_of(run, corpus, score, parameters, found_fault=found_fault)
    _keep_prompt(run, turn, prompt)
    model = spending.model = settings.WORKSPACE_CLAUDE_MODEL
    limit: Decimal = settings.WORKSPACE_CLAUDE_MAX_COST
    payer = payer_of(run.pk, spending, run.triggered_by_id, limit)
    notes = _Notes(run, spending, turn)
    with _folder(run) as root:
        write_tree(root, files)
        session = agent.Session(
            root=root,
            system=SYSTEM,
            prompt=prompt,
            model=model,
            max_turns=settings.WORKSPACE_CLAUDE_MAX_TURNS,
            max_cost=float(limit),
            max_seconds=settings.WORKSPACE_CLAUDE_MAX_SECONDS,
        )
        base_url = settings.AI_PROVIDERS[PROVIDER]["base_url"] or PROVIDERS[PROVIDER].base_url
        meter = LedgerMeter(payer, model, key.is_own, spending)
        try:
            with relay.opened(base_url=base_url, key=key.secret, model=model, meter=meter) as door:
                ending = _work(session, door, notes)
        finally:
            notes.end()
        _require_success(ending, door)
        made = read_tree(root)
    _check_changes(files, made)
    return Changed(made, ending.text, notes.refused)


def _work(session: agent.Session, door: Door, notes: _Notes) -> agent.Ending:
    def look() -> None:
        if door.refused:
            raise AgentFailed(door.refused)
        notes.look()

    try:
        return agent.work(session, door, notes.take, look)
    except agent.AgentStopped as error:
        raise AgentFailed(door.refused or str(error)) from error
    except agent.AgentMissing as error:
        raise AgentFailed(str(error)) from error


def _require_success(ending: agent.Ending, door: Door) -> None:
    if not ending.is_error and ending.kind == "success" and ending.stop != "refusal":
        return
    status = ending.status or (door.status if ending.is_error else 0)
    said = (ending.text or "; ".join(ending.errors))[:500]
    if door.refused:
        raise AgentFailed(door.refused)
    if ending.kind == "error_max_turns":
        raise AgentFailed(
            f"The agent used up its {settings.WORKSPACE_CLAUDE_MAX_TURNS} turns before it was done "
            "(WORKSPACE_CLAUDE_MAX_TURNS). Send fewer reviews, or try again."
        )
    if ending.kind == "error_max_budget_usd":
        raise AgentFailed("The agent used up what a coding run may cost (WORKSPACE_CLAUDE_MAX_COST).")
    if ending.stop == "refusal":
        raise AgentFailed(f"The model refused to work on this. {said}".strip())
    if status in (401, 403):
        raise AgentFailed(
            "Anthropic does not accept the key. Check it under Settings, AI providers, or have an "
            "administrator check ANTHROPIC_API_KEY."
        )
    if status == 429:
        raise AgentFailed(
            "Anthropic admits no more calls for now: its rate limit is reached.",
            retryable=True,
            retry_after=seconds_of(door.retry_after),
        )
    if status >= 500:
        message = f"Anthropic cannot answer for now (HTTP {status}). The agent asked several times."
        raise AgentFailed(message, retryable=True)
    raise AgentFailed(f"The agent ended with an error: {said or ending.kind}")


def _key(run: ClaudeExecution) -> Key:
    """Decrypted here and in no other place; it stays in this process."""
    try:
        return key_for(run.triggered_by_id, PROVIDER)
    except CallFailed as fault:
        raise AgentFailed(fault.message) from None


def _check_changes(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Raises BadTree for files that an algorithm does not consist of."""
    for path in sorted(set(after) - set(before)):
        if not path.endswith(_SUFFIXES):
            raise BadTree(f"The agent left “{path}”. An algorithm consists of Python and JSON.")
    if missing := sorted(set(before) & {"run.py", "parameters.json"} - set(after)):
        raise BadTree(f"The agent left no {missing[0]}.")
    read_parameters(after)


def _keep_prompt(run: ClaudeExecution, turn: int, prompt: str) -> None:
    name = f"prompts/{run.pk}-{turn}.txt"
    path = Path(settings.WORKSPACE_REPOSITORIES) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(f"{SYSTEM}\n\n---\n\n{prompt}\n", encoding="utf-8")
    record.note_asked(run.pk, prompt_file=name, model=settings.WORKSPACE_CLAUDE_MODEL)


@contextmanager
def _folder(run: ClaudeExecution) -> Iterator[Path]:
    """Of one session: whatever a killed one left, or still does, is in another and goes."""
    usual = Repository(run.workspace_id).worktree(run.pk)
    for old in usual.parent.glob(f"{usual.name}.*"):
        shutil.rmtree(old, ignore_errors=True)
    made = usual.with_name(f"{usual.name}.{uuid4().hex[:8]}")
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@dataclass(slots=True)
class _Notes:
    """What is told of a session while it is under way: at most once a second, and at its end."""

    run: ClaudeExecution
    spending: Spending
    turn: int
    waiting: list[agent.Step] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told_at: float = 0.0
    booked: tuple[Decimal, int, int, int] = (Decimal(0), 0, 0, 0)

    def take(self, step: agent.Step) -> None:
        self.waiting.append(step)
        if step.kind == "refused":
            self.refused.append(f"{step.name} {step.what}".strip() + f": {step.why}")

    def look(self) -> None:
        """Raises RunOver: the run was cancelled."""
        pause = time.monotonic() - self.told_at
        if pause >= (_TOLD_SECONDS if self.waiting else _ASKED_SECONDS):
            self._tell()

    def end(self) -> None:
        """The rest, also of a run that is over meanwhile."""
        self._tell(is_over=True)

    def _tell(self, *, is_over: bool = False) -> None:
        self.told_at = time.monotonic()
        if not is_over:
            record.require_current(self.spending.step.execution_id, self.spending.step.fence)
        steps, self.waiting = self.waiting, []
        spent = self.spending
        with spent.changed:
            now = (spent.cost, spent.input_tokens, spent.output_tokens, spent.calls)
        past, self.booked = self.booked, now
        record.note_agent(
            self.run.pk,
            steps=[asdict(step) for step in steps],
            spent={
                "cost": now[0] - past[0],
                "input_tokens": now[1] - past[1],
                "output_tokens": now[2] - past[2],
                "turns": now[3] - past[3],
            },
            least=15 if self.turn == 0 else 62,
            is_over=is_over,
        )
