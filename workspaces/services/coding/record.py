"""What a workspace knows of a coding run while it works: phases, progress, checkpoints, and how it ended.

Each function is one transaction, locks the workspace and then the run, and may be called twice: a step that a
killed worker had begun is done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.core.clock import utc_now
from orchestrator.core.json import JsonObject
from orchestrator.executions.models import Execution
from workspaces.domain.vocabulary import (
    UNDER_WAY,
    AuthorType,
    MessageStatus,
    MessageType,
    Phase,
    RunStatus,
    WorkspaceStatus,
)
from workspaces.models import (
    AlgorithmVersion,
    ClaudeExecution,
    PatternWorkspace,
    WorkspaceMessage,
)
from workspaces.services import lifecycle
from workspaces.services.timeline import retell, tell

TITLES: Final = {
    Phase.PLANNING: "Planning: reading the reviews",
    Phase.IMPLEMENTING: "Implementing: changing the algorithm",
    Phase.TESTING: "Testing: holding it against every review",
    Phase.REFINING: "Refining: looking further",
    Phase.DEPLOYING: "Deploying: making it the version in use",
}


class RunOver(Exception):
    """The run was cancelled, or is over: whoever still works on it stops."""


def require_current(engine_run: UUID, fence: int | None) -> None:
    """Raises RunOver for a worker that was taken for dead: another one goes on with the run already."""
    if Execution.objects.filter(pk=engine_run).values_list("fence", flat=True).first() != fence:
        raise RunOver("Another worker goes on with this coding run.")


@contextmanager
def locked(pk: UUID, *, whatever_it_is: bool = False) -> Iterator[ClaudeExecution]:
    """The run, its workspace locked before it, in one transaction. Raises RunOver for one that is over."""
    with transaction.atomic():
        workspace_id = ClaudeExecution.objects.values_list("workspace_id", flat=True).get(pk=pk)
        workspace = PatternWorkspace.objects.select_for_update().get(pk=workspace_id)
        run = ClaudeExecution.objects.select_for_update(of=("self",)).get(pk=pk)
        run.workspace = workspace
        if run.status not in UNDER_WAY and not whatever_it_is:
            raise RunOver(f"This coding run is {run.status}.")
        yield run


def find_run(engine_run: UUID) -> ClaudeExecution | None:
    """The coding run that an execution of the engine works on; None for one that nobody sent."""
    runs = ClaudeExecution.objects.select_related("workspace", "triggered_by")
    return runs.filter(run_id=engine_run).first()


def begin_phase(pk: UUID, phase: Phase, progress: int) -> None:
    """Raises RunOver."""
    with locked(pk) as run:
        now = utc_now().isoformat()
        known = run.phases.get(phase.value, {})
        run.phases[phase.value] = {
            "started_at": known.get("started_at", now),
            "times": known.get("times", 0) + 1,
        }
        run.status, run.phase = RunStatus.RUNNING.value, phase.value
        run.progress = max(run.progress, progress)
        run.save(update_fields=["phases", "status", "phase", "progress"])
        if not run.messages.filter(type=MessageType.CLAUDE_STARTED).exists():
            _say(run, MessageType.CLAUDE_STARTED, "The coding run began")
        _tell_progress(run, TITLES[phase])


def end_phase(pk: UUID, phase: Phase) -> None:
    with locked(pk) as run:
        run.phases[phase.value] = {**run.phases.get(phase.value, {}), "completed_at": utc_now().isoformat()}
        run.save(update_fields=["phases"])


def note_progress(pk: UUID, progress: int, title: str) -> None:
    """Raises RunOver: whoever works for long learns here that the run was cancelled."""
    with locked(pk) as run:
        run.progress = max(run.progress, progress)
        run.save(update_fields=["progress"])
        _tell_progress(run, title)


def note_asked(pk: UUID, *, prompt_file: str, model: str) -> None:
    """What an agent was told, and which model is asked. Raises RunOver."""
    with locked(pk) as run:
        run.prompt_file, run.model = prompt_file, model
        run.save(update_fields=["prompt_file", "model"])


def note_agent(
    pk: UUID, *, steps: list[dict[str, str]], spent: Mapping[str, Decimal | int], least: int, is_over: bool
) -> None:
    """What an agent did since the last time, and what that cost.

    Raises RunOver, unless ``is_over``: what was spent is booked, however the run ended meanwhile.
    """
    with locked(pk, whatever_it_is=is_over) as run:
        now = utc_now().isoformat()
        entries = [{"at": now, **{name: text[:_MOST_SAID] for name, text in step.items()}} for step in steps]
        run.log = [*run.log, *entries][-_MOST_LOGGED:]
        for name, amount in spent.items():
            setattr(run, name, getattr(run, name) + amount)
        run.save(update_fields=["log", *spent])
        if steps and run.status in UNDER_WAY:
            run.progress = max(run.progress, min(least + len(run.log), least + _MOST_PROGRESS))
            run.save(update_fields=["progress"])
            _tell_progress(run, f"{_doing(run)}: {_in_words(steps[-1])}")


_MOST_LOGGED: Final = 300
_MOST_SAID: Final = 2_000
_MOST_PROGRESS: Final = 13
_WORKING: Final = {"Read": "reads", "Edit": "changes", "Write": "writes", "Glob": "lists", "Grep": "searches"}


def _doing(run: ClaudeExecution) -> str:
    return TITLES[Phase(run.phase)].partition(":")[0] if run.phase else "Working"


def _in_words(step: Mapping[str, str]) -> str:
    """A step of an agent on one line."""
    if step["kind"] == "used":
        return f"{_WORKING.get(step['name'], step['name'])} {step['what'] or 'files'}"[:120]
    if step["kind"] == "refused":
        return f"refused {step['name']} {step['what']}".strip()[:120]
    return " ".join(step["what"].split())[:120]


def checkpoint(
    pk: UUID, name: str, title: str, *, data: JsonObject | None = None, content: str = "", **values: object
) -> None:
    """From here the run goes on after an interruption. ``values`` are stored with it. Once a name.

    ``content`` is told in the timeline, below the title.
    """
    with locked(pk) as run:
        if has_checkpoint(run, name):
            return
        run.checkpoints = [
            *run.checkpoints,
            {
                "name": name,
                "title": title,
                "phase": run.phase,
                "at": utc_now().isoformat(),
                "data": data or {},
            },
        ]
        for field, value in values.items():
            setattr(run, field, value)
        run.save(update_fields=["checkpoints", *values])
        told: JsonObject = {"checkpoint": name, **(data or {})}
        _say(run, MessageType.CLAUDE_CHECKPOINT, title, content=content, data=told)


def has_checkpoint(run: ClaudeExecution, name: str) -> bool:
    return any(each["name"] == name for each in run.checkpoints)


def finish(run: ClaudeExecution, title: str, content: str) -> None:
    """Completed, in the caller's transaction, which holds the locks."""
    run.status, run.progress, run.completed_at = RunStatus.COMPLETED.value, 100, utc_now()
    run.save(update_fields=["status", "progress", "completed_at"])
    _end_progress(run, MessageStatus.COMPLETED)
    _say(run, MessageType.CLAUDE_COMPLETED, title, content=content, data=_scores(run))
    workspace = run.workspace
    if workspace.status == WorkspaceStatus.IMPLEMENTING:
        lifecycle.move(workspace, WorkspaceStatus.BETA)


def fail(pk: UUID, message: str) -> None:
    """Failed and stopped; a run that is over stays as it ended."""
    try:
        with locked(pk) as run:
            fail_locked(run, message)
    except RunOver:
        return


def fail_locked(run: ClaudeExecution, message: str) -> None:
    """The same in the caller's transaction. Before the first version, the workspace is soon again."""
    run.status, run.error, run.errored_at = RunStatus.FAILED.value, message, utc_now()
    run.completed_at = run.errored_at
    run.save(update_fields=["status", "error", "errored_at", "completed_at"])
    _end_progress(run, MessageStatus.FAILED)
    _say(run, MessageType.CLAUDE_FAILED, "The coding run failed", content=message, data=_scores(run))
    workspace = run.workspace
    is_first = not AlgorithmVersion.objects.filter(workspace=workspace).exists()
    if workspace.status == WorkspaceStatus.IMPLEMENTING and is_first:
        lifecycle.move(workspace, WorkspaceStatus.SOON, reason="The first coding run failed.")


def _scores(run: ClaudeExecution) -> JsonObject:
    return {"before": run.score_before, "after": run.score_after}


def _tell_progress(run: ClaudeExecution, title: str) -> None:
    """One entry for the whole run, told anew where it stands."""
    data: JsonObject = {"phase": run.phase}
    entry = run.messages.filter(type=MessageType.CLAUDE_PHASE_UPDATE).first()
    if entry is not None:
        retell(entry, title=title, progress=run.progress, data=data, status=MessageStatus.IN_PROGRESS)
        return
    tell(
        run.workspace,
        MessageType.CLAUDE_PHASE_UPDATE,
        title,
        author_type=AuthorType.CLAUDE,
        execution=run,
        status=MessageStatus.IN_PROGRESS,
        progress=run.progress,
        data=data,
    )


def _end_progress(run: ClaudeExecution, status: MessageStatus) -> None:
    for entry in run.messages.filter(type=MessageType.CLAUDE_PHASE_UPDATE):
        retell(entry, status=status, progress=run.progress)


def _say(
    run: ClaudeExecution,
    kind: MessageType,
    title: str,
    *,
    content: str = "",
    data: JsonObject | None = None,
) -> WorkspaceMessage:
    return tell(
        run.workspace,
        kind,
        title,
        author_type=AuthorType.CLAUDE,
        content=content,
        data=data,
        execution=run,
    )
