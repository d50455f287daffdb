"""Which calls of tools an agent may make."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from workspaces.agent.rules import TOOLS, refusal, shown


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = (tmp_path / "algorithm").resolve()
    (root / "detectors").mkdir(parents=True)
    (root / "run.py").write_text("x = 1\n")
    (root / "out.py").symlink_to(tmp_path / "precious.py")
    (root / "aside").symlink_to(tmp_path)
    (root / "within.py").symlink_to(root / "run.py")
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe.py")
    return root


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("Read", {"file_path": "{root}/run.py"}),
    ("Read", {"file_path": "run.py"}),
    ("Read", {"file_path": "{root}/within.py"}),
    ("Edit", {"file_path": "{root}/run.py", "old_string": "1", "new_string": "2"}),
    ("Write", {"file_path": "{root}/detectors/new.py", "content": "x = 1\n"}),
    ("Write", {"file_path": "{root}/parameters.json", "content": "{}"}),
    ("Glob", {"pattern": "**/*.py"}),
    ("Glob", {"pattern": "*.py", "path": "{root}/detectors"}),
    ("Grep", {"pattern": "/etc/../x", "path": "{root}"}),
    ("Grep", {"pattern": "left", "glob": "*.py"}),
]
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("Bash", {"command": "id"}, "no tool Bash here"),
    ("WebFetch", {"url": "http://x"}, "no tool"),
    ("Task", {"prompt": "x"}, "no tool"),
    ("MultiEdit", {"file_path": "{root}/run.py"}, "no tool"),
    ("mcp__server__tool", {}, "no tool"),
    ("Read", {}, "names no file"),
    ("Read", {"file_path": ["{root}/run.py"]}, "names no file"),
    ("Read", {"file_path": "{root}/run.py\x00.py"}, "names no file"),
    ("Read", {"file_path": "/etc/passwd"}, "lies outside"),
    ("Read", {"file_path": "/proc/self/environ"}, "lies outside"),
    ("Read", {"file_path": "{root}/../algorithm-2/run.py"}, "leads out"),
    ("Read", {"file_path": "../run.py"}, "leads out"),
    ("Read", {"file_path": "~/.ssh/id_rsa"}, "leads out"),
    ("Read", {"file_path": "{root}2/run.py"}, "lies outside"),
    ("Read", {"file_path": "{root}/out.py"}, "lies outside"),
    ("Read", {"file_path": "{root}/loop"}, ""),
    ("Read", {"file_path": "{root}/pipe.py"}, "no plain file"),
    ("Write", {"file_path": "{root}/aside/new.py", "content": ""}, "lies outside"),
    ("Write", {"file_path": "{root}/.git/config", "content": ""}, "is hidden"),
    ("Write", {"file_path": "{root}/detectors/.x.py", "content": ""}, "is hidden"),
    ("Write", {"file_path": "{root}/run.sh", "content": ""}, "neither Python nor JSON"),
    ("Write", {"file_path": "{root}/run.py", "content": "x" * 300_000}, "more than 256 KiB"),
    ("Glob", {"pattern": "/etc/*"}, "leads out"),
    ("Glob", {"pattern": "../**"}, "leads out"),
    ("Glob", {"pattern": "*", "path": "/"}, "lies outside"),
    ("Grep", {"pattern": "root", "path": "/etc"}, "lies outside"),
    ("Grep", {"pattern": "x", "glob": "../*"}, "leads out"),
]


def filled(given: dict[str, Any], root: Path) -> dict[str, Any]:
    return {
        name: value.replace("{root}", str(root)) if isinstance(value, str) else value
        for name, value in given.items()
    }


@pytest.mark.parametrize(("tool", "given"), GOOD)
def test_its_own_files_may_be_read_and_changed(root: Path, tool: str, given: dict[str, Any]) -> None:
    assert refusal(tool, filled(given, root), root) == ""


@pytest.mark.parametrize(("tool", "given", "why"), BAD)
def test_everything_else_is_refused_in_words(root: Path, tool: str, given: dict[str, Any], why: str) -> None:
    told = refusal(tool, filled(given, root), root)
    assert told
    assert why in told


def test_paths_are_shown_as_people_know_them(root: Path) -> None:
    assert shown(f"{root}/run.py", root) == "run.py"
    assert shown(str(root), root) == "."
    assert shown("/etc/passwd", root) == "/etc/passwd"
    assert len(shown("x" * 1_000, root)) == 200
    assert len(TOOLS) == 5
