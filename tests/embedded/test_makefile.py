"""The Makefile finds a Python that really works, and the set-up script mends what was interrupted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.embedded.locations import project_dir

GOOD = "#!/bin/sh\nexit 0\n"
PYENV_SHIM = "#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\nexit 127\n"
TOO_OLD = "#!/bin/sh\nexit 1\n"


def make(folder: Path, *arguments: str, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run make in `folder` with our Makefile, finding commands only in `path` if one is given."""
    program = shutil.which("make")
    assert program is not None
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    if path is not None:
        (path / "sh").symlink_to("/bin/sh")
        env["PATH"] = str(path)
    argv = [program, "-f", str(project_dir() / "Makefile"), *arguments]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False)


def probe(folder: Path, **programs: str) -> str:
    """The Python that is chosen where PATH has just these programs (with _ for the dot)."""
    path = folder / "bin"
    path.mkdir()
    for name, script in programs.items():
        (path / name.replace("_", ".")).write_text(script)
        (path / name.replace("_", ".")).chmod(0o755)
    target = "which-python: ; @echo $(PYTHON); :"  # the colon has make use a shell, which has an echo
    return make(folder, "--eval", target, "which-python", path=path).stdout.strip()


@pytest.mark.parametrize(
    ("programs", "chosen"),
    [
        ({"python3_12": GOOD, "python3_11": GOOD, "python3": GOOD}, "python3.12"),
        ({"python3_12": PYENV_SHIM, "python3_11": GOOD, "python3_13": GOOD}, "python3.11"),
        ({"python3_12": PYENV_SHIM, "python3_11": TOO_OLD, "python3_13": GOOD}, "python3.13"),
        ({"python3": GOOD}, "python3"),
        ({"python3": TOO_OLD}, ""),
        ({}, ""),
    ],
)
def test_a_python_is_chosen_by_running_it(tmp_path: Path, programs: dict[str, str], chosen: str) -> None:
    assert probe(tmp_path, **programs) == chosen


def test_the_probe_itself_accepts_this_python() -> None:
    shown = make(project_dir(), "--eval", "show: ; @echo '$(value PROBE)'", "show").stdout.strip()

    assert "ensurepip" in shown
    assert subprocess.run([sys.executable, "-c", shown], check=False).returncode == 0
    older = shown.replace("sys.version_info", "(3, 10)")
    assert subprocess.run([sys.executable, "-c", older], check=False).returncode == 1


def test_no_python_gets_one_line_that_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    result = make(tmp_path, "up", path=tmp_path / "bin")

    assert result.returncode != 0
    assert "✗ There is no Python 3.11 or later" in result.stdout
    assert "apt install python3" in result.stdout


def test_help_names_every_target_with_a_sentence() -> None:
    lines = make(project_dir()).stdout.splitlines()

    targets = {line.split()[1] for line in lines}

    assert targets == {
        "help",
        "up",
        "claude",
        "live",
        "test",
        "lint",
        "bench",
        "bench-processes",
        "bench-workspaces",
        "bench-trading",
        "chaos",
        "build",
        "lock",
        "clean",
    }
    assert all(line.endswith(".") for line in lines)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with nothing to install, below a folder with a space."""
    folder = tmp_path / "a checkout"
    script = folder / "orchestrator" / "embedded" / "bootstrap.py"
    script.parent.mkdir(parents=True)
    shutil.copy(project_dir() / "orchestrator" / "embedded" / "bootstrap.py", script)
    (folder / "requirements").mkdir()
    for name in ("bootstrap", "base", "dev"):
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    (folder / "Makefile").touch()
    return folder


def bootstrap(checkout: Path) -> str:
    script = checkout / "orchestrator" / "embedded" / "bootstrap.py"
    result = subprocess.run(
        [sys.executable, "-I", str(script), "base"], capture_output=True, text=True, check=False, cwd="/"
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


def test_an_interrupted_installation_is_made_anew_and_then_left_alone(checkout: Path) -> None:
    venv = checkout / ".venv"
    venv.mkdir()
    for name in ("unfinished", "half-installed"):
        (venv / name).touch()

    assert "Making .venv" in bootstrap(checkout)
    assert subprocess.run([venv / "bin" / "python", "-c", "import pip"], check=False).returncode == 0
    assert not (venv / "half-installed").exists()

    assert bootstrap(checkout) == ""  # nothing to do, nothing to say

    (checkout / "requirements" / "base.txt").write_text("# other\n")
    again = bootstrap(checkout)
    assert "Installing packages: requirements/base.txt" in again
    assert "Making .venv" not in again


def test_pips_mirror_is_told_to_uv(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestrator.embedded import bootstrap as script

    for name in list(os.environ):
        if name.startswith(("UV_", "PIP_", "SSL_CERT", "ALL_PROXY")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(script, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(checkout / "pip.conf"))
    (checkout / "pip.conf").write_text(
        "[global]\nindex-url = https://mirror.example/simple\nproxy = http://proxy.example:3128\n"
        "find-links =\n    /wheels\n    /more\n[install]\ntrusted-host = mirror.example\n"
    )

    env = script.uv_environment()

    assert env["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert env["ALL_PROXY"] == "http://proxy.example:3128"
    assert env["UV_FIND_LINKS"] == "/wheels,/more"
    assert env["UV_INSECURE_HOST"] == "mirror.example"

    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example")
    assert script.uv_environment()["UV_DEFAULT_INDEX"] == "https://uv.example"
