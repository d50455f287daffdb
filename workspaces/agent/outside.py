"""Starting the process of a coding agent, hearing what it does, and ending it with all that it started."""

from __future__ import annotations

import importlib.util
import json
import os
import selectors
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workspaces.agent.relay import Door
from workspaces.walls.children import child
from workspaces.walls.kernel import landlock_version

_INSIDE: Final = Path(__file__).with_name("inside.py")
_PACKAGE: Final = "claude_agent_sdk"
_WRITTEN_BYTES: Final = 16 * 1024 * 1024
_OUTPUT_TOKENS: Final = 16_000
_RETRIES: Final = 2
_MOST_SAID: Final = 32 * 1024 * 1024
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the agent is asked, and how far it may go. ``root`` is the folder whose files it may change."""

    root: Path
    system: str
    prompt: str
    model: str
    max_turns: int
    max_cost: float
    max_seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """``kind`` is said, used, refused or wrong; ``name`` of the tool, ``what`` it is about, ``why`` not."""

    kind: str
    name: str = ""
    what: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended by itself. ``kind`` is the SDK's word; ``status`` is of HTTP."""

    kind: str
    is_error: bool
    turns: int
    text: str
    errors: tuple[str, ...] = ()
    status: int = 0
    stop: str = ""


class AgentMissing(Exception):
    """The agent is not installed here, or cannot be kept in. The message says what to do."""


class AgentStopped(Exception):
    """It was ended from outside, or ended without a word. The message is for people."""


OnStep = Callable[[Step], None]


def missing() -> str:
    """What this machine lacks for coding agents, in words; empty: nothing."""
    if importlib.util.find_spec(_PACKAGE) is None:
        return (
            "The Claude Agent SDK is not installed on this server. Its administrator installs it with "
            "“make claude” and restarts the server."
        )
    if not program().exists():
        return "The Claude Agent SDK is installed without its program, which is not made for this system."
    if landlock_version() < 1:
        return (
            "This system cannot keep the agent in: it needs Linux 5.13 or later with Landlock. Whoever runs "
            "the server finds more in docs/howto/switch-on-the-claude-backend.md."
        )
    return ""


def program() -> Path:
    """The program that comes with the SDK."""
    found = importlib.util.find_spec(_PACKAGE)
    assert found is not None, "asked for only where it is installed"
    assert found.origin is not None
    return Path(found.origin).with_name("_bundled") / "claude"


def work(session: Session, door: Door, on_step: OnStep, look: Callable[[], None]) -> Ending:
    """Let the agent work until it ends. ``look`` is called twice a second and may raise, which ends it.

    Raises AgentMissing, AgentStopped, and what ``on_step`` and ``look`` raise. Blocks.
    """
    if lacks := missing():
        raise AgentMissing(lacks)
    with _home() as home:
        environment = {
            "LANG": "C.UTF-8", "PATH": str(home), "HOME": str(home), "TMPDIR": str(home),
            "CLAUDE_CONFIG_DIR": str(home), "CLAUDE_CODE_TMPDIR": str(home),
        }  # fmt: skip
        head = {
            "ours": [str(_INSIDE.parent), str(_INSIDE.parents[1])],
            "program": str(program().resolve()),
            "root": str(session.root.resolve()),
            "home": str(home),
            "port": door.port,
            "written_bytes": _WRITTEN_BYTES,
            "system": session.system,
            "prompt": session.prompt,
            "model": session.model,
            "max_turns": session.max_turns,
            "max_cost": session.max_cost,
            "environment": {
                "ANTHROPIC_BASE_URL": door.url,
                "ANTHROPIC_API_KEY": door.word,
                "ANTHROPIC_DEFAULT_HAIKU_MODEL": session.model,
                "CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(_OUTPUT_TOKENS),
                "CLAUDE_CODE_MAX_RETRIES": str(_RETRIES),
            },
        }
        return _play(head, environment, session.max_seconds, on_step, look)


@contextmanager
def _home() -> Iterator[Path]:
    """A home of its own for the program's notes, gone with it."""
    made = Path(tempfile.mkdtemp(prefix="orchestrator-agent-")).resolve()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _play(
    head: dict[str, Any],
    environment: dict[str, str],
    seconds: float,
    on_step: OnStep,
    look: Callable[[], None],
) -> Ending:
    with child(_INSIDE, environment=environment) as (process, pipe):
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(head).encode() + b"\n")
            process.stdin.flush()
        return _hear(pipe, time.monotonic() + seconds, seconds, on_step, look)


def _hear(pipe: int, deadline: float, seconds: float, on_step: OnStep, look: Callable[[], None]) -> Ending:
    heard, fault = 0, ""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if time.monotonic() >= deadline:
                raise AgentStopped(
                    f"The agent was stopped after {_minutes(seconds)}, the most that a session may take "
                    "(WORKSPACE_CLAUDE_MAX_MINUTES)."
                )
            look()
            if not selector.select(_LOOK_SECONDS):
                continue
            piece = os.read(pipe, 1 << 16)
            heard += len(piece)
            if not piece or heard > _MOST_SAID:
                raise AgentStopped(fault or "The agent's process ended without a word.")
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                told = json.loads(line)
                if "done" in told:
                    return _ending(told)
                if "no_walls" in told:
                    raise AgentMissing(f"The agent cannot be kept in on this system: {told['no_walls']}.")
                if "fault" in told:
                    fault = f"The agent's process failed: {told['fault']}"
                if step := _step(told):
                    on_step(step)


def _step(told: dict[str, Any]) -> Step | None:
    if "said" in told:
        return Step("said", what=told["said"])
    if "used" in told:
        return Step("used", told["used"], told["what"])
    if "refused" in told:
        return Step("refused", told["refused"], told["what"], told["why"])
    if "went_wrong" in told and not told["went_wrong"].startswith(_REFUSALS):
        return Step("wrong", what=told["went_wrong"])
    return None


_REFUSALS: Final = ("PreToolUse:", "<tool_use_error>Error: No such tool")
"""Told already, as what was refused."""


def _ending(told: dict[str, Any]) -> Ending:
    return Ending(
        kind=told["done"],
        is_error=bool(told["is_error"]),
        turns=int(told["turns"] or 0),
        text=told["text"],
        errors=tuple(told["errors"]),
        status=int(told["status"] or 0),
        stop=told["stop"] or "",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"
