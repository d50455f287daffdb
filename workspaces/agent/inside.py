"""The program inside: locks itself up, then lets the Claude Agent SDK work on the files of one folder.

Run as a file by ``outside.py`` in a process of its own. What is to be done comes as a line of JSON on its
standard input, which stays open: when that ends, whoever started this has gone, and so does this with all
that it started. What happens goes out as lines of JSON through a pipe of its own.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import struct
import sys
import sysconfig
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_QUIET = dict.fromkeys(
    (
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "DISABLE_AUTOUPDATER", "DISABLE_TELEMETRY",
        "DISABLE_ERROR_REPORTING", "CLAUDE_CODE_DISABLE_AUTO_MEMORY", "CLAUDE_CODE_DISABLE_CLAUDE_MDS",
        "CLAUDE_CODE_SKIP_PROMPT_HISTORY", "CLAUDE_CODE_DISABLE_ATTACHMENTS",
        "CLAUDE_CODE_DISABLE_POLICY_SKILLS", "CLAUDE_CODE_DISABLE_BUNDLED_SKILLS",
        "CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS", "CLAUDE_CODE_DISABLE_FILE_CHECKPOINTING",
        "DISABLE_INSTALLATION_CHECKS", "USE_BUILTIN_RIPGREP",
    ),
    "1",
)  # fmt: skip
"""Nothing but the model is called, and nothing is kept of the session."""
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
_READ = (
    "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/etc/ssl/openssl.cnf",
    "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/version",
    "/sys/devices/system/cpu", "/sys/fs/cgroup",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_MOST_SAID = 4_000


class _Teller:
    def __init__(self, pipe: int) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def say(self, **what: Any) -> None:
        rest = memoryview(json.dumps(what, separators=(",", ":")).encode() + b"\n")
        with self._lock:
            while rest:
                rest = rest[os.write(self._pipe, rest) :]


def main(pipe: int) -> None:
    teller = _Teller(pipe)
    head = json.loads(_first_line())
    threading.Thread(target=_die_with_the_starter, daemon=True).start()
    known = list(sys.path)
    sys.path += head["ours"]
    rules, walls = importlib.import_module("rules"), importlib.import_module("walls.agents")
    sys.path[:] = known
    sdk: Any = importlib.import_module("claude_agent_sdk")
    importlib.import_module("anyio._backends._asyncio")
    try:
        version = walls.shut(
            _places(head, walls.Place), port=head["port"], written_bytes=head["written_bytes"]
        )
    except walls.NoWalls as error:
        teller.say(no_walls=str(error))
        return
    teller.say(shut=version)
    os.chdir(head["root"])
    try:
        asyncio.run(_work(head, teller, sdk, rules))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the process ends
        teller.say(fault=f"{type(error).__name__}: {error}"[:2_000])
    os._exit(0)  # the starter ends the whole group; waiting for the program to tidy up takes a second


def _die_with_the_starter() -> None:
    while os.read(0, 1 << 16):
        pass
    os.killpg(0, signal.SIGKILL)


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1 << 16)
        if not piece:
            sys.exit("nothing was asked for")
        line += piece
    return line


def _places(head: Mapping[str, Any], place: Any) -> list[Any]:
    program = Path(head["program"])
    paths = sysconfig.get_paths()
    readable = {*_READ, *_LIBRARIES, paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"]}
    return [
        *(place(Path(each)) for each in sorted(readable)),
        *(place(Path(each), writes=True) for each in _DEVICES),
        place(program, starts=True),
        *(place(each, starts=True) for each in _loader_of(program)),
        *(place(Path(head[each]), writes=True) for each in ("root", "home")),
    ]


def _loader_of(program: Path) -> list[Path]:
    """What the kernel starts in order to start a program: named in its ELF header."""
    with program.open("rb") as file:
        head = file.read(64)
        if head[:4] != b"\x7fELF" or head[4] != 2:
            return []
        (at,) = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        for number in range(count):
            file.seek(at + number * size)
            entry = file.read(size)
            kind, offset, length = *struct.unpack_from("<I", entry), *struct.unpack_from("<8xQ16xQ", entry)
            if kind == 3:
                file.seek(offset)
                return [Path(os.fsdecode(file.read(length).rstrip(b"\x00"))).resolve()]
    return []


async def _work(head: Mapping[str, Any], teller: _Teller, sdk: Any, rules: Any) -> None:
    root = Path(head["root"])

    async def before(given: Mapping[str, Any], _id: Any, _context: Any) -> dict[str, Any]:
        name, arguments = str(given.get("tool_name")), given.get("tool_input")
        asked = arguments if isinstance(arguments, dict) else {}
        why = rules.refusal(name, asked, root)
        what = rules.shown(asked.get("file_path", asked.get("path", asked.get("command", ""))), root)
        teller.say(**{"refused" if why else "used": name[:60], "what": what, "why": why})
        decision = {"permissionDecision": "deny" if why else "allow"}
        reason = {"permissionDecisionReason": f"Refused: {why}."} if why else {}
        return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **decision, **reason}}

    options = sdk.ClaudeAgentOptions(
        tools=list(rules.TOOLS),
        system_prompt=head["system"],
        permission_mode="dontAsk",
        hooks={"PreToolUse": [sdk.HookMatcher(hooks=[before], on_failure="block")]},
        model=head["model"],
        max_turns=head["max_turns"],
        max_budget_usd=head["max_cost"],
        cwd=head["root"],
        cli_path=head["program"],
        setting_sources=[],
        strict_mcp_config=True,
        verbatim_prompts=True,
        env={**_QUIET, **head["environment"]},
        stderr=lambda line: teller.say(stderr=line[:500]),
    )
    async for message in sdk.query(prompt=head["prompt"], options=options):
        _tell(message, teller, sdk, rules)


def _tell(message: Any, teller: _Teller, sdk: Any, rules: Any) -> None:
    if isinstance(message, sdk.SystemMessage) and message.subtype == "init":
        named = {name: message.data.get(name) for name in ("tools", "mcp_servers", "model", "permissionMode")}
        teller.say(init=named)
    elif isinstance(message, sdk.AssistantMessage):
        for block in message.content:
            if isinstance(block, sdk.TextBlock) and block.text.strip():
                teller.say(said=block.text.strip()[:_MOST_SAID])
            elif (
                isinstance(block, sdk.ToolUseBlock) and block.name not in rules.TOOLS
            ):  # no hook is asked then
                teller.say(refused=block.name[:60], what="", why=rules.refusal(block.name, {}, Path.cwd()))
    elif isinstance(message, sdk.UserMessage) and isinstance(message.content, list):
        for block in message.content:
            if isinstance(block, sdk.ToolResultBlock) and block.is_error:
                teller.say(went_wrong=str(block.content)[:500])
    elif isinstance(message, sdk.ResultMessage):
        teller.say(
            done=message.subtype,
            is_error=message.is_error,
            turns=message.num_turns,
            cost=message.total_cost_usd,
            text=(message.result or "")[:_MOST_SAID],
            errors=[str(each)[:500] for each in message.errors or ()][:10],
            status=message.api_error_status,
            stop=message.stop_reason,
        )


if __name__ == "__main__":
    sys.path[:] = [each for each in sys.path if each != str(Path(__file__).parent)]
    main(int(sys.argv[1]))
